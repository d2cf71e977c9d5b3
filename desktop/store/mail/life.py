"""The life of an Email: what keeps it, when the last server copy went, and when it is purged.

`gone_at_ms` says when no server had it any more; `kept` that it stays all the same. A mail deleted for good is gone
since the beginning of time, so that no purge waits for it. Until its last copy in a two-way account is gone it only
hides: its copies in archive-only accounts, and what keeps it, stay as they are in case the deletion is given up.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktop.domain.mail.removal import KEPT_GONE_DAYS
from desktop.store.database import UnitOfWork
from desktop.store.mail.messages import DELETED_AT_MS, PARSER_VERSION, MessageWriter, chunks, marks
from desktop.store.mail.places import PlaceWriter

KEPT_GONE_MS = KEPT_GONE_DAYS * 86_400_000
"""So long a mail is kept that went from its last server."""

_ARCHIVED = (
    "SELECT 1 FROM place p JOIN mail_account a ON a.key = p.account_key "
    "WHERE p.email_key = email.key AND a.mode <> 'two-way'"
)
_NO_COPY = "NOT EXISTS (SELECT 1 FROM place p WHERE p.email_key = e.key)"
_DELETED = (
    f"gone_at_ms = {DELETED_AT_MS} AND NOT EXISTS (SELECT 1 FROM place p JOIN mail_account a ON a.key = p.account_key "
    "WHERE p.email_key = e.key AND a.mode = 'two-way')"
)
"""Deleted for good, and no server has a copy that is still to be removed."""


class Life:
    """Works inside one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def keep(self, keys: Sequence[int]) -> None:
        """Let Emails stay whatever servers do, also those that were about to be deleted."""
        self.revive(keys)
        self._set("kept = 1", keys, "AND NOT kept")

    def let_go(self, keys: Sequence[int]) -> None:
        """Let Emails follow their servers again, but those with a CRM parent or in an archive-only account."""
        self._set("kept = 0", keys, f"AND kept AND parent_id IS NULL AND NOT EXISTS ({_ARCHIVED})")

    def delete(self, keys: Sequence[int]) -> None:
        """Note that a person deleted Emails for good: they go with their last copy in a two-way account."""
        self._set(f"gone_at_ms = {DELETED_AT_MS}", keys)
        PlaceWriter(self._work).remember_deleted(keys)

    def revive(self, keys: Sequence[int]) -> None:
        """Take a deletion back."""
        back: list[bytes] = []
        for chunk in chunks(keys):
            back += self._work.column(
                f"UPDATE email SET gone_at_ms = NULL WHERE key IN ({marks(chunk)}) AND gone_at_ms = {DELETED_AT_MS} "
                "RETURNING id",
                chunk,
            )
        self._work.many(
            "DELETE FROM deleted_mail WHERE account_key IN (SELECT key FROM mail_account) AND id = ?",
            [(mail_id,) for mail_id in back],
        )

    def _set(self, what: str, keys: Sequence[int], condition: str = "") -> None:
        self._work.many(f"UPDATE email SET {what} WHERE key = ? {condition}", [(key,) for key in keys])

    def purge_deleted(self, keys: Sequence[int]) -> tuple[tuple[int, ...], list[bytes]]:
        """Purge those of these Emails that were deleted for good and that no two-way account has any more.

        Copies in archive-only accounts stay without them, so that they are not fetched again. Returns their keys, and
        the digests of the sources they and their copies named.
        """
        dead: list[int] = []
        for chunk in chunks(keys):
            dead += self._work.column(
                f"SELECT key FROM email e WHERE key IN ({marks(chunk)}) AND {_DELETED}",
                chunk,
            )
        dropped = PlaceWriter(self._work).forget(dead)
        return tuple(dead), list({*dropped, *MessageWriter(self._work).delete(dead)})

    def alone(self, keys: Sequence[int]) -> list[int]:
        """Return those of these Emails that no account has and nothing keeps."""
        found: list[int] = []
        for chunk in chunks(keys):
            found += self._work.column(
                f"SELECT key FROM email e WHERE key IN ({marks(chunk)}) AND NOT kept AND parent_id IS NULL "
                f"AND {_NO_COPY}",
                chunk,
            )
        return found

    def hidden(self, keys: Sequence[int]) -> list[int]:
        """Return those of these Emails that stand in no list: deleted for good, or gone from their last server."""
        found: list[int] = []
        for chunk in chunks(keys):
            found += self._work.column(
                f"SELECT key FROM email WHERE key IN ({marks(chunk)}) AND gone_at_ms IS NOT NULL "
                f"AND (NOT kept OR gone_at_ms = {DELETED_AT_MS})",
                chunk,
            )
        return found

    def gone_before(self, at_ms: int, most: int) -> list[int]:
        """Return Emails that no server has had since `at_ms`, and nothing here keeps or a person deleted."""
        return self._work.column(
            "SELECT key FROM email e WHERE gone_at_ms IS NOT NULL AND gone_at_ms < ? AND parent_id IS NULL "
            f"AND (NOT kept AND {_NO_COPY} OR {_DELETED}) LIMIT ?",
            (at_ms, most),
        )

    def still_unreadable(self, key: int) -> None:
        """Note that this version of the parser cannot read an Email."""
        self._work.run(
            "UPDATE email SET parser_version = ?, completeness = 'cannot-show' WHERE key = ?", (PARSER_VERSION, key)
        )
