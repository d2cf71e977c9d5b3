"""What a person types into the search box, as a tree. Pure; total: every text is a query, none is an error.

Words side by side must all be found. From loose to tight: side by side, OR, AND, NOT or a leading minus; so `a b OR c`
is `a (b OR c)`, as in Gmail. OR, AND and NOT are capital letters. The last word may still be growing: it is a prefix.
An operator that is not understood is never dropped in silence: `Query.unknown` names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from desktop.base.text import encodable
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.query_values import day_range, days_ago, is_begun, size_bytes

MAX_CHARS = 1000
MAX_TERMS = 40
_MAX_DEPTH = 12

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


EVERYWHERE = (Unified.ALL, Unified.TRASH, Unified.JUNK)
_LISTS: dict[str, tuple[Unified, ...]] = {
    "inbox": (Unified.INBOX,),
    "important": (Unified.IMPORTANT,),
    "starred": (Unified.IMPORTANT,),
    "sent": (Unified.SENT,),
    "drafts": (Unified.DRAFTS,),
    "draft": (Unified.DRAFTS,),
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

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<open>\()|(?P<close>\))|(?P<minus>-)(?=[^\s-])|"(?P<quoted>[^"]*)"?"""
    r"""|(?P<operator>[A-Za-z_]{2,16}):|(?P<word>[^\s()"]+)"""
)
_WORD = re.compile(r'[^\s()"]+')
_QUOTES = str.maketrans("“”„«»\0", '"""""\ufffd')


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """open, close, minus, or, and, text, operator, group (an operator before a bracket)"""
    text: str = ""
    name: str = ""
    last: bool = False
    """It touches the end of what was typed, so it may still be growing."""


def parse(text: str, today: date) -> Query:
    """Return the query a text states; relative dates count from `today`."""
    tokens = list(_tokens(encodable(text)[:MAX_CHARS].translate(_QUOTES)))
    parser = _Parser(tokens, today)
    root = parser.sequence(None)
    return Query(root, tuple(dict.fromkeys(parser.unknown)))


def leaves(node: Node | None, *, positive: bool = True) -> Iterator[tuple[Node, bool]]:
    """Yield every leaf with whether it is wanted (True) or excluded."""
    if isinstance(node, Not):
        yield from leaves(node.node, positive=not positive)
    elif isinstance(node, AllOf | AnyOf):
        for child in node.nodes:
            yield from leaves(child, positive=positive)
    elif node is not None:
        yield node, positive


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:  # nothing the pattern leaves out; a colon alone is a word
            at += 1
            continue
        kind, at = found.lastgroup or "quoted", found.end()
        if kind == "operator" and found["operator"].lower() in OPERATORS:
            token, at = _operator(found["operator"].lower(), text, at)
            yield token
        elif kind == "operator" or kind == "word":
            whole = _WORD.match(text, found.start())
            assert whole is not None
            at = whole.end()
            yield _word(whole.group(), last=at == len(text))
        elif kind == "quoted":
            yield _Token("text", found["quoted"])
        elif kind != "space":
            yield _Token(kind)


def _word(word: str, *, last: bool) -> _Token:
    if word in ("OR", "AND"):
        return _Token(word.lower())
    if word == "NOT":
        return _Token("minus")
    return _Token("text", word, last=last)


def _operator(name: str, text: str, at: int) -> tuple[_Token, int]:
    """Read the value after `name:`; one space is forgiven, as in "from: anna"."""
    for start in (at, at + 1):
        if start > at and text[at:start] != " ":
            break
        if text[start : start + 1] == "(":
            return _Token("group", name=name), start
        found = _TOKEN.match(text, start)
        kind = "" if found is None else found.lastgroup or "quoted"
        if found is not None and kind == "quoted":
            return _Token("operator", found["quoted"], name), found.end()
        # "subject:re: offer": what follows is a value, whatever it looks like, unless a space came between
        if found is not None and (kind == "word" or (kind in ("operator", "minus") and start == at)):
            whole = _WORD.match(text, start)
            assert whole is not None
            return _Token("operator", whole.group(), name, last=whole.end() == len(text)), whole.end()
    return _Token("operator", "", name, last=at >= len(text)), at


class _Parser:
    """Recursive descent over the tokens; brackets that do not match are forgiven."""

    def __init__(self, tokens: Sequence[_Token], today: date) -> None:
        self._tokens = tokens
        self._today = today
        self._at = 0
        self._depth = 0
        self._terms = 0
        self.unknown: list[str] = []

    def sequence(self, operator: str | None) -> Node | None:
        """Read alternatives side by side up to a closing bracket or the end; `operator` applies to bare words."""
        nodes: list[Node] = []
        while self._at < len(self._tokens):
            if self._peek() == "close":
                self._at += 1
                if self._depth:
                    break
                continue
            node = self._chain("or", lambda: self._chain("and", lambda: self._negation(operator), AllOf), AnyOf)
            if node is not None:
                nodes.append(node)
        return _joined(nodes, AllOf)

    def _peek(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else "end"

    def _chain(self, word: str, part: Callable[[], Node | None], join: type[AllOf] | type[AnyOf]) -> Node | None:
        nodes = [part()]
        while self._peek() == word:
            self._at += 1
            nodes.append(part())
        return _joined([node for node in nodes if node is not None], join)

    def _negation(self, operator: str | None) -> Node | None:
        negative = False
        while self._peek() == "minus":
            negative = not negative
            self._at += 1
        node = self._term(operator, negative=negative)
        return Not(node) if negative and node is not None else node

    def _term(self, operator: str | None, *, negative: bool) -> Node | None:
        if self._peek() in ("end", "or", "and", "close"):
            return None
        token = self._tokens[self._at]
        self._at += 1
        if token.kind in ("open", "group"):
            if token.kind == "group":
                self._at += 1
                operator = token.name
            if self._depth >= _MAX_DEPTH:
                return None
            self._depth += 1
            node = self.sequence(operator)
            self._depth -= 1
            return node
        self._terms += 1
        if self._terms > MAX_TERMS:
            return None
        name = token.name or operator
        if name is not None:
            return self._operated(name, token, negative=negative)
        return self._plain(token, negative=negative)

    def _operated(self, name: str, token: _Token, *, negative: bool) -> Node | None:
        value = token.text.strip()
        if not value:
            return None
        node = OPERATORS[name](value, self._today)
        if node is None and not (token.last and _may_grow(name, value)):
            self.unknown.append(f"{name}:{value}")
        if isinstance(node, Text) and token.last and not negative:
            return Text(node.text, node.field, prefix=True)
        return node

    def _plain(self, token: _Token, *, negative: bool) -> Node | None:
        text = token.text.strip()
        if not text:
            return None
        name, colon, rest = text.partition(":")
        if colon and rest and not rest.startswith(("//", ":")) and re.fullmatch("[a-z_]{2,16}", name):
            self.unknown.append(f"{name}:")
        if "@" in text.strip("@") or (text[0] == "@" and len(text) > 2):
            return Person(text)
        # A word that is still growing and excluded would first exclude nearly everything.
        prefix = (token.last or text.endswith("*")) and not negative
        return Text(text.rstrip("*"), prefix=prefix) if text.rstrip("*") else None


def _may_grow(name: str, value: str) -> bool:
    if name in VALUES:
        return any(word.startswith(value.lower()) for word in VALUES[name])
    return is_begun(value)


def _joined(nodes: Sequence[Node], join: type[AllOf] | type[AnyOf]) -> Node | None:
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.nodes if isinstance(node, join) else [node])
    return join(tuple(flat))
