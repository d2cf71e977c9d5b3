"""What the reader shows while several mails are chosen: how many, and what can be done to all of them. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from desktop.base.i18n import n_
from desktop.ui.actions import Actions, Do
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import LARGE, Button, Kind
from desktop.ui.widgets.labels import Paragraph

_VERBS = (
    (Do.ARCHIVE, "archive"),
    (Do.MOVE, "folder-input"),
    (Do.READ, "mail-open"),
    (Do.STAR, "star"),
    (Do.JUNK, "octagon-alert"),
    (Do.TRASH, "trash-2"),
)


class SelectionSummary(QWidget):
    """Counts, and offers the window's actions as buttons."""

    def __init__(self, theme: Theme, actions: Actions | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self._words = Paragraph(theme, "", "section")
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        grid = QGridLayout()
        grid.setSpacing(8)
        buttons = [] if actions is None else [_button(theme, actions, name, icon) for name, icon in _VERBS]
        width = max((button.sizeHint().width() for button in buttons), default=0)
        for number, button in enumerate(buttons):
            button.setFixedWidth(width)
            grid.addWidget(button, number // 2, number % 2)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._icon)
        column.addSpacing(8)
        column.addWidget(self._words)
        column.addSpacing(12)
        column.addLayout(grid)
        column.setAlignment(grid, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        theme.changed.connect(self._tint)
        self._tint()

    def say(self, count: int, *, conversations: bool) -> None:
        """Show how many are chosen."""
        if conversations:
            words = n_("{n} conversation chosen", "{n} conversations chosen", count)
        else:
            words = n_("{n} mail chosen", "{n} mails chosen", count)
        self._words.setText(words.format(n=count))

    def _tint(self) -> None:
        self._icon.setPixmap(pixmap("mails", 24, self._theme.tokens.secondary, self.devicePixelRatioF()))


def _button(theme: Theme, actions: Actions, name: Do, icon: str) -> Button:
    action = actions[name]
    kind = Kind.DANGER if name is Do.TRASH else Kind.DEFAULT
    button = Button(theme, action.text(), kind, icon=icon, height=LARGE)
    button.follow(action)
    return button
