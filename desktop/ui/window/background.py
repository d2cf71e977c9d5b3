"""What Rapport is while its window is not in front: the icon in the tray with its menu, notices of new mail, and the
window that is hidden instead of closed where the person wants that.

The program is never invisible: where there is no tray, or it goes, the window is minimised instead. GUI thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QObject, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QWindow
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from desktop.base import clock
from desktop.base.i18n import _
from desktop.domain import settings
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.operation import Verb
from desktop.domain.notice import Act
from desktop.domain.pause import HOUR_MS, is_paused, tomorrow
from desktop.ui import dates
from desktop.ui.actions import Do
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.tray import Tray
from desktop.ui.window.new_mail import NewMailNotices
from desktop.ui.window.outbox_words import news_words

if TYPE_CHECKING:
    from desktop.domain.mail.outbox import Outgoing
    from desktop.domain.mail.telling import NewMail
    from desktop.services.notices import Desktop
    from desktop.services.services import Services
    from desktop.ui.bridge import Bridge
    from desktop.ui.state import State
    from desktop.ui.tasks import Tasks
    from desktop.ui.window.main_window import MainWindow

IN_MENU = (Do.NEW, Do.GET_ALL_MAIL)
"""What can be done from the tray beside opening, pausing and quitting."""
_VERBS = {Act.ARCHIVE: Verb.ARCHIVE, Act.READ: Verb.READ}
_TOLD = "tray.told"
_JUST_NOW_S = 0.4
"""A click on the icon takes the keyboard from our window before we hear of it."""


class Background(QObject):
    """Made once for a window, which it keeps from closing where it should stay."""

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        tasks: Tasks,
        bridge: Bridge,
        state: State,
        desktop: Desktop | None,
        is_tray_there: Callable[[], bool] = QSystemTrayIcon.isSystemTrayAvailable,
    ) -> None:
        super().__init__(window)
        self._window, self._services, self._tasks, self._state = window, services, tasks, state
        self._in_front_until = 0.0
        self.menu = QMenu(window)
        self._resume = QAction(_("Resume notifications"), self)
        self._pauses = QMenu(_("Pause notifications"), self.menu)
        self._fill_menu()
        self.tray = Tray(self.menu, is_tray_there, self)
        self.notices = NewMailNotices(services, tasks, bridge, self.tray, window, desktop, self)
        self._pause_ends = QTimer(self, singleShot=True)
        self._pause_ends.timeout.connect(self._show_pause)
        self._connect(bridge)
        self._show_pause()

    def close(self) -> None:
        """Take the icon and the notices away."""
        self.notices.close()
        self.tray.close()

    def stay(self) -> bool:
        """Put the window out of sight where the person wants that instead of an end; says whether it was."""
        if not self._services.settings.get(settings.CLOSE_TO_TRAY):
            return False
        self._hide()
        return True

    def pause(self, until_ms: int) -> None:
        """Tell of nothing until then; 0 ends a pause."""
        if until_ms:
            self.notices.withdraw_all()

        async def keep() -> None:
            await self._tasks.write(self._services.settings.set, settings.PAUSED_UNTIL_MS, until_ms)

        self._tasks.run(keep())

    # inside

    def _fill_menu(self) -> None:
        actions = self._window.actions_
        opening = self.menu.addAction(_("Open Rapport"))
        opening.triggered.connect(lambda _checked=False: self._window.come_forward())
        self.menu.setDefaultAction(opening)
        for name in IN_MENU:
            self.menu.addAction(actions[name])
        self.menu.addSeparator()
        self._pauses.addAction(_("For 1 hour")).triggered.connect(lambda _on=False: self.pause(clock.now() + HOUR_MS))
        self._pauses.addAction(_("Until tomorrow")).triggered.connect(lambda _on=False: self.pause(_tomorrow_ms()))
        self._resume.triggered.connect(lambda _on=False: self.pause(0))
        self.menu.addMenu(self._pauses)
        self.menu.addAction(self._resume)
        self.menu.addSeparator()
        self.menu.addAction(actions[Do.QUIT])

    def _connect(self, bridge: Bridge) -> None:
        self._window.stays = self.stay
        self._window.quiet_actions = (self._pauses.menuAction(), self._resume)
        self._window.watch.unread_known.connect(self.tray.set_unread)
        self.tray.clicked.connect(self._tray_clicked)
        self.tray.went.connect(self._tray_went)
        self.notices.activated.connect(self._come_forward)
        self.notices.acted.connect(self._act)
        self._window.outbox_watch.news.connect(self._tell_unsent)
        bridge.settings_changed.connect(self._settings_changed)
        QGuiApplication.instance().focusWindowChanged.connect(self._focus_changed)  # type: ignore[union-attr]

    def _settings_changed(self, names: frozenset[str]) -> None:
        if settings.PAUSED_UNTIL_MS.name in names:
            self._show_pause()
        if settings.NOTIFY.name in names and not self._services.settings.get(settings.NOTIFY):
            self.notices.withdraw_all()

    def _show_pause(self) -> None:
        until_ms, now_ms = self._services.settings.get(settings.PAUSED_UNTIL_MS), clock.now()
        paused = is_paused(until_ms, now_ms)
        self._resume.setVisible(paused)
        self._pauses.menuAction().setVisible(not paused)
        self.tray.set_paused(_paused_words(until_ms) if paused else "")
        if paused:
            self._pause_ends.start(until_ms - now_ms + 1)

    def _hide(self) -> None:
        self.tray.look()
        if not self.tray.shown:
            self._window.showMinimized()
            return
        self._window.hide()
        if not self._state.get(_TOLD, False):
            self._state.set(_TOLD, True)
            self.notices.say(
                _("Rapport is still running"),
                _("It keeps fetching mail. Click its icon in the tray to open it; quit it in the menu of the icon."),
            )

    def _tell_unsent(self, mails: tuple[Outgoing, ...]) -> None:
        """Say that mails did not go out to a person who has other windows before him."""
        if not self._window.isActiveWindow() and not self.notices.is_quiet():
            self.notices.say(news_words(mails), _("Open the Outbox to decide about it."), self._window.show_outbox)

    def _tray_went(self) -> None:
        if not self._window.isVisible():
            self._window.showMinimized()

    def _focus_changed(self, focused: QWindow | None) -> None:
        ours = focused is not None and focused is self._window.windowHandle()
        self._in_front_until = float("inf") if ours else min(self._in_front_until, clock.monotonic() + _JUST_NOW_S)

    def _tray_clicked(self) -> None:
        window = self._window
        in_front = window.isVisible() and not window.isMinimized() and clock.monotonic() < self._in_front_until
        if in_front:
            self._hide()
        else:
            window.come_forward()

    def _come_forward(self, token: str) -> None:
        if token and QGuiApplication.platformName().startswith("wayland"):
            os.putenv("XDG_ACTIVATION_TOKEN", token)  # Qt shows it to the compositor, once, and forgets it
        self._window.come_forward()

    def _act(self, act: Act, mails: tuple[NewMail, ...]) -> None:
        browser = self._window.room.browser
        if act in _VERBS:
            browser.mails.apply(_VERBS[act], MailLoad(mails=tuple(mail.key for mail in mails)))
        elif len(mails) == 1:
            [mail] = mails
            self._window.room.open_mail(Unified.INBOX if mail.in_inbox else mail.copies[0].folder_key, mail.key)
        else:
            browser.show_list(Unified.INBOX)


def _tomorrow_ms() -> int:
    local = datetime.fromtimestamp(clock.now() / 1000, UTC).astimezone().replace(tzinfo=None)
    return round(tomorrow(local).timestamp() * 1000)


def _paused_words(until_ms: int) -> str:
    until, today = (QDateTime.fromMSecsSinceEpoch(at, dates.zone()) for at in (until_ms, clock.now()))
    words = (
        _("Notifications are paused until {time}")
        if until.date() == today.date()
        else _("Notifications are paused until tomorrow, {time}")
    )
    return words.format(time=dates.time_text(until))
