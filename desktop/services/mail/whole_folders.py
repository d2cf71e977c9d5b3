"""Mails of a folder whose meaning changed: watched or not, another role, waiting to be deleted, gone.

Their lists follow in portions, so that nobody else who writes waits for a large folder. The change itself leaves a note
in its own transaction; after a kill the next upkeep goes on where notes are left. Any thread.
"""

from __future__ import annotations

from desktop.services.mail.ingest import look_again
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail.listings import Listings, ListingWriter
from desktop.store.mail.messages import chunks
from desktop.store.mail.places import Places
from desktop.store.settings import SettingValues

PORTION = 500
"""Mails a transaction."""

_BEHIND = "folder-behind."


def note_behind(work: UnitOfWork, folder_key: int) -> None:
    """Note that the lists must follow what a folder is from now on; `catch_up` is to be called after the commit."""
    SettingValues.note(work, f"{_BEHIND}{folder_key}")


def catch_up(database: Database) -> None:
    """Let the lists follow every folder that was noted."""
    with database.read() as view:
        notes = SettingValues(view).notes(_BEHIND)
    for note, value in notes.items():
        folder = int(note.removeprefix(_BEHIND))
        with database.read() as view:
            emails = list({*Places(view).emails_in(folder), *Listings(view).members(folder)})
        for some in chunks(emails, PORTION):
            with database.write() as work:
                look_again(work, some)
        with database.write() as work:
            SettingValues.done(work, note, value)
            ListingWriter(work).drop_empty(folder)
