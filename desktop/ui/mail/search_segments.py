"""Which stretches of a search are operators, so that the field can set them off. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.domain.mail.query_operators import OPERATORS
from desktop.domain.mail.query_parse import MAX_CHARS

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
