"""What the reader shows while several mails are chosen: how many, and what can be done to all of them. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
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
_GAP = 8


class SelectionSummary(QWidget):
    """Counts, and offers the window's actions as buttons."""

    def __init__(self, theme: Theme, actions: Actions | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self._words = Paragraph(theme, "", "section")
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        grid = self._grid = QGridLayout()
        grid.setSpacing(_GAP)
        self._buttons = [] if actions is None else [_button(theme, actions, name, icon) for name, icon in _VERBS]
        self._columns = 0
        column = self._column = QVBoxLayout(self)
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
        self._arrange()

    def say(self, count: int, *, conversations: bool) -> None:
        """Show how many are chosen."""
        if conversations:
            words = n_("{n} conversation chosen", "{n} conversations chosen", count)
        else:
            words = n_("{n} mail chosen", "{n} mails chosen", count)
        self._words.setText(words.format(n=count))

    def minimumSizeHint(self) -> QSize:
        """Ask for no more than one column needs: the reader may be narrow."""
        return QSize(self._width() + self._margins(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def _width(self) -> int:
        return max((button.sizeHint().width() for button in self._buttons), default=0)

    def _margins(self) -> int:
        around = self._column.contentsMargins()
        return around.left() + around.right()

    def _arrange(self) -> None:
        """Put the buttons into two columns, or below each other where two do not fit."""
        width, room = self._width(), self.width() - self._margins()
        columns = 2 if 2 * width + _GAP <= room else 1
        for button in self._buttons:
            button.setFixedWidth(max(min(width, room), LARGE))
        if columns == self._columns:
            return
        self._columns = columns
        for number, button in enumerate(self._buttons):
            self._grid.removeWidget(button)
            self._grid.addWidget(button, number // columns, number % columns)

    def _tint(self) -> None:
        self._icon.setPixmap(pixmap("mails", 24, self._theme.tokens.secondary, self.devicePixelRatioF()))


def _button(theme: Theme, actions: Actions, name: Do, icon: str) -> Button:
    action = actions[name]
    kind = Kind.DANGER if name is Do.TRASH else Kind.DEFAULT
    button = Button(theme, action.text(), kind, icon=icon, height=LARGE)
    button.follow(action)
    return button
