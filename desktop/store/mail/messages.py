"""Emails: the rows of mails, their people, their text and both search indexes.

Import is the hot path: plain SQL with `executemany`, a few statements a batch.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from desktop.base import ids
from desktop.domain.mail.address import Address
from desktop.domain.mail.arrival import Arrival
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.message import KEY_STEP, Completeness, Message, Part, Status, effective_date_ms
from desktop.domain.mail.query import UNSPACED
from desktop.store.database import UnitOfWork, View

PARSER_VERSION = 1
"""Raised when the parser reads mails better than before: those it could not show are tried again."""

DELETED_AT_MS = 1
"""`gone_at_ms` of a mail deleted for good."""


class Messages:
    """Finds Emails inside a view or unit of work."""

    def __init__(self, view: View) -> None:
        self._view = view

    def keys_of(self, mail_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
        """Return the keys of the Emails that are here."""
        found: dict[uuid.UUID, int] = {}
        for chunk in chunks([i.bytes for i in mail_ids]):
            sql = f"SELECT id, key FROM email WHERE id IN ({marks(chunk)})"
            found.update((uuid.UUID(bytes=i), key) for i, key in self._view.all(sql, chunk))
        return found

    def ids_of(self, keys: Sequence[int]) -> dict[int, uuid.UUID]:
        """Return the world-wide ids of the Emails that are here."""
        found: dict[int, uuid.UUID] = {}
        for chunk in chunks(keys):
            sql = f"SELECT key, id FROM email WHERE key IN ({marks(chunk)})"
            found.update((key, uuid.UUID(bytes=i)) for key, i in self._view.all(sql, chunk))
        return found

    def conversations_of(self, keys: Sequence[int]) -> dict[int, int]:
        """Return the conversations of the Emails that are here."""
        found: dict[int, int] = {}
        for chunk in chunks(keys):
            sql = f"SELECT key, conversation_key FROM email WHERE key IN ({marks(chunk)})"
            found.update(self._view.all(sql, chunk))
        return found

    def shown(self, keys: Sequence[int]) -> dict[int, tuple[Completeness, bytes | None]]:
        """Return how much of each Email is here, and the digest of the text it shows, None when not known."""
        found: dict[int, tuple[Completeness, bytes | None]] = {}
        for chunk in chunks(keys):
            sql = f"SELECT key, completeness, text_digest FROM email WHERE key IN ({marks(chunk)})"
            found.update((key, (Completeness(value), digest)) for key, value, digest in self._view.all(sql, chunk))
        return found

    def partial(self, keys: Sequence[int]) -> list[int]:
        """Return those of these Emails of which the source is only a part: the rest lies on their servers."""
        found: list[int] = []
        for chunk in chunks(keys):
            found += self._view.column(f"SELECT key FROM email WHERE partial AND key IN ({marks(chunk)})", chunk)
        return found

    def raw_digest(self, key: int) -> bytes | None:
        """Return the source of an Email, None when it is gone."""
        digest: bytes | None = self._view.value("SELECT raw_digest FROM email WHERE key = ?", (key,))
        return digest

    def misread(self, keys: Sequence[int]) -> dict[int, bytes]:
        """Return the sources of those of these Emails that were given another than the one their text came from."""
        found: dict[int, bytes] = {}
        for chunk in chunks(keys):
            sql = f"SELECT key, raw_digest FROM email WHERE parser_version = 0 AND key IN ({marks(chunk)})"
            found.update((key, bytes(digest)) for key, digest in self._view.all(sql, chunk) if digest)
        return found

    def sent_from(self, address: str) -> list[int]:
        """Return the Emails from an address, given in lower case."""
        return self._view.column(
            "SELECT p.email_key FROM email_person p JOIN email_address a ON a.key = p.address_key "
            "WHERE a.address = ? AND p.kind = 'from'",
            (address,),
        )

    def own(self, keys: Sequence[int]) -> set[int]:
        """Return those of these Emails that the person has written himself."""
        found: set[int] = set()
        for chunk in chunks(keys):
            found.update(self._view.column(f"SELECT key FROM email WHERE outgoing AND key IN ({marks(chunk)})", chunk))
        return found

    def domains_written_to(self, most_mails: int) -> set[str]:
        """Return the domains of those the person wrote to in his newest `most_mails` mails, in lower case."""
        addresses = self._view.column(
            "SELECT address FROM email_address WHERE key IN (SELECT p.address_key FROM (SELECT email_key "
            "FROM listing_entry WHERE list_id = ? ORDER BY email_key DESC LIMIT ?) l "
            "JOIN email_person p ON p.email_key = l.email_key AND p.kind IN ('to', 'cc', 'bcc'))",
            (int(Unified.SENT), most_mails),
        )
        return {address.rpartition("@")[2].lower() for address in addresses if "@" in address}

    def images_allowed(self, key: int) -> bool:
        """Say whether the person lets the remote images of this mail's sender, or of all of his domain, load."""
        return bool(
            self._view.value(
                "SELECT max(allowed.images_allowed) FROM email_person p JOIN email_address a ON a.key = p.address_key "
                "JOIN email_address allowed ON allowed.address IN (a.address, substr(a.address, instr(a.address, '@')))"
                " WHERE p.email_key = ? AND p.kind = 'from'",
                (key,),
            )
        )

    def senders_with_images(self) -> list[str]:
        """Return the addresses whose remote images the person lets load, in the order of the alphabet."""
        return self._view.column("SELECT spelling FROM email_address WHERE images_allowed ORDER BY address")

    def unreadable(self) -> list[tuple[int, bytes]]:
        """Return key and source digest of Emails whose source was not read, or by an older parser in vain."""
        rows = self._view.all(
            "SELECT key, raw_digest FROM email WHERE completeness = 'cannot-show' AND parser_version < ? "
            "UNION SELECT key, raw_digest FROM email WHERE parser_version = 0",
            (PARSER_VERSION,),
        )
        return [(key, bytes(digest)) for key, digest in rows if digest]

    def unread_source(self, key: int) -> tuple[int, int, bool] | None:
        """Return time of arrival (ms), size on the server and "partial" of an Email whose source was not read.

        None when it is gone, or was deleted for good.
        """
        row = self._view.first(
            "SELECT received_ms, size_bytes, partial FROM email WHERE key = ? "
            "AND (completeness = 'cannot-show' OR parser_version = 0) AND coalesce(gone_at_ms, 0) <> ?",
            (key, DELETED_AT_MS),
        )
        return (row[0], row[1], bool(row[2])) if row else None

    def unnamed(self, digests: Sequence[bytes]) -> list[bytes]:
        """Return those sources that no Email, no copy and no draft names."""
        named: set[bytes] = set()
        for chunk in chunks(digests):
            inside = marks(chunk)
            named.update(
                self._view.column(
                    f"SELECT raw_digest FROM email WHERE raw_digest IN ({inside}) UNION "
                    f"SELECT raw_digest FROM place WHERE raw_digest IN ({inside}) UNION "
                    f"SELECT digest FROM draft_file WHERE digest IN ({inside})",
                    [*chunk, *chunk, *chunk],
                )
            )
        return [digest for digest in digests if digest not in named]

    def free_keys(self, dates_ms: Sequence[int]) -> list[int]:
        """Return a key for each date, in the same order, that no mail has or ever had.

        What still holds the key of a deleted mail (undo, an event, its conversation) must not mean another one.
        """
        taken: dict[int, int] = {}
        keys = []
        for date_ms in dates_ms:
            low = date_ms * KEY_STEP
            while True:
                if low not in taken:
                    high = low + KEY_STEP - 1
                    last = self._view.value(
                        "SELECT max(last) FROM (SELECT max(key) AS last FROM email WHERE key BETWEEN ? AND ? "
                        "UNION ALL SELECT last FROM spent_key WHERE low = ?)",
                        (low, high, low),
                    )
                    taken[low] = low if last is None else last + 1
                if taken[low] < low + KEY_STEP:
                    break
                low += KEY_STEP  # so many mails of one millisecond that some must wait for the next
            keys.append(taken[low])
            taken[low] += 1
        return keys


