"""Where the panes stand and how wide they are: pure rules of layout, window width and what is open."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.settings import Layout

NARROW_PX = 1100
"""Below this window width the tree shrinks."""
SINGLE_PX = 900
"""Below this one pane is shown at a time."""
READER_LEAST_PX = 460
READER_LEAST_HIGH_PX = 420
"""Head, folded messages, attachments and some lines of a mail."""
TREE_PX, TREE_NARROW_PX, TREE_LEAST_PX = 224, 188, 140
LIST_PX, LIST_NARROW_PX, LIST_LEAST_PX = 376, 312, 280
LIST_SHARE = 45
"""Percent of the height the list gets above a reader."""


class Pane(StrEnum):
    TREE = "tree"
    LIST = "list"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Shown:
    """Which panes are visible, and whether there is a way back to the pane before."""

    tree: bool
    list: bool
    reader: bool
    back: bool


def shown(layout: Layout, width: int, *, reading_pane: bool, current: Pane) -> Shown:
    """Return what a window of `width` px shows while `current` is the pane being worked in."""
    if width < SINGLE_PX:
        return Shown(current is Pane.TREE, current is Pane.LIST, current is Pane.READER, back=current is not Pane.TREE)
    if layout is Layout.LIST or not reading_pane:
        reading = current is Pane.READER
        return Shown(True, not reading, reading, back=reading)
    return Shown(True, True, True, back=False)


def placing(layout: Layout, width: int, *, reading_pane: bool) -> Layout:
    """Return how the panes are placed: where one stands in another's place, they share the middle of the window."""
    if width < SINGLE_PX or not reading_pane or layout is Layout.LIST:
        return Layout.VERTICAL
    return layout


def pane_before(pane: Pane) -> Pane:
    """Return where Back leads."""
    return Pane.LIST if pane is Pane.READER else Pane.TREE


def list_height(room: int, share: int) -> int:
    """Return how high the list stands above the reader: the `share` in percent that the person gave it.

    Where he gave none (0) the reader has at least the height in which nothing of it has to give way.
    """
    if share:
        return room * share // 100
    return max(min(room * LIST_SHARE // 100, room - READER_LEAST_HIGH_PX), 0)


@dataclass(frozen=True, slots=True)
class Widths:
    tree: int
    list: int
    reader: int


def widths(room: int, tree: int, list_: int, *, narrow: bool) -> Widths:
    """Share `room` px between tree, list and reader side by side.

    Tree and list get what the person gave them, less in a narrow window; the reader gets the gain of a wide one and at
    least 460 px, for which first the list and then the tree give way, down to what they need.
    """
    if narrow:
        tree, list_ = min(tree, TREE_NARROW_PX), min(list_, LIST_NARROW_PX)
    lacking = READER_LEAST_PX - (room - tree - list_)
    if lacking > 0:
        given = min(lacking, max(list_ - LIST_LEAST_PX, 0))
        list_, lacking = list_ - given, lacking - given
    if lacking > 0:
        tree -= min(lacking, max(tree - TREE_LEAST_PX, 0))
    return Widths(tree, list_, max(room - tree - list_, 0))
