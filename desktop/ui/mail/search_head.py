"""The line above search hits: how many there are, what was searched, and the way back. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import IconButton
from desktop.ui.widgets.labels import ElidedLabel
from desktop.ui.widgets.paint import hairline


class SearchHead(QWidget):
    """Stands in place of the list's head while hits are shown."""

    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(40)
        self.title = ElidedLabel(theme, _("Search"), "section")
        self.words = ElidedLabel(theme, "", "small", "secondary")
        self._close = IconButton(theme, "x", _("Leave the search"), shortcut="Esc")
        self._close.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.title)
        row.addWidget(self.words, 1)
        row.addWidget(self._close)
        theme.changed.connect(self.update)

    def say(self, sentence: str) -> None:
        """Say what was found."""
        self.words.set_text(sentence)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.bg)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.BottomEdge)
