"""What one line of a message list is for whoever paints it: a day's head, a mail, a conversation. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import Qt

from desktop.domain.mail.listing import Row
from desktop.ui.mail.lines import LineKind


class ListRole(IntEnum):
    """Roles of the model beside Qt's own."""

    LINE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class HitMarks:
    """Which words of a search hit matched: stretches of the subject, and a snippet with its own stretches."""

    subject_marks: tuple[tuple[int, int], ...] = ()
    snippet: str = ""
    snippet_marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """All a delegate needs for one line. `row` is None while it is being read."""

    kind: LineKind
    key: int = 0
    row: Row | None = None
    marks: HitMarks | None = None
    unfolded: bool = False
    title: str = ""
    """Words of a day's head."""
    count: int = 0
    collapsed: bool = False
