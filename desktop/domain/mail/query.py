"""A search as a tree: what a person may ask of mails. Made from typed text by `query_parse`; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from desktop.domain.mail.folder import Unified

EVERYWHERE = (Unified.ALL, Unified.TRASH, Unified.JUNK)
"""Together they hold every mail, each once."""

UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u2fff\u3005-\ua4cf\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Runs of scripts written without spaces between words (CJK, Thai, Lao, Burmese, Khmer), found by their trigrams."""


class TextField(StrEnum):
    """The part of a mail a word is looked for in."""

    ANY = ""
    SUBJECT = "subject"
    BODY = "body"
    FILES = "files"


class PersonRole(StrEnum):
    SENDER = "sender"
    RECIPIENT = "recipients"
    COPY = "copies"
    """Cc or Bcc."""


class Mark(StrEnum):
    """What a person, or the mail program for him, noted on a mail."""

    UNREAD = "unread"
    STARRED = "starred"
    ANSWERED = "answered"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True)
class Text:
    """A word, or several in this order."""

    text: str
    field: TextField = TextField.ANY
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Names beginning with the text, or addresses holding it, in one of the roles."""

    text: str
    roles: tuple[PersonRole, ...] = tuple(PersonRole)


@dataclass(frozen=True, slots=True)
class Marked:
    mark: Mark
    on: bool = True


@dataclass(frozen=True, slots=True)
class HasAttachment:
    pass


@dataclass(frozen=True, slots=True)
class Dated:
    """From the day `start` on, and before the day `end` begins; None leaves a side open."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Sized:
    """Of at least, and of fewer than, so many octets."""

    at_least: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class InList:
    """In one of these unified lists."""

    name: str
    lists: tuple[Unified, ...]


@dataclass(frozen=True, slots=True)
class InFolder:
    """In a server folder whose path begins with this, in any case of letters."""

    path: str


@dataclass(frozen=True, slots=True)
class FromList:
    """Sent through a mailing list whose List-Id holds this."""

    text: str


@dataclass(frozen=True, slots=True)
class Not:
    node: Node


@dataclass(frozen=True, slots=True)
class AllOf:
    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    nodes: tuple[Node, ...]


Node: TypeAlias = (
    Text | Person | Marked | HasAttachment | Dated | Sized | InList | InFolder | FromList | Not | AllOf | AnyOf
)


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search. `root` is None when nothing is asked."""

    root: Node | None = None
    unknown: tuple[str, ...] = ()
    """What looked like an operator and was not understood, as typed."""


def leaves(node: Node | None, *, positive: bool = True) -> Iterator[tuple[Node, bool]]:
    """Yield every leaf with whether it is wanted (True) or excluded."""
    if isinstance(node, Not):
        yield from leaves(node.node, positive=not positive)
    elif isinstance(node, AllOf | AnyOf):
        for child in node.nodes:
            yield from leaves(child, positive=positive)
    elif node is not None:
        yield node, positive
