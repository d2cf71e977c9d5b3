"""What decides whether a person is told of mails, read in one query."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Status
from desktop.domain.mail.reminding import Reminder, Standing
from desktop.domain.mail.telling import Copy, NewMail
from desktop.store.database import View
from desktop.store.mail.places import EFFECTIVE_FOLDER, THERE
from desktop.store.mail.reminders import Reminders


class NewMails:
    """Reads mails inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def of(self, keys: Sequence[int]) -> list[NewMail]:
        """Return these mails; those that are gone, or lie on no server, are left out."""
        heads: dict[int, list[Any]] = {}
        copies: dict[int, list[Copy]] = {}
        for key, folder, role, shows, notify, *head in self._view.all(
            "SELECT e.key, f.key, f.role, f.shows_in_inbox, f.notify, e.received_ms, e.from_name, e.from_address, "
            "e.subject, e.status, e.outgoing, u.read, u.in_inbox, u.in_junk OR u.in_trash, "
            "e.recipients "
            "FROM json_each(?) wanted JOIN email e ON e.key = wanted.value "
            "JOIN email_user u ON u.email_key = e.key AND u.user_key = (SELECT key FROM user WHERE is_me) "
            f"JOIN place p ON p.email_key = e.key AND {THERE} JOIN folder f ON f.key = {EFFECTIVE_FOLDER}",
            (json.dumps(list(keys)),),
        ):
            heads[key] = head
            said = None if notify is None else bool(notify)
            copies.setdefault(key, []).append(Copy(folder, Role(role), bool(shows), said))
        reminders = Reminders(self._view).of(keys)
        return [_new_mail(key, copies[key], reminders.get(key), *head) for key, head in heads.items()]


def _new_mail(key: int, copies: Sequence[Copy], reminder: Reminder | None, *head: Any) -> NewMail:
    received_ms, name, address, subject, status, outgoing, read, in_inbox, put_away, recipients = head
    standing = Standing.NONE if reminder is None else reminder.standing
    return NewMail(
        key=key,
        received_ms=received_ms,
        sender_name=name,
        sender_address=address,
        subject=subject,
        came=status == Status.ARCHIVED and not outgoing,
        read=bool(read),
        in_inbox=(bool(in_inbox) and standing is not Standing.SNOOZED) or standing is Standing.UNANSWERED,
        put_away=bool(put_away),
        copies=tuple(copies),
        recipients=recipients,
        reminder=reminder,
    )
