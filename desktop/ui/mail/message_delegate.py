"""The one delegate of message lists: heads of days, cards, compact rows and table rows. GUI thread.

What a row says is elided and measured once and kept until the row, its width or the theme changes; a frame of
scrolling then costs a few calls of drawText a row. Everything is drawn as plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, QTimeZone
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.base import clock
from desktop.domain.mail.listing import Row
from desktop.domain.settings import Density
from desktop.ui.mail import dates, row_texts
from desktop.ui.mail import row_geometry as geometry
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.message_list_model import HitMarks, Line, ListRole
from desktop.ui.mail.row_geometry import Action, Column, RowPlaces
from desktop.ui.mail.row_painting import BADGE_HEIGHT, Brushwork, draw_text, marked_text
from desktop.ui.theme import FontKind, Theme, font
from desktop.ui.widgets.chips import initials

_Measure = Callable[[str], int]

_KEPT = 600
_CELL = 8
_NARROW_PX = 600
"""A table narrower than this writes dates as short as cards do."""


@dataclass(frozen=True, slots=True)
class Look:
    """The state a line is painted in."""

    selected: bool = False
    multi: bool = False
    """More than one mail is selected."""
    focused: bool = True
    current: bool = False
    hovered: bool = False
    hot: Action | None = None
    """The action under the mouse."""


@dataclass(frozen=True, slots=True)
class _Texts:
    """What a row says at one width: elided, measured, with icons chosen."""

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


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of the table: where it lies."""

    column: Column
    left: int
    width: int


