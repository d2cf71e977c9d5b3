"""Which stretches of a subject and a text a query matched, and the piece of the text worth showing. Pure.

Offsets are into plain text. What counts as a match is what the index counts as one: whole words in any case of letters
and with or without accents, the beginning of a word for a prefix, anything inside a script written without spaces.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from desktop.base.text import elide, one_line, without_direction_marks
from desktop.domain.mail.query import UNSPACED, Node, Person, PersonRole, Text, TextField, leaves

SNIPPET_CHARS = 180
_BEFORE = 40
_MAX_MARKS = 20
Marks = tuple[tuple[int, int], ...]

_LETTER = r"[^\W_]"
_GAP = r"[\W_]+"


class Marker:
    """Finds the words of one query."""

    def __init__(self, root: Node | None) -> None:
        in_subject: list[str] = []
        in_body: list[str] = []
        for leaf, wanted in leaves(root):
            if not wanted:
                continue
            if isinstance(leaf, Text):
                pattern = _pattern(leaf.text, prefix=leaf.prefix)
                if leaf.field in (TextField.ANY, TextField.SUBJECT):
                    in_subject.append(pattern)
                if leaf.field in (TextField.ANY, TextField.BODY):
                    in_body.append(pattern)
            elif isinstance(leaf, Person) and leaf.roles == tuple(PersonRole):
                in_body.append(_pattern(leaf.text, prefix=True))
        self._in_subject = _compiled(in_subject)
        self._in_body = _compiled(in_body)

    def subject(self, subject: str) -> Marks:
        """Return the stretches (start, end) of a subject."""
        return _found(self._in_subject, subject)

    def snippet(self, body: str, otherwise: str) -> tuple[str, Marks]:
        """Return one line around the first match with its stretches; `otherwise` where the text has no match."""
        first = self._in_body.search(body) if self._in_body else None
        if first is None:
            text = one_line(otherwise)
            return text, _found(self._in_body, text)
        start = max(0, first.start() - _BEFORE)
        if start:
            space = re.compile(r"\s").search(body, start, first.start())
            start = space.end() if space else start
        window = without_direction_marks(one_line(body[start : first.end() + 2 * SNIPPET_CHARS]))
        text = elide(("… " if start else "") + window, SNIPPET_CHARS)
        return text, _found(self._in_body, text)


def _found(pattern: re.Pattern[str] | None, text: str) -> Marks:
    if pattern is None:
        return ()
    spans: list[tuple[int, int]] = []
    for found in pattern.finditer(text):
        if found.end() > found.start():
            spans.append(found.span())
        if len(spans) == _MAX_MARKS:
            break
    return tuple(spans)


def _compiled(patterns: list[str]) -> re.Pattern[str] | None:
    some = [pattern for pattern in patterns if pattern]
    # Longer ones first: of "inv" and "invoice" the whole word is marked.
    return re.compile("|".join(sorted(some, key=len, reverse=True)), re.IGNORECASE) if some else None


def _pattern(text: str, *, prefix: bool) -> str:
    """Return the expression for a text as typed; "" where it has no words."""
    if UNSPACED.search(text):
        return "|".join(re.escape(run) for run in UNSPACED.findall(text))
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    words = re.findall(rf"{_LETTER}+", plain)
    if not words:
        return ""
    joined = _GAP.join("".join(map(_letter, word)) for word in words)
    return rf"(?<!{_LETTER}){joined}" + (rf"{_LETTER}*" if prefix else rf"(?!{_LETTER})")


@cache
def _letter(letter: str) -> str:
    """Return an expression for a letter with or without accents, composed or not."""
    accented = _accented().get(letter.lower(), "")
    return f"[{re.escape(letter)}{accented}][\u0300-\u036f]*" if accented else re.escape(letter)


@cache
def _accented() -> dict[str, str]:
    """Return, for each plain letter, its forms with accents (Latin, Greek, Cyrillic)."""
    forms: dict[str, str] = {}
    for code in (*range(0xC0, 0x530), *range(0x1E00, 0x2000)):
        composed = chr(code).lower()
        plain = unicodedata.normalize("NFD", composed)[0].lower()
        if plain != composed and len(composed) == 1 and plain.isalpha() and composed not in forms.get(plain, ""):
            forms[plain] = forms.get(plain, "") + composed
    return forms
