"""The person's own addresses: those of his accounts and their aliases. They decide which mails he has sent.

When they change, mails that are here follow in portions, so that nobody else who writes waits for a large mailbox. The
change leaves notes in its own transaction; after a kill the next upkeep goes on where notes are left. Any thread.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from desktop.domain.mail.state import after_sender
from desktop.services.mail.ingest import look_again
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.messages import Messages, MessageWriter, chunks
from desktop.store.mail.places import Places
from desktop.store.mail.states import States, StateWriter
from desktop.store.settings import SettingValues

PORTION = 500
"""Mails a transaction."""

_BEHIND = "address-behind."


def note_changes(work: UnitOfWork, before: Set[str]) -> None:
    """Note which own addresses came or went since they were `before`; `follow` is to be called after the commit."""
    for address in before ^ Accounts(work).own_addresses():
        SettingValues.note(work, f"{_BEHIND}{address}")


def follow(database: Database) -> None:
    """Let the mails of every noted address count as sent by the person, or no longer."""
    with database.read() as view:
        notes = SettingValues(view).notes(_BEHIND)
    for note, value in notes.items():
        address = note.removeprefix(_BEHIND)
        with database.read() as view:
            emails = Messages(view).sent_from(address)
        for some in chunks(emails, PORTION):
            with database.write() as work:
                _follow(work, some, outgoing=address in Accounts(work).own_addresses())
        with database.write() as work:
            SettingValues.done(work, note, value)


def _follow(work: UnitOfWork, keys: Sequence[int], *, outgoing: bool) -> None:
    MessageWriter(work).set_outgoing(keys, outgoing)
    places = Places(work).of_emails(keys)
    StateWriter(work).set(
        {
            key: after_sender(state, outgoing=outgoing, shows_in_inbox=any(p.shows_in_inbox for p in places[key]))
            for key, state in States(work).of(keys).items()
            if places.get(key)  # of mailboxes in step with their server, what follows from the places is set below
        }
    )
    look_again(work, keys)
