"""Forgetting raw sources safely: only while nothing can begin to name them.

Ingest writes sources and the rows naming them under one write lock; so does this look again before it deletes.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktop.store.database import Database
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.messages import Messages


def forget_unnamed(database: Database, blobs: Blobs, digests: Sequence[bytes]) -> None:
    """Delete those sources that no Email and no copy names (any more)."""
    if not digests:
        return
    with database.write() as work:
        blobs.drop(Messages(work).unnamed(digests))
