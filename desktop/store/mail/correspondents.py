"""Addresses the person has written to or heard from, for completion. Reads inside a view."""

from __future__ import annotations

import uuid

from desktop.base.text import encodable
from desktop.domain.mail.address import Address
from desktop.domain.mail.correspondence import Use
from desktop.domain.mail.message import key_date_ms
from desktop.store.database import View
from desktop.store.mail.search_expression import holding

_MOST_CANDIDATES = 100
_MOST_USES = 50
"""So many of somebody's latest mails say how often he is written to: the person himself stands in all there are."""
_LAST_USE = "(SELECT max(p.email_key) FROM email_person p WHERE p.address_key = a.key)"
_LAST_WRITTEN_TO = f"""(
    SELECT max(e.key) FROM (
        SELECT p.email_key FROM email_person p WHERE p.address_key = a.key AND p.kind <> 'from'
        ORDER BY p.email_key DESC LIMIT {_MOST_USES}
    ) AS latest JOIN email e ON e.key = latest.email_key AND e.outgoing AND e.status <> 'draft'
)"""


class Correspondents:
    """Finds people by a few letters of name or address."""

    def __init__(self, view: View) -> None:
        self._view = view

    def like(self, words: str) -> list[Use]:
        """Return those who hold each of these words in name or address, first whom the person wrote to."""
        conditions, patterns = [], []
        for word in encodable(words).split()[:5]:
            holds, values = holding(("a.spelling", "a.name"), word)
            conditions.append(holds)
            patterns += values
        if not conditions:
            return []
        found = self._view.all(
            f"SELECT a.spelling, a.name, a.key, {_LAST_WRITTEN_TO} AS written, {_LAST_USE} AS used "
            f"FROM email_address a WHERE {' AND '.join(conditions)} AND used IS NOT NULL "
            "ORDER BY written DESC, used DESC LIMIT ?",
            (*patterns, _MOST_CANDIDATES),
        )
        uses = (self._use(spelling, name, key) for spelling, name, key, *_order in found)
        return [use for use in uses if use is not None]

    def _use(self, spelling: str, name: str, address_key: int) -> Use | None:
        rows = self._view.all(
            "SELECT p.kind = 'from', e.outgoing, e.key, p.name FROM email_person p "
            "JOIN email e ON e.key = p.email_key AND e.status <> 'draft' WHERE p.address_key = ? "
            "ORDER BY p.email_key DESC LIMIT ?",
            (address_key, _MOST_USES),
        )
        if not rows:
            return None  # drafts alone name him
        sent = [key for is_sender, outgoing, key, _name in rows if outgoing and not is_sender]
        received = [key for is_sender, _outgoing, key, _name in rows if is_sender]
        shown = next((named for *_use, named in rows if named), name)
        last_sent, last_received = (key_date_ms(keys[0]) if keys else 0 for keys in (sent, received))
        return Use(shown, spelling, len(sent), last_sent, len(received), last_received)

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
