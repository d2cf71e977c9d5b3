"""Menus in the look of the theme: rounded, with icons and shortcuts, and small headings."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QMenu, QWidget, QWidgetAction

from desktop.ui.icons import icon as themed_icon
from desktop.ui.theme import Theme
from desktop.ui.widgets.corners import round_corners


class Menu(QMenu):
    """A menu whose corners are round where the desktop can show it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, title: str = "") -> None:
        super().__init__(title, parent)
        self._theme = theme
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        round_corners(self)
        self.setToolTipsVisible(True)

    def add(
        self,
        text: str,
        act: Callable[[], object],
        *,
        icon: str = "",
        shortcut: str = "",
        colour: str = "secondary",
        checked: bool | None = None,
        enabled: bool = True,
    ) -> QAction:
        """Add a line that calls `act`. The shortcut is shown only: the actions of the window carry it."""
        words = text.replace("&", "&&")
        if shortcut:
            words += "\t" + QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        action = self.addAction(words)
        if icon:
            action.setIcon(themed_icon(self._theme, icon, 16, colour))
        if checked is not None:
            action.setCheckable(True)
            action.setChecked(checked)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False: act())
        return action

    def add_heading(self, text: str) -> None:
        """Add a small heading."""
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(self._theme.font("micro"))
        label.setFixedHeight(24)
        label.setContentsMargins(8, 0, 8, 0)
        palette = label.palette()
        palette.setColor(label.foregroundRole(), self._theme.tokens.secondary)
        label.setPalette(palette)
        line = QWidgetAction(self)
        line.setDefaultWidget(label)
        line.setEnabled(False)
        self.addAction(line)
