"""Stores one batch of mails on a thread of its own while the next is on its way over the network.

SQLite and compression work outside Python's lock, so this fills the second core. One batch may be under way: memory
stays bounded, and what went wrong with it is raised at the next step.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from desktop.services.mail.ingest import Fetched, Home, Ingest
from desktop.store.database import Database


class Storing:
    """The storing half of an account's thread."""

    def __init__(self, ingest: Ingest, database: Database) -> None:
        self._ingest = ingest
        self._database = database
        self._pool = ThreadPoolExecutor(1, "storing")
        self._pending: Future[tuple[int, ...]] | None = None

    def take(self, home: Home, batch: Sequence[Fetched], *, notify: bool) -> None:
        """Begin to store a batch, once the one before is stored. Raises what that one raised."""
        self.finish()
        self._pending = self._pool.submit(self._ingest.take, home, batch, notify=notify)

    def finish(self) -> None:
        """Wait until everything taken is stored. Raises DiskFull and the like; the batch then is not stored."""
        pending, self._pending = self._pending, None
        if pending is not None:
            pending.result()

    def close(self) -> None:
        """End the thread."""
        self._pool.submit(self._database.close_thread)
        self._pool.shutdown()
