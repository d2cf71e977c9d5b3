"""Tells the person of new mail and takes back what no longer is new: read, moved or deleted, here or elsewhere.

Mails that come close together are told of together. What stands on the screen is counted with what comes, so that a
mail every half minute does not cover it. GUI thread.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop.base import clock
from desktop.base.i18n import _
from desktop.domain import settings
from desktop.domain.mail.telling import MOST_ALONE, NewMail, of_many, of_one
from desktop.domain.notice import Act, Heard, Notice, Shown
from desktop.domain.pause import is_paused, is_quiet_hour
from desktop.ui.bridge import Bridge
from desktop.ui.rereading import Rereading
from desktop.ui.tasks import Tasks

if TYPE_CHECKING:
    from desktop.services.notices import Desktop
    from desktop.services.services import Services
    from desktop.ui.tray import Tray

GATHER_MS = 1500
"""Since the last mail; a batch of a server comes in pieces."""
LONGEST_MS = 6000
"""Since the first: a stream of mails does not keep them all from being told of."""

FORGET_MS = 60_000
"""What the tray said is no longer counted as standing after that."""


class Sight(Protocol):
    """What the window knows of what a person has before his eyes."""

    def sees(self, key: int) -> bool:
        """Whether a mail is in sight, in a window that is in use."""


class NewMailNotices(QObject):
    """Lives as long as the window. Without a `desktop` that shows notices the tray shows them, without actions."""

    acted = Signal(object, object)
    """An Act and the mails (NewMail) it is meant for, newest first."""
    activated = Signal(str)
    """A click: the window is to come forward, with a token the desktop gave for it or ""."""

    _heard = Signal(object)

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        bridge: Bridge,
        tray: Tray,
        sight: Sight,
        desktop: Desktop | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._tray, self._sight = services, tasks, tray, sight
        self._desktop = desktop
        self._most_alone = MOST_ALONE if desktop is not None else 1
        self._new: set[int] = set()
        self._since = 0.0
        self._standing: dict[int, tuple[NewMail, ...]] = {}
        """The mails of each notice on the screen by its tag, newest first."""
        self._said: dict[int, Callable[[], object]] = {}
        """What a click does on what was said that is no new mail, by its tag."""
        self._beside_tray = 0
        """The tag of what the tray said last."""
        self._tags = itertools.count(1)
        self._settle = Rereading(tasks, self._settled)
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._settle.ask)
        bridge.mail_came.connect(self._came)
        bridge.messages_changed.connect(self._changed)
        bridge.messages_removed.connect(self._changed)
        bridge.folders_changed.connect(lambda _accounts: self._look_again())
        self._heard.connect(self._act)
        tray.message_clicked.connect(self._tray_message_clicked)
        if desktop is not None:
            desktop.listen(self._heard.emit)

    @property
    def told(self) -> frozenset[int]:
        """The mails of which notices stand."""
        return frozenset(mail.key for mails in self._standing.values() for mail in mails)

    def is_quiet(self) -> bool:
        """Say whether the person wants to be told of nothing now."""
        get = self._services.settings.get
        now_ms = clock.now()
        if not get(settings.NOTIFY) or is_paused(get(settings.PAUSED_UNTIL_MS), now_ms):
            return True
        local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone()
        return is_quiet_hour(local, get(settings.QUIET_FROM), get(settings.QUIET_TO))

    def say(self, title: str, line: str, then: Callable[[], object] | None = None) -> None:
        """Say something that is no new mail; `then` is done when it is clicked."""
        tag = next(self._tags)
        if then is not None:
            self._said[tag] = then
        acts = ((Act.OPEN, _("Open")),) if then is not None else ()
        self._tasks.run(self._shown(Notice(tag, title, (line,), acts)))

    def withdraw_all(self) -> None:
        """Take every notice away."""
        self._new.clear()
        for tag in tuple(self._standing):
            self._withdraw(tag)

    def close(self) -> None:
        """Take every notice away and hear nothing more of them: a thread must not call what is being destroyed."""
        self._timer.stop()
        self.withdraw_all()
        if self._desktop is not None:
            self._desktop.listen(lambda _heard: None)

    def _came(self, keys: frozenset[int]) -> None:
        if self.is_quiet():
            return
        now = clock.monotonic()
        if not self._new:
            self._since = now
        self._new |= keys
        left_ms = LONGEST_MS - round((now - self._since) * 1000)
        self._timer.start(max(0, min(GATHER_MS, left_ms)))

    def _changed(self, keys: frozenset[int]) -> None:
        if not self.told.isdisjoint(keys):
            self._look_again()

    def _look_again(self) -> None:
        if self._standing:
            self._settle.ask()

    async def _settled(self) -> None:
        """Bring what stands on the screen in step with what is worth telling now."""
        due = frozenset() if self._timer.isActive() else frozenset(self._new)
        self._new -= due
        before = self.told
        mails = await self._tasks.read(self._services.telling.worth_telling, due, before)
        worth = {mail.key for mail in mails}
        for tag, standing in tuple(self._standing.items()):
            if worth.isdisjoint(mail.key for mail in standing):
                self._withdraw(tag)
        new = [mail for mail in mails if mail.key in due - before and not self._sight.sees(mail.key)]
        if not new or self.is_quiet():
            return
        told = self.told
        together = [mail for mail in mails if mail.key in told or mail in new]
        if len(together) > self._most_alone:
            await self._tell_together(together)
        else:
            for mail in reversed(new):
                await self._tell(next(self._tags), (mail,))

    async def _tell_together(self, mails: Sequence[NewMail]) -> None:
        """Let one notice stand for all, in place of a bundle that stands already and of single ones."""
        bundle = next((tag for tag, standing in self._standing.items() if len(standing) > 1), None)
        for tag in tuple(self._standing):
            if tag != bundle:
                self._withdraw(tag)
        await self._tell(bundle or next(self._tags), tuple(mails))

    async def _tell(self, tag: int, mails: tuple[NewMail, ...]) -> None:
        get = self._services.settings.get
        content, sound = get(settings.NOTICE_CONTENT), get(settings.NOTICE_SOUND)
        words = of_one(mails[0], content=content) if len(mails) == 1 else of_many(mails, content=content)
        self._standing[tag] = mails
        notice = Notice(tag, words.title, words.lines, _acts(mails, content=content), sound)
        if not await self._shown(notice):
            self._standing.pop(tag, None)

    async def _shown(self, notice: Notice) -> bool:
        shown = await self._tasks.errand(self._desktop.show(notice)) if self._desktop is not None else Shown.NOT
        if shown is not Shown.NOT:
            self._most_alone = MOST_ALONE
            if notice.sound and shown is Shown.SILENTLY:
                QApplication.beep()
            return True
        self._most_alone = 1  # the tray shows one at a time, and does not say when that is gone
        if not self._tray.say(notice.title, "\n".join(notice.lines)):
            return False
        self._beside_tray = notice.tag
        QTimer.singleShot(FORGET_MS, self, lambda: self._standing.pop(notice.tag, None))
        if notice.sound:
            QApplication.beep()
        return True

    def _withdraw(self, tag: int) -> None:
        self._standing.pop(tag, None)
        if self._desktop is not None:
            self._desktop.withdraw(tag)

    def _tray_message_clicked(self) -> None:
        if self._beside_tray in self._standing or self._beside_tray in self._said:
            self._act(Heard(self._beside_tray, Act.OPEN))
        else:
            self.activated.emit("")

    def _act(self, heard: Heard) -> None:
        then = self._said.pop(heard.tag, None)
        if then is not None and heard.act is Act.OPEN:
            self.activated.emit(heard.token)
            then()
        standing = self._standing.get(heard.tag)
        if standing is None:
            return
        if heard.act is None:
            del self._standing[heard.tag]
            return
        self._withdraw(heard.tag)
        if heard.act is Act.OPEN:
            self.activated.emit(heard.token)
        self.acted.emit(heard.act, standing)


def _acts(mails: Sequence[NewMail], *, content: bool) -> tuple[tuple[Act, str], ...]:
    """Return what can be done from a notice: nothing blindly to a mail that is not named."""
    words: dict[Act, Callable[[], str]] = {
        Act.OPEN: lambda: _("Open"),
        Act.ARCHIVE: lambda: _("Archive"),
        Act.READ: lambda: _("Mark as read"),
    }
    able = [Act.OPEN]
    if content and not any(mail.unanswered for mail in mails):
        able += [Act.ARCHIVE, Act.READ] if len(mails) == 1 else [Act.READ]
    return tuple((act, words[act]()) for act in able)
