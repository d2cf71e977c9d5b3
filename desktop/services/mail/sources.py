"""Forgetting raw sources safely: only while nothing can begin to name them.

Ingest writes sources and the rows naming them under one write lock; so does this look again before it deletes.
A kill between the two, or after a purge and before its sources went, leaves sources nobody names: housekeeping collects
those it has met without a name, and a day or more later again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.store import replacement
from desktop.store.database import Database
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.messages import Messages

log = logging.getLogger(__name__)

LEFT_ALONE_MS = 86_400_000
"""So long a source without a name stays at the least."""
_PORTION = 100
"""Sources a transaction: it holds back all other writers for some milliseconds."""


def forget_unnamed(database: Database, blobs: Blobs, digests: Sequence[bytes]) -> None:
    """Delete those sources that no Email and no copy names (any more).

    They go for good at once, so the rows that named them must have gone for good before: after a loss of power a mail
    would be back without its source. Where that cannot be had now, the sources are noted and wait to be collected.
    """
    if not digests:
        return
    # a database that was replaced and is kept may name them still
    settled = not replacement.set_aside_in(database.path.parent) and _is_settled(database)
    with database.write() as work:
        unnamed = Messages(work).unnamed(digests)
        if settled:
            blobs.drop(unnamed)
        else:
            blobs.note_unnamed(unnamed, clock.now())


def _is_settled(database: Database) -> bool:
    try:
        database.settle()
    except Problem as problem:
        log.warning("sources that nothing names stay for now: %s", problem.details or problem.text)
        return False
    return True


def collect_unnamed(database: Database, blobs: Blobs) -> int:
    """Delete sources that nothing has named for a day, and note those that nothing names today; returns how many went.

    Call it only when the database is known to be whole: what a damaged one does not name may be somebody's mail.
    """
    due_ms = clock.now() - LEFT_ALONE_MS
    gone = 0
    while digests := blobs.unnamed_since(due_ms, _PORTION):
        with database.write() as work:
            unnamed = Messages(work).unnamed(digests)
            blobs.drop(unnamed)
        blobs.note_named([digest for digest in digests if digest not in set(unnamed)])
        gone += len(unnamed)
    for digests in blobs.walk():
        with database.read() as view:
            unnamed = Messages(view).unnamed(digests)
        if unnamed:
            with database.write() as work:  # a batch on its way is named by now
                blobs.note_unnamed(Messages(work).unnamed(unnamed), clock.now())
    blobs.clear_halves(due_ms)
    return gone
