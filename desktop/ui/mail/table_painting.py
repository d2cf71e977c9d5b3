"""Rows of the table: one cell a column, the columns as the head above has them. GUI thread."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from desktop.domain.mail.listing import Row
from desktop.domain.settings import Density
from desktop.ui import dates, line_texts
from desktop.ui.mail import reminder_words, row_texts
from desktop.ui.mail import row_geometry as geometry
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.list_line import Line
from desktop.ui.mail.row_canvas import Look, RowCanvas, baseline
from desktop.ui.mail.row_geometry import Column
from desktop.ui.mail.row_painting import BADGE_HEIGHT
from desktop.ui.mail.row_wording import RowWording, elided
from desktop.ui.theme import FontKind, font

_CELL = 8
_CHECK = 20
_NARROW_PX = 600
"""A table narrower than this writes dates as short as cards do."""
_TEXT = QRect(0, 7, 0, 18)


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of the table: where it lies."""

    column: Column
    left: int
    width: int


class TablePainter:
    """Lives with a delegate; draws on its canvas."""

    def __init__(self, canvas: RowCanvas, wording: RowWording) -> None:
        self._canvas = canvas
        self._wording = wording
        self.cells: tuple[Cell, ...] = ()

    def paint(self, painter: QPainter, line: Line, look: Look) -> None:
        """Paint one row of a mail."""
        canvas, height, width = self._canvas, geometry.ROW_HEIGHTS[Density.TABLE], self._canvas.width
        canvas.ground(painter, QRect(0, 0, width, height), look, 0)
        painter.fillRect(QRect(0, height - 1, width, 1), canvas.tokens.subtle)
        row = line.row
        if row is None:
            painter.fillRect(QRect(_CELL + 16, 12, min(240, width // 2), 8), canvas.tokens.subtle)
            return
        if look.selected and look.multi:
            canvas.pixmap(painter, canvas.work.check(_CHECK), QRect(2, 6, _CHECK, _CHECK))
        elif row.unread:
            canvas.dot(painter, QRect(8, 12, geometry.DOT, geometry.DOT))
        for cell in self.cells:
            self._paint_cell(painter, cell, line, row)
        if look.hovered:
            canvas.actions(painter, geometry.row_places(Density.COMPACT, width).actions, row, look.hot)

    def _paint_cell(self, painter: QPainter, cell: Cell, line: Line, row: Row) -> None:
        canvas = self._canvas
        middle = QRect(cell.left + (cell.width - geometry.ICON) // 2, 9, geometry.ICON, geometry.ICON)
        if cell.column is Column.STAR:
            if row.important:
                canvas.icon(painter, "star", middle, starred=True)
            return
        if cell.column is Column.ATTACHMENT:
            if row.has_attachment:
                canvas.icon(painter, "paperclip", middle)
            return
        plain = cell.column in (Column.SENDER, Column.SUBJECT)
        kind: FontKind = "body-strong" if row.unread and plain else "body"
        metrics = canvas.work.metrics(kind)
        left, width = cell.left + _CELL, cell.width - 2 * _CELL
        if line.kind is LineKind.CHILD and cell.column is Column.SUBJECT:
            left, width = left + geometry.CHILD_INDENT, width - geometry.CHILD_INDENT
        count = dates.locale().toString(row.count) if row.count > 1 and cell.column is Column.SUBJECT else ""
        if count:
            width -= canvas.badge_width(count) + geometry.GAP
        shown = elided(metrics, self._text(cell.column, row), width)
        advance = metrics.horizontalAdvance(shown)
        painter.setFont(font(kind))
        painter.setPen(canvas.tokens.text if plain else canvas.tokens.secondary)
        way = self._wording.way(row) if cell.column is Column.DATE else None
        if way is not None:
            painter.setPen(canvas.tokens.named(way.colour))
        if cell.column is Column.SIZE:
            left += max(0, width - advance)
        canvas.run(painter, shown, left, baseline(_TEXT, metrics), advance)
        if count:
            badge = QRect(left + advance + geometry.GAP, 9, canvas.badge_width(count), BADGE_HEIGHT)
            canvas.pixmap(painter, canvas.work.badge(count, badge.width(), False), badge)

    def _text(self, column: Column, row: Row) -> str:
        if column is Column.SENDER:
            return row_texts.correspondent(row)
        if column is Column.SUBJECT:
            return row_texts.subject(row, reminder_words.of_row(row, self._wording.now_ms, self._wording.where))
        if column is Column.DATE and (way := self._wording.way(row)) is not None and way.words:
            return way.words
        if column is Column.DATE:
            where = (row.date_ms, self._wording.now_ms, self._wording.where)
            return dates.row_date(*where) if self._canvas.width < _NARROW_PX else dates.table_date(*where)
        return line_texts.size_text(row.size_bytes)
