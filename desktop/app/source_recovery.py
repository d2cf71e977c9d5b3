"""Opens the sources of a profile, and mends them first where they are damaged.

What the damaged file lost is noted in the main database, so that the next syncs fetch it again from the servers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from desktop.base.paths import Profile
from desktop.store.database import Database
from desktop.store.mail import blob_rescue
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.lost_sources import note_lost

log = logging.getLogger(__name__)


def open_blobs(profile: Profile, database: Database, after_crash: bool, stop: Callable[[], bool]) -> Blobs:
    """Return the sources, ready to be read and written. Raises Problem, and backup.Stopped as `stop` says."""
    blob_rescue.examine(profile.raw, after_crash, stop)
    blobs = Blobs(profile.raw)
    if blob_rescue.may_miss(profile.raw):
        present = {bytes(digest) for digests in blobs.walk() for digest in digests}
        with database.write() as work:
            lost = note_lost(work, present)
        database.settle()
        blob_rescue.missing_noted(profile.raw)
        if lost:
            log.warning("%d mails have lost their source", lost)
    return blobs
