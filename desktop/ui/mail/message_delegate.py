"""The one delegate of message lists: heads of days, cards and compact rows; `table_painting` has the table. GUI thread.

What a row says is kept by `row_wording`; a frame of scrolling then costs a few calls of drawText a row. Everything is
drawn as plain text.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt, QTimeZone
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.domain.settings import Density
from desktop.ui import dates
from desktop.ui.mail import row_geometry as geometry
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.list_line import Line, ListRole
from desktop.ui.mail.row_canvas import Look, RowCanvas, baseline
from desktop.ui.mail.row_geometry import RowPlaces
from desktop.ui.mail.row_painting import BADGE_HEIGHT
from desktop.ui.mail.row_wording import RowWording, RowWords
from desktop.ui.mail.table_painting import Cell, TablePainter
from desktop.ui.theme import FontKind, Theme, font

_CHECK = 20


class MessageDelegate(QStyledItemDelegate):
    """Paints lines for a list; the list tells it density, columns and the moment "today" is meant."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = RowCanvas(theme)
        self._wording = RowWording(self._canvas)
        self._table = TablePainter(self._canvas, self._wording)
        self._density = Density.CARDS
        self._width = 0
        theme.changed.connect(self.forget)

    @property
    def density(self) -> Density:
        return self._density

    @property
    def row_height(self) -> int:
        return geometry.row_height(self._density, self._width)

    @property
    def is_stacked(self) -> bool:
        """Whether this is a table too narrow for columns."""
        return geometry.is_stacked(self._density, self._width)

    def height_at(self, width: int) -> int:
        """Return how high a row would be in a list so wide."""
        return geometry.row_height(self._density, width)

    def set_width(self, width: int) -> None:
        """Paint rows for a list so wide, its scroll bar included."""
        self._width = width

    def set_density(self, density: Density) -> None:
        """Paint rows of another density."""
        self._density = density
        self.forget()

    def set_cells(self, cells: Sequence[Cell]) -> None:
        """Take the columns of the table."""
        self._table.cells = tuple(cells)

    def set_today(self, now_ms: int, where: QTimeZone, *, under_days: bool, by_leaving: bool) -> None:
        """Write dates as seen from this moment and place."""
        self._wording.set_today(now_ms, where, under_days=under_days, by_leaving=by_leaving)

    def forget(self) -> None:
        """Drop everything measured and drawn: theme or density changed."""
        self._wording.forget()
        self._canvas.forget()

    # Qt's way in, used for drag pictures and by whoever paints a single index

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        line = index.data(ListRole.LINE)
        head = isinstance(line, Line) and line.kind is LineKind.HEAD
        return QSize(320, geometry.HEAD_HEIGHT if head else self.row_height)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line = index.data(ListRole.LINE)
        if isinstance(line, Line):
            state = option.state
            look = Look(
                selected=bool(state & QStyle.StateFlag.State_Selected),
                focused=bool(state & QStyle.StateFlag.State_Active),
                hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            )
            self.paint_line(painter, option.rect, line, look)

    def paint_line(self, painter: QPainter, place: QRect, line: Line, look: Look) -> None:
        """Paint one line at a place of the viewport."""
        parent = self.parent()
        mirrored = bool(parent is not None and parent.property("mirrored"))
        if self._canvas.fit(painter.device().devicePixelRatioF(), place.width(), mirrored):
            self._wording.forget()
        painter.translate(place.topLeft())
        if line.kind is LineKind.HEAD:
            self._paint_head(painter, line, look)
        elif self._density is Density.TABLE and not self.is_stacked:
            self._table.paint(painter, line, look)
        else:
            self._paint_card(painter, line, look)
        painter.translate(-place.topLeft())

    def _paint_head(self, painter: QPainter, line: Line, look: Look) -> None:
        canvas, tokens, work = self._canvas, self._canvas.tokens, self._canvas.work
        rightwards = painter.layoutDirection() is Qt.LayoutDirection.LeftToRight
        caret = "chevron-down" if not line.collapsed else "chevron-right" if rightwards else "chevron-left"
        canvas.icon(painter, caret, QRect(10, 7, geometry.ICON, geometry.ICON))
        metrics = work.metrics("small-strong")
        painter.setPen(tokens.text if look.hovered else tokens.secondary)
        painter.setFont(font("small-strong"))
        canvas.run(painter, line.title, 30, 19, metrics.horizontalAdvance(line.title))
        painter.setPen(tokens.secondary)
        painter.setFont(font("small"))
        number = dates.locale().toString(line.count)
        left = 36 + metrics.horizontalAdvance(line.title)
        canvas.run(painter, number, left, 19, work.metrics("small").horizontalAdvance(number))
        if look.current and look.focused:
            canvas.ring(painter, QRect(geometry.INSET, 1, canvas.width - 2 * geometry.INSET, 26))

    def _paint_card(self, painter: QPainter, line: Line, look: Look) -> None:
        canvas, tokens, work, row = self._canvas, self._canvas.tokens, self._canvas.work, line.row
        places = geometry.row_places(self._density, canvas.width, child=line.kind is LineKind.CHILD)
        canvas.ground(painter, places.card, look, 0 if self.is_stacked else geometry.RADIUS)
        if not look.selected and not (look.current and look.focused):  # it would cover the edge of the ring
            painter.fillRect(canvas.seen(places.separator), tokens.subtle)
        if row is None:
            self._paint_placeholder(painter, places)
            return
        words = self._wording.words(line, row, places)
        if look.selected and look.multi and places.avatar.isEmpty():
            canvas.pixmap(painter, canvas.work.check(_CHECK), QRect(2, (places.card.height() - _CHECK) // 2, 0, 0))
        elif row.unread:
            canvas.dot(painter, places.dot)
        if not places.avatar.isEmpty():
            checked = look.selected and look.multi
            disc = (
                work.check(geometry.AVATAR)
                if checked
                else work.avatar(words.letters, row.sender_address, geometry.AVATAR)
            )
            canvas.pixmap(painter, disc, places.avatar)
        weight: FontKind = "body-strong" if row.unread else "body"
        painter.setPen(tokens.text)
        painter.setFont(font(weight))
        metrics = work.metrics(weight)
        measure = metrics.horizontalAdvance
        canvas.run(painter, words.sender, places.first.left(), baseline(places.first, metrics), 0, measure)
        canvas.line(painter, words.subject, places.second, baseline(places.second, metrics), measure)
        one_line = places.in_one_line
        self._paint_date(painter, words, places.second if one_line else places.first)
        reserved = words.date_width + 12 if one_line else 0
        self._paint_icons(painter, words, places.second.right() + 1 - reserved, places.second, look)
        painter.setFont(font("small"))
        small = work.metrics("small")
        for number, (text, place) in enumerate(zip(words.snippets, places.snippets, strict=False)):
            painter.setPen(tokens.accent if words.notice and number == 0 else tokens.secondary)
            canvas.line(painter, text, place, baseline(place, small), small.horizontalAdvance)
        if look.hovered:
            canvas.actions(painter, places.actions, row, look.hot)

    def _paint_date(self, painter: QPainter, words: RowWords, place: QRect) -> None:
        canvas, unread = self._canvas, words.row.unread
        kind: FontKind = "small-medium" if unread else "small"
        painter.setFont(font(kind))
        painter.setPen(canvas.tokens.text if unread else canvas.tokens.secondary)
        if words.way is not None:
            painter.setPen(canvas.tokens.named(words.way.colour))
        metrics = canvas.work.metrics(kind)
        width = metrics.horizontalAdvance(words.date)
        canvas.run(painter, words.date, place.right() + 1 - width, baseline(place, metrics), width)

    def _paint_icons(self, painter: QPainter, words: RowWords, right: int, place: QRect, look: Look) -> None:
        """Paint from the right end: the count badge, then icons in their fixed order before it."""
        canvas = self._canvas
        if words.count:
            width = canvas.badge_width(words.count)
            right -= width
            pixmap = canvas.work.badge(words.count, width, look.selected and look.focused)
            canvas.pixmap(painter, pixmap, QRect(right, place.top() + 2, width, BADGE_HEIGHT))
            right -= geometry.GAP
        for name in reversed(words.icons):
            right -= geometry.ICON
            at = QRect(right, place.top() + 2, geometry.ICON, geometry.ICON)
            canvas.icon(painter, name, at, starred=name == "star")
            right -= geometry.GAP

    def _paint_placeholder(self, painter: QPainter, places: RowPlaces) -> None:
        """Paint where a row's parts will be, in the palest colour: nothing jumps when they come."""
        canvas = self._canvas
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(canvas.tokens.subtle)
        if not places.avatar.isEmpty():
            painter.drawEllipse(QRectF(canvas.seen(places.avatar)))
        for place, part in ((places.first, 0.4), (places.second, 0.7)):
            bar = QRect(place.left(), place.top() + 5, round(place.width() * part), 8)
            painter.drawRoundedRect(canvas.seen(bar), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
