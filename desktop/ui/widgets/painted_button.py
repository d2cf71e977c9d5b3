"""What all buttons share that paint themselves: hover, the ring of the keyboard, and following an action."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QEnterEvent, QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from desktop.ui.theme import Theme
from desktop.ui.widgets.ampersands import escaped, plain
from desktop.ui.widgets.focus_ring import FocusRing


def tip(text: str, shortcut: QKeySequence | str = "") -> str:
    """Return a tooltip: the words and, in brackets, the keys."""
    keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{text} ({keys})" if keys else text


class PaintedButton(QPushButton):
    """A push button without the style's drawing: hover, ring and the hand of an action."""

    def __init__(self, theme: Theme, text: str, radius: int, parent: QWidget | None) -> None:
        super().__init__(escaped(text), parent)
        self._theme = theme
        self._hot = False
        self._action: QAction | None = None
        self._seen = True
        self._ring = FocusRing(theme, self, radius)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return plain(super().text())

    def setText(self, text: str) -> None:
        super().setText(escaped(text))

    def follow(self, action: QAction) -> None:
        """Do what `action` does, and take words, state and shortcut from it."""
        self._action = action
        self._copy_action()
        action.changed.connect(self._copy_action)
        self.clicked.connect(action.trigger)

    def _copy_action(self) -> None:
        action = self._action
        if action is None:
            return
        if self._seen is not action.isVisible():
            self._seen = action.isVisible()
            self.setVisible(self._seen)
        self.setEnabled(action.isEnabled())
        self.setCheckable(action.isCheckable())
        self.setChecked(action.isChecked())
        words = plain(action.text())
        self.setAccessibleName(words)
        self.setToolTip(tip(words, action.shortcut()))

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hot = True
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._hot = False
        super().leaveEvent(event)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring.focus_in(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring.focus_out()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it as Space does: Qt would press the default button of the window instead."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.EnabledChange and not self.isEnabled():
            self._hot = False

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()
