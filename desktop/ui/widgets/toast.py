"""The toast: what was just done, for eight seconds, with the way back. One at a time; a new one replaces the old.

It lies on its host at the lower left, 16 px from the edge, and a line along its bottom runs down. While the pointer is
over it or its button has the focus, time stands still.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.paint import CENTER, LEFT, line_of_text, rounded, soft_shadow, text_width
from desktop.ui.widgets.painted_button import PaintedButton

SHOWN_MS = 8000
_HEIGHT = 40
_MARGIN = 14
"""Room around the toast for its shadow."""


class _Action(PaintedButton):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "", 6, parent)
        self.setFont(theme.font("body-strong"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(text_width(self.font(), self.text()) + 16, 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        if self._hot:
            glow = QColor(t.toast_text)
            glow.setAlphaF(0.12)
            rounded(painter, self.rect(), 6, glow)
        line_of_text(painter, self.rect(), self.text(), self.font(), t.toast_action, CENTER)


class Toast(QWidget):
    """Made once for a window; `show_text` shows it."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._theme = theme
        self._host = host
        self._icon = "check"
        self._text = ""
        self._left = 1.0
        self._act: Callable[[], object] | None = None
        self._button = _Action(theme, self)
        self._button.clicked.connect(self._pressed)
        self._clock = QVariantAnimation(self, startValue=1.0, endValue=0.0, duration=SHOWN_MS)
        self._clock.valueChanged.connect(self._tick)
        self._clock.finished.connect(self.hide)
        self._corner = QPoint(16, 16)
        host.installEventFilter(self)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown now, "" when hidden."""
        return self._text if self.isVisible() else ""

    def set_corner(self, left: int, bottom: int) -> None:
        """Keep this distance from the host's left edge and its bottom."""
        self._corner = QPoint(left, bottom)
        self._place()

    def show_text(
        self, text: str, action: str = "", act: Callable[[], object] | None = None, *, icon: str = "check"
    ) -> None:
        """Say `text`; `action` is the word of the button that calls `act`."""
        self._text, self._icon, self._act = text, icon, act
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.update()
        self.raise_()
        self._clock.stop()
        self._clock.start()

    def dismiss(self) -> None:
        """Go away before the time: what it says is no longer so."""
        self._clock.stop()
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        card = self._card()
        if not card.contains(event.rect()):
            soft_shadow(painter, card, 8, _MARGIN, dark=t.dark)
        rounded(painter, card, 8, t.toast)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(card), 8, 8)
        painter.setClipPath(outline)
        painter.fillRect(QRectF(card.left(), card.bottom() - 1, card.width() * self._left, 2), t.toast_action)
        drawn = pixmap(self._icon, 16, t.toast_text, self.devicePixelRatioF())
        painter.drawPixmap(card.topLeft() + QPoint(12, 12), drawn)
        right = self._button.width() + 16 if self._act else 12
        area = card.adjusted(40, 0, -right, 0)
        line_of_text(painter, area, self._text, self._theme.font("body"), t.toast_text, LEFT)

    def enterEvent(self, event: QEnterEvent) -> None:
        if self._clock.state() is QVariantAnimation.State.Running:
            self._clock.pause()

    def leaveEvent(self, event: QEvent) -> None:
        if self._clock.state() is QVariantAnimation.State.Paused:
            self._clock.resume()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if isinstance(event, QResizeEvent):
            self._place()
        return False

    def _pressed(self) -> None:
        self.dismiss()
        if self._act is not None:
            self._act()

    def _card(self) -> QRect:
        return self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)

    def _tick(self, left: float) -> None:
        card = self._card()
        if round(left * card.width()) != round(self._left * card.width()):
            self.update(card.left(), card.bottom() - 1, card.width(), 2)
        self._left = left

    def _place(self) -> None:
        words = text_width(self._theme.font("body"), self._text)
        button = self._button.sizeHint().width() + 16 if self._act else 12
        most = self._host.width() - 2 * self._corner.x()
        card = QRect(0, 0, min(max(40 + words + 8 + button, 320), max(most, 120)), _HEIGHT)
        card.moveBottomLeft(QPoint(self._corner.x(), self._host.height() - self._corner.y() - 1))
        self.setGeometry(card.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))
        size = self._button.sizeHint()
        inner = self._card()
        self._button.setGeometry(
            inner.right() - 7 - size.width(), inner.top() + (_HEIGHT - size.height()) // 2, size.width(), size.height()
        )
