"""The two ends of the top row, 52 high: what stands above the folder tree, and what stands beside the search."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.actions import Actions, Do
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import LARGE, Button, IconButton, Kind
from desktop.ui.widgets.paint import hairline

HEIGHT = 52


class TreeColumn(QWidget):
    """The buttons that begin a mail and get mail, and the folder tree below them."""

    def __init__(self, theme: Theme, actions: Actions, tree: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.new = Button(theme, _("New message"), Kind.PRIMARY, icon="square-pen", height=LARGE)
        self.new.follow(actions[Do.NEW])
        self.new.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.get_mail = IconButton(theme, "refresh-cw", _("Get mail"), side=LARGE, framed=True)
        self.get_mail.follow(actions[Do.GET_MAIL])
        tree.setProperty("ground", "surface")
        top = QHBoxLayout()
        top.setContentsMargins(12, 10, 12, 10)
        top.setSpacing(8)
        top.addWidget(self.new, 1)
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
