"""A small card over a window: it takes the keyboard, and goes away with Escape or when the keyboard goes elsewhere.

GUI thread.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.theme import Theme
from desktop.ui.widgets.choice_list import PopupFrame


class Popup(PopupFrame):
    """What they share. Each kind puts its own into `column`."""

    closed = Signal()

    def __init__(self, theme: Theme, host: QWidget, name: str) -> None:
        super().__init__(theme, host)
        self._back_to: QWidget | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    def open_below(self, button: QWidget, first: QWidget) -> None:
        """Show under a button, or above it where there is no room, with the keyboard in `first`."""
        layout = self.layout()
        size = layout.sizeHint() if layout is not None else self.sizeHint()
        window = button.window()
        corner = button.mapTo(window, QPoint(0, button.height() + 4))
        card = size - QSize(24, 24)
        if corner.y() + card.height() > window.height() - 8:
            corner = button.mapTo(window, QPoint(0, -card.height() - 4))
        self._open(window, corner, card, first)

    def open_at(self, place: QWidget, corner: QPoint, first: QWidget) -> None:
        """Show with the left top corner at a point of a widget, with the keyboard in `first`."""
        layout = self.layout()
        size = layout.sizeHint() if layout is not None else self.sizeHint()
        self._open(place.window(), place.mapTo(place.window(), corner), size - QSize(24, 24), first)
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)  # it is asked for by a key, and walked by keys

    def _open(self, window: QWidget, corner: QPoint, card: QSize, first: QWidget) -> None:
        before = window.focusWidget()
        if not self._holds(before):
            self._back_to = before
        corner.setX(max(8, min(corner.x(), window.width() - card.width() - 8)))
        corner.setY(max(8, corner.y()))
        self.place(corner, card)
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Go away and give the keyboard back."""
        if not self.isHidden():
            self.hide()
            # what had it may be gone by now
            if self._back_to is not None and shiboken6.isValid(self._back_to):
                self._back_to.setFocus()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        # Escape closes the card and not the window
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def _focus_changed(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and not self.isHidden() and not self._holds(now):
            self.hide()

    def _holds(self, widget: QWidget) -> bool:
        """Return whether a widget is ours, also one in a window of its own: the calendar of a date."""
        at: QWidget | None = widget
        while at is not None and at is not self:
            at = at.parentWidget()
        return at is self
