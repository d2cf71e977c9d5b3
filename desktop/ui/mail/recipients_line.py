"""The folded line of recipients: a press on a name is meant for that person, one anywhere else unfolds all of them.

Where the names lie is asked of the layout of the text, which knows of scripts that run the other way. GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QTextLayout,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop.domain.mail.address import Address
from desktop.ui.icons import pixmap
from desktop.ui.mail.person_words import can_be_written_to, invitation
from desktop.ui.theme import Theme
from desktop.ui.widgets.labels import plain_tip
from desktop.ui.widgets.paint import line_of_text
from desktop.ui.widgets.painted_button import PaintedButton

_CARET_PX = 18
_HEIGHT = 18


@dataclass(frozen=True, slots=True)
class Named:
    """Where in the line a person is named, in characters."""

    person: Address
    start: int
    end: int


class RecipientsLine(PaintedButton):
    """A caret stands behind the line; checked it points up."""

    chosen = Signal(object)
    """The Address that is to be written to."""
    menu_wanted = Signal(object, QPoint)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "", 4, parent)
        self.setFont(theme.font("small"))
        self.setCheckable(True)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._named: tuple[Named, ...] = ()
        self._over: Named | None = None
        self._pressed: Named | None = None

    def show_line(self, line: str, named: Sequence[Named]) -> None:
        """Show the line; those named in it who have an address can be pressed."""
        self.setText(line)
        self.setAccessibleName(line)
        self._named = tuple(each for each in named if can_be_written_to(each.person))
        self._over = self._pressed = None
        self.updateGeometry()

    def places(self, named: Named) -> tuple[QRect, ...]:
        """Return where a name is seen; several places where scripts mix, none where the line is cut before it."""
        layout = QTextLayout(self.text(), self.font())
        layout.beginLayout()
        layout.createLine().setLineWidth(1_000_000)
        layout.endLayout()
        # positions of Qt count UTF-16 units, two for an emoji
        start, length = _units(self.text()[: named.start]), _units(self.text()[named.start : named.end])
        seen = QRect(0, 0, self._text_width(), _HEIGHT)
        found = (run.boundingRect() for run in layout.glyphRuns(start, length))
        rects = (QRectF(each.left(), 0, each.width(), _HEIGHT).toAlignedRect() & seen for each in found)
        return tuple(each for each in rects if not each.isEmpty())

    def sizeHint(self) -> QSize:
        return QSize(self._room() + _CARET_PX, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, _HEIGHT)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            over = self._at(event.pos())
            QToolTip.showText(event.globalPos(), plain_tip(invitation(over.person)) if over is not None else "", self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self._at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._at(event.position().toPoint()) if event.button() is Qt.MouseButton.LeftButton else None
        if self._pressed is None:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            super().mouseReleaseEvent(event)
        elif pressed is self._at(event.position().toPoint()):
            self.chosen.emit(pressed.person)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        over = self._at(event.pos()) if event.reason() is QContextMenuEvent.Reason.Mouse else None
        if over is not None:
            self.menu_wanted.emit(over.person, event.globalPos())
        else:
            super().contextMenuEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        colour = tokens.text if self._hot else tokens.secondary
        painter = QPainter(self)
        room = self._text_width()
        line_of_text(painter, self.rect().adjusted(0, 0, -(self.width() - room), 0), self.text(), self.font(), colour)
        caret = pixmap("chevron-up" if self.isChecked() else "chevron-down", 12, colour, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(room + 4, 4), caret)
        if self._over is not None:
            metrics = QFontMetricsF(self.font())
            below = (self.height() + metrics.ascent() - metrics.descent()) / 2 + metrics.underlinePos()
            for each in self.places(self._over):
                painter.fillRect(QRectF(each.left(), round(below), each.width(), 1), colour)

    def _hover(self, over: Named | None) -> None:
        if over is not self._over:
            self._over = over
            self.update()

    def _at(self, point: QPoint) -> Named | None:
        return next((each for each in self._named if any(place.contains(point) for place in self.places(each))), None)

    def _text_width(self) -> int:
        return max(min(self._room(), self.width() - _CARET_PX), 0)

    def _room(self) -> int:
        return QFontMetrics(self.font()).horizontalAdvance(self.text()) + 2


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
