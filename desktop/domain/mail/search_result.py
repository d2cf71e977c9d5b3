"""What a search gives back, and what the search box offers while one types."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.mail.folder import ListId
from desktop.domain.mail.listing import Row
from desktop.domain.mail.search_marks import Marks


class Cancelled(Exception):
    """A newer search took the place of this one; nobody waits for its answer."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One mail found. Marks are stretches (start, end) of plain text to be set off."""

    row: Row
    subject_marks: Marks
    snippet: str
    """One line around the first match, or the mail's first words where its text has none."""
    snippet_marks: Marks


@dataclass(frozen=True, slots=True)
class Searched:
    """How many mails were looked at, and in which lists; `place` names these where they are not all folders.

    No lists: the query names a folder that is not there, which is `place` then.
    """

    mails: int
    lists: tuple[ListId, ...]
    place: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The first hits, newest first. Ask for more with `before_key` of the last one."""

    hits: tuple[Hit, ...]
    complete: bool
    """False when more follow."""
    searched: Searched
    unknown: tuple[str, ...]
    """Operators that were not understood, as typed; their words were searched as text, or not at all."""


class SuggestionKind(StrEnum):
    OPERATOR = "operator"
    PERSON = "person"
    FOLDER = "folder"
    DATE = "date"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What may be put in place of text[start:end]."""

    kind: SuggestionKind
    text: str
    note: str
    """What it means, for the second column."""
    start: int
    end: int
