"""How a search may go on at the cursor: which word is being typed, and what it may become. Pure.

Operators and their values are English in every language; what they mean is told in the person's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from desktop.base.i18n import _
from desktop.domain.mail.address import Address
from desktop.domain.mail.query_operators import OPERATORS, VALUES
from desktop.domain.mail.query_values import DAY_WORDS
from desktop.domain.mail.search_result import Suggestion, SuggestionKind

_MAX_CHARS = 1000
_WORD = re.compile(r'-?(?:(?P<operator>[A-Za-z_]{2,16}):)?(?P<value>"[^"]*|[^\s()"]*)\Z')
_START = re.compile(r'(?:[A-Za-z_]{2,16}:)?"[^"]*"|[\s()]')
_PEOPLE = ("from", "to", "cc", "bcc")
_DAYS = ("before", "after", "since")
_SPANS = ("7d", "1m", "3m", "1y")
_SIZES = ("1M", "5M", "10M")


@dataclass(frozen=True, slots=True)
class Place:
    """The word that is being typed: text[start:end] is to be replaced."""

    start: int
    end: int
    typed: str
    operator: str
    """In lower case; "" for a bare word."""
    value: str

    @property
    def wants_people(self) -> bool:
        return self.operator in _PEOPLE or (not self.operator and len(self.value) > 1)

    @property
    def wants_folders(self) -> bool:
        return self.operator in ("in", "label") or (not self.operator and len(self.value) > 1)

    def people(self, people: Iterable[Address]) -> Iterator[Suggestion]:
        """Yield suggestions for people; a bare word is taken for a sender."""
        for person in people:
            text = f"{self.operator or 'from'}:{quoted(person.address)}"
            yield self._suggestion(SuggestionKind.PERSON, text, person.name)

    def folders(self, paths: Iterable[str]) -> Iterator[Suggestion]:
        """Yield suggestions for folders."""
        for path in paths:
            yield self._suggestion(SuggestionKind.FOLDER, f"in:{quoted(path)}", path)

    def offer(self, kind: SuggestionKind, value: str, note: str = "") -> Suggestion:
        """Return the suggestion of a value for the operator that is being typed."""
        return self._suggestion(kind, f"{self.operator}:{quoted(value)}", note)

    def _suggestion(self, kind: SuggestionKind, text: str, note: str) -> Suggestion:
        return Suggestion(kind, text, note, self.start, self.end)


def quoted(value: str) -> str:
    """Return a value as it must be typed after an operator."""
    value = value.replace('"', " ")
    return f'"{value}"' if re.search(r"[\s()]", value) else value


def at_cursor(text: str, cursor: int) -> Place:
    """Return the word that ends at the cursor; an empty one after a space."""
    end = max(0, min(cursor, len(text), _MAX_CHARS))
    start = 0
    for boundary in _START.finditer(text, 0, end):
        start = boundary.end()
    quote = text.rfind('"', 0, end)
    if text.count('"', 0, end) % 2:
        # an open quotation may hold spaces: the word begins at its operator
        head = re.search(r"(?:[A-Za-z_]{2,16}:)?\Z", text[:quote])
        start = head.start() if head else quote
    found = _WORD.match(text[start:end])
    if found is None:
        return Place(end, end, "", "", "")
    operator = (found["operator"] or "").lower()
    begin = start + (1 if text[start:end].startswith("-") else 0)
    if operator and operator not in OPERATORS:
        return Place(begin, end, text[begin:end], "", "")
    return Place(begin, end, text[begin:end], operator, found["value"].lstrip('"'))


def fixed(place: Place) -> Iterator[Suggestion]:
    """Yield what needs no look into the store: operators and values that are words."""
    value = place.value.lower()
    if not place.operator:
        for text, note in _meanings().items():
            if text.startswith(value):
                yield Suggestion(SuggestionKind.OPERATOR, text, note, place.start, place.end)
    elif place.operator in _DAYS:
        for words in DAY_WORDS:
            if words.startswith(value):
                yield place.offer(SuggestionKind.DATE, words)
    else:
        spans = {"older_than": _SPANS, "newer_than": _SPANS, "larger": _SIZES, "smaller": _SIZES}
        kind = SuggestionKind.FOLDER if place.operator == "in" else SuggestionKind.VALUE
        for word in VALUES.get(place.operator, spans.get(place.operator, ())):
            if word.lower().startswith(value):
                yield place.offer(kind, word)


def _meanings() -> dict[str, str]:
    return {
        "from:": _("who sent it"),
        "to:": _("who received it"),
        "subject:": _("words of the subject"),
        "in:": _("a folder"),
        "is:unread": _("not read yet"),
        "is:starred": _("marked as important"),
        "is:answered": _("answered by you"),
        "has:attachment": _("with files"),
        "before:": _("a day, or “last month”"),
        "after:": _("a day, or “last month”"),
        "older_than:": _("days, weeks, months or years"),
        "newer_than:": _("days, weeks, months or years"),
        "larger:": _("a size, such as 5M"),
        "smaller:": _("a size, such as 5M"),
        "filename:": _("the name of a file"),
        "list:": _("a mailing list"),
        "body:": _("words of the text"),
        "cc:": _("who received a copy"),
    }
