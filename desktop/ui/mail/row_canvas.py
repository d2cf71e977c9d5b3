"""What every kind of row is drawn with: text, pixmaps, grounds and rings in a line of some width. GUI thread.

Places are given as in a line that is read from left to right; a canvas that is mirrored turns them round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPixmap, QTextLayout

from desktop.domain.mail.listing import Row
from desktop.ui.mail import row_geometry as geometry
from desktop.ui.mail.outbox_line import refuses
from desktop.ui.mail.row_geometry import Action
from desktop.ui.mail.row_painting import BADGE_HEIGHT, Brushwork
from desktop.ui.theme import Theme, Tokens
from desktop.ui.widgets.paint import draw_text

_Measure = Callable[[str], int]


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


class RowCanvas:
    """Lives with a delegate; `fit` makes it ready for a device and a width."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.work = Brushwork(theme.tokens, 1.0)
        self.width = 0
        self.mirrored = False

    @property
    def tokens(self) -> Tokens:
        return self._theme.tokens

    def forget(self) -> None:
        """Drop every pixmap: the theme changed."""
        self.work = Brushwork(self._theme.tokens, self.work.scale)

    def fit(self, scale: float, width: int, mirrored: bool) -> bool:
        """Draw for a device of `scale` on lines `width` wide; return whether the width is another."""
        if scale != self.work.scale:
            self.work = Brushwork(self._theme.tokens, scale)
        self.mirrored = mirrored
        changed, self.width = width != self.width, width
        return changed

    def seen(self, place: QRect) -> QRect:
        """Return a place as this reading direction has it."""
        return geometry.mirrored(place, self.width) if self.mirrored else place

    def pixmap(self, painter: QPainter, pixmap: QPixmap, place: QRect) -> None:
        """Draw a pixmap at the corner of a place."""
        painter.drawPixmap(self.seen(place).topLeft(), pixmap)

    def icon(self, painter: QPainter, name: str, place: QRect, *, starred: bool = False) -> None:
        """Draw an icon of a row; `starred` in the colours of the star."""
        tokens = self.tokens
        colour, filled = (tokens.star, tokens.star_fill) if starred else (tokens.secondary, None)
        self.pixmap(painter, self.work.icon(name, geometry.ICON, colour, filled), place)

    def line(self, painter: QPainter, text: str | QTextLayout, place: QRect, baseline: int, measure: _Measure) -> None:
        """Draw a line of text, plain or laid out, from the left of a place."""
        if isinstance(text, QTextLayout):
            ascent = text.lineAt(0).ascent() if text.lineCount() else 0
            left = place.left()
            if self.mirrored:
                left = self.width - place.left() - round(text.lineAt(0).naturalTextWidth())
            text.draw(painter, QPointF(left, baseline - ascent))
            return
        self.run(painter, text, place.left(), baseline, 0, measure)

    def run(
        self, painter: QPainter, text: str, left: int, baseline: int, width: int, measure: _Measure | None = None
    ) -> None:
        """Draw text at its left end; in a mirrored row it needs its width, given or measured."""
        if self.mirrored:
            left = self.width - left - (measure(text) if measure is not None else width)
        draw_text(painter, text, left, baseline)

    def ground(self, painter: QPainter, place: QRect, look: Look, radius: int) -> None:
        """Paint what lies below a row that is selected, under the mouse or has the cursor."""
        tokens = self.tokens
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
            self.ring(painter, place)

    def ring(self, painter: QPainter, place: QRect) -> None:
        """Draw the ring of the line with the cursor."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.tokens.ring, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), 5, 5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def dot(self, painter: QPainter, place: QRect) -> None:
        """Draw the dot of an unread mail."""
        self.pixmap(painter, self.work.dot(geometry.DOT), place)

    def badge_width(self, count: str) -> int:
        """Return how wide a count badge is."""
        return max(BADGE_HEIGHT, self.work.metrics("micro").horizontalAdvance(count) + 10)

    def actions(self, painter: QPainter, place: QRect, row: Row, hot: Action | None) -> None:
        """Draw the buttons of the row under the mouse."""
        tokens = self.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.border, 1))
        painter.setBrush(tokens.raised)
        painter.drawRoundedRect(QRectF(self.seen(place)).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        for action, button in geometry.action_places(place):
            if action is hot:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(tokens.hover2)
                painter.drawRoundedRect(self.seen(button), 5, 5)
            colour = tokens.text if action is hot else tokens.secondary
            if refuses(row, action):
                colour = tokens.disabled
            filled = None
            if action is Action.STAR and row.important:
                colour, filled = tokens.star, tokens.star_fill
            pixmap = self.work.icon(_action_icon(action, row), geometry.ICON, colour, filled)
            self.pixmap(painter, pixmap, button.adjusted(5, 5, -5, -5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def baseline(place: QRect, metrics: QFontMetrics) -> int:
    """Return the y at which text stands in the middle of a place."""
    ascent, descent = metrics.ascent(), metrics.descent()
    return place.top() + (place.height() - ascent - descent) // 2 + ascent


def _action_icon(action: Action, row: Row) -> str:
    """Return the icon of a row's action; it shows what the click will do."""
    if action is Action.ARCHIVE:
        return "archive"
    if action is Action.TRASH:
        return "trash-2"
    if action is Action.STAR:
        return "star"
    return "mail-open" if row.unread else "mail"
