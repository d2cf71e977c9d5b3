"""The two ends of the top row, 52 high: what stands above the folder tree, and what stands beside the search."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.actions import Actions, Do
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import LARGE, Button, IconButton
from desktop.ui.widgets.paint import hairline

HEIGHT = 52


class TreeColumn(QWidget):
    """The button that gets mail, and the folder tree below it."""

    def __init__(self, theme: Theme, actions: Actions, tree: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.get_mail = Button(theme, _("Get mail"), icon="refresh-cw", height=LARGE)
        self.get_mail.follow(actions[Do.GET_MAIL])
        self.get_mail.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        tree.setProperty("ground", "surface")
        top = QHBoxLayout()
        top.setContentsMargins(12, 10, 12, 10)
        top.addWidget(self.get_mail)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(tree, 1)
        self.setFocusProxy(tree)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.tokens.surface)


class SearchRow(QWidget):
    """Back where there is a way back, the search, and the switch of the reading pane."""

    def __init__(self, theme: Theme, actions: Actions, search: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(HEIGHT)
        self.back = IconButton(theme, "arrow-left", _("Back"))
        self.back.follow(actions[Do.BACK])
        self.reading_pane = IconButton(theme, "panel-right", _("Reading pane"))
        self.reading_pane.follow(actions[Do.READING_PANE])
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(search, 1)
        row.addWidget(self.reading_pane)
        self.setFocusProxy(search)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), t.bg)
        hairline(painter, self.rect(), t.border, Qt.Edge.BottomEdge)
