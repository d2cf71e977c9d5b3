"""Rows and keys for tests of the mail room."""

from __future__ import annotations

from array import array
from dataclasses import replace
from datetime import UTC, datetime

from desktop.domain.mail.listing import ListQuery, ListSnapshot, Row
from desktop.domain.mail.message import KEY_STEP, Completeness, Status, key_date_ms

NOW_MS = int(datetime(2026, 11, 20, 12, 0, tzinfo=UTC).timestamp() * 1000)
MINUTE = 60_000
DAY = 86_400_000


def key(age_ms: int, n: int = 0) -> int:
    """Return the key of a mail that is so old."""
    return (NOW_MS - age_ms) * KEY_STEP + n


def row(of: int, **changes: object) -> Row:
    """Return a row for a key."""
    made = Row(
        key=of,
        conversation_key=of,
        date_ms=key_date_ms(of),
        subject="Renewal 2027 – offer",
        sender_name="Anna Keller",
        sender_address="anna.keller@acme.example",
        recipients="Jan Berger",
        outgoing=False,
        snippet="Thank you for the offer. Before I take it to our board I need two things.",
        unread=False,
        important=False,
        answered=False,
        forwarded=False,
        has_attachment=False,
        size_bytes=12_000,
        completeness=Completeness.FULL,
        status=Status.ARCHIVED,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def snapshot(keys: list[int], query: ListQuery | None = None, unread: int = 0) -> ListSnapshot:
    return ListSnapshot(query or ListQuery(-1), array("q", keys), unread)
