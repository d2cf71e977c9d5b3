"""The one line of a mail that a list shows: its first words that are no quotation. Pure."""

from __future__ import annotations

import re

from desktop.domain.mail import header

MAX_CHARS = 200
_SCANNED_CHARS = 6000

_NOT_WORDS = re.compile(r"[\s>|#=*_~.,;:+<\-–—]*")
_ATTRIBUTION = re.compile(
    r"(?:(?:On|Am|Le|El|Il|Em|Op|Den|W dniu|Dnia)\b.{3,200}|.{3,200}<[^<>]+@[^<>]+>.{0,40}|.{3,100})"
    r"(?:wrote|writes|schrieb|schreibt|a écrit|écrit|escribió|escreveu|ha scritto|schreef|skrev|napisał|пишет|писал|"
    r"написал|wrote in message.{0,60})[^:]{0,40}:\s*$",
    re.IGNORECASE,
)


def of(text: str) -> str:
    """Return the first words that are not quoted, at most MAX_CHARS; the quoted ones where there are no others."""
    start = text[:_SCANNED_CHARS]
    words: list[str] = []
    size = 0
    for line in start.split("\n"):
        line = line.strip()
        if not line or line[0] == ">" or _NOT_WORDS.fullmatch(line):
            continue
        if line[-1] == ":" and _ATTRIBUTION.match(line):
            continue
        words.append(line)
        size += len(line) + 1
        if size >= MAX_CHARS:
            break
    return header.clean(" ".join(words) if words else start.replace(">", " "))[:MAX_CHARS].strip()
