"""Sources that were lost with a damaged file: who named them names none now, and they are fetched again.

An Email and a copy that lost their source name an empty digest. It is not NULL, which says that a copy never had one
of its own, or that an Email is gone. A copy with an empty one counts as not fetched yet when its folder is walked anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from desktop.store.database import UnitOfWork, View
from desktop.store.mail.folders import FolderWriter
from desktop.store.mail.messages import chunks, marks

LOST = b""
"""Stands for the digest of a source that was lost."""


class LostSources:
    """Reads inside a view which Emails have lost their source."""

    def __init__(self, view: View) -> None:
        self._view = view

    def among(self, keys: Sequence[int]) -> set[int]:
        """Return those of these Emails that have lost their source."""
        found: set[int] = set()
        for chunk in chunks(keys):
            sql = f"SELECT key FROM email WHERE raw_digest = x'' AND key IN ({marks(chunk)})"
            found.update(self._view.column(sql, chunk))
        return found


def note_lost(work: UnitOfWork, present: AbstractSet[bytes]) -> int:
    """Note which sources are lost, given all that are there; their accounts are walked anew. Returns how many Emails.

    A copy without a source of its own shares that of its Email, and its loss.
    """
    emails = [
        key
        for key, digest in work.all("SELECT key, raw_digest FROM email WHERE raw_digest <> x''")
        if bytes(digest) not in present
    ]
    places = [
        (key,)
        for key, digest in work.all("SELECT key, raw_digest FROM place WHERE raw_digest <> x''")
        if bytes(digest) not in present
    ]
    work.many("UPDATE email SET raw_digest = x'' WHERE key = ?", [(key,) for key in emails])
    work.many("UPDATE place SET raw_digest = x'' WHERE key = ?", places)
    work.run(
        "UPDATE place SET raw_digest = x'' WHERE raw_digest IS NULL AND email_key IN "
        "(SELECT key FROM email WHERE raw_digest = x'')"
    )
    for account in work.column("SELECT DISTINCT account_key FROM place WHERE raw_digest = x''"):
        FolderWriter(work).fetch_anew(account)
    return len(emails)
