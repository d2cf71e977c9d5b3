"""The toast: what was just done, for eight seconds, with the way back. One at a time; a new one replaces the old.

It lies on its host at the lower left, 16 px from the edge, and a line along its bottom runs down. While the pointer is
over it or its button has the focus, time stands still. A long sentence takes up to three lines; what is still cut is in
the tooltip. Screen readers are told the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, QVariantAnimation
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QColor,
    QEnterEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.labels import plain_tip
from desktop.ui.widgets.paint import CENTER, line_of_text, lines_of_text, rounded, soft_shadow, text_width
from desktop.ui.widgets.painted_button import PaintedButton

SHOWN_MS = 8000
_HEIGHT = 40
_LINE = 18
_MOST_LINES = 3
_WIDEST_WORDS = 440
"""A longer sentence is easier to read in several lines."""
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
        self._lines: tuple[str, ...] = ()
        self._face = theme.font("body")
        self._left = 1.0
        self._act: Callable[[], object] | None = None
        self._words: Callable[[int], str] | None = None
        """What is said while so many seconds are left, where they are counted."""
        self._gone: Callable[[], object] | None = None
        self._button = _Action(theme, self)
        self._button.clicked.connect(self._pressed)
        self._button.installEventFilter(self)
        self._clock = QVariantAnimation(self, startValue=1.0, endValue=0.0, duration=SHOWN_MS)
        self._clock.valueChanged.connect(self._tick)
        self._clock.finished.connect(self._finished)
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
        self._words = self._gone = None
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self.setAccessibleName(text)
        self._place()
        self.show()
        self.update()
        self.raise_()
        self._clock.stop()
        self._clock.setDuration(SHOWN_MS)
        self._clock.start()
        self._hold()
        announce(self, text)

    def stay(self) -> None:
        """Let what was just said stand until it is answered, or until something else is said."""
        self._clock.stop()

    def count_down(
        self,
        words: Callable[[int], str],
        left_ms: int,
        action: str,
        act: Callable[[], object],
        gone: Callable[[], object],
        *,
        icon: str,
    ) -> None:
        """Say how many seconds are left to press the button; time does not stand still, and `gone` ends it.

        Screen readers are told once, and what is left when they come here.
        """
        self.show_text(words(_seconds(left_ms)), action, act, icon=icon)
        self._words, self._gone = words, gone
        self._clock.stop()
        self._clock.setDuration(left_ms)
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
        top = card.top() + (card.height() - _LINE * len(self._lines)) // 2
        for line in self._lines:
            line_of_text(painter, QRect(area.left(), top, area.width(), _LINE), line, self._face, t.toast_text)
            top += _LINE

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hold()

    def leaveEvent(self, event: QEvent) -> None:
        self._hold()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and isinstance(event, QResizeEvent):
            self._place()
        elif event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._hold()
        return False

    def _hold(self) -> None:
        """Let time stand still while somebody is at the toast."""
        states = QVariantAnimation.State
        if self._words is None and (self.underMouse() or self._button.hasFocus()):
            if self._clock.state() is states.Running:
                self._clock.pause()
        elif self._clock.state() is states.Paused:
            self._clock.resume()

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
        if self._words is not None:
            self._say(self._words(_seconds(self._clock.duration() - self._clock.currentTime())))

    def _say(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self._place()
            self.update()

    def _finished(self) -> None:
        self.hide()
        if self._gone is not None:
            gone, self._gone = self._gone, None
            gone()

    def _place(self) -> None:
        button = self._button.sizeHint().width() + 16 if self._act else 12
        most = max(self._host.width() - 2 * self._corner.x(), 120)
        room = max(min(_WIDEST_WORDS, most - 40 - 8 - button), 1)
        self._lines = lines_of_text(self._text, self._face, room, _MOST_LINES)
        words = min(max((text_width(self._face, line) for line in self._lines), default=0), room)
        self.setToolTip(plain_tip(self._text) if self._lines and self._lines[-1].endswith("…") else "")
        height = _HEIGHT + _LINE * (max(len(self._lines), 1) - 1)
        card = QRect(0, 0, min(max(40 + words + 8 + button, 320), most), height)
        card.moveBottomLeft(QPoint(self._corner.x(), self._host.height() - self._corner.y() - 1))
        self.setGeometry(card.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))
        size = self._button.sizeHint()
        inner = self._card()
        self._button.setGeometry(
            inner.right() - 7 - size.width(), inner.top() + (height - size.height()) // 2, size.width(), size.height()
        )


def _seconds(left_ms: int) -> int:
    return max(-(-left_ms // 1000), 0)


def announce(widget: QWidget, text: str) -> None:
    """Have screen readers say `text`: as an announcement, and for those that know none of these as an alert."""
    QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.Alert))
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
