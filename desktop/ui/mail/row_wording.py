"""What a card says at its width: elided and measured once, kept until row, width, day or theme change. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimeZone
from PySide6.QtGui import QFontMetrics, QTextLayout

from desktop.base import clock
from desktop.domain.mail.listing import Row
from desktop.ui import dates, line_texts
from desktop.ui.mail import reminder_words, row_texts
from desktop.ui.mail import row_geometry as geometry
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.list_line import HitMarks, Line
from desktop.ui.mail.outbox_line import WayWords, way_words
from desktop.ui.mail.row_canvas import RowCanvas
from desktop.ui.mail.row_geometry import RowPlaces
from desktop.ui.mail.row_painting import marked_text
from desktop.ui.theme import FontKind
from desktop.ui.widgets.chips import initials

_KEPT = 600


@dataclass(frozen=True, slots=True)
class RowWords:
    """What a row says at one width, with its icons chosen."""

    row: Row
    marks: HitMarks | None
    sender: str
    subject: str | QTextLayout
    snippets: tuple[str | QTextLayout, ...]
    date: str
    date_width: int
    count: str
    letters: str
    icons: tuple[str, ...]
    notice: bool
    """The first line of the snippets says what brings it back, or has."""
    way: WayWords | None = None
    """Where the mail is on its way out: what it says stands in the place of the date."""


class RowWording:
    """Lives with a delegate, measures with its canvas."""

    def __init__(self, canvas: RowCanvas) -> None:
        self._canvas = canvas
        self._kept: dict[tuple[int, bool], RowWords] = {}
        self.now_ms = clock.now()
        self.where: QTimeZone = dates.zone()
        self._under_days = False
        self._by_leaving = False

    def set_today(self, now_ms: int, where: QTimeZone, *, under_days: bool, by_leaving: bool) -> None:
        """Write dates as seen from this moment and place, and under the names of days or without."""
        if (now_ms, where, under_days, by_leaving) != (self.now_ms, self.where, self._under_days, self._by_leaving):
            self.now_ms, self.where, self._under_days, self._by_leaving = now_ms, where, under_days, by_leaving
            self.forget()

    def forget(self) -> None:
        """Drop everything measured."""
        self._kept.clear()

    def words(self, line: Line, row: Row, places: RowPlaces) -> RowWords:
        """Return what a line says in its places."""
        name = (line.key, line.kind is LineKind.CHILD)
        kept = self._kept.get(name)
        if kept is not None and kept.row is row and kept.marks is line.marks:
            return kept
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        made = self._kept[name] = self._made(line, row, places)
        return made

    def _made(self, line: Line, row: Row, places: RowPlaces) -> RowWords:
        weight: FontKind = "body-strong" if row.unread else "body"
        metrics = self._canvas.work.metrics(weight)
        notice = reminder_words.of_row(row, self.now_ms, self.where)
        is_back = row.reminder is not None and row.reminder.is_back  # stands under no day
        under_day = self._under_days and line.kind is LineKind.MAIL and not is_back
        date = dates.row_date(row.date_ms, self.now_ms, self.where, under_day=under_day)
        way = self.way(row)
        if way is not None:
            date = way.words or date
        date_width = self._canvas.work.metrics("small-medium").horizontalAdvance(date)
        count = dates.locale().toString(row.count) if row.count > 1 and line.kind is LineKind.MAIL else ""
        shown = (*((way.icon,) if way is not None else ()), *_icons(row))
        taken = len(shown) * (geometry.ICON + geometry.GAP)
        if count:
            taken += self._canvas.badge_width(count) + geometry.GAP
        one_line = places.in_one_line
        if one_line:
            taken += date_width + 12
        return RowWords(
            row=row,
            marks=line.marks,
            sender=elided(
                metrics, row_texts.correspondent(row), places.first.width() - (0 if one_line else date_width + 8)
            ),
            subject=self._subject(
                row, line.marks, weight, max(0, places.second.width() - taken), "" if places.snippets else notice
            ),
            snippets=self._snippets(row, line.marks, [place.width() for place in places.snippets], notice),
            date=date,
            date_width=date_width,
            count=count,
            letters=initials(row.sender_name, row.sender_address),
            icons=shown,
            notice=bool(notice) and not (line.marks is not None and line.marks.snippet),
            way=way,
        )

    def way(self, row: Row) -> WayWords | None:
        """Return what is said of a mail on its way out, as seen from this moment."""
        if row.way is None:
            return None
        return way_words(row.way, self.now_ms, self.where, by_leaving=self._by_leaving)

    def _subject(
        self, row: Row, marks: HitMarks | None, weight: FontKind, width: int, notice: str
    ) -> str | QTextLayout:
        metrics = self._canvas.work.metrics(weight)
        if marks is not None and marks.subject_marks:
            text, stretches = row_texts.clean_marks(row.subject, marks.subject_marks)
            return marked_text(text, stretches, weight, width, self._canvas.tokens, metrics)
        return elided(metrics, row_texts.subject(row, notice), width)

    def _snippets(
        self, row: Row, marks: HitMarks | None, widths: Sequence[int], notice: str
    ) -> tuple[str | QTextLayout, ...]:
        if not widths:
            return ()
        metrics = self._canvas.work.metrics("small")
        if marks is not None and marks.snippet:
            text, stretches = row_texts.clean_marks(marks.snippet, marks.snippet_marks)
            return (marked_text(text, stretches, "small", widths[0], self._canvas.tokens, metrics),)
        text = line_texts.one_line(row.snippet)
        if notice:
            return (elided(metrics, notice, widths[0]), *(elided(metrics, text, width) for width in widths[1:]))
        if len(widths) == 1:
            return (elided(metrics, text, widths[0]),)
        first, rest = _first_line(metrics, text, widths[0])
        return (first, elided(metrics, rest, widths[1]))


def elided(metrics: QFontMetrics, text: str, width: int) -> str:
    """Return a text cut to a width with an ellipsis; "" where there is no room at all."""
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width) if width > 0 else ""


def _icons(row: Row) -> tuple[str, ...]:
    """Return a row's icons in their fixed order."""
    shown = (
        ("star", row.important),
        ("paperclip", row.has_attachment),
        ("reply", row.answered),
        ("forward", row.forwarded and not row.answered),
        ("alarm-clock", row.reminder is not None),
    )
    return tuple(name for name, wanted in shown if wanted)


def _first_line(metrics: QFontMetrics, text: str, width: int) -> tuple[str, str]:
    """Cut a text where its first line of `width` ends, at a space where there is one."""
    if metrics.horizontalAdvance(text) <= width:
        return text, ""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if metrics.horizontalAdvance(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    space = text.rfind(" ", 0, low + 1)
    cut = space if space > low // 2 else low
    return text[:cut], text[cut:].lstrip()
