"""Places at Gmail: a mail lies there once, every folder is a label, and its copies carry Gmail's id of the mail.

A label of a folder that is not synced by itself is a place without UID. What All Mail says of labels decides there; a
folder that is synced decides for itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop.domain.mail.message import Flag
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.messages import chunks, marks

_FREE = "NOT EXISTS (SELECT 1 FROM operation_place o WHERE o.place_key = place.key)"
"""Nothing that waits for the server is about the place."""


@dataclass(frozen=True, slots=True)
class KnownMail:
    """A mail of an account that is here, as one of its copies has it."""

    email_key: int
    size_bytes: int
    raw_digest: bytes | None
    text_digest: bytes | None
    partial: bool


@dataclass(frozen=True, slots=True)
class Labelled:
    """A place an operation is about, of a mail known by Gmail's id."""

    key: int
    folder_key: int
    uid: int | None
    """None where it must be looked for."""
    gm_msgid: int


class Labels:
    """Reads inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def known(self, account_key: int, msgids: Collection[int]) -> dict[int, KnownMail]:
        """Return the mails with these ids that are here; those whose source was lost must be fetched again."""
        found: dict[int, KnownMail] = {}
        for chunk in chunks(list(msgids)):
            for msgid, email, size_bytes, raw, text, partial in self._view.all(
                "SELECT gm_msgid, email_key, size_bytes, raw_digest, text_digest, partial FROM place "
                f"WHERE account_key = ? AND gm_msgid IN ({marks(chunk)}) AND email_key IS NOT NULL "
                "AND raw_digest IS NOT x'' ORDER BY raw_digest IS NOT NULL, key",
                (account_key, *chunk),
            ):
                found[msgid] = KnownMail(email, size_bytes, raw, text, bool(partial))
        return found

    def unnamed(self, folder_key: int, uidvalidity: int, low: int) -> list[int]:
        """Return the UIDs from `low` on of copies in a folder of which Gmail's id is not known."""
        return self._view.column(
            "SELECT uid FROM place WHERE folder_key = ? AND uidvalidity = ? AND uid >= ? "
            "AND gm_msgid IS NULL AND email_key IS NOT NULL ORDER BY uid DESC",
            (folder_key, uidvalidity, low),
        )

    def in_use(self, account_key: int) -> bool:
        """Say whether the folders of an account are labels."""
        sql = "SELECT 1 FROM place WHERE account_key = ? AND gm_msgid IS NOT NULL LIMIT 1"
        return self._view.first(sql, (account_key,)) is not None

    def of_operation(self, operation_key: int) -> list[Labelled]:
        """Return the places of an operation whose mails are known by Gmail's id."""
        rows = self._view.all(
            "SELECT p.key, p.folder_key, CASE WHEN p.uidvalidity = f.uidvalidity THEN p.uid END, p.gm_msgid "
            "FROM operation_place o JOIN place p ON p.key = o.place_key JOIN folder f ON f.key = p.folder_key "
            "WHERE o.operation_key = ? AND p.gm_msgid IS NOT NULL ORDER BY p.key",
            (operation_key,),
        )
        return [Labelled(*row) for row in rows]

    def hides_all_mail(self, account_key: int) -> bool:
        """Say whether an account is at Gmail and its All Mail is not shown."""
        sql = "SELECT 1 FROM folder WHERE account_key = ? AND role = 'all' AND selectable LIMIT 1"
        return self.in_use(account_key) and self._view.first(sql, (account_key,)) is None


