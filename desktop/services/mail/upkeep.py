"""The profile's upkeep: purge of mails long gone from servers, weekly check and backup, unreadable mails again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from desktop.base import clock
from desktop.domain import events
from desktop.domain.mail.message import Message
from desktop.services.mail.ingest import Ingest
from desktop.services.mail.mail_actions import PURGE_NOW_MS
from desktop.store import backup
from desktop.store.database import Database
from desktop.store.mail.blobs import Blobs, SourceMissing
from desktop.store.mail.listings import ListingWriter
from desktop.store.mail.messages import PARSER_VERSION, MessageWriter
from desktop.store.settings import SettingValues

log = logging.getLogger(__name__)

DAY_MS = 86_400_000
PURGE_AFTER_MS = 30 * DAY_MS
CHECK_EVERY_MS = 7 * DAY_MS
_CHECKED = "upkeep.checked-at-ms"


class Upkeep:
    """What housekeeping does to the store."""

    def __init__(self, database: Database, blobs: Blobs, ingest: Ingest, backups: Path) -> None:
        self._database = database
        self._blobs = blobs
        self._ingest = ingest
        self._backups = backups

    def run(self) -> None:
        """Purge, and once a week check and back up."""
        while self._purge():
            pass
        with self._database.read() as view:
            checked_at_ms = int(SettingValues(view).get(_CHECKED) or 0)
        if clock.now() - checked_at_ms < CHECK_EVERY_MS:
            return
        if found := backup.damage(self._database.path):
            log.error("the database is damaged: %s", found)
            return
        backup.make(self._database.path, self._backups, why="weekly")
        with self._database.write() as work:
            SettingValues.put(work, _CHECKED, str(clock.now()))

    def _purge(self) -> int:
        """Delete a batch of mails that no server has any more and nothing here keeps; returns how many."""
        with self._database.write() as work:
            keys = work.column(
                "SELECT key FROM email e WHERE gone_at_ms IS NOT NULL AND gone_at_ms < ? AND NOT kept "
                "AND parent_id IS NULL AND NOT EXISTS (SELECT 1 FROM place p WHERE p.email_key = e.key) LIMIT 200",
                (max(clock.now() - PURGE_AFTER_MS, PURGE_NOW_MS + 1),),
            )
            if not keys:
                return 0
            work.many("UPDATE email SET gone_at_ms = ? WHERE key = ?", [(PURGE_NOW_MS, key) for key in keys])
            ListingWriter(work).refresh(keys)
            dropped = MessageWriter(work).delete(keys)
            work.emit(events.MessagesRemoved(tuple(keys)))
        self._blobs.drop(dropped)
        return len(keys)

    def unreadable(self) -> Iterator[tuple[int, bytes]]:
        """Yield key and source of mails an older parser could not read."""
        with self._database.read() as view:
            rows = view.all(
                "SELECT key, raw_digest FROM email WHERE completeness = 'cannot-show' AND parser_version < ?",
                (PARSER_VERSION,),
            )
        for key, digest in rows:
            try:
                yield key, self._blobs.get(bytes(digest))
            except SourceMissing:
                log.warning("the source of an unreadable mail is missing")

    def read_again(self, key: int, raw: bytes, message: Message | None) -> None:
        """Take the new reading of an unreadable mail; None means it is still unreadable."""
        if message is not None:
            self._ingest.read_again(key, raw, message)
            return
        with self._database.write() as work:
            work.run("UPDATE email SET parser_version = ? WHERE key = ?", (PARSER_VERSION, key))

    def close_thread(self) -> None:
        """Close the calling thread's connection."""
        self._database.close_thread()
