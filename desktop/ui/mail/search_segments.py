"""Which stretches of a search are operators: the field sets them off, the head above the hits adds one. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.query_operators import OPERATORS
from desktop.domain.mail.query_parse import MAX_CHARS
from desktop.domain.mail.search_suggestions import quoted

_OPERATOR = re.compile(r'(?<![^\s(])-?(?P<name>[A-Za-z_]{2,16}):(?P<value>"[^"]*"?|[^\s()"]*)')


@dataclass(frozen=True, slots=True)
class Segment:
    """An operator at text[start:end]; its value begins at `value`."""

    start: int
    value: int
    end: int


def segments(text: str) -> tuple[Segment, ...]:
    """Return the operators of a search, in order. One without a value is still being typed and left out."""
    return tuple(
        Segment(found.start(), found.start("value"), found.end())
        for found in _OPERATOR.finditer(text[:MAX_CHARS])
        if found["name"].lower() in OPERATORS and found["value"].strip('"')
    )


def place_operator(list_id: ListId, path: str = "") -> str:
    """Return the operator that keeps a search within a list; `path` is that of a server folder. "" for all mail."""
    if list_id == Unified.ALL:
        return ""
    if list_id < 0:
        return f"in:{Unified(list_id).name.lower()}"
    return f"in:{quoted(path)}" if path else ""


def has_operator(text: str, operator: str) -> bool:
    """Return whether an operator stands in a search."""
    wanted = operator.casefold()
    return any(text[segment.start : segment.end].casefold() == wanted for segment in segments(text))


def with_operator(text: str, operator: str, on: bool) -> str:
    """Return a search with an operator at its beginning, or without it anywhere."""
    if on:
        return text if has_operator(text, operator) else f"{operator} {text}"
    for segment in reversed(segments(text)):
        if text[segment.start : segment.end].casefold() == operator.casefold():
            text = text[: segment.start] + text[segment.end :].lstrip()
    return text
