"""Places: where copies of Emails lie on servers, with what is queued on top.

Columns `folder_key`, `uid` and `flags` say what the server last told; the `pending_*` columns say what queued
operations will make of it. Everything a person sees is computed from the two together.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop.base import clock
from desktop.domain.mail.arrival import same_text
from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Flag
from desktop.domain.mail.state import Place
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.messages import chunks, marks

EFFECTIVE_FLAGS = "((p.flags | p.pending_add) & ~p.pending_remove)"
THERE = f"NOT p.pending_gone AND NOT {EFFECTIVE_FLAGS} & {int(Flag.DELETED)}"
"""A copy that waits to be expunged, by us or by another program, is no copy to a person."""
EFFECTIVE_FOLDER = "coalesce(p.pending_folder_key, p.folder_key)"
_ARCHIVES = "SELECT key FROM mail_account WHERE mode <> 'two-way'"
_DUE = "SELECT 1 FROM place WHERE email_key IS NOT NULL AND folder_key = ? AND"
_EXPECTING = f"{_DUE} uidvalidity < ? UNION ALL {_DUE} uidvalidity > ? UNION ALL {_DUE} uidvalidity = ? AND uid IS NULL"
"""Whether copies are due in a folder under UIDs not yet known; three seeks, where one condition would read it whole."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of an Email as a server shows it."""

    uid: int
    email_key: int
    flags: Flag
    size_bytes: int
    received_ms: int
    raw_digest: bytes | None = None
    text_digest: bytes | None = None
    partial: bool = False
    gm_msgid: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What a copy reads as; None where it was not fetched by itself."""

    place_key: int
    raw_digest: bytes | None
    text_digest: bytes | None
    is_shown: bool
    """Its text is the one the Email shows, as far as is known."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place whose UID is not known, or no longer: its copy is to be met."""

    key: int
    size_bytes: int
    """0 where the source was lost."""
    text_digest: bytes | None
    gm_msgid: int | None

    def may_be(self, copy: Copy) -> bool:
        """Say whether the copy may be that of this place: Gmail tells its mails apart."""
        return None in (self.gm_msgid, copy.gm_msgid) or self.gm_msgid == copy.gm_msgid

    def likeness(self, copy: Copy) -> tuple[bool, bool, bool]:
        """Return how much the copy looks like that of this place."""
        same_mail = self.gm_msgid is not None and self.gm_msgid == copy.gm_msgid
        return same_mail, self.text_digest == copy.text_digest, self.size_bytes == copy.size_bytes


