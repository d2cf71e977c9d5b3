"""Plain rules for text from outside before it is shown in one line, logged or made a name."""

from __future__ import annotations

import re

# C0 and C1 controls, line and paragraph separators, and what turns the direction of writing (UAX #9)
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def one_line(text: str) -> str:
    """Return the text with every run of white space and control characters as one space, trimmed."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def without_direction_marks(text: str) -> str:
    """Return the text without the marks that let `gpj.exe` read as `exe.jpg`."""
    return _DIRECTION.sub("", text)


def encodable(text: str) -> str:
    """Return the text with lone surrogates replaced, so that SQLite, Qt and UTF-8 take it."""
    return _SURROGATES.sub("\ufffd", text)


def elide(text: str, limit: int) -> str:
    """Return at most `limit` characters, the last of them an ellipsis where something was cut."""
    return text if len(text) <= limit else text[: max(0, limit - 1)].rstrip() + "…"
