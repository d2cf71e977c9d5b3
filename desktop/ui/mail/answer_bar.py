"""The foot of the reader: the answers a mail is mostly given. GUI thread.

Keys and words are those of the window's actions.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.actions import Actions, Do
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button, IconButton, Kind
from desktop.ui.widgets.paint import hairline

HEIGHT = 52
_NARROW_PX = 420
"""Below it the words of all but the first button go, and their icons stay."""


class AnswerBar(QWidget):
    """Reply, reply to all, forward; only as icons beside the first where it is narrow."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(HEIGHT)
        self.reply = Button(theme, _("Reply"), Kind.PRIMARY, icon="reply")
        self.reply.follow(actions[Do.REPLY])
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(8)
        row.addWidget(self.reply)
        self._wide: list[QWidget] = []
        self._narrow: list[QWidget] = []
        for name, words, icon in (
            (Do.REPLY_ALL, _("Reply to all"), "reply-all"),
            (Do.FORWARD, _("Forward"), "forward"),
        ):
            wide, narrow = Button(theme, words, icon=icon), IconButton(theme, icon, words, framed=True)
            for button, some in ((wide, self._wide), (narrow, self._narrow)):
                button.follow(actions[name])
                some.append(button)
                row.addWidget(button)
        row.addStretch(1)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.bg)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.TopEdge)

    def _fit(self) -> None:
        narrow = self.width() < _NARROW_PX
        for button in self._wide:
            button.setVisible(not narrow)
        for button in self._narrow:
            button.setVisible(narrow)
