"""Measures of message rows: how high a line is and where its parts lie, for every density. Pure.

All measures are logical pixels from the left top corner of the line; `mirrored` turns a place for languages that are
read from right to left.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from PySide6.QtCore import QRect

from desktop.domain.settings import Density

HEAD_HEIGHT = 28
ROW_HEIGHTS = {Density.ROOMY: 100, Density.CARDS: 76, Density.COMPACT: 32, Density.TABLE: 32}
STACKED_BELOW = 480
"""A table narrower than this puts the subject below the sender: side by side neither could be read."""
_STACKED_HEIGHT = 48

INSET = 4
RADIUS = 6
RIGHT_PADDING = 12
DOT = 8
AVATAR = 32
ICON = 14
GAP = 6
ACTION = 24
CHILD_INDENT = 24

_TEXT_LEFT = 54
_COMPACT_LEFT = 24
_ACTIONS_PADDING = 1
_ACTIONS_GAP = 2


class Action(StrEnum):
    """What can be done from a row under the mouse, in the order of its buttons."""

    ARCHIVE = "archive"
    TRASH = "trash"
    READ = "read"
    STAR = "star"


ACTIONS = tuple(Action)


class Column(StrEnum):
    """Columns of the table."""

    STAR = "star"
    ATTACHMENT = "attachment"
    SENDER = "sender"
    SUBJECT = "subject"
    DATE = "date"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """Where the parts of a row lie. A line of text that a density does not have is empty."""

    card: QRect
    dot: QRect
    avatar: QRect
    first: QRect
    """Sender and date."""
    second: QRect
    """Subject and icons; in a compact row it follows the sender on the same line."""
    snippets: tuple[QRect, ...]
    separator: QRect
    actions: QRect

    @property
    def in_one_line(self) -> bool:
        """Whether sender, subject and date stand side by side."""
        return self.first.top() == self.second.top()


def is_stacked(density: Density, width: int) -> bool:
    """Return whether a list so wide is a table whose rows have two lines and no columns."""
    return density is Density.TABLE and width < STACKED_BELOW


def row_height(density: Density, width: int) -> int:
    """Return how high a row is in a list so wide."""
    return _STACKED_HEIGHT if is_stacked(density, width) else ROW_HEIGHTS[density]


@lru_cache(maxsize=64)
def row_places(density: Density, width: int, *, child: bool = False) -> RowPlaces:
    """Return the places of a row: for a table those of its rows of two lines, as a wide one has columns instead."""
    height = _STACKED_HEIGHT if density is Density.TABLE else ROW_HEIGHTS[density]
    card = QRect(INSET, 0, max(0, width - 2 * INSET), height)
    indent = CHILD_INDENT if child else 0
    right = card.right() + 1 - RIGHT_PADDING
    side = len(ACTIONS) * ACTION + (len(ACTIONS) - 1) * _ACTIONS_GAP + 2 * _ACTIONS_PADDING
    # ends above the second line of a card, whose icons stay in sight
    actions = QRect(card.right() + 1 - 8 - side, 3, side, ACTION + 2 * _ACTIONS_PADDING)
    if density is Density.COMPACT:
        left = card.left() + _COMPACT_LEFT + indent
        sender = min(180, max(80, round((right - left) * 0.28)))
        return RowPlaces(
            card=card,
            dot=QRect(card.left() + 8 + indent, (height - DOT) // 2, DOT, DOT),
            avatar=QRect(),
            first=QRect(left, 7, sender, 18),
            second=QRect(left + sender + 12, 7, max(0, right - left - sender - 12), 18),
            snippets=(),
            separator=QRect(left, height - 1, max(0, card.right() + 1 - left), 1),
            actions=actions,
        )
    if density is Density.TABLE:
        left = card.left() + _COMPACT_LEFT + indent
        text = max(0, right - left)
        return RowPlaces(
            card=QRect(0, 0, width, height),
            dot=QRect(card.left() + 8 + indent, 10, DOT, DOT),
            avatar=QRect(),
            first=QRect(left, 5, text, 18),
            second=QRect(left, 24, text, 18),
            snippets=(),
            separator=QRect(0, height - 1, width, 1),
            actions=actions,
        )
    left = card.left() + _TEXT_LEFT + indent
    text = max(0, right - left)
    snippets = [QRect(left, 50, text, 16)]
    if density is Density.ROOMY:
        snippets.append(QRect(left, 68, text, 16))
    return RowPlaces(
        card=card,
        dot=QRect(card.left() + 3 + indent, 23, DOT, DOT),
        avatar=QRect(card.left() + 14 + indent, 11, AVATAR, AVATAR),
        first=QRect(left, 9, text, 18),
        second=QRect(left, 28, text, 18),
        snippets=tuple(snippets),
        separator=QRect(left, height - 1, max(0, card.right() + 1 - left), 1),
        actions=actions,
    )


def action_at(actions: QRect, x: int, y: int) -> Action | None:
    """Return the button of a row's actions under a point."""
    if not actions.contains(x, y):
        return None
    number = (x - actions.left() - _ACTIONS_PADDING) // (ACTION + _ACTIONS_GAP)
    return ACTIONS[min(max(0, number), len(ACTIONS) - 1)]


def action_places(actions: QRect) -> Iterable[tuple[Action, QRect]]:
    """Yield the place of every button."""
    for number, action in enumerate(ACTIONS):
        left = actions.left() + _ACTIONS_PADDING + number * (ACTION + _ACTIONS_GAP)
        yield action, QRect(left, actions.top() + _ACTIONS_PADDING, ACTION, ACTION)


def mirrored(place: QRect, width: int) -> QRect:
    """Return a place as seen in a mirror of a line `width` wide."""
    return QRect(width - place.left() - place.width(), place.top(), place.width(), place.height())