class Places:
    """Reads places inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def of_emails(self, email_keys: Sequence[int]) -> dict[int, list[Place]]:
        """Return the effective places of each Email; those that a queued operation removes are left out."""
        found: dict[int, list[Place]] = {}
        for chunk in chunks(email_keys):
            rows = self._view.all(
                f"SELECT p.email_key, p.key, p.account_key, {EFFECTIVE_FOLDER}, f.role, f.shows_in_inbox, "
                f"a.mode = 'two-way', {EFFECTIVE_FLAGS}, "
                "CASE WHEN p.pending_folder_key IS NULL THEN p.uid END, p.gm_msgid "
                f"FROM place p JOIN folder f ON f.key = {EFFECTIVE_FOLDER} "
                f"JOIN mail_account a ON a.key = p.account_key "
                f"WHERE p.email_key IN ({marks(chunk)}) AND {THERE}",
                chunk,
            )
            for email, key, account, folder, role, inbox, two_way, flags, *numbers in rows:
                found.setdefault(email, []).append(
                    Place(key, account, folder, Role(role), bool(inbox), bool(two_way), Flag(flags), *numbers)
                )
        return found

    def count(self, account_key: int, since: int = 0) -> tuple[int, int]:
        """Return how many copies of an account's mails came after the place `since`, and the newest place."""
        row = self._view.first(
            "SELECT count(*), coalesce(max(key), 0) FROM place "
            "WHERE account_key = ? AND email_key IS NOT NULL AND key > ?",
            (account_key, since),
        )
        return (int(row[0]), int(row[1])) if row else (0, 0)

    def known_uids(self, folder_key: int, uidvalidity: int, low: int, high: int) -> dict[int, tuple[int, int | None]]:
        """Return uid -> (flags the server last told, Email key or None) of the places in a window of UIDs."""
        rows = self._view.all(
            "SELECT uid, flags, email_key FROM place WHERE folder_key = ? AND uidvalidity = ? AND uid BETWEEN ? AND ?",
            (folder_key, uidvalidity, low, high),
        )
        return {uid: (flags, email) for uid, flags, email in rows}

    def fetched_uids(self, folder_key: int, uidvalidity: int, low: int, high: int) -> set[int]:
        """Return the UIDs in a window that need not be fetched: known, and their source was not lost."""
        return set(
            self._view.column(
                "SELECT uid FROM place WHERE folder_key = ? AND uidvalidity = ? AND uid BETWEEN ? AND ? "
                "AND raw_digest IS NOT x''",
                (folder_key, uidvalidity, low, high),
            )
        )

    def sources(self, place_keys: Sequence[int]) -> list[bytes]:
        """Return the digests of the sources that places name."""
        found: list[bytes] = []
        for chunk in chunks(place_keys):
            sql = f"SELECT raw_digest FROM place WHERE key IN ({marks(chunk)}) AND raw_digest IS NOT NULL"
            found += self._view.column(sql, chunk)
        return found

    def emails_in(self, folder_key: int) -> list[int]:
        """Return the Emails with a copy in a folder, or on its way there."""
        return self._view.column(
            "SELECT email_key FROM place WHERE folder_key = ? AND email_key IS NOT NULL UNION "
            "SELECT email_key FROM place WHERE pending_folder_key = ? AND email_key IS NOT NULL",
            (folder_key, folder_key),
        )

    def emails_of(self, account_key: int) -> list[int]:
        """Return the Emails with a copy in an account."""
        return self._view.column(
            "SELECT DISTINCT email_key FROM place WHERE account_key = ? AND email_key IS NOT NULL", (account_key,)
        )

    def count_alone(self, account_key: int) -> int:
        """Return how many Emails have copies in this account and in no other."""
        return int(
            self._view.value(
                "SELECT count(DISTINCT p.email_key) FROM place p JOIN email e ON e.key = p.email_key "
                "WHERE p.account_key = ? AND e.parent_id IS NULL AND NOT EXISTS "
                "(SELECT 1 FROM place o WHERE o.email_key = p.email_key AND o.account_key <> p.account_key)",
                (account_key,),
            )
        )

    def on_server(self, email_key: int, source: bytes | None = None) -> tuple[int, int, int, int] | None:
        """Return account, folder, UIDVALIDITY and UID of a copy that can be fetched now, None when there is none.

        It is one with the source of that digest, or without one with the very text the Email shows: parts of a twin
        must not pass for parts of this mail.
        """
        same_source = "(p.raw_digest = e.raw_digest AND p.raw_digest <> x'')"
        row = self._view.first(
            "SELECT p.account_key, p.folder_key, p.uidvalidity, p.uid FROM place p "
            "JOIN folder f ON f.key = p.folder_key AND f.uidvalidity = p.uidvalidity "
            "JOIN email e ON e.key = p.email_key "
            f"WHERE p.email_key = ?1 AND p.uid IS NOT NULL AND {THERE} "
            f"AND (CASE WHEN ?2 IS NULL THEN {same_source} OR p.text_digest IS e.text_digest "
            "ELSE p.raw_digest = ?2 END) "
            f"ORDER BY coalesce({same_source}, 0) DESC, p.key LIMIT 1",
            (email_key, source),
        )
        return (row[0], row[1], row[2], row[3]) if row else None

    def numbered(self, email_key: int, folder_key: int) -> list[tuple[int, int, int]]:
        """Return place, UIDVALIDITY and UID of the copies of a draft in a folder, the oldest first.

        Copies with a source of their own are not ours.
        """
        return [
            (key, uidvalidity, uid)
            for key, uidvalidity, uid in self._view.all(
                "SELECT p.key, p.uidvalidity, p.uid FROM place p JOIN folder f ON f.key = p.folder_key "
                "WHERE p.email_key = ? AND p.uid IS NOT NULL AND p.raw_digest IS NULL AND f.role = 'drafts' "
                "AND f.key = ? ORDER BY p.uid",
                (email_key, folder_key),
            )
        ]

    def twins(self, email_keys: Sequence[int]) -> dict[int, list[bytes]]:
        """Return the sources of copies whose text is not the one their Email shows, one for each text."""
        found: dict[int, list[bytes]] = {}
        for key, sources in self._differing(email_keys).items():
            others: dict[bytes, bytes | None] = {}
            for source in sources:
                told = any(same_text(source.text_digest, other) for other in others.values())
                if source.raw_digest and not source.is_shown and not told:
                    others[bytes(source.raw_digest)] = source.text_digest
            if others:
                found[key] = list(others)
        return found

    def unshown(self, email_keys: Sequence[int]) -> dict[int, int]:
        """Return the Emails that show a text none of their copies has: Email key -> a place with another."""
        found: dict[int, int] = {}
        for key, sources in self._differing(email_keys).items():
            if not any(source.is_shown for source in sources):
                found.update((key, source.place_key) for source in reversed(sources) if source.raw_digest)
        return found

    def _differing(self, email_keys: Sequence[int]) -> dict[int, list[Source]]:
        """Return the copies that are there, whole ones first, of the few Emails with one that reads otherwise."""
        found: dict[int, list[Source]] = {}
        for chunk in chunks(email_keys):
            rows = self._view.all(
                "SELECT e.key, p.key, p.raw_digest, p.text_digest, e.text_digest FROM email e "
                f"JOIN place p ON p.email_key = e.key WHERE e.key IN ({marks(chunk)}) AND {THERE} "
                "AND EXISTS (SELECT 1 FROM place q WHERE q.email_key = e.key AND q.text_digest <> e.text_digest) "
                "ORDER BY p.partial, p.key",
                chunk,
            )
            for email, place, raw, text, shown in rows:
                found.setdefault(email, []).append(Source(place, raw, text, same_text(text, shown)))
        return found

    def is_expecting(self, folder_key: int, uidvalidity: int) -> bool:
        """Say whether copies are due in a folder under UIDs not yet known."""
        return self._view.first(f"{_EXPECTING} LIMIT 1", (folder_key, uidvalidity) * 3) is not None

    def expected(self, folder_key: int, uidvalidity: int, email_keys: Collection[int]) -> dict[int, list[int]]:
        """Return which of these Emails are due in a folder under UIDs not yet known: key -> sizes in octets.

        A copy is met again by its size; one whose source was lost must be fetched, and has none.
        """
        waiting = self.waiting(folder_key, uidvalidity, email_keys)
        return {email: [place.size_bytes for place in places] for email, places in waiting.items()}

    def waiting(self, folder_key: int, uidvalidity: int, email_keys: Collection[int]) -> dict[int, list[Waiting]]:
        """Return the copies of these Emails that are due in a folder, by Email."""
        found: dict[int, list[Waiting]] = {}
        for chunk in chunks(list(dict.fromkeys(email_keys))):
            rows = self._view.all(
                "SELECT email_key, key, CASE WHEN raw_digest IS x'' THEN 0 ELSE size_bytes END, text_digest, gm_msgid "
                f"FROM place WHERE email_key IN ({marks(chunk)}) "
                "AND +folder_key = ? AND (uidvalidity <> ? OR uid IS NULL) ORDER BY key",
                (*chunk, folder_key, uidvalidity),
            )
            for email, *place in rows:
                found.setdefault(email, []).append(Waiting(*place))
        return found

    def deleted(self, account_key: int, mail_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
        """Return those of these mails that the person deleted for good while an account was archive-only."""
        found: set[uuid.UUID] = set()
        for chunk in chunks([mail_id.bytes for mail_id in mail_ids]):
            sql = f"SELECT id FROM deleted_mail WHERE account_key = ? AND id IN ({marks(chunk)})"
            found.update(uuid.UUID(bytes=value) for value in self._view.column(sql, (account_key, *chunk)))
        return found

    def deleted_anywhere(self, mail_id: uuid.UUID) -> bool:
        """Say whether the person deleted a mail for good while any account that had it was archive-only."""
        sql = "SELECT 1 FROM deleted_mail WHERE account_key IN (SELECT key FROM mail_account) AND id = ? LIMIT 1"
        return self._view.first(sql, (mail_id.bytes,)) is not None


class PlaceWriter:
    """Changes places inside a unit of work; returns the keys of Emails that must be looked at again."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def add(self, folder_key: int, uidvalidity: int, copies: Sequence[Copy]) -> None:
        """Note copies in one folder.

        A copy of a mail that was moved here by us (its new UID not yet known), or known under an older UIDVALIDITY,
        takes over that place, so that queued operations and keys stay valid.
        """
        waiting = Places(self._work).waiting(folder_key, uidvalidity, [copy.email_key for copy in copies])
        fresh = []
        for copy in copies:
            if places := [place for place in waiting.get(copy.email_key, ()) if place.may_be(copy)]:
                # of twins each takes the place of its own text
                likest = max(places, key=lambda place: place.likeness(copy))
                waiting[copy.email_key].remove(likest)
                self._take_over(likest.key, folder_key, uidvalidity, copy)
            else:
                fresh.append(copy)
        self._work.many(
            "INSERT INTO place (account_key, folder_key, uidvalidity, uid, email_key, raw_digest, text_digest, "
            "partial, size_bytes, received_ms, flags, gm_msgid) "
            "SELECT f.account_key, f.key, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? "
            "FROM folder f WHERE f.key = ? "
            "ON CONFLICT (folder_key, uidvalidity, uid) DO UPDATE SET email_key = excluded.email_key, "
            "raw_digest = coalesce(excluded.raw_digest, raw_digest), text_digest = excluded.text_digest, "
            "partial = excluded.partial, size_bytes = excluded.size_bytes, flags = excluded.flags, "
            "gm_msgid = coalesce(excluded.gm_msgid, gm_msgid)",
            [
                (
                    uidvalidity,
                    c.uid,
                    c.email_key,
                    c.raw_digest,
                    c.text_digest,
                    c.partial,
                    c.size_bytes,
                    c.received_ms,
                    int(c.flags),
                    c.gm_msgid,
                    folder_key,
                )
                for c in fresh
            ],
        )

    def add_own(self, folder_key: int, email_key: int, size_bytes: int, flags: int) -> int:
        """Note a copy of a draft that was put into a folder; returns its key. Its text is that of the draft."""
        key = self._work.run(
            "INSERT INTO place (account_key, folder_key, uidvalidity, email_key, size_bytes, received_ms, flags) "
            "SELECT account_key, key, 0, ?, ?, ?, ? FROM folder WHERE key = ?",
            (email_key, size_bytes, clock.now(), flags, folder_key),
        ).lastrowid
        assert key is not None
        return key

    def _take_over(self, place_key: int, folder_key: int, uidvalidity: int, copy: Copy) -> None:
        self._work.run(
            "DELETE FROM place WHERE folder_key = ? AND uidvalidity = ? AND uid = ? AND key <> ?",
            (folder_key, uidvalidity, copy.uid, place_key),
        )
        self._work.run(
            "UPDATE place SET uidvalidity = ?, uid = ?, flags = ?, size_bytes = ?, received_ms = ?, "
            "partial = CASE WHEN ? IS NULL THEN partial ELSE ? END, raw_digest = coalesce(?, raw_digest), "
            "text_digest = coalesce(?, text_digest), gm_msgid = coalesce(?, gm_msgid) WHERE key = ?",
            (
                uidvalidity,
                copy.uid,
                int(copy.flags),
                copy.size_bytes,
                copy.received_ms,
                copy.raw_digest,
                copy.partial,
                copy.raw_digest,
                copy.text_digest,
                copy.gm_msgid,
                place_key,
            ),
        )

    def doubt(self, folder_key: int, uidvalidity: int) -> None:
        """Note that UIDs may have been given anew under the same UIDVALIDITY: each copy must be met again."""
        self._work.run(
            "UPDATE place SET uidvalidity = ? WHERE folder_key = ? AND uidvalidity = ?",
            (-clock.now(), folder_key, uidvalidity),
        )

    def vanish_older(self, folder_key: int, uidvalidity: int, most: int) -> tuple[list[int], bool]:
        """Remove places known under an older UIDVALIDITY, or moved here and never seen, once all UIDs are known.

        That a mail older than the day from which an account is fetched was not seen says nothing. Returns their Emails,
        and whether there may be more of them than `most`.
        """
        since = (
            "SELECT CAST(coalesce(strftime('%s', a.fetch_since), 0) AS INTEGER) * 1000 FROM mail_account a "
            "WHERE a.key = place.account_key"
        )
        gone = self._work.column(
            "DELETE FROM place WHERE key IN (SELECT key FROM place WHERE folder_key = ? AND (uid IS NULL OR "
            f"uidvalidity <> ?) AND received_ms >= ({since}) "
            "AND NOT EXISTS (SELECT 1 FROM operation_place o WHERE o.place_key = place.key) LIMIT ?) "
            "RETURNING email_key",
            (folder_key, uidvalidity, most),
        )
        return [key for key in gone if key is not None], len(gone) == most

    def set_flags(self, folder_key: int, uidvalidity: int, flags: Iterable[tuple[int, int]]) -> list[int]:
        """Note what the server says of (uid, flags)."""
        changed: list[int] = []
        for uid, value in flags:
            row = self._work.first(
                "UPDATE place SET flags = ? WHERE folder_key = ? AND uidvalidity = ? AND uid = ? AND flags <> ? "
                "RETURNING email_key",
                (value, folder_key, uidvalidity, uid, value),
            )
            if row and row[0] is not None:
                changed.append(row[0])
        return changed

    def remove(self, place_keys: Sequence[int]) -> list[int]:
        """Remove places by key."""
        gone: list[int | None] = []
        for chunk in chunks(place_keys):
            gone += self._work.column(f"DELETE FROM place WHERE key IN ({marks(chunk)}) RETURNING email_key", chunk)
        return [key for key in gone if key is not None]

    def lose(self, folder_key: int) -> list[int]:
        """Remove the places in a folder that is gone; returns the Emails of those that did not wait to be removed."""
        gone = self._work.all("DELETE FROM place WHERE folder_key = ? RETURNING email_key, pending_gone", (folder_key,))
        return [email for email, pending in gone if email is not None and not pending]

    def flags_stored(self, place_keys: Sequence[int], add: int, remove: int) -> None:
        """Note that the server has set and cleared flags."""
        self._work.many(
            "UPDATE place SET flags = (flags | ?) & ~? WHERE key = ?", [(add, remove, key) for key in place_keys]
        )

    def moved(self, folder_key: int, uidvalidity: int, new_uids: Mapping[int, int | None]) -> None:
        """Note that the server has moved places to a folder; None where it did not tell the new UID."""
        for place, uid in new_uids.items():
            if uid is not None:
                self._work.run(
                    "DELETE FROM place WHERE folder_key = ? AND uidvalidity = ? AND uid = ? AND key <> ?",
                    (folder_key, uidvalidity, uid, place),
                )
            self._work.run(
                "UPDATE place SET folder_key = ?, uidvalidity = ?, uid = ? WHERE key = ?",
                (folder_key, uidvalidity, uid, place),
            )

    def forget(self, email_keys: Sequence[int]) -> set[bytes]:
        """Leave places without Email where the program may not touch the server, so that nothing is fetched again.

        Returns the digests of the sources they named.
        """
        named: set[bytes] = set()
        for chunk in chunks(email_keys):
            inside = marks(chunk)
            named.update(
                self._work.column(
                    f"SELECT raw_digest FROM place WHERE email_key IN ({inside}) AND raw_digest IS NOT NULL", chunk
                )
            )
            self._work.run(
                "UPDATE place SET email_key = NULL, raw_digest = NULL, skipped_by = x'00' "
                f"WHERE email_key IN ({inside})",
                chunk,
            )
        return named

    def remember_deleted(self, email_keys: Sequence[int]) -> None:
        """Keep Emails deleted for good out of archive-only accounts: a server may number, name or move them anew."""
        self._work.many(
            "INSERT OR IGNORE INTO deleted_mail (account_key, id) SELECT p.account_key, e.id FROM place p "
            f"JOIN email e ON e.key = p.email_key WHERE p.email_key = ? AND p.account_key IN ({_ARCHIVES})",
            [(key,) for key in email_keys],
        )

    def skip(self, folder_key: int, uidvalidity: int, uids: Iterable[int]) -> None:
        """Note copies of mails that are not wanted here, so that they are not fetched again."""
        self._work.many(
            "INSERT OR IGNORE INTO place (account_key, folder_key, uidvalidity, uid, skipped_by) "
            "SELECT account_key, key, ?, ?, x'00' FROM folder WHERE key = ?",
            [(uidvalidity, uid, folder_key) for uid in uids],
        )

    def vanish(self, folder_key: int, uidvalidity: int, uids: Sequence[int]) -> list[int]:
        """Remove places the server no longer has."""
        gone: list[int | None] = []
        for chunk in chunks(uids):
            gone += self._work.column(
                f"DELETE FROM place WHERE folder_key = ? AND uidvalidity = ? AND uid IN ({marks(chunk)}) "
                "RETURNING email_key",
                (folder_key, uidvalidity, *chunk),
            )
        return [key for key in gone if key is not None]
