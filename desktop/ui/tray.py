"""The icon beside the clock: how many mails are unread, a menu, and words where the desktop shows no notices itself.

A tray may come after us, when the desktop is still starting, and may go: it is looked for again and again, and who
hides the window because there is one hears of its end. GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from desktop.base.i18n import _, n_
from desktop.ui.tray_icon import badge_text, tray_icon

LOOK_MS = 10_000
_SHOWN_MS = 10_000
_TITLE = "Rapport"


class Tray(QObject):
    """The icon, shown while there is a place for it. `is_there` asks the desktop; tests give their own answer."""

    clicked = Signal()
    message_clicked = Signal()
    came = Signal()
    went = Signal()

    def __init__(
        self,
        menu: QMenu,
        is_there: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._is_there = is_there
        self._unread = 0
        self._paused = ""
        self._badge = ""
        self._menu = menu
        self._icon: QSystemTrayIcon | None = None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    @property
    def shown(self) -> bool:
        """Whether a person can find the program in the tray."""
        return self._icon is not None

    @property
    def badge(self) -> str:
        """What stands on the icon."""
        return self._badge

    def look(self) -> None:
        """Find out whether there is a tray now."""
        there = self._is_there()
        if there and self._icon is None:
            self._icon = self._made()
            self.came.emit()
        elif not there and self._icon is not None:
            self._drop()
            self.went.emit()

    def set_unread(self, unread: int) -> None:
        """Say how many mails are unread."""
        self._unread = unread
        if badge_text(unread) != self._badge:
            self._badge = badge_text(unread)
            if self._icon is not None:
                self._icon.setIcon(tray_icon(self._badge))
        self._describe()

    def set_paused(self, words: str) -> None:
        """Say until when notifications are paused, "" when they are not."""
        self._paused = words
        self._describe()

    def say(self, title: str, text: str) -> bool:
        """Show words beside the icon for some seconds; False where there is no icon to show them at."""
        if self._icon is None or not QSystemTrayIcon.supportsMessages():
            return False
        self._icon.showMessage(title, text, self._icon.icon(), _SHOWN_MS)
        return True

    def close(self) -> None:
        """Take the icon away."""
        self._timer.stop()
        self._drop()

    def _made(self) -> QSystemTrayIcon:
        """Return an icon for the tray there is now: one made before that tray came would never be shown in it."""
        icon = QSystemTrayIcon(tray_icon(self._badge), self)
        icon.setContextMenu(self._menu)
        icon.setToolTip(self._words())
        icon.activated.connect(self._activated)
        icon.messageClicked.connect(self.message_clicked)
        icon.show()
        return icon

    def _drop(self) -> None:
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None

    def _describe(self) -> None:
        if self._icon is not None:
            self._icon.setToolTip(self._words())

    def _words(self) -> str:
        unread = n_("{n} unread mail", "{n} unread mails", self._unread).format(n=self._unread)
        lines = [_TITLE, unread if self._unread else _("No unread mail"), self._paused]
        return "\n".join(line for line in lines if line)

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.clicked.emit()
