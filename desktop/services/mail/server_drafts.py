"""Drafts on their server, so that other devices of the person have them too (R37).

The newest copy is put there before older ones go, so there is never none. What comes back from there is told apart by
`services.mail.own_drafts`. Works inside units of work.
"""

from __future__ import annotations

from desktop.domain import events
from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import MailAccount
from desktop.services.mail.folders import make_home
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
        return waiting
    if (account.key, Role.DRAFTS) not in Folders(work).homes():
        make_home(work, account.key, Role.DRAFTS)
    home = Folders(work).homes()[account.key, Role.DRAFTS]
    operation = OperationWriter(work).save_draft(account.key, home, kept.key)
    work.emit(events.OperationsChanged(account.key))
    return operation


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
