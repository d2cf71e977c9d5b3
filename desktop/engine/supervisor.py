"""Starts and ends the threads of the engine, and hands them what happens on the bus.

A profile is opened without what speaks IMAP: the runner of the first account brings that in.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from desktop.base.bus import Bus
from desktop.base.errors import Problem
from desktop.domain import events
from desktop.domain.mail.mail_account import AccountStatus, Activity, MailAccount
from desktop.engine.clock_watch import ClockWatch
from desktop.engine.housekeeping import Housekeeping
from desktop.engine.mail.means import Means
from desktop.engine.mail.senders import Senders
from desktop.net import errors
from desktop.services.mail.reminders import Reminders

if TYPE_CHECKING:
    from desktop.engine.mail.account_runner import AccountRunner

log = logging.getLogger(__name__)


class Supervisor:
    """Keeps one runner for every active account; one that takes over waits for the one before it."""

    def __init__(
        self, bus: Bus, means: Means, housekeeping: Housekeeping, senders: Senders, reminders: Reminders
    ) -> None:
        self._means = means
        self.senders = senders
        self._housekeeping = housekeeping
        self._clock_watch = ClockWatch(self._resumed, reminders)
        self._lock = threading.RLock()
        self._runners: dict[int, tuple[MailAccount, AccountRunner]] = {}
        self._ending: dict[int, AccountRunner] = {}
        self._running = False
        self._ended = False
        self._passes: set[AccountRunner] = set()
        self._looked_at: set[int] = set()
        """Folders opened before their account had a runner: the window shows one before the engine starts."""
        self._unsubscribe: list[Callable[[], None]] = [
            bus.subscribe(events.MailAccountsChanged, lambda event: self._reload(event.account_keys)),
            bus.subscribe(events.OutboxChanged, lambda event: self.senders.wake(event.account_key)),
            bus.subscribe(events.OperationsChanged, lambda event: self._wake(event.account_key)),
            bus.subscribe(events.SyncRequested, lambda event: self._retry(event.account_key)),
            bus.subscribe(events.FolderOpened, lambda event: self._open(event.folder_key)),
        ]

    def start(self) -> None:
        """Start fetching for every active account, and housekeeping; nothing where `close` came first. Any thread.

        Raises Problem where the store cannot be read: call it again, it starts what does not run yet.
        """
        with self._lock:
            if self._ended:
                return
            if not self._running:
                self._housekeeping.start()
                self._clock_watch.start()
                self._running = True
        self._reload()
        self.senders.start()

    def close(self) -> None:
        """End every thread; the store is consistent when this returns."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        with self._lock:
            self._running, self._ended = False, True
            for one_pass in self._passes:
                one_pass.stop()
            running = {key: runner for key, (_, runner) in self._runners.items()}
            runners = [*running.values(), *self._ending.values()]
            self._runners.clear()
        for key, runner in running.items():
            runner.stop()
            self._means.statuses.set(AccountStatus(key))
        self._clock_watch.stop()
        self.senders.close()
        self._housekeeping.stop()
        for runner in runners:
            runner.join()

    def sync_once(self, account_keys: frozenset[int] | None = None) -> dict[int, Problem | None]:
        """Do one full pass for accounts, one after another, on this thread; None means it went well.

        `close` on another thread cuts it short.
        """
        accounts = [a for a in self._means.mirror.accounts() if account_keys is None or a.key in account_keys]
        return {account.key: self._pass(account) for account in accounts}

    def _pass(self, account: MailAccount) -> Problem | None:
        from desktop.engine.mail.account_runner import AccountRunner
        from desktop.engine.mail.fetch import Stopped

        runner = AccountRunner(account, self._means)
        with self._lock:
            if self._ended:
                runner.stop()
            self._passes.add(runner)
        try:
            return runner.once()
        except Stopped:
            return errors.Cancelled(account.imap_host)
        finally:
            with self._lock:
                self._passes.discard(runner)

    def _reload(self, changed: Collection[int] = ()) -> None:
        """Make the runners those of the accounts as they are now; of `changed` perhaps the password is new."""
        from desktop.engine.mail.account_runner import AccountRunner  # before the lock: nobody waits for an import

        with self._lock:
            if not self._running:
                return
            wanted = {account.key: account for account in self._means.mirror.accounts()}
            for key, (account, runner) in list(self._runners.items()):
                if wanted.get(key) != account:
                    runner.stop()
                    self._ending[key] = runner
                    del self._runners[key]
                elif key in changed:
                    runner.retry()
            for key, account in wanted.items():
                if key not in self._runners:
                    folders = self._means.mirror.folders(key)  # may fail, and then there is no runner that never runs
                    runner = AccountRunner(account, self._means, self._ending.pop(key, None))
                    self._runners[key] = (account, runner)
                    for folder_key in [f.key for f in folders if f.key in self._looked_at]:
                        self._looked_at.discard(folder_key)
                        runner.open_folder(folder_key)
                    runner.start()
            others = {a.key for a in self._means.mirror.all_accounts()} - wanted.keys()
            paused = self._means.mirror.paused()
        for key in changed:
            self.senders.retry(key)
        for key in others:
            self._means.statuses.set(AccountStatus(key, Activity.PAUSED if key in paused else Activity.OFF))

    def _resumed(self) -> None:
        with self._lock:
            for _, runner in self._runners.values():
                runner.reconnect()
        self.senders.retry()

    def _wake(self, account_key: int) -> None:
        with self._lock:
            if account_key in self._runners:
                self._runners[account_key][1].wake()

    def _retry(self, account_key: int) -> None:
        with self._lock:
            for key, (_, runner) in self._runners.items():
                if account_key in (0, key):
                    runner.retry()
        self.senders.retry(account_key or None)

    def _open(self, folder_key: int) -> None:
        folder = self._means.mirror.folder(folder_key)
        with self._lock:
            if folder is not None and folder.account_key in self._runners:
                self._runners[folder.account_key][1].open_folder(folder_key)
            elif folder is not None:
                self._looked_at.add(folder_key)
