"""Deletes mails for good that no server has any more and nothing here keeps, sources and all. Not on the GUI thread."""

from __future__ import annotations

from desktop.domain import events
from desktop.services.mail.sources import forget_unnamed
from desktop.store.database import Database
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.life import Life
from desktop.store.mail.listings import ListingWriter

_BATCH = 200
"""Each batch is a transaction of its own, so that nobody waits long for the store."""


def purge(database: Database, blobs: Blobs, gone_before_ms: int) -> int:
    """Delete those gone before a time; returns how many. Killed in between, the next call goes on."""
    purged = 0
    while count := _purge_batch(database, blobs, gone_before_ms):
        purged += count
    return purged


def _purge_batch(database: Database, blobs: Blobs, gone_before_ms: int) -> int:
    with database.write() as work:
        keys = Life(work).gone_before(gone_before_ms, _BATCH)
        if not keys:
            return 0
        Life(work).delete(keys)
        ListingWriter(work).refresh(keys)
        dead, dropped = Life(work).purge_deleted(keys)
        work.emit(events.MessagesRemoved(dead))
    forget_unnamed(database, blobs, dropped)
    return len(keys)
