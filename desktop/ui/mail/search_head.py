"""The line above search hits: how many there are, what was searched, where else to look, and the way back.

GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.line_texts import one_line
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import IconButton
from desktop.ui.widgets.choices import FilterChip
from desktop.ui.widgets.labels import ElidedLabel, Paragraph
from desktop.ui.widgets.paint import hairline

_PLACE_MOST = 120
_TITLE_PX = 40
_ONE_LINE_PX = 640
"""Narrower than this what was found and searched has a line of its own."""


class SearchHead(QWidget):
    """Stands in place of the list's head while hits are shown."""

    closed = Signal()
    place_wanted = Signal(bool)
    """Only the list that was open, or everywhere."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.title = ElidedLabel(theme, _("Search"), "section")
        self.words = Paragraph(theme, "", "small", "secondary")
        self._close = IconButton(theme, "x", _("Leave the search"), shortcut="Esc")
        self._close.clicked.connect(self.closed)
        self.only_here = FilterChip(theme, "")
        self.only_here.clicked.connect(self.place_wanted)
        self.only_here.hide()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 0, 8, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(0)
        self._grid.setRowMinimumHeight(0, _TITLE_PX)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self.title, 0, 0)
        self._grid.addWidget(self.only_here, 0, 2)
        self._grid.addWidget(self._close, 0, 3)
        self._one_line: bool | None = None
        self._arrange(True)
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
        self.words.setText(sentence)
        self.words.setAccessibleName(sentence)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange(self.width() >= _ONE_LINE_PX)
        self._fit()

    def _fit(self) -> None:
        """Be as high as the sentence needs: what was not understood must not be cut off."""
        margins = self._grid.contentsMargins()
        below = self.words.heightForWidth(self.width() - margins.left() - margins.right()) + 6
        self.setFixedHeight(_TITLE_PX if self._one_line else _TITLE_PX + below)

    def _arrange(self, one_line: bool) -> None:
        if one_line is self._one_line:
            return
        self._one_line = one_line
        self._grid.removeWidget(self.words)
        if one_line:
            self._grid.addWidget(self.words, 0, 1)
        else:
            self._grid.addWidget(self.words, 1, 0, 1, 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.bg)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.BottomEdge)
