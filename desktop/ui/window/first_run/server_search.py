"""Looking for servers while a person still types his address. GUI thread; the search itself is an errand.

One domain at a time: another one gives the search before it up. What was found for a domain is kept until it changes,
so that going back and on again asks nobody.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.domain.mail.discovery import Discovery, Verdict
from desktop.domain.mail.found_server import domain_of
from desktop.ui.tasks import Tasks

if TYPE_CHECKING:
    from desktop.services.mail.mail_accounts import MailAccounts

PAUSE_MS = 700
"""So long nothing is typed before somebody is asked."""


class ServerSearch(QObject):
    """`changed` says that `looking`, `found` or the progress did."""

    changed = Signal()
    _told = Signal(str, int, int)
    """Progress, from the thread of the search."""

    def __init__(self, accounts: MailAccounts, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._accounts, self._tasks = accounts, tasks
        self._running: asyncio.Future[object] | None = None
        self._address = ""
        self.domain = ""
        """What is looked for, or was last."""
        self.found: Discovery | None = None
        self.answered, self.asked = 0, 0
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._begin)
        self._told.connect(self._note_progress)

    @property
    def looking(self) -> bool:
        return self._running is not None and not self._running.done()

    def typed(self, address: str) -> None:
        """Look for the servers of what stands in the field, once it stays as it is."""
        self._address = address
        domain = domain_of(address)
        if domain == self.domain:
            self._pause.stop()
        else:
            self._give_up()
            self._pause.start()

    def now(self, address: str) -> None:
        """Look at once, unless it is known or looked for already."""
        self._address = address
        self._pause.stop()
        if domain_of(address) != self.domain or (self.found is None and not self.looking):
            self._begin()

    def again(self) -> None:
        """Ask everybody once more."""
        self._begin()

    def stop(self) -> None:
        """Give up what is under way."""
        self._pause.stop()
        self._give_up()

    def _give_up(self) -> None:
        if self._running is not None:
            self._running.cancel()
        self._running, self.found, self.domain = None, None, ""
        self.changed.emit()

    def _begin(self) -> None:
        self._give_up()
        self.domain = domain_of(self._address)
        if self.domain:
            self.answered, self.asked = 0, 0
            self._running = self._tasks.run(self._look(self.domain, self._address))
            self.changed.emit()

    async def _look(self, domain: str, address: str) -> None:
        def progress(answered: int, asked: int) -> None:
            self._told.emit(domain, answered, asked)

        found = Discovery(domain, Verdict.NO_CONNECTION)
        try:
            found = await self._tasks.errand(self._accounts.discover(address, progress))
        finally:
            if domain == self.domain and asyncio.current_task() is self._running:  # else another search took its place
                self.found, self._running = found, None
                self.changed.emit()

    def _note_progress(self, domain: str, answered: int, asked: int) -> None:
        if domain == self.domain and self.found is None:
            self.answered, self.asked = answered, asked
            self.changed.emit()
