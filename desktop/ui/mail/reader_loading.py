"""What the reader reads before it shows a mail: its conversation, the message to open, and that one's body.

Runs on a reader thread, in one go, so that a click costs one hop there and one back.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain import settings as declared
from desktop.domain.mail.reading import MessageHead
from desktop.ui.mail.letter import Form, Opened, Reading, Settings, StoredLetter, Views, open_letter


@dataclass(frozen=True, slots=True)
class Wish:
    """Which mail is wanted, and how."""

    key: int
    conversations: bool
    choose: bool
    """Open the oldest unread message of the conversation rather than the mail itself."""
    hurtful: frozenset[int] = frozenset()
    """Mails the browser could not show."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was found: the conversation, the message to open, and how soon it counts as read (-1: never by itself)."""

    heads: tuple[MessageHead, ...]
    opened: Opened
    mark_after_ms: int


def load(views: Views, reading: Reading, settings: Settings, wish: Wish) -> Loaded:
    """Read a mail and its conversation. Raises Problem when it is gone."""
    heads = heads_of(views, reading, wish.key, wish.conversations)
    head = next((each for each in heads if each.key == wish.key), None)
    if wish.choose:
        head = next((each for each in heads if each.unread), head)
    if head is None:
        head = reading.head(wish.key)
    plain = settings.get(declared.PLAIN_TEXT_ONLY)
    form = Form(prefer_plain=plain, text_only=plain or head.key in wish.hurtful)
    opened = open_letter(StoredLetter(reading, head.key), head, form, settings)
    return Loaded(heads, opened, settings.get(declared.MARK_READ_AFTER_MS))


def heads_of(views: Views, reading: Reading, key: int, conversations: bool) -> tuple[MessageHead, ...]:
    """Return the heads of a mail's conversation, or its own alone. Raises Problem when it is gone."""
    return views.conversation(key).heads if conversations else (reading.head(key),)
