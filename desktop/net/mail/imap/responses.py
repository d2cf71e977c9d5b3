"""Server responses: fragments of the wire in, values out. Pure and total: nonsense yields odd values, no exception.

One regular expression does the work, because a mailbox of 6,000 mails is 120,000 tokens. Nesting is kept in a list, not
in recursion, and is limited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

Value: TypeAlias = "bytes | list[Value] | None"
"""A string or atom, NIL, or a list in parentheses. Numbers stay octets until somebody asks."""

DEPTH_MAX = 100

_TOKEN = re.compile(
    rb'[ \t]*(?:(?P<open>\()|(?P<close>\))|"(?P<quoted>[^"\\]*(?:\\.[^"\\]*)*)"'
    rb"|(?P<literal>~?\{\d+\+?\}$)"
    rb"|(?P<atom>(?:BODY|BINARY)(?:\.PEEK)?\[[^\]]{0,4000}\](?:<\d+>)?|[^ \t()\"]+|\"))",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_HEAD = re.compile(rb"(\S+)[ \t]+(?:(\d{1,20})[ \t]+)?([^\s(\[]+)[ \t]?", re.DOTALL)
_CODE = re.compile(rb"\[([^\s\]]+)(?:[ \t]+((?:[^\]\"]|\"(?:[^\"\\]|\\.)*\")*))?\][ \t]?")
_STATUS_KINDS = frozenset((b"OK", b"NO", b"BAD", b"BYE", b"PREAUTH"))
_PAIR = re.compile(rb"(\d{1,10})(?::(\d{1,10}))?")


@dataclass(slots=True)
class Response:
    """One response. `kind` is upper case: FETCH, EXISTS, OK …; `code` and `code_text` come from "[CODE text]"."""

    tag: bytes
    kind: bytes
    number: int = 0
    code: str = ""
    code_text: bytes = b""
    text: bytes = b""
    fragments: list[bytes] = field(default_factory=list, repr=False)
    start: int = 0

    @property
    def is_status(self) -> bool:
        return self.kind in _STATUS_KINDS

    def values(self) -> list[Value]:
        """Return the data behind the kind, parsed now."""
        return parse_values(self.fragments, self.start)


def parse(fragments: list[bytes]) -> Response:
    """Return the response these fragments are; `kind` is empty when the line is none."""
    line = fragments[0]
    if line.startswith(b"+"):
        return Response(b"+", b"", text=line[1:].strip(), fragments=fragments)
    match = _HEAD.match(line + b" " if line.count(b" ") < 2 else line)
    if match is None:
        return Response(b"", b"", text=line, fragments=fragments)
    tag, number, kind = match.groups()
    kind = kind.upper()
    if kind not in _STATUS_KINDS:
        return Response(tag, kind, int(number or 0), fragments=fragments, start=min(match.end(), len(line)))
    response = Response(tag, kind, text=line[match.end() :], fragments=fragments)
    code = _CODE.match(response.text)
    if code is not None:
        response.code = code[1].decode("ascii", "replace").upper()
        response.code_text = code[2] or b""
        response.text = response.text[code.end() :]
    return response


def parse_values(fragments: list[bytes], start: int = 0) -> list[Value]:
    """Return the values of a response, from an offset in its first line on. A missing ")" is supplied."""
    top: list[Value] = []
    stack: list[list[Value]] = [top]
    current = top
    for index in range(0, len(fragments), 2):
        line = fragments[index]
        for token in _TOKEN.finditer(line, start if index == 0 else 0):
            which = token.lastgroup
            if which == "atom":
                atom = token["atom"]
                current.append(None if len(atom) == 3 and atom.upper() == b"NIL" else atom)
            elif which == "open":
                inner: list[Value] = []
                if len(stack) < DEPTH_MAX:
                    current.append(inner)
                stack.append(inner)
                current = inner
            elif which == "close":
                if len(stack) > 1:
                    stack.pop()
                    current = stack[-1]
            elif which == "quoted":
                text = token["quoted"]
                current.append(_ESCAPED.sub(rb"\1", text) if b"\\" in text else text)
            elif index + 1 < len(fragments):
                current.append(fragments[index + 1])
            else:
                current.append(token["literal"])
    return top


def pairs(values: list[Value]) -> dict[bytes, Value]:
    """Return "(NAME value NAME value …)" as a dict with upper-case names; parentheses too many are looked through."""
    found: dict[bytes, Value] = {}
    at = 0
    while at < len(values):
        name = values[at]
        if isinstance(name, list):
            found.update(_shallow(name))
            at += 1
        elif name is None or at + 1 >= len(values):
            at += 1
        else:
            found[name.upper()] = values[at + 1]
            at += 2
    return found


def _shallow(values: list[Value]) -> dict[bytes, Value]:
    return {
        name.upper(): value for name, value in zip(values[::2], values[1::2], strict=False) if isinstance(name, bytes)
    }


def number(value: Value, default: int = 0) -> int:
    """Return a value as a number that fits 63 bits, or the default."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bytes) and len(value) < 20 and value.isdigit():
        found = int(value)
        return found if found < 1 << 63 else default
    return default


def octets(value: Value) -> bytes:
    """Return a value as octets; NIL and lists are empty."""
    return value if isinstance(value, bytes) else b""


def uid_ranges(text: bytes) -> list[tuple[int, int]]:
    """Return a sequence set as (low, high) pairs in the order given (RFC 3501, section 9, sequence-set)."""
    found = []
    for match in _PAIR.finditer(text):
        low = int(match[1])
        high = int(match[2]) if match[2] else low
        found.append((min(low, high), max(low, high)))
    return found


def expand(ranges: list[tuple[int, int]], limit: int) -> Iterator[int]:
    """Return every number of the ranges, at most `limit` of them."""
    for low, high in ranges:
        for value in range(low, high + 1):
            if limit <= 0:
                return
            limit -= 1
            yield value
