"""A field over lines to choose from, on a card that lies on its window: type, go up and down, Enter. GUI thread.

Whoever inherits says which lines there are for what is typed, where the card lies, and what a choice does.
"""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.ui.theme import Theme
from desktop.ui.widgets.choice_list import ChoiceList, PopupFrame


class ChoicePopup(QWidget):
    """Shows itself over the window of its host; the same one every time."""

    takes = frozenset((Qt.Key.Key_Return, Qt.Key.Key_Enter))
    """The keys that take the line with the cursor."""

    def __init__(
        self, theme: Theme, host: QWidget, field: QLineEdit, lines: ChoiceList, head: QWidget | None = None
    ) -> None:
        """`head` holds the field where that does not stand alone."""
        super().__init__(host)
        self.host, self.field, self.lines = host, field, lines
        self._back_to: QWidget | None = None
        self.frame = PopupFrame(theme, host)
        self.frame.column.addWidget(head or field)
        self.frame.column.addWidget(lines)
        field.textChanged.connect(self.show_lines)
        field.installEventFilter(self)
        lines.chosen.connect(self.take)
        self.hide()

    @property
    def is_open(self) -> bool:
        return self.frame.isVisible()

    def begin(self, text: str = "") -> None:
        """Open, with this in the field."""
        if not self.is_open:
            self._back_to = self.host.window().focusWidget()
        if self.field.text() != text:
            self.field.setText(text)
        else:
            self.show_lines(text)
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def show_lines(self, typed: str) -> None:
        """Show the lines for what is typed, and place the card."""
        raise NotImplementedError

    def take(self, value: object) -> None:
        """Do what a line stands for."""
        raise NotImplementedError

    def close_popup(self) -> None:
        """Go away; the focus returns to where it was."""
        if self.is_open:
            self.frame.hide()
            # what had the focus may be gone by now: a list can become another while one types
            if self._back_to is not None and shiboken6.isValid(self._back_to):
                self._back_to.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        if event.type() is QEvent.Type.FocusOut:
            self.frame.hide()
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.lines.step(1 if key == Qt.Key.Key_Down else -1)
        elif key in self.takes:
            if self.lines.current is not None:
                self.take(self.lines.current.value)
        elif key == Qt.Key.Key_Escape:
            self.close_popup()
        else:
            return False
        return True
