"""Sees to it that nobody misses a mail that did not go out: the pane, the status bar and a word in passing say so.

Mails that fail or whose fate nobody knows are told of once, as soon as it is known, and at each start. GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from desktop.domain.mail.outbox import Outgoing
from desktop.services.mail.outbox import Outbox
from desktop.ui.bridge import Bridge
from desktop.ui.rereading import Rereading
from desktop.ui.tasks import Tasks


class OutboxWatch(QObject):
    """Lives as long as the window."""

    waiting_known = Signal(object)
    """Every mail (`Outgoing`) that waits for the person's word."""
    news = Signal(object)
    """Those of them that did not when it was looked last."""

    def __init__(self, outbox: Outbox, tasks: Tasks, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._outbox, self._tasks = outbox, tasks
        self.leaving: tuple[Outgoing, ...] = ()
        """Mails that would leave by themselves, as it was looked last."""
        self._known: frozenset[tuple[int, str]] = frozenset()
        self._reading = Rereading(tasks, self._look)
        bridge.outbox_changed.connect(lambda _accounts: self.look())
        bridge.accounts_changed.connect(lambda _accounts: self.look())

    def look(self) -> None:
        """Read the outbox."""
        self._reading.ask()

    async def _look(self) -> None:
        mails: tuple[Outgoing, ...] = await self._tasks.read(self._outbox.all)
        waiting = tuple(mail for mail in mails if mail.needs_the_person)
        self.leaving = tuple(mail for mail in mails if mail.leaves_by_itself)
        before, self._known = self._known, frozenset((mail.key, mail.stage.value) for mail in waiting)
        self.waiting_known.emit(waiting)
        news = tuple(mail for mail in waiting if (mail.key, mail.stage.value) not in before)
        if news:
            self.news.emit(news)
