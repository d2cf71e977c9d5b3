"""Authentication-Results of mails, taken apart (RFC 8601, section 2.2). Pure; never raises; linear in its input.

What a field claims is the word of whoever wrote it: `receiver` decides which fields are the own receiver's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from desktop.domain.mail import header

MAX_RESULTS = 50
_LONGEST_VALUE = 320


@dataclass(frozen=True, slots=True)
class Result:
    """What one method found: ("dkim", "pass", {"header.d": "example.org"}), all but values in lower case."""

    method: str
    outcome: str
    properties: dict[str, str] = field(default_factory=dict)

    def domain(self, *names: str) -> str:
        """Return the domain in the first of these properties that is there, in lower case; "" without one."""
        for name in names:
            value = self.properties.get(name, "")
            if value:
                return value.rpartition("@")[2].strip("<>").rstrip(".").lower()
        return ""


@dataclass(frozen=True, slots=True)
class AuthResults:
    """One field. `authserv_id` is who says so, in lower case; "" where the field names nobody, as Microsoft's."""

    authserv_id: str
    results: tuple[Result, ...]


_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|[();"]|[^"\\();]+|\\', re.DOTALL)
_RESULT = re.compile(r"([a-z][a-z0-9_-]*)(?: ?/ ?\d+)? ?= ?([a-z0-9_-]+)")
_PROPERTY = re.compile(r'([A-Za-z]+\.[A-Za-z0-9_-]+) ?= ?((?:"(?:[^"\\]|\\.)*"|\S)+)')
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def parse(value: bytes) -> AuthResults:
    """Return what a field says; what cannot be read in it is left out."""
    first, *others = _statements(header.clean(header.source(value)))
    authserv_id = ""
    if "=" in first:
        others.insert(0, first)
    else:
        authserv_id = first.partition(" ")[0].strip('"').rstrip(".").lower()
    read = [result for each in others if (result := _result(each)) is not None]
    read.sort(key=lambda result: result.method != "dmarc")  # no number of signatures pushes out the word on the whole
    return AuthResults(authserv_id, tuple(read[:MAX_RESULTS]))


def _statements(text: str) -> list[str]:
    """Split at semicolons outside quotes and comments; comments become a space. One left open goes to the end."""
    statements: list[list[str]] = [[]]
    depth = 0
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(depth - 1, 0)
            statements[-1].append(" ")
        elif depth:
            continue
        elif piece == ";":
            statements.append([])
        else:
            statements[-1].append(piece)
    return [" ".join("".join(pieces).split()) for pieces in statements]


def _result(statement: str) -> Result | None:
    match = _RESULT.match(statement.lower())
    if match is None:
        return None
    properties: dict[str, str] = {}
    for name, written in _PROPERTY.findall(statement[match.end() :])[:MAX_RESULTS]:
        value = _ESCAPED.sub(r"\1", written[1:-1]) if _QUOTED.fullmatch(written) else written
        # the end is kept: there the domain stands
        properties.setdefault(name.lower(), value[-_LONGEST_VALUE:])
    return Result(match[1], match[2], properties)
