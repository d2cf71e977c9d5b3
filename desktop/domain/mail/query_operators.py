"""The operators of a search: what may stand before a colon, and what it makes of the value. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from desktop.domain.mail.folder import Unified
from desktop.domain.mail.query import (
    EVERYWHERE,
    Dated,
    FromList,
    HasAttachment,
    InFolder,
    InList,
    Mark,
    Marked,
    Node,
    Person,
    PersonRole,
    Sized,
    Text,
    TextField,
)
from desktop.domain.mail.query_values import day_range, days_ago, is_begun, size_bytes

_LISTS: dict[str, tuple[Unified, ...]] = {
    "inbox": (Unified.INBOX,),
    "important": (Unified.IMPORTANT,),
    "starred": (Unified.IMPORTANT,),
    "sent": (Unified.SENT,),
    "drafts": (Unified.DRAFTS,),
    "draft": (Unified.DRAFTS,),
    "outbox": (Unified.OUTBOX,),
    "snoozed": (Unified.SNOOZED,),
    "awaited": (Unified.AWAITED,),
    "archive": (Unified.ARCHIVE,),
    "junk": (Unified.JUNK,),
    "spam": (Unified.JUNK,),
    "trash": (Unified.TRASH,),
    "bin": (Unified.TRASH,),
    "all": EVERYWHERE,
    "anywhere": EVERYWHERE,
}
_MARKS = {
    "unread": Marked(Mark.UNREAD),
    "read": Marked(Mark.UNREAD, False),
    "starred": Marked(Mark.STARRED),
    "important": Marked(Mark.STARRED),
    "flagged": Marked(Mark.STARRED),
    "answered": Marked(Mark.ANSWERED),
    "replied": Marked(Mark.ANSWERED),
    "forwarded": Marked(Mark.FORWARDED),
}
_ATTACHMENT = ("attachment", "attachments", "file")
_RECIPIENTS = (PersonRole.RECIPIENT, PersonRole.COPY)


def _flag(value: str) -> Node | None:
    return _MARKS.get(value.lower())


def _has(value: str) -> Node | None:
    return HasAttachment() if value.lower() in _ATTACHMENT else None


def _in(value: str) -> Node:
    lists = _LISTS.get(value.lower())
    return InList(value.lower(), lists) if lists else InFolder(value)


def _larger(value: str) -> Node | None:
    size = size_bytes(value)
    return None if size is None else Sized(at_least=size)


def _smaller(value: str) -> Node | None:
    size = size_bytes(value)
    return None if size is None else Sized(below=size)


_Builder: TypeAlias = "Callable[[str, date], Node | None]"


def _since(value: str, today: date) -> Node | None:
    days = day_range(value, today)
    return Dated(start=days[0]) if days else None


def _before(value: str, today: date) -> Node | None:
    days = day_range(value, today)
    return Dated(end=days[0]) if days else None


def _newer(value: str, today: date) -> Node | None:
    day = days_ago(value, today)
    return Dated(start=day) if day else None


def _older(value: str, today: date) -> Node | None:
    day = days_ago(value, today)
    return Dated(end=day) if day else None


OPERATORS: dict[str, _Builder] = {
    "from": lambda value, _today: Person(value, (PersonRole.SENDER,)),
    "to": lambda value, _today: Person(value, _RECIPIENTS),
    "cc": lambda value, _today: Person(value, (PersonRole.COPY,)),
    "bcc": lambda value, _today: Person(value, (PersonRole.COPY,)),
    "subject": lambda value, _today: Text(value, TextField.SUBJECT),
    "body": lambda value, _today: Text(value, TextField.BODY),
    "filename": lambda value, _today: Text(value, TextField.FILES, prefix=True),
    "in": lambda value, _today: _in(value),
    "label": lambda value, _today: _in(value),
    "is": lambda value, _today: _flag(value),
    "has": lambda value, _today: _has(value),
    "before": _before,
    "after": _since,
    "since": _since,
    "older_than": _older,
    "newer_than": _newer,
    "larger": lambda value, _today: _larger(value),
    "smaller": lambda value, _today: _smaller(value),
    "list": lambda value, _today: FromList(value),
}
"""What may stand before a colon, and what it makes of the value; None for a value that is not understood."""

VALUES: dict[str, tuple[str, ...]] = {
    "is": tuple(_MARKS),
    "has": _ATTACHMENT,
    "in": tuple(_LISTS),
}
"""Operators with words of their own."""


def may_grow(name: str, value: str) -> bool:
    """Return whether a value that is not understood may become one when more is typed."""
    if name in VALUES:
        return any(word.startswith(value.lower()) for word in VALUES[name])
    return is_begun(value)