class MessageWriter:
    """Adds, changes and deletes Emails inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def insert(self, new: Sequence[tuple[int, int, bool, Arrival]]) -> None:
        """Insert Emails given as (key, conversation key, outgoing, arrival), with people, text and search."""
        self._work.many(
            "INSERT INTO email (key, id, conversation_key, message_id, in_reply_to, refs, date_ms, header_date_ms, "
            "received_ms, subject, from_name, from_address, recipients, snippet, size_bytes, completeness, "
            "parts, has_attachment, has_html, is_auto_reply, list_id, calendar, raw_digest, text_digest, partial, "
            "parser_version, outgoing) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_email_row(key, conversation, outgoing, a) for key, conversation, outgoing, a in new],
        )
        self._add_people([(key, a.message) for key, _, _, a in new])
        self._add_text([(key, a.message) for key, _, _, a in new])

    def replace_content(self, changed: Sequence[tuple[int, Arrival]]) -> None:
        """Give Emails the content of a better copy: the full mail after its header, or a new parser's reading."""
        for key, arrival in changed:
            m = arrival.message
            self._work.run(
                "UPDATE email SET subject = ?, snippet = ?, size_bytes = ?, completeness = ?, parts = ?, "
                "has_attachment = ?, has_html = ?, is_auto_reply = ?, list_id = ?, calendar = ?, raw_digest = ?, "
                "text_digest = ?, partial = ?, parser_version = ?, from_name = ?, from_address = ?, recipients = ?, "
                "message_id = ?, in_reply_to = ?, refs = ? WHERE key = ?",
                (
                    m.subject,
                    m.snippet,
                    arrival.size_bytes,
                    arrival.completeness,
                    parts_json(m.parts),
                    m.has_attachment,
                    m.has_html,
                    m.is_auto_reply,
                    m.list_id,
                    m.calendar,
                    arrival.raw_digest or None,
                    arrival.text_digest or None,
                    arrival.partial,
                    PARSER_VERSION,
                    m.sender.name,
                    m.sender.address,
                    _recipients(m),
                    m.message_id,
                    m.in_reply_to,
                    " ".join(m.references),
                    key,
                ),
            )
        keys = [key for key, _ in changed]
        self._forget_text(keys)
        for chunk in chunks(keys):
            self._work.run(f"DELETE FROM email_person WHERE email_key IN ({marks(chunk)})", chunk)
        self._add_people([(key, a.message) for key, a in changed])
        self._add_text([(key, a.message) for key, a in changed])

    def set_outgoing(self, keys: Sequence[int], outgoing: bool) -> None:
        """Note whether the person has sent Emails himself."""
        self._work.many("UPDATE email SET outgoing = ? WHERE key = ?", [(outgoing, key) for key in keys])

    def set_status(self, key: int, status: Status) -> None:
        """Store where an Email is in its life."""
        self._work.run("UPDATE email SET status = ? WHERE key = ?", (status, key))

    def set_id(self, key: int, mail_id: uuid.UUID) -> None:
        """Let a draft have the id that follows from what its header says now."""
        self._work.run("UPDATE email SET id = ? WHERE key = ?", (mail_id.bytes, key))

    def delete(self, keys: Sequence[int]) -> list[bytes]:
        """Delete Emails for good and return the digests of the sources they named."""
        digests: set[bytes] = set()
        for chunk in chunks(keys):
            inside = marks(chunk)
            digests.update(
                self._work.column(
                    f"SELECT raw_digest FROM email WHERE key IN ({inside}) AND raw_digest IS NOT NULL UNION "
                    f"SELECT raw_digest FROM place WHERE email_key IN ({inside}) AND raw_digest IS NOT NULL",
                    [*chunk, *chunk],
                )
            )
        self._forget_text(keys)
        self._work.many(
            "INSERT INTO spent_key (low, last) VALUES (?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
            [(key - key % KEY_STEP, key) for key in keys],
        )
        for chunk in chunks(keys):
            self._work.run(f"DELETE FROM email WHERE key IN ({marks(chunk)})", chunk)
        return list(digests)

    def _add_people(self, mails: Sequence[tuple[int, Message]]) -> None:
        rows = [
            (key, kind, position, person)
            for key, message in mails
            for kind, people in (
                ("from", (message.sender,)),
                ("reply-to", message.reply_to),
                ("to", message.to),
                ("cc", message.cc),
                ("bcc", message.bcc),
            )
            for position, person in enumerate(people)
            if person.address
        ]
        keys = self.address_keys([person for *_, person in rows])
        self._work.many(
            "INSERT INTO email_person (email_key, kind, position, address_key, name) VALUES (?, ?, ?, ?, ?)",
            [(key, kind, position, keys[person.key], person.name) for key, kind, position, person in rows],
        )

    def drop_unnamed_addresses(self, after: int, width: int) -> int | None:
        """Delete addresses that no mail names and nothing is noted of, among `width` rows after a key.

        Returns the last key looked at, None when there are no more.
        """
        last: int | None = self._work.value(
            "SELECT max(key) FROM (SELECT key FROM email_address WHERE key > ? ORDER BY key LIMIT ?)", (after, width)
        )
        if last is not None:
            self._work.run(
                "DELETE FROM email_address WHERE key > ? AND key <= ? AND NOT images_allowed AND NOT EXISTS "
                "(SELECT 1 FROM email_person p WHERE p.address_key = email_address.key)",
                (after, last),
            )
        return last

    def allow_images(self, address: str, allowed: bool) -> None:
        """Note whether the remote images of a sender, or with "@acme.example" of a domain, may load by themselves."""
        key = self.address_keys([Address("", address)])[address.lower()]
        self._work.run("UPDATE email_address SET images_allowed = ? WHERE key = ?", (int(allowed), key))

    def address_keys(self, people: Iterable[Address]) -> dict[str, int]:
        """Return the key of each address (by lower case), making the rows that are missing."""
        spellings = {person.key: person for person in people}
        found = self._known_addresses(list(spellings))
        missing = [(ids.address_id(a).bytes, a, p.address, p.name) for a, p in spellings.items() if a not in found]
        if missing:
            self._work.many("INSERT INTO email_address (id, address, spelling, name) VALUES (?, ?, ?, ?)", missing)
            found |= self._known_addresses([a for _, a, _, _ in missing])
        return found

    def _known_addresses(self, addresses: Sequence[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for chunk in chunks(addresses):
            sql = f"SELECT address, key FROM email_address WHERE address IN ({marks(chunk)})"
            found.update(self._work.all(sql, chunk))
        return found

    def _add_text(self, mails: Sequence[tuple[int, Message]]) -> None:
        # FTS5 takes rising rowids in one pass; mails come newest first.
        rows = sorted(_text_row(key, message) for key, message in mails)
        self._work.many(
            "INSERT INTO email_text (key, subject, people, body, files, sender, recipients, copies, addresses, cjk) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        self._work.many(
            "INSERT INTO email_search (rowid, subject, people, body, files, sender, recipients, copies) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [row[:8] for row in rows],
        )
        self._work.many(
            "INSERT INTO email_trigram (rowid, addresses, cjk) VALUES (?, ?, ?)",
            [(row[0], row[8], row[9]) for row in rows],
        )

    def _forget_text(self, keys: Sequence[int]) -> None:
        for chunk in chunks(keys):
            inside = marks(chunk)
            self._work.run(
                "INSERT INTO email_search (email_search, rowid, subject, people, body, files, sender, "
                "recipients, copies) SELECT 'delete', key, subject, people, body, files, sender, recipients, copies "
                f"FROM email_text WHERE key IN ({inside})",
                chunk,
            )
            self._work.run(
                "INSERT INTO email_trigram (email_trigram, rowid, addresses, cjk) "
                f"SELECT 'delete', key, addresses, cjk FROM email_text WHERE key IN ({inside})",
                chunk,
            )
            self._work.run(f"DELETE FROM email_text WHERE key IN ({inside})", chunk)


def _email_row(key: int, conversation: int, outgoing: bool, arrival: Arrival) -> tuple[Any, ...]:
    m = arrival.message
    return (
        key,
        arrival.id.bytes,
        conversation,
        m.message_id,
        m.in_reply_to,
        " ".join(m.references),
        effective_date_ms(m.date_ms, arrival.received_ms),
        m.date_ms,
        arrival.received_ms,
        m.subject,
        m.sender.name,
        m.sender.address,
        _recipients(m),
        m.snippet,
        arrival.size_bytes,
        arrival.completeness,
        parts_json(m.parts),
        m.has_attachment,
        m.has_html,
        m.is_auto_reply,
        m.list_id,
        m.calendar,
        arrival.raw_digest or None,
        arrival.text_digest or None,
        arrival.partial,
        PARSER_VERSION,
        outgoing,
    )


def _recipients(message: Message) -> str:
    return ", ".join(person.display for person in message.to[:8])


def _text_row(key: int, message: Message) -> tuple[int, str, str, str, str, str, str, str, str, str]:
    everyone = (message.sender, *message.to, *message.cc, *message.bcc, *message.reply_to)
    roles = (_names([message.sender]), _names(message.to), _names((*message.cc, *message.bcc)))
    files = " ".join(part.name for part in message.parts if part.name)
    addresses = " ".join(dict.fromkeys(p.key for p in everyone if p.address))
    shown = {p.key for p in everyone[: len(everyone) - len(message.reply_to)]}
    people = _names(p for p in message.reply_to if p.key not in shown)
    cjk = _unspaced_runs("\n".join([message.subject, message.text, people, *roles, files]))
    return key, message.subject, people, message.text, files, *roles, addresses, cjk


def _names(people: Iterable[Address]) -> str:
    return " ".join(dict.fromkeys(f"{p.name} {p.address}".strip() for p in people if p.address or p.name))


def _unspaced_runs(text: str) -> str:
    """Return the words of scripts written without spaces: the word tokenizer cannot find inside them.

    Two spaces follow each run, so that every one of its characters begins a trigram.
    """
    return "" if text.isascii() else "".join(f"{run}  " for run in UNSPACED.findall(text))


def parts_json(parts: Iterable[Part]) -> str:
    """Return the parts of a mail as kept in the column `parts`."""
    rows = [[p.section, p.name, p.media_type, p.size_bytes, p.content_id, int(p.inline)] for p in parts]
    return json.dumps(rows, ensure_ascii=False) if rows else "[]"


def parts_from_json(text: str) -> tuple[Part, ...]:
    """Return the parts kept in the column `parts`."""
    if text == "[]":
        return ()
    return tuple(
        Part(section, name, media_type, size_bytes, content_id, bool(inline))
        for section, name, media_type, size_bytes, content_id, inline in json.loads(text)
    )


def chunks(values: Sequence[Any], size: int = 500) -> Iterable[Sequence[Any]]:
    """Cut a sequence so that each piece fits into one IN (…) list."""
    return (values[start : start + size] for start in range(0, len(values), size))


def marks(values: Sequence[Any]) -> str:
    """Return as many SQL parameter marks as there are values."""
    return ",".join("?" * len(values))
