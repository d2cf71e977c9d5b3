"""A list of what a person once allowed, each line with a button that takes it back. Not there while it is empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.base.text import one_line
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button, Kind
from desktop.ui.widgets.fields import FormRow
from desktop.ui.widgets.labels import ElidedLabel


@dataclass(frozen=True, slots=True)
class Allowed:
    """One line."""

    key: str
    """What `taken_back` tells."""
    text: str
    details: str = ""
    """Smaller below it."""


class RevocableList(QWidget):
    """It takes nothing back itself: it is shown anew by who does."""

    taken_back = Signal(str)
    """The key of the line whose button was pressed."""

    def __init__(self, theme: Theme, title: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lines: dict[str, QWidget] = {}
        self.buttons: dict[str, Button] = {}
        """The button of each line by its key."""
        held = QWidget()
        self._column = QVBoxLayout(held)
        self._column.setContentsMargins(0, 2, 0, 2)
        self._column.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(FormRow(theme, title, held, hint=hint))
        self.hide()

    def show_allowed(self, allowed: Sequence[Allowed]) -> None:
        """Show these; lines that stay keep the keyboard."""
        for key in self.lines.keys() - {one.key for one in allowed}:
            line = self.lines.pop(key)
            del self.buttons[key]
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        for place, one in enumerate(allowed):
            if one.key not in self.lines:
                self.lines[one.key] = self._line(one)
                self._column.insertWidget(place, self.lines[one.key])
        self.setVisible(bool(allowed))

    def _line(self, one: Allowed) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(ElidedLabel(self._theme, one_line(one.text), "body"))
        if one.details:
            words.addWidget(ElidedLabel(self._theme, one_line(one.details), "small", "secondary"))
        button = self.buttons[one.key] = Button(self._theme, _("Remove"), Kind.GHOST)
        button.setAccessibleName(_("Remove {name}").format(name=one_line(one.text)))
        button.clicked.connect(lambda: self.taken_back.emit(one.key))
        row.addLayout(words, 1)
        row.addWidget(button)
        return line