class MessageDelegate(QStyledItemDelegate):
    """Paints lines for a list; the list tells it density, columns and the moment "today" is meant."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._brushwork = Brushwork(theme.tokens, 1.0)
        self._texts: dict[tuple[int, bool], _Texts] = {}
        self._width = 0
        self._mirrored = False
        self._density = Density.CARDS
        self._cells: tuple[Cell, ...] = ()
        self._now_ms = clock.now()
        self._where: QTimeZone = dates.zone()
        theme.changed.connect(self.forget)

    @property
    def density(self) -> Density:
        return self._density

    @property
    def row_height(self) -> int:
        return geometry.ROW_HEIGHTS[self._density]

    def set_density(self, density: Density) -> None:
        """Paint rows of another density."""
        self._density = density
        self.forget()

    def set_cells(self, cells: Sequence[Cell]) -> None:
        """Take the columns of the table."""
        if tuple(cells) != self._cells:
            self._cells = tuple(cells)
            self.forget()

    def set_today(self, now_ms: int, where: QTimeZone) -> None:
        """Write dates as seen from this moment and place."""
        if (now_ms, where) != (self._now_ms, self._where):
            self._now_ms, self._where = now_ms, where
            self.forget()

    def forget(self) -> None:
        """Drop everything measured: theme, density or day changed."""
        self._texts.clear()
        self._brushwork = Brushwork(self._theme.tokens, self._brushwork.scale)

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
        scale = painter.device().devicePixelRatioF()
        if scale != self._brushwork.scale:
            self._brushwork = Brushwork(self._theme.tokens, scale)
        if place.width() != self._width:
            self._width = place.width()
            self._texts.clear()
        parent = self.parent()
        self._mirrored = bool(parent is not None and parent.property("mirrored"))
        painter.translate(place.topLeft())
        if line.kind is LineKind.HEAD:
            self._paint_head(painter, line, look)
        elif self._density is Density.TABLE:
            self._paint_table_row(painter, line, look)
        else:
            self._paint_card(painter, line, look)
        painter.translate(-place.topLeft())

    # heads of days

    def _paint_head(self, painter: QPainter, line: Line, look: Look) -> None:
        tokens, work = self._theme.tokens, self._brushwork
        rightwards = painter.layoutDirection() is Qt.LayoutDirection.LeftToRight
        caret = "chevron-down" if not line.collapsed else "chevron-right" if rightwards else "chevron-left"
        self._draw_pixmap(painter, work.icon(caret, 14, tokens.secondary), QRect(10, 7, 14, 14))
        metrics = work.metrics("small-strong")
        painter.setPen(tokens.text if look.hovered else tokens.secondary)
        painter.setFont(font("small-strong"))
        self._draw_run(painter, line.title, 30, 19, metrics.horizontalAdvance(line.title))
        painter.setPen(tokens.secondary)
        painter.setFont(font("small"))
        number = dates.locale().toString(line.count)
        left = 36 + metrics.horizontalAdvance(line.title)
        self._draw_run(painter, number, left, 19, work.metrics("small").horizontalAdvance(number))
        if look.current and look.focused:
            self._draw_ring(painter, QRect(geometry.INSET, 1, self._width - 2 * geometry.INSET, 26))

    # cards, roomy, compact

    def _paint_card(self, painter: QPainter, line: Line, look: Look) -> None:
        tokens = self._theme.tokens
        places = geometry.row_places(self._density, self._width, child=line.kind is LineKind.CHILD)
        self._paint_ground(painter, places.card, look, geometry.RADIUS)
        if not look.selected:
            painter.fillRect(self._seen(places.separator), tokens.subtle)
        if line.row is None:
            self._paint_placeholder(painter, places)
            return
        texts = self._texts_of(line, line.row, places)
        if line.row.unread:
            self._paint_dot(painter, places.dot)
        if not places.avatar.isEmpty():
            disc = (
                self._brushwork.check(geometry.AVATAR)
                if look.selected and look.multi
                else self._brushwork.avatar(texts.letters, line.row.sender_address, geometry.AVATAR)
            )
            self._draw_pixmap(painter, disc, places.avatar)
        weight: FontKind = "body-strong" if line.row.unread else "body"
        compact = self._density is Density.COMPACT
        painter.setPen(tokens.text)
        painter.setFont(font(weight))
        metrics = self._brushwork.metrics(weight)
        baseline = _baseline(places.first, metrics.ascent(), metrics.descent())
        self._draw_run(painter, texts.sender, places.first.left(), baseline, 0, metrics.horizontalAdvance)
        baseline = _baseline(places.second, metrics.ascent(), metrics.descent())
        self._draw_line(painter, texts.subject, places.second, baseline, metrics.horizontalAdvance)
        self._paint_date(painter, texts, places.second if compact else places.first)
        reserved = texts.date_width + 12 if compact else 0
        self._paint_icons(painter, texts, places.second.right() + 1 - reserved, places.second, look)
        painter.setPen(tokens.secondary)
        painter.setFont(font("small"))
        small = self._brushwork.metrics("small")
        for text, place in zip(texts.snippets, places.snippets, strict=False):
            baseline = _baseline(place, small.ascent(), small.descent())
            self._draw_line(painter, text, place, baseline, small.horizontalAdvance)
        if look.hovered:
            self._paint_actions(painter, places.actions, line.row, look.hot)

    def _texts_of(self, line: Line, row: Row, places: RowPlaces) -> _Texts:
        kept = self._texts.get((line.key, line.kind is LineKind.CHILD))
        if kept is not None and kept.row is row and kept.marks is line.marks:
            return kept
        weight: FontKind = "body-strong" if row.unread else "body"
        strong = self._brushwork.metrics(weight)
        date = dates.row_date(row.date_ms, self._now_ms, self._where)
        date_width = self._brushwork.metrics("small-medium").horizontalAdvance(date)
        count = dates.locale().toString(row.count) if row.count > 1 and line.kind is LineKind.MAIL else ""
        compact = self._density is Density.COMPACT
        shown = _icons(row)
        taken = len(shown) * (geometry.ICON + geometry.GAP) + (self._badge_width(count) + geometry.GAP if count else 0)
        if compact:
            taken += date_width + 12
        name_width = places.first.width() - (0 if compact else date_width + 8)
        subject_width = max(0, places.second.width() - taken)
        texts = _Texts(
            row=row,
            marks=line.marks,
            sender=_elided(strong, row_texts.correspondent(row), name_width),
            subject=self._subject(row, line.marks, weight, subject_width),
            snippets=self._snippets(row, line.marks, [place.width() for place in places.snippets]),
            date=date,
            date_width=date_width,
            count=count,
            letters=initials(row.sender_name, row.sender_address),
            icons=shown,
        )
        self._keep((line.key, line.kind is LineKind.CHILD), texts)
        return texts

    def _subject(self, row: Row, marks: HitMarks | None, weight: FontKind, width: int) -> str | QTextLayout:
        metrics = self._brushwork.metrics(weight)
        if marks is not None and marks.subject_marks:
            text, stretches = row_texts.clean_marks(row.subject, marks.subject_marks)
            return marked_text(text, stretches, weight, width, self._theme.tokens, metrics)
        return _elided(metrics, row_texts.subject(row), width)

    def _snippets(self, row: Row, marks: HitMarks | None, widths: Sequence[int]) -> tuple[str | QTextLayout, ...]:
        if not widths:
            return ()
        metrics = self._brushwork.metrics("small")
        if marks is not None and marks.snippet:
            text, stretches = row_texts.clean_marks(marks.snippet, marks.snippet_marks)
            return (marked_text(text, stretches, "small", widths[0], self._theme.tokens, metrics),)
        text = row_texts.one_line(row.snippet)
        if len(widths) == 1:
            return (_elided(metrics, text, widths[0]),)
        first, rest = _first_line(metrics, text, widths[0])
        return (first, _elided(metrics, rest, widths[1]))

    def _paint_date(self, painter: QPainter, texts: _Texts, place: QRect) -> None:
        kind: FontKind = "small-medium" if texts.row.unread else "small"
        painter.setFont(font(kind))
        painter.setPen(self._theme.tokens.text if texts.row.unread else self._theme.tokens.secondary)
        metrics = self._brushwork.metrics(kind)
        width = metrics.horizontalAdvance(texts.date)
        baseline = _baseline(place, metrics.ascent(), metrics.descent())
        self._draw_run(painter, texts.date, place.right() + 1 - width, baseline, width)

    def _paint_icons(self, painter: QPainter, texts: _Texts, right: int, place: QRect, look: Look) -> None:
        """Paint from the right end: the count badge, then icons in their fixed order before it."""
        tokens = self._theme.tokens
        if texts.count:
            width = self._badge_width(texts.count)
            right -= width
            badge = QRect(right, place.top() + 2, width, BADGE_HEIGHT)
            on = look.selected and look.focused
            self._draw_pixmap(painter, self._brushwork.badge(texts.count, width, on), badge)
            right -= geometry.GAP
        for name in reversed(texts.icons):
            right -= geometry.ICON
            starred = name == "star"
            pixmap = self._brushwork.icon(
                name,
                geometry.ICON,
                tokens.star if starred else tokens.secondary,
                tokens.star_fill if starred else None,
            )
            self._draw_pixmap(painter, pixmap, QRect(right, place.top() + 2, geometry.ICON, geometry.ICON))
            right -= geometry.GAP

    def _paint_actions(self, painter: QPainter, place: QRect, row: Row, hot: Action | None) -> None:
        tokens = self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.border, 1))
        painter.setBrush(tokens.raised)
        painter.drawRoundedRect(QRectF(self._seen(place)).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        for action, button in geometry.action_places(place):
            if action is hot:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tokens.hover2)
                painter.drawRoundedRect(self._seen(button), 5, 5)
            colour = tokens.text if action is hot else tokens.secondary
            filled = None
            if action is Action.STAR and row.important:
                colour, filled = tokens.star, tokens.star_fill
            pixmap = self._brushwork.icon(action_icon(action, row), geometry.ICON, colour, filled)
            self._draw_pixmap(painter, pixmap, button.adjusted(5, 5, -5, -5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # the table

    def _paint_table_row(self, painter: QPainter, line: Line, look: Look) -> None:
        tokens, height = self._theme.tokens, geometry.ROW_HEIGHTS[Density.TABLE]
        whole = QRect(0, 0, self._width, height)
        self._paint_ground(painter, whole, look, 0)
        painter.fillRect(QRect(0, height - 1, self._width, 1), tokens.subtle)
        row = line.row
        if row is None:
            painter.fillRect(QRect(_CELL + 16, 12, min(240, self._width // 2), 8), tokens.subtle)
            return
        if row.unread:
            self._paint_dot(painter, QRect(6, 12, geometry.DOT, geometry.DOT))
        if look.selected and look.multi:
            self._draw_pixmap(painter, self._brushwork.check(20), QRect(1, 6, 20, 20))
        for cell in self._cells:
            self._paint_cell(painter, cell, line, row)
        if look.hovered:
            places = geometry.row_places(Density.COMPACT, self._width)
            self._paint_actions(painter, places.actions, row, look.hot)

    def _paint_cell(self, painter: QPainter, cell: Cell, line: Line, row: Row) -> None:
        tokens = self._theme.tokens
        if cell.column is Column.STAR:
            if row.important:
                star = self._brushwork.icon("star", geometry.ICON, tokens.star, tokens.star_fill)
                self._draw_pixmap(painter, star, QRect(cell.left + (cell.width - 14) // 2, 9, 14, 14))
            return
        if cell.column is Column.ATTACHMENT:
            if row.has_attachment:
                clip = self._brushwork.icon("paperclip", geometry.ICON, tokens.secondary)
                self._draw_pixmap(painter, clip, QRect(cell.left + (cell.width - 14) // 2, 9, 14, 14))
            return
        strong = row.unread and cell.column in (Column.SENDER, Column.SUBJECT)
        kind: FontKind = "body-strong" if strong else "body"
        metrics = self._brushwork.metrics(kind)
        plain = cell.column in (Column.SENDER, Column.SUBJECT)
        left, width = cell.left + _CELL, cell.width - 2 * _CELL
        if line.kind is LineKind.CHILD and cell.column is Column.SUBJECT:
            left, width = left + geometry.CHILD_INDENT, width - geometry.CHILD_INDENT
        text = self._cell_text(cell.column, row)
        count = dates.locale().toString(row.count) if row.count > 1 and cell.column is Column.SUBJECT else ""
        if count:
            width -= self._badge_width(count) + geometry.GAP
        shown = _elided(metrics, text, width)
        advance = metrics.horizontalAdvance(shown)
        painter.setFont(font(kind))
        painter.setPen(tokens.text if plain else tokens.secondary)
        baseline = _baseline(QRect(0, 7, 0, 18), metrics.ascent(), metrics.descent())
        if cell.column is Column.SIZE:
            left += max(0, width - advance)
        self._draw_run(painter, shown, left, baseline, advance)
        if count:
            badge = QRect(left + advance + geometry.GAP, 9, self._badge_width(count), BADGE_HEIGHT)
            self._draw_pixmap(painter, self._brushwork.badge(count, badge.width(), False), badge)

    def _cell_text(self, column: Column, row: Row) -> str:
        if column is Column.SENDER:
            return row_texts.correspondent(row)
        if column is Column.SUBJECT:
            return row_texts.subject(row)
        if column is Column.DATE:
            where = (row.date_ms, self._now_ms, self._where)
            return dates.row_date(*where) if self._width < _NARROW_PX else dates.table_date(*where)
        return row_texts.size_text(row.size_bytes)

    # parts

    def _paint_ground(self, painter: QPainter, place: QRect, look: Look, radius: int) -> None:
        tokens = self._theme.tokens
        colour: QColor | None = None
        if look.selected:
            colour = tokens.soft if look.focused or look.multi else tokens.hover2
        elif look.hovered:
            colour = tokens.hover
        if colour is not None and radius:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(place, radius, radius)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        elif colour is not None:
            painter.fillRect(place, colour)
        if look.current and look.focused and (look.multi or not look.selected):
            self._draw_ring(painter, place)

    def _draw_ring(self, painter: QPainter, place: QRect) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.tokens.ring, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), 5, 5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_dot(self, painter: QPainter, place: QRect) -> None:
        self._draw_pixmap(painter, self._brushwork.dot(geometry.DOT), place)

    def _paint_placeholder(self, painter: QPainter, places: RowPlaces) -> None:
        """Paint where a row's parts will be, in the palest colour: nothing jumps when they come."""
        colour = self._theme.tokens.subtle
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        if not places.avatar.isEmpty():
            painter.drawEllipse(QRectF(self._seen(places.avatar)))
        for place, part in ((places.first, 0.4), (places.second, 0.7)):
            bar = QRect(place.left(), place.top() + 5, round(place.width() * part), 8)
            painter.drawRoundedRect(self._seen(bar), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _badge_width(self, count: str) -> int:
        return max(BADGE_HEIGHT, self._brushwork.metrics("micro").horizontalAdvance(count) + 10)

    def _keep(self, wanted: tuple[int, bool], texts: _Texts) -> None:
        if len(self._texts) >= _KEPT:
            self._texts.clear()
        self._texts[wanted] = texts

    def _seen(self, place: QRect) -> QRect:
        """Return the place as this reading direction has it."""
        return geometry.mirrored(place, self._width) if self._mirrored else place

    def _draw_pixmap(self, painter: QPainter, pixmap: QPixmap, place: QRect) -> None:
        painter.drawPixmap(self._seen(place).topLeft(), pixmap)

    def _draw_line(
        self, painter: QPainter, text: str | QTextLayout, place: QRect, baseline: int, measure: _Measure
    ) -> None:
        if isinstance(text, QTextLayout):
            ascent = text.lineAt(0).ascent() if text.lineCount() else 0
            left = place.left()
            if self._mirrored:
                left = self._width - place.left() - round(text.lineAt(0).naturalTextWidth())
            text.draw(painter, QPointF(left, baseline - ascent))
            return
        self._draw_run(painter, text, place.left(), baseline, 0, measure)

    def _draw_run(
        self, painter: QPainter, text: str, left: int, baseline: int, width: int, measure: _Measure | None = None
    ) -> None:
        """Draw text at its left end; in a mirrored row it needs its width, given or measured."""
        if self._mirrored:
            left = self._width - left - (measure(text) if measure is not None else width)
        draw_text(painter, text, left, baseline)


def action_icon(action: Action, row: Row) -> str:
    """Return the icon of a row's action; it shows what the click will do."""
    if action is Action.ARCHIVE:
        return "archive"
    if action is Action.TRASH:
        return "trash-2"
    if action is Action.STAR:
        return "star"
    return "mail-open" if row.unread else "mail"


def _icons(row: Row) -> tuple[str, ...]:
    """Return a row's icons in their fixed order."""
    shown = (
        ("star", row.important),
        ("paperclip", row.has_attachment),
        ("reply", row.answered),
        ("forward", row.forwarded and not row.answered),
    )
    return tuple(name for name, wanted in shown if wanted)


def _baseline(place: QRect, ascent: int, descent: int) -> int:
    return place.top() + (place.height() - ascent - descent) // 2 + ascent


def _elided(metrics: QFontMetrics, text: str, width: int) -> str:
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, width)) if width > 0 else ""


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
