"""Waiting and failed server operations, as the person sees them; and what becomes of those whose folder is gone."""

from __future__ import annotations

import logging

from desktop.base.i18n import _
from desktop.domain import events
from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import WaitingOperation
from desktop.domain.mail.operation import after_folder_is_gone
from desktop.services.mail.ingest import look_again
from desktop.services.mail.unseen import keep_unseen
from desktop.services.mail.whole_folders import catch_up, note_behind
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.folders import Folders, FolderWriter
from desktop.store.mail.labels import Labels
from desktop.store.mail.life import Life
from desktop.store.mail.listings import Listings
from desktop.store.mail.operations import Operations as Queue
from desktop.store.mail.operations import OperationWriter
from desktop.store.mail.places import Places, PlaceWriter

log = logging.getLogger(__name__)


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
        catch_up(self._database)


def give_up(work: UnitOfWork, key: int) -> None:
    """Withdraw an operation with all it did here; one that is gone is passed over. `catch_up` is to follow."""
    look_again(work, take_back(work, key))


def take_back(work: UnitOfWork, key: int) -> list[int]:
    """Withdraw an operation like `give_up`, and return the Emails that are still to be looked at again.

    Those of a whole folder are left to `catch_up`.
    """
    verb = Queue(work).verb(key)
    if verb is None:
        return []
    account, kind, folder, argument = verb
    emails = OperationWriter(work).withdraw(key)
    if folder is not None and not FolderWriter(work).as_before(folder, kind, argument):
        lose_folder(work, folder)
    Life(work).revive(emails)
    work.emit(events.OperationsChanged(account))
    work.emit(events.FoldersChanged(account))
    if kind == "delete-folder" and folder is not None:
        note_behind(work, folder)
        inside = set(Places(work).emails_in(folder))
        return [email for email in emails if email not in inside]
    return emails


def lose_folder(work: UnitOfWork, key: int) -> None:
    """Take away a folder that is gone, with the copies in it. What waited for it goes on where it can, or is told.

    The mails that stood in its list may be many: `catch_up` is to be called after the commit.
    """
    found = Folders(work).path(key)
    if found is None:
        return
    account, path = found
    writer = OperationWriter(work)
    accounts = {account}
    about = Queue(work).about_folder(key)
    bound = Queue(work).bound_for(key)
    there = set(Listings(work).members(key))
    labelled = Labels(work).in_use(account)
    # what waited to be removed with its folder stands in no list: nothing changes with it
    emails = PlaceWriter(work).lose(key)
    lost = list(emails)
    for waiting in about:
        aftermath = after_folder_is_gone(waiting.kind, waiting.mails_here, waiting.mails_elsewhere)
        problem = _told(waiting.kind)
        if waiting.kind == "append":
            accounts.update(other.key for other in Accounts(work).all())  # what leaves them was to follow
        if aftermath.goes_on:
            if aftermath.is_told:
                writer.report(waiting.key, path, waiting.mails_here, problem)
            writer.follow_mails(waiting.key, key)
        elif aftermath.is_told:
            emails += writer.set_aside(waiting.key, path, waiting.mails_here, problem)
        else:
            log.info("an operation went with its folder: %s", waiting.kind)
            emails += writer.withdraw(waiting.key)
    writer.target_goes(key, path)
    FolderWriter(work).remove(key)
    if labelled and Queue(work).home(account, Role.ALL) is None:
        keep_unseen(work, lost)
    emails += writer.settle(bound)
    look_again(work, [email for email in emails if email not in there])
    note_behind(work, key)
    for touched in accounts:
        work.emit(events.OperationsChanged(touched))
    work.emit(events.FoldersChanged(account))


def _told(kind: str) -> str:
    match kind:
        case "move":
            return _("The folder is no longer on the server. What lay in it could not be moved.")
        case "append":
            return _("The folder these mails were moved to is no longer there.")
    return _("This folder is no longer there.")
