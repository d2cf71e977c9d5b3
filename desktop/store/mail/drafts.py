"""Drafts: what the person writes, in the form he writes it. Lists and reader see the Email that belongs to each.

A draft and its Email come and go together. Files that go along lie among the sources; `draft_file` names them so that
they are not collected.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desktop.base import clock
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Enclosure, Origin, Priority, Relation
from desktop.domain.mail.reminding import FollowUp
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.messages import chunks, marks

_COLUMNS = "key, email_key, message_id, date_ms, content, changed_at_ms, changes, changes_on_server"


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft as it is kept. `message_id` and `date_ms` are those of its Email, and of its copy on the server."""

    key: int
    email_key: int
    message_id: str
    date_ms: int
    draft: Draft
    changed_at_ms: int
    changes: int
    """Counts how often it was kept."""
    changes_on_server: int
    """What that was when the copy on the server was made; 0 for no copy."""


class Drafts:
    """Reads drafts inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def get(self, key: int) -> KeptDraft | None:
        """Return a draft, None when it is gone."""
        return _kept(self._view.first(f"SELECT {_COLUMNS} FROM draft WHERE key = ?", (key,)))

    def of_email(self, email_key: int) -> KeptDraft | None:
        """Return the draft of an Email, None where it has none."""
        return _kept(self._view.first(f"SELECT {_COLUMNS} FROM draft WHERE email_key = ?", (email_key,)))

    def with_message_id(self, message_id: str) -> KeptDraft | None:
        """Return the draft whose mail has this Message-ID, None where there is none."""
        return _kept(self._view.first(f"SELECT {_COLUMNS} FROM draft WHERE message_id = ?", (message_id,)))

    def of_emails(self, email_keys: Sequence[int]) -> set[int]:
        """Return those of these Emails that belong to a draft."""
        found: set[int] = set()
        for chunk in chunks(email_keys):
            found.update(self._view.column(f"SELECT email_key FROM draft WHERE email_key IN ({marks(chunk)})", chunk))
        return found


class DraftWriter:
    """Keeps drafts inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def add(self, email_key: int, message_id: str, date_ms: int, draft: Draft) -> int:
        """Keep a new draft; returns its key."""
        key = self._work.run(
            "INSERT INTO draft (email_key, message_id, date_ms, content, changed_at_ms) VALUES (?, ?, ?, ?, ?)",
            (email_key, message_id, date_ms, to_json(draft), clock.now()),
        ).lastrowid
        assert key is not None
        self._name_files(key, draft)
        return key

    def change(self, key: int, draft: Draft) -> None:
        """Keep what a draft has become."""
        self._work.run(
            "UPDATE draft SET content = ?, changed_at_ms = ?, changes = changes + 1 WHERE key = ?",
            (to_json(draft), clock.now(), key),
        )
        self._work.run("DELETE FROM draft_file WHERE draft_key = ?", (key,))
        self._name_files(key, draft)

    def belongs_to(self, key: int, email_key: int) -> None:
        """Let a draft hang on another Email: the mail it has become."""
        self._work.run("UPDATE draft SET email_key = ? WHERE key = ?", (email_key, key))

    def on_server(self, key: int, changes: int) -> None:
        """Note that the server has a copy of a draft as it was after so many changes."""
        self._work.run("UPDATE draft SET changes_on_server = ? WHERE key = ?", (changes, key))

    def remove(self, key: int) -> None:
        """Forget a draft; its Email is the caller's."""
        self._work.run("DELETE FROM draft WHERE key = ?", (key,))

    def _name_files(self, key: int, draft: Draft) -> None:
        digests = dict.fromkeys(each.digest for each in draft.enclosures)
        self._work.many(
            "INSERT INTO draft_file (draft_key, digest) VALUES (?, ?)", [(key, digest) for digest in digests]
        )


def to_json(draft: Draft) -> str:
    """Return a draft as kept in the column `content`."""
    people = {
        name: [[each.name, each.address] for each in getattr(draft, name)] for name in ("reply_to", "to", "cc", "bcc")
    }
    texts = {
        name: getattr(draft, name)
        for name in ("subject", "is_html", "html", "text", "quote_html", "quote_text", "in_reply_to", "references")
    }
    files = [[e.name, e.media_type, e.size_bytes, e.digest.hex(), e.content_id] for e in draft.enclosures]
    origin = [draft.origin.relation, draft.origin.email_id.hex] if draft.origin else None
    sender = [draft.sender.name, draft.sender.address]
    follow_up = [draft.follow_up.days, draft.follow_up.at_ms] if draft.follow_up else None
    wishes = {"follow_up": follow_up, "priority": draft.priority.value, "asks_receipt": draft.asks_receipt}
    kept = {"sender": sender, **people, **texts, "files": files, "origin": origin, **wishes}
    return json.dumps(kept, ensure_ascii=False)


def from_json(text: str) -> Draft:
    """Return the draft kept in the column `content`."""
    kept: Mapping[str, Any] = json.loads(text)
    origin = kept["origin"]
    follow_up = kept.get("follow_up")  # drafts of an older Rapport have none
    return Draft(
        sender=Address(*kept["sender"]),
        reply_to=_people(kept["reply_to"]),
        to=_people(kept["to"]),
        cc=_people(kept["cc"]),
        bcc=_people(kept["bcc"]),
        subject=kept["subject"],
        is_html=kept["is_html"],
        html=kept["html"],
        text=kept["text"],
        quote_html=kept["quote_html"],
        quote_text=kept["quote_text"],
        enclosures=tuple(
            Enclosure(name, media_type, size, bytes.fromhex(digest), content_id)
            for name, media_type, size, digest, content_id in kept["files"]
        ),
        in_reply_to=kept["in_reply_to"],
        references=tuple(kept["references"]),
        origin=Origin(Relation(origin[0]), uuid.UUID(hex=origin[1])) if origin else None,
        follow_up=FollowUp(*follow_up) if follow_up else None,
        # drafts of earlier versions say nothing of these
        priority=Priority(kept.get("priority", Priority.NORMAL.value)),
        asks_receipt=bool(kept.get("asks_receipt", False)),
    )


def _people(kept: Sequence[Sequence[str]]) -> tuple[Address, ...]:
    return tuple(Address(name, address) for name, address in kept)


def _kept(row: tuple[Any, ...] | None) -> KeptDraft | None:
    if row is None:
        return None
    key, email, message_id, date_ms, content, changed_at_ms, changes, on_server = row
    return KeptDraft(key, email, message_id, date_ms, from_json(content), changed_at_ms, changes, on_server)
