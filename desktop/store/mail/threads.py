"""The mails around one that is answered: who wrote them, when, and which of them answer it too. Reads inside a view."""

from __future__ import annotations

import uuid

from desktop.domain.mail.address import Address
from desktop.domain.mail.meanwhile import ThreadMail
from desktop.domain.mail.message import Status
from desktop.store.database import View


class Threads:
    """Asks by the id of the mail that is answered."""

    def __init__(self, view: View) -> None:
        self._view = view

    def around(self, mail_id: uuid.UUID) -> tuple[ThreadMail, ...]:
        """Return the other mails of its conversation, drafts too, oldest first; none where it is gone."""
        rows = self._view.all(
            "SELECT e.key, e.from_name, e.from_address, e.date_ms, e.received_ms, "
            # a program that names no parent names it last in References
            "o.message_id <> '' AND (e.in_reply_to = o.message_id "
            "OR (e.in_reply_to = '' AND substr(' ' || e.refs, -length(o.message_id) - 1) = ' ' || o.message_id)), "
            "e.date_ms > o.date_ms, e.outgoing, e.is_auto_reply, u.in_junk OR u.in_trash, e.status "
            "FROM email o JOIN email e ON e.conversation_key = o.conversation_key AND e.key <> o.key "
            "JOIN email_user u ON u.email_key = e.key AND u.user_key = (SELECT key FROM user WHERE is_me) "
            "WHERE o.id = ? ORDER BY e.key",
            (mail_id.bytes,),
        )
        return tuple(
            ThreadMail(
                key,
                Address(name, address),
                date_ms,
                received_ms,
                is_answer=bool(is_answer),
                is_newer=bool(is_newer),
                own=bool(own),
                by_machine=bool(by_machine),
                put_away=bool(put_away),
                status=Status(status),
            )
            for (
                key,
                name,
                address,
                date_ms,
                received_ms,
                is_answer,
                is_newer,
                own,
                by_machine,
                put_away,
                status,
            ) in rows
        )
