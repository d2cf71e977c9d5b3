"""Plain text as it is sent: long lines broken so that readers of any width can join them again (RFC 3676). Pure.

Lines that begin with ">" and a space are quotation; other lines with a ">" in front are words of the writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

WIDTH = 72
_NARROWEST = 20
_DEEPEST_CHARS = 200
_MARKS = re.compile(r"(?:> ?)*>(?= |$)")
_SIGNATURE_RULE = "-- "


def lines(text: str) -> Iterator[str]:
    """Yield the lines to send, without their ends; spaces before a line end go, but for the rule of a signature."""
    for line in text.split("\n"):
        level, content = quoted_by(line)
        marks = ">" * level + " " if level else ""
        for piece in _broken(content, max(WIDTH - len(marks), _NARROWEST)):
            yield f"{marks}{piece}" if level else _stuffed(piece)


def quoted(text: str) -> str:
    """Return a text as a quotation: one mark more before every line."""
    out = []
    for line in text.split("\n"):
        level, content = quoted_by(line)
        out.append(f"{'>' * (level + 1)} {content}".rstrip())
    return "\n".join(out)


def quoted_by(line: str) -> tuple[int, str]:
    """Return how many marks stand before a line, and the line without them."""
    marks = _MARKS.match(line[:_DEEPEST_CHARS])
    if marks is None:
        return 0, line
    return marks[0].count(">"), line[marks.end() :].removeprefix(" ")


def _broken(line: str, width: int) -> Iterator[str]:
    if line == _SIGNATURE_RULE:
        yield line
        return
    line = line.rstrip(" ")
    at = 0
    while len(line) - at > width:
        cut = line.rfind(" ", at, at + width) + 1 or line.find(" ", at + width) + 1
        if cut and line[at:cut] == _SIGNATURE_RULE:
            cut = line.find(" ", cut) + 1
        if not cut:
            break
        yield line[at:cut]
        at = cut
    yield line[at:]


def _stuffed(piece: str) -> str:
    """Return a line with a space in front where it would be read as something else (RFC 3676, section 4.4)."""
    return f" {piece}" if piece.startswith((" ", ">", "From ")) else piece