class LabelWriter:
    """Changes places inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def name(self, folder_key: int, uidvalidity: int, msgids: Mapping[int, int]) -> None:
        """Note Gmail's ids of copies in a folder, by UID."""
        self._work.many(
            "UPDATE place SET gm_msgid = ? WHERE folder_key = ? AND uidvalidity = ? AND uid = ?",
            [(msgid, folder_key, uidvalidity, uid) for uid, msgid in msgids.items()],
        )

    def follow(
        self, all_key: int, uidvalidity: int, labels: Mapping[int, Iterable[int]], label_keys: Collection[int]
    ) -> list[int]:
        """Make the places of mails in the folders `label_keys` those that All Mail told; returns the Emails changed.

        `labels` gives the folders of each mail by its UID in All Mail, `all_key`. Places that something waits for stay.
        """
        changed: list[int] = []
        for chunk in chunks(list(labels)):
            mails = {
                uid: (key, account, msgid, email, flags & ~int(Flag.DELETED))
                for key, uid, account, msgid, email, flags in self._work.all(
                    "SELECT key, uid, account_key, gm_msgid, email_key, flags FROM place WHERE folder_key = ? "
                    f"AND uidvalidity = ? AND uid IN ({marks(chunk)}) AND gm_msgid IS NOT NULL "
                    "AND email_key IS NOT NULL",
                    (all_key, uidvalidity, *chunk),
                )
            }
            there = self._there(mails.values(), label_keys)
            added: list[tuple[int, int, int]] = []
            marked: list[tuple[int, int]] = []
            for uid, (key, _account, msgid, email, flags) in mails.items():
                told = {folder for folder in labels[uid] if folder in label_keys}
                known = there.get(msgid, {})
                new = [(folder, flags, key) for folder in sorted(told - known.keys())]
                gone = [place for folder, (place, _flags) in known.items() if folder not in told]
                other = [(flags, place) for folder, (place, was) in known.items() if folder in told and was != flags]
                removed = self._remove(gone) if gone else []
                added += new
                marked += other
                if new or removed or other:
                    changed.append(email)
            self._work.many(
                "INSERT INTO place (account_key, folder_key, uidvalidity, email_key, raw_digest, text_digest, "
                "partial, size_bytes, received_ms, flags, gm_msgid) SELECT account_key, ?, 0, email_key, "
                "raw_digest, text_digest, partial, size_bytes, received_ms, ?, gm_msgid FROM place WHERE key = ?",
                added,
            )
            self._work.many("UPDATE place SET flags = ? WHERE key = ?", marked)
        return changed

    def join(self, place_key: int, folder_key: int) -> tuple[int, int] | None:
        """Let a place that goes to a folder be the one place of its mail there, also for what waits for the other.

        Returns UIDVALIDITY and UID of that other, None when there was none or it had no UID.
        """
        found: tuple[int, int] | None = None
        for other, uidvalidity, uid in self._work.all(
            "SELECT o.key, o.uidvalidity, o.uid FROM place p JOIN place o ON o.account_key = p.account_key "
            "AND o.gm_msgid = p.gm_msgid AND o.email_key IS p.email_key AND o.key <> p.key AND o.folder_key = ? "
            "WHERE p.key = ?",
            (folder_key, place_key),
        ):
            self._work.run("UPDATE OR IGNORE operation_place SET place_key = ? WHERE place_key = ?", (place_key, other))
            self._work.run("DELETE FROM place WHERE key = ?", (other,))
            found = (uidvalidity, uid) if uid is not None else found
        return found

    def alone(self, place_key: int) -> None:
        """Note that a mail lies in one place alone: it went to Trash or Spam. Another one under its id stays."""
        self._work.run(
            "DELETE FROM place WHERE key <> ?1 AND (account_key, gm_msgid) = "
            "(SELECT account_key, gm_msgid FROM place WHERE key = ?1) "
            "AND email_key IS (SELECT email_key FROM place WHERE key = ?1)",
            (place_key,),
        )

    def add(self, place_key: int, folder_key: int, uidvalidity: int, uid: int | None) -> int:
        """Note that the mail of a place lies in another folder too; returns the key of that place."""
        there: int | None = self._work.value(
            "SELECT o.key FROM place p JOIN place o ON o.account_key = p.account_key AND o.gm_msgid = p.gm_msgid "
            "AND o.email_key IS p.email_key AND o.folder_key = ? WHERE p.key = ?",
            (folder_key, place_key),
        )
        if there is not None:
            return there
        if uid is not None:
            self._work.run(
                "DELETE FROM place WHERE folder_key = ? AND uidvalidity = ? AND uid = ?", (folder_key, uidvalidity, uid)
            )
        added = self._work.run(
            "INSERT INTO place (account_key, folder_key, uidvalidity, uid, email_key, raw_digest, text_digest, "
            "partial, size_bytes, received_ms, flags, gm_msgid) SELECT account_key, ?, ?, ?, email_key, raw_digest, "
            "text_digest, partial, size_bytes, received_ms, flags, gm_msgid FROM place WHERE key = ?",
            (folder_key, uidvalidity, uid, place_key),
        ).lastrowid
        assert added is not None
        return added

    def drop(self, all_key: int, email_keys: Sequence[int], label_keys: Sequence[int]) -> None:
        """Take the places in folders `label_keys` from mails that left All Mail: they were deleted, or put to Trash."""
        for chunk in chunks(email_keys):
            self._work.run(
                f"DELETE FROM place WHERE email_key IN ({marks(chunk)}) AND gm_msgid IS NOT NULL "
                f"AND folder_key IN ({marks(label_keys)}) AND {_FREE} AND NOT EXISTS (SELECT 1 FROM place a "
                "WHERE a.account_key = place.account_key AND a.gm_msgid = place.gm_msgid AND a.folder_key = ?)",
                (*chunk, *label_keys, all_key),
            )

    def _remove(self, places: Sequence[int]) -> list[int]:
        return self._work.column(f"DELETE FROM place WHERE key IN ({marks(places)}) AND {_FREE} RETURNING key", places)

    def _there(
        self, mails: Iterable[tuple[int, int, int, int, int]], label_keys: Collection[int]
    ) -> dict[int, dict[int, tuple[int, int]]]:
        """Return the places of mails in folders: Gmail's id -> folder -> place and its flags."""
        found: dict[int, dict[int, tuple[int, int]]] = {}
        wanted = [(account, msgid) for _key, account, msgid, _email, _flags in mails]
        if not wanted:
            return found
        for msgid, folder, place, flags in self._work.all(
            "SELECT gm_msgid, folder_key, key, flags FROM place "
            f"WHERE account_key = ? AND gm_msgid IN ({marks(wanted)}) ORDER BY +key",  # not in the order of the account
            (wanted[0][0], *(msgid for _account, msgid in wanted)),
        ):
            if folder in label_keys:
                found.setdefault(msgid, {}).setdefault(folder, (place, flags))
        return found
