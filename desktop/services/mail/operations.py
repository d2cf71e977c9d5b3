"""Waiting and failed server operations, as the person sees them: retry or drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop.domain import events
from desktop.domain.mail.mail_account import WaitingOperation
from desktop.services.mail.ingest import look_again
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail.folders import FolderWriter
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
            give_up(work, key)


def give_up(work: UnitOfWork, key: int) -> None:
    """Withdraw an operation with all it did here; one that is gone is passed over."""
    verb = Queue(work).verb(key)
    if verb is None:
        return
    account, kind, folder, argument = verb
    emails = OperationWriter(work).withdraw(key)
    if folder is not None:
        emails += _as_before(work, kind, folder, argument)
    Life(work).revive(emails)
    look_again(work, emails)
    work.emit(events.OperationsChanged(account))
    work.emit(events.FoldersChanged(account))


def _as_before(work: UnitOfWork, kind: str, folder_key: int, argument: Mapping[str, Any]) -> list[int]:
    """Undo here what a verb on a folder did here; returns the Emails to look at again."""
    writer = FolderWriter(work)
    match kind:
        case "create-folder" | "delete-folder":
            return writer.stays(folder_key)
        case "rename-folder":
            writer.rename(folder_key, str(argument["from"]))
        case "subscribe-folder":
            writer.set(folder_key, subscribed=int(not argument["on"]))
    return []
