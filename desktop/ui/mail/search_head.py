"""The line above search hits: how many there are, what was searched, where else to look, and the way back.

GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.mail.row_texts import one_line
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import IconButton
from desktop.ui.widgets.choices import FilterChip
from desktop.ui.widgets.labels import ElidedLabel
from desktop.ui.widgets.paint import hairline

_PLACE_MOST = 120
_ROOM_FOR_TITLE = 480
"""Narrower than this the word gives way to what was found: the field above says that one searches."""


class SearchHead(QWidget):
    """Stands in place of the list's head while hits are shown."""

    closed = Signal()
    place_wanted = Signal(bool)
    """Only the list that was open, or everywhere."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(40)
        self.title = ElidedLabel(theme, _("Search"), "section")
        self.words = ElidedLabel(theme, "", "small", "secondary")
        self._close = IconButton(theme, "x", _("Leave the search"), shortcut="Esc")
        self._close.clicked.connect(self.closed)
        self.only_here = FilterChip(theme, "")
        self.only_here.clicked.connect(self.place_wanted)
        self.only_here.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.title)
        row.addWidget(self.words, 1)
        row.addWidget(self.only_here)
        row.addWidget(self._close)
        theme.changed.connect(self.update)

    def offer_place(self, name: str, on: bool) -> None:
        """Offer to search the list that was open alone; "" for nothing to offer."""
        metrics = self.only_here.fontMetrics()
        shown = metrics.elidedText(one_line(name), Qt.TextElideMode.ElideRight, _PLACE_MOST)
        self.only_here.setText(_("Only in {folder}").format(folder=shown))
        self.only_here.setToolTip(_("Search this folder only, or everywhere"))
        self.only_here.setChecked(on)
        self.only_here.setVisible(bool(name))
        self.only_here.updateGeometry()

    def say(self, sentence: str) -> None:
        """Say what was found."""
        self.words.set_text(sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.title.setVisible(self.width() >= _ROOM_FOR_TITLE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.bg)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.BottomEdge)
