"""Texts from outside made fit for one line, and sizes as people read them. Pure."""

from __future__ import annotations

from desktop.base import text
from desktop.base.i18n import _

LONGEST_LINE = 400
"""No line is wide enough for more; a subject of a megabyte must not be measured."""


def one_line(value: str) -> str:
    """Return a text fit for one line: no control characters or direction marks, single spaces, at most 400 long."""
    return text.one_line(text.without_direction_marks(value[: LONGEST_LINE * 2]))[:LONGEST_LINE]


def size_text(size_bytes: int) -> str:
    """Return a size in kB or MB of thousands."""
    if size_bytes < 1_000_000:
        return _("{n} kB").format(n=max(1, round(size_bytes / 1000)))
    return _("{n} MB").format(n=f"{size_bytes / 1_000_000:.1f}")
