"""Addresses the person has written to or heard from, for completion. Reads inside a view."""

from __future__ import annotations

import uuid

from desktop.base.text import encodable
from desktop.domain.mail.address import Address
from desktop.domain.mail.correspondence import Use
from desktop.domain.mail.message import key_date_ms
from desktop.store.database import View
from desktop.store.mail.messages import marks
from desktop.store.mail.search_expression import holding

_MOST_CANDIDATES = 200


class Correspondents:
    """Finds people by a few letters of name or address."""

    def __init__(self, view: View) -> None:
        self._view = view

    def like(self, words: str) -> list[Use]:
        """Return those who hold each of these words in name or address, and how often they were written to."""
        conditions, patterns = [], []
        for word in encodable(words).split()[:5]:
            holds, values = holding(("a.spelling", "a.name"), word)
            conditions.append(holds)
            patterns += values
        if not conditions:
            return []
        found = self._view.all(
            f"SELECT a.key, a.spelling, a.name FROM email_address a WHERE {' AND '.join(conditions)} "
            "AND EXISTS (SELECT 1 FROM email_person p WHERE p.address_key = a.key) LIMIT ?",
            (*patterns, _MOST_CANDIDATES),
        )
        keys = [row[0] for row in found]
        counted = {
            row[0]: row[1:]
            for row in self._view.all(
                "SELECT p.address_key, sum(p.kind IN ('to', 'cc', 'bcc') AND e.outgoing), "
                "max(CASE WHEN p.kind IN ('to', 'cc', 'bcc') AND e.outgoing THEN e.key ELSE 0 END), "
                "sum(p.kind = 'from'), max(CASE WHEN p.kind = 'from' THEN e.key ELSE 0 END), "
                "max(CASE WHEN p.name <> '' THEN printf('%020d', e.key) || p.name ELSE '' END) "
                "FROM email_person p JOIN email e ON e.key = p.email_key AND e.status <> 'draft' "
                f"WHERE p.address_key IN ({marks(keys)}) GROUP BY p.address_key",
                keys,
            )
        }
        uses = []
        for key, spelling, name in found:
            if key in counted:
                sent, last_sent, received, last_received, latest = counted[key]
                shown = latest[20:] or name
                uses.append(Use(shown, spelling, sent, key_date_ms(last_sent), received, key_date_ms(last_received)))
        return uses

    def written_to(self, most: int) -> tuple[Address, ...]:
        """Return whom the person wrote to, the latest first."""
        rows = self._view.all(
            "SELECT a.spelling, max(CASE WHEN p.name <> '' THEN printf('%020d', e.key) || p.name ELSE '' END) "
            "FROM email e JOIN email_person p ON p.email_key = e.key AND p.kind IN ('to', 'cc', 'bcc') "
            "JOIN email_address a ON a.key = p.address_key WHERE e.outgoing AND e.status <> 'draft' "
            "GROUP BY a.key ORDER BY max(e.key) DESC LIMIT ?",
            (most,),
        )
        return tuple(Address(latest[20:], spelling) for spelling, latest in rows)

    def of_thread(self, mail_id: uuid.UUID) -> tuple[Address, ...]:
        """Return everybody in the conversation of a mail."""
        rows = self._view.all(
            "SELECT DISTINCT p.name, a.spelling FROM email o JOIN email e ON e.conversation_key = o.conversation_key "
            "AND e.status <> 'draft' JOIN email_person p ON p.email_key = e.key "
            "JOIN email_address a ON a.key = p.address_key WHERE o.id = ?",
            (mail_id.bytes,),
        )
        return tuple(Address(name, spelling) for name, spelling in rows)
