"""What follows from changed values of mail accounts, whoever changed them: the person, or the rescue of a database.

Works inside the unit of work of the change and leaves notes there; `catch_up` and `follow` are to be called after it.
"""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.mail.mail_account import MailAccount
from desktop.services.mail.operations import take_back
from desktop.services.mail.own_addresses import note_changes
from desktop.services.mail.whole_folders import note_behind
from desktop.store.database import UnitOfWork
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.folders import Folders, FolderWriter
from desktop.store.mail.life import Life
from desktop.store.mail.operations import Operations
from desktop.store.mail.places import Places


def follow_changes(work: UnitOfWork, before: Iterable[MailAccount]) -> None:
    """Bring queue, mails and folders in step with what the accounts are now; `before` are all there were.

    An earlier day to fetch from brings in the older mails. An account that became archive-only writes no more to its
    server, and its mails stay; one that became two-way shows them as the server has them.
    """
    before = tuple(before)
    note_changes(work, {address.lower() for account in before for address in account.addresses})
    for was in before:
        account = Accounts(work).get(was.key)
        if account is None:
            continue
        if was.fetch_since > account.fetch_since:
            FolderWriter(work).fetch_anew(account.key)
        if was.mode is not account.mode:
            _follow_mode(work, account)


def _follow_mode(work: UnitOfWork, account: MailAccount) -> None:
    """Bring queue and mails of an account in step with its new mode."""
    emails = Places(work).emails_of(account.key)
    if account.two_way:
        Life(work).let_go(emails)
    else:
        for operation in Operations(work).of_account(account.key):
            take_back(work, operation)  # all that stands in the folders of the account is looked at again
        Life(work).keep(emails)
    for folder in Folders(work).keys_of(account.key):
        note_behind(work, folder)
