"""Keeps the status bar and the rail true: reads accounts, their states and the queue whenever the bridge says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import AccountStatus, MailAccount
from desktop.ui.bridge import Bridge
from desktop.ui.preferences.certificate_question import CertificateQuestion
from desktop.ui.rereading import Rereading
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.window.navigation import Navigation
from desktop.ui.window.status_bar import StatusBar

if TYPE_CHECKING:
    from desktop.services.services import Services


class AccountsWatch(QObject):
    """Lives as long as the window."""

    edit_requested = Signal(int, str)
    """Key of an account, and the `Remedy` for which its form is wanted."""
    accounts_known = Signal(object)
    """Addresses of the mail accounts, none when there is none."""
    unread_known = Signal(int)
    """How many mails of the Inbox are unread."""
    told = Signal(str)
    """A sentence a server wants the person to know."""

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        bridge: Bridge,
        navigation: Navigation,
        status_bar: StatusBar,
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._theme = services, tasks, theme
        self._navigation, self._status_bar = navigation, status_bar
        self._accounts: tuple[MailAccount, ...] = ()
        self._statuses: dict[int, AccountStatus] = {}
        self._unlocking: asyncio.Future[object] | None = None
        self._read_all = Rereading(tasks, self._show_accounts)
        self._read_statuses = Rereading(tasks, self._show_statuses)
        self._read_operations = Rereading(tasks, self._show_operations)
        self._read_unread = Rereading(tasks, self._show_unread)
        bridge.accounts_changed.connect(self.read_accounts)
        bridge.status_changed.connect(lambda _accounts: self._read_statuses.ask())
        bridge.operations_changed.connect(lambda _accounts: self._read_operations.ask())
        bridge.lists_changed.connect(self._lists_changed)
        status_bar.remedy_chosen.connect(self._remedy)
        status_bar.pause_requested.connect(lambda key: self._call(services.accounts.pause, key))
        status_bar.resume_requested.connect(lambda key: self._call(services.accounts.resume, key))

    def read_accounts(self) -> None:
        """Read everything anew."""
        for reading in (self._read_all, self._read_operations, self._read_unread):
            reading.ask()

    def account(self, key: int) -> MailAccount | None:
        """Return an account as it was read last."""
        return next((account for account in self._accounts if account.key == key), None)

    def get_mail(self, account_key: int | None = None) -> None:
        """Fetch for an account, or for all, because the person wants it: for that he is asked to unlock passwords.

        While that question is open nothing is begun, neither now nor when he declines: to unlock fetches for all.
        """
        if not self._is_asking:
            self._tasks.run(self._get_mail(account_key))

    async def _get_mail(self, account_key: int | None) -> None:
        statuses = await self._tasks.read(self._services.accounts.statuses)
        wanted = statuses.values() if account_key is None else [statuses.get(account_key)]
        if any(status is not None and status.remedy == Remedy.UNLOCK for status in wanted):
            self._ask_to_unlock()
        else:
            await self._tasks.write(self._services.accounts.sync_now, account_key)

    def _lists_changed(self, list_ids: frozenset[int]) -> None:
        if Unified.INBOX in list_ids:
            self._read_unread.ask()

    async def _show_accounts(self) -> None:
        self._accounts = await self._tasks.read(self._services.accounts.all)
        first = self._accounts[0] if self._accounts else None
        self._navigation.me.set_person(first.display_name if first else "", first.address if first else "")
        self.accounts_known.emit(tuple(address for account in self._accounts for address in account.addresses))
        self._read_statuses.ask()

    async def _show_statuses(self) -> None:
        before, self._statuses = self._statuses, await self._tasks.read(self._services.accounts.statuses)
        self._status_bar.show_accounts(self._accounts, self._statuses)
        for account in self._accounts:
            status, known = self._statuses.get(account.key), before.get(account.key)
            if status is not None and status.note and (known is None or known.note != status.note):
                self.told.emit(f"{account.address}: {status.note}")
            if status is not None and status.alert and (known is None or known.alert != status.alert):
                sentence = _("The server of {account} says: {words}")
                self.told.emit(sentence.format(account=account.address, words=status.alert))

    async def _show_operations(self) -> None:
        operations = await self._tasks.read(self._services.operations.waiting)
        failed = sum(operation.parked for operation in operations)
        self._status_bar.show_waiting(len(operations) - failed, failed)

    async def _show_unread(self) -> None:
        counts = await self._tasks.read(self._services.views.counts, (int(Unified.INBOX),))
        inbox = counts.get(Unified.INBOX)
        unread = inbox.unread if inbox is not None else 0
        self.unread_known.emit(unread)
        self._navigation.mail.set_count(unread, n_("{n} unread", "{n} unread", unread).format(n=unread))

    def _remedy(self, key: int, remedy: str) -> None:
        if remedy in (Remedy.SIGN_IN, Remedy.SETTINGS):
            self.edit_requested.emit(key, remedy)
        elif remedy == Remedy.TRUST_CERTIFICATE:
            self._show_certificate(key)
        elif remedy == Remedy.UNLOCK:
            self._ask_to_unlock()
        else:
            self._call(self._services.accounts.sync_now, key)

    def _show_certificate(self, key: int) -> None:
        account, status = self.account(key), self._statuses.get(key)
        if account is None or status is None or status.certificate is None:
            return
        CertificateQuestion(
            self._theme,
            status.problem,
            status.certificate,
            partial(self._call, self._services.accounts.trust_certificate, key, status.certificate),
            self._status_bar.window(),
            changed=status.certificate.replaces(account.trusted_fingerprints),
        ).open()

    @property
    def _is_asking(self) -> bool:
        return self._unlocking is not None and not self._unlocking.done()

    def _ask_to_unlock(self) -> None:
        """Ask once, however often it is wanted meanwhile."""
        if not self._is_asking:
            self._unlocking = self._tasks.run(self._unlock())

    async def _unlock(self) -> None:
        try:
            await self._tasks.errand(self._services.accounts.unlock())
        except Problem as problem:
            if problem.remedy is not Remedy.UNLOCK:
                raise
            return  # he declined again, and the accounts still say that they are locked
        await self._tasks.write(self._services.accounts.sync_now)

    def _call(self, verb: Callable[..., object], *arguments: object) -> None:
        async def call() -> None:
            await self._tasks.write(verb, *arguments)

        self._tasks.run(call())
