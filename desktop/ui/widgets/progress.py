"""Signs of work: a thin bar where the end is known, a turning arc where it is not. Both only move while visible."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QVariantAnimation
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.ui.theme import Theme
from desktop.ui.widgets.paint import rounded


class ProgressBar(QWidget):
    """A bar 4 px high."""

    def __init__(self, theme: Theme, name: str, width: int = 72, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._part = 0.0
        self.setAccessibleName(name)
        self.setFixedSize(width, 4)

    def set_part(self, done: int, total: int) -> None:
        """Show how much of `total` is done."""
        part = min(done / total, 1.0) if total > 0 else 0.0
        if part != self._part:
            self._part = part
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        rounded(painter, self.rect(), 2, t.track)
        if self._part > 0:
            rounded(painter, QRectF(0, 0, max(self.width() * self._part, 4), 4), 2, t.accent if t.dark else t.fill)


class Spinner(QWidget):
    """An arc that turns."""

    def __init__(self, theme: Theme, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._size = size
        self._angle = 0
        self._turn = QVariantAnimation(self, startValue=0, endValue=360, duration=900)
        self._turn.setLoopCount(-1)
        self._turn.valueChanged.connect(self._turned)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def showEvent(self, event: QShowEvent) -> None:
        self._turn.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._turn.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.tokens.accent, 1.5))
        area = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawArc(area, -self._angle * 16, 270 * 16)

    def _turned(self, angle: int) -> None:
        self._angle = angle
        self.update()
