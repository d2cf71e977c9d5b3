"""Sources nobody names after a damaged database was replaced: mails that came after the backup.

Most are on their servers and named again by the next sync. What no sync found again was only here, and becomes a mail
of its own: kept, read, in All mail, without a place on any server. Found on one after all, it follows that one again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from desktop.base import clock
from desktop.domain.mail.message import Flag, Message
from desktop.services.mail.ingest import Fetched, Ingest
from desktop.store import restoration
from desktop.store.database import Database
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.blobs import Blobs, SourceMissing, digest_of
from desktop.store.mail.messages import Messages

_ALL = -1
"""As the most of a query: no bound."""


class Strays:
    """Looks once after every restoration of the profile `folder`."""

    def __init__(self, database: Database, blobs: Blobs, ingest: Ingest, folder: Path) -> None:
        self._database = database
        self._blobs = blobs
        self._ingest = ingest
        self._folder = folder

    def are_due(self) -> bool:
        """Say whether there was a restoration, and every account has synced since; where there is none, none has."""
        done = restoration.read(self._folder)
        if done is None or done.rescued is None or not restoration.has_strays(self._folder):
            return False
        with self._database.read() as view:
            accounts = Accounts(view)
            synced = accounts.synced_at()
            fetched = accounts.fetched()
            return bool(fetched) and all(synced.get(account.key, 0) > done.at_ms for account in fetched)

    def sources(self) -> Iterator[bytes]:
        """Yield the sources nobody names, but those that were without a name already when the database was damaged.

        What named these was purged, or deleted for good by the person: only the sources had not gone yet.
        """
        done = restoration.read(self._folder)
        purged = set(self._blobs.unnamed_since(done.at_ms, _ALL)) if done is not None else set()
        for digests in self._blobs.walk():
            with self._database.read() as view:
                strays = Messages(view).unnamed(digests)
            for digest in strays:
                if digest in purged:
                    continue
                try:
                    yield self._blobs.get(digest)
                except SourceMissing:
                    continue

    def take(self, raw: bytes, message: Message | None) -> int:
        """Make a mail of a source; returns how many came of it: 0 when there is a copy of it.

        None says the parser gave up: it becomes an unreadable mail, whose source stays and is tried again some day.
        """
        arrived = message.date_ms if message is not None and message.date_ms is not None else clock.now()
        partial = self._blobs.is_partial(digest_of(raw))
        mail = Fetched(0, Flag.SEEN, arrived, len(raw), raw, message, partial)
        return int(self._ingest.take_alone(mail, until_found=True) is not None)

    def done(self, mails: int) -> None:
        """Note that there are no more; the next restoration is another matter."""
        self._database.settle()
        restoration.note_strays(self._folder, mails)
