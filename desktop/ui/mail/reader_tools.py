"""The row of tools above the open message: verbs, where it stands in its list, and a menu of the rest. GUI thread.

The verbs are the window's actions; only "more" and the position belong to the reader.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.actions import Actions, Do
from desktop.ui.dates import locale
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import IconButton
from desktop.ui.widgets.labels import ElidedLabel
from desktop.ui.widgets.paint import hairline

HEIGHT = 40


class ReaderTools(QWidget):
    """Without actions (a mail opened from a file) only the menu."""

    menu_requested = Signal(QPoint)
    snooze_pressed = Signal(QWidget)
    """The button, just before its action is done."""

    def __init__(self, theme: Theme, actions: Actions | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(2)
        self.snooze = IconButton(theme, "alarm-clock", "")
        self.snooze.clicked.connect(lambda: self.snooze_pressed.emit(self.snooze))
        self.read = IconButton(theme, "mail-open", _("Mark as read or unread"))
        self.star = IconButton(theme, "star", _("Star"))
        if actions is not None:
            for name, icon in (
                (Do.ARCHIVE, "archive"),
                (Do.TRASH, "trash-2"),
                (Do.MOVE, "folder-input"),
            ):
                button = IconButton(theme, icon, "")
                button.follow(actions[name])
                row.addWidget(button)
            self.snooze.follow(actions[Do.SNOOZE])
            row.addWidget(self.snooze)
            row.addSpacing(6)
            row.addWidget(_Line(theme))
            row.addSpacing(6)
            self.read.follow(actions[Do.READ])
            self.star.follow(actions[Do.STAR])
            row.addWidget(self.read)
            row.addWidget(self.star)
        row.addStretch(1)
        self._position = ElidedLabel(theme, kind="small", colour="secondary")
        self._position.setSizePolicy(self._position.sizePolicy().Policy.Fixed, self._position.sizePolicy().Policy.Fixed)
        row.addWidget(self._position)
        if actions is not None:
            row.addSpacing(6)
            for name, icon in ((Do.PREVIOUS, "chevron-up"), (Do.NEXT, "chevron-down")):
                button = IconButton(theme, icon, "")
                button.follow(actions[name])
                row.addWidget(button)
        self.more = IconButton(theme, "ellipsis", _("More"))
        self.more.clicked.connect(lambda: self.menu_requested.emit(self.more.mapToGlobal(QPoint(0, HEIGHT - 8))))
        row.addWidget(self.more)
        if actions is not None:
            of_any = actions[Do.READ]  # unlike others it is able whatever mail is chosen
            self.more.setEnabled(of_any.isEnabled())
            of_any.enabledChanged.connect(self.more.setEnabled)

    def set_position(self, number: int, count: int) -> None:
        """Say which mail of how many this is; number 0 says nothing."""
        words = _("{n} of {count}").format(n=locale().toString(number), count=locale().toString(count))
        self._position.set_text(words if number else "")
        self._position.setFixedWidth(self._position.sizeHint().width())

    def set_state(self, *, unread: bool, starred: bool) -> None:
        """Show whether the open message is unread and starred."""
        self.more.setEnabled(True)  # one opened from a file is in no list where it could be chosen
        self.read.set_icon("mail" if not unread else "mail-open")
        self.star.setCheckable(True)
        self.star.setChecked(starred)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.bg)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.BottomEdge)


class _Line(QWidget):
    """A short upright line between groups of tools."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(1, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.tokens.border)
