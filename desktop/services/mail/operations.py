"""Waiting and failed server operations, as the person sees them: retry or drop."""

from __future__ import annotations

from desktop.domain import events
from desktop.domain.mail.mail_account import WaitingOperation
from desktop.services.mail.ingest import look_again
from desktop.store.database import Database
from desktop.store.mail.life import Life
from desktop.store.mail.operations import Operations as Queue
from desktop.store.mail.operations import OperationWriter


class Operations:
    """The verbs on queued operations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self) -> tuple[WaitingOperation, ...]:
        """Return every operation not yet done, oldest first."""
        with self._database.read() as view:
            return Queue(view).waiting()

    def retry(self, key: int) -> None:
        """Try an operation again now; one that is gone is passed over."""
        with self._database.write() as work:
            account = OperationWriter(work).retry(key)
            if account is not None:
                work.emit(events.OperationsChanged(account))

    def drop(self, key: int) -> None:
        """Give an operation up: what it would have changed shows as the server has it."""
        with self._database.write() as work:
            account = Queue(work).account_of(key)
            emails = OperationWriter(work).withdraw(key)
            Life(work).revive(emails)
            look_again(work, emails)
            if account is not None:
                work.emit(events.OperationsChanged(account))
