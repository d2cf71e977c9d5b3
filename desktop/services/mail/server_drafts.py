"""Drafts on their server, so that other devices of the person have them too (R37).

The newest copy is put there before older ones go, so there is never none: those of the same Drafts folder, and those in
the Drafts of another account where From was one of its addresses before. What comes back from there is told apart by
`services.mail.own_drafts`. Works inside units of work.
"""

from __future__ import annotations

from desktop.domain import events
from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.operation import Expunge
from desktop.services.mail.folders import make_home
from desktop.services.mail.ingest import look_again
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.drafts import KeptDraft
from desktop.store.mail.folders import Folders
from desktop.store.mail.life import Life
from desktop.store.mail.operations import Operations, OperationWriter
from desktop.store.mail.places import Places


def mailbox_of(view: View, address: str) -> MailAccount | None:
    """Return the account whose mailbox holds what is written under an address, None where no server may be changed."""
    wanted = address.lower()
    found = (a for a in Accounts(view).all() if a.imap and a.two_way and a.active)
    return next((a for a in found if wanted in map(str.lower, a.addresses)), None)


def put_on_server(work: UnitOfWork, kept: KeptDraft) -> int | None:
    """Queue what brings the draft on its server up to date; returns the operation, None where there is none to do."""
    if kept.changes == kept.changes_on_server:
        return None
    account = mailbox_of(work, kept.draft.sender.address)
    if account is None:
        return None
    if (waiting := Operations(work).saving(kept.key)) is not None:
        operation, account_key = waiting
        if account_key == account.key:
            return operation
        look_again(work, OperationWriter(work).withdraw(operation))  # From is another one since
        work.emit(events.OperationsChanged(account_key))
    if (account.key, Role.DRAFTS) not in Folders(work).homes():
        make_home(work, account.key, Role.DRAFTS)
    home = Folders(work).homes()[account.key, Role.DRAFTS]
    operation = OperationWriter(work).save_draft(account.key, home, kept.key)
    work.emit(events.OperationsChanged(account.key))
    return operation


def only_at_home(work: UnitOfWork, kept: KeptDraft) -> None:
    """Take our own copies of a draft out of the Drafts of other accounts, once that of its sender has it as it is."""
    account = mailbox_of(work, kept.draft.sender.address)
    if account is None or kept.changes != kept.changes_on_server:
        return
    places = [p for p in Places(work).of_emails([kept.email_key]).get(kept.email_key, []) if p.role is Role.DRAFTS]
    if not any(place.account_key == account.key for place in places):
        return
    elsewhere = [place for place in places if place.account_key != account.key and place.two_way]
    OperationWriter(work).queue([Expunge(each.account_key, each.folder_key, (each.key,)) for each in elsewhere])
    for left in {each.account_key for each in elsewhere}:
        work.emit(events.OperationsChanged(left))


def replaces(work: UnitOfWork, kept: KeptDraft, old_email: int) -> bool:
    """Let a draft stand for one that another program wrote: that one goes once this one is on the server.

    False where neither is on a server that may be changed.
    """
    places = [place for place in Places(work).of_emails([old_email]).get(old_email, []) if place.two_way]
    operation = put_on_server(work, kept)
    if operation is None or not places:
        return False
    OperationWriter(work).expunge_after(places, operation)
    Life(work).delete([old_email])
    return True
