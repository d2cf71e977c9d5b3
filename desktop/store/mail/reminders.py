"""What is to bring mails back, and has brought them back: snoozes and follow-ups. A mail has one at the most."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from desktop.domain.mail.reminding import Cause, Kind, Reminder
from desktop.store.database import UnitOfWork, View

COLUMNS = ("kind", "due_at_ms", "set_at_ms", "even_if_answered", "back_at_ms", "cause")
_SELECT = f"SELECT r.email_key, r.{', r.'.join(COLUMNS)} FROM reminder r"
_MINE = "r.user_key = (SELECT key FROM user WHERE is_me)"
_AMONG = "IN (SELECT value FROM json_each(?))"


class Reminders:
    """Reads reminders inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def of(self, email_keys: Collection[int]) -> dict[int, Reminder]:
        """Return the reminders of those of these Emails that have one."""
        sql = f"{_SELECT} WHERE {_MINE} AND r.email_key {_AMONG}"
        return dict(map(_reminder, self._view.all(sql, (json.dumps(list(email_keys)),))))

    def due(self, now_ms: int) -> dict[int, Reminder]:
        """Return those that were to bring their mails back by now."""
        sql = f"{_SELECT} WHERE {_MINE} AND r.back_at_ms IS NULL AND r.due_at_ms <= ?"
        return dict(map(_reminder, self._view.all(sql, (now_ms,))))

    def next_at(self) -> int | None:
        """Return when the next is due, None when none waits."""
        at_ms: int | None = self._view.value("SELECT min(due_at_ms) FROM reminder WHERE back_at_ms IS NULL")
        return at_ms

    def beside(self, email_keys: Collection[int]) -> list[tuple[int, int, Reminder]]:
        """Return the reminders in the conversations of these Emails: conversation, Email and reminder."""
        rows = self._view.all(
            f"SELECT o.conversation_key, r.email_key, r.{', r.'.join(COLUMNS)} FROM reminder r "
            f"CROSS JOIN email o ON o.key = r.email_key WHERE {_MINE} AND o.conversation_key IN "
            f"(SELECT conversation_key FROM email WHERE key {_AMONG})",
            (json.dumps(list(email_keys)),),
        )
        return [(row[0], *_reminder(row[1:])) for row in rows]

    def waited_on(self, email_keys: Collection[int]) -> list[int]:
        """Return to which mails an answer is waited for: those the person sent, and his last beside those he got."""
        return self._view.column(
            "SELECT DISTINCT CASE WHEN e.outgoing THEN e.key ELSE (SELECT max(own.key) FROM email own "
            "WHERE own.conversation_key = e.conversation_key AND own.outgoing "
            "AND own.status NOT IN ('draft', 'sending')"
            f") END AS waits FROM email e WHERE e.key {_AMONG} AND waits IS NOT NULL",
            (json.dumps(list(email_keys)),),
        )


class ReminderWriter:
    """Writes reminders inside a unit of work; lists are the caller's."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def put(self, reminders: Mapping[int, Reminder | None]) -> None:
        """Let these Emails have these reminders, or none. Of an Email that is gone nothing is kept."""
        self.end([key for key, reminder in reminders.items() if reminder is None])
        updates = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS)
        self._work.many(
            f"INSERT INTO reminder (email_key, user_key, {', '.join(COLUMNS)}) "
            "SELECT e.key, u.key, ?, ?, ?, ?, ?, ? FROM email e JOIN user u ON u.is_me WHERE e.key = ? "
            f"ON CONFLICT DO UPDATE SET {updates}",
            [
                (r.kind, r.due_at_ms, r.set_at_ms, r.even_if_answered, r.back_at_ms, r.cause, key)
                for key, r in reminders.items()
                if r is not None
            ],
        )

    def end(self, email_keys: Iterable[int]) -> None:
        """Forget the reminders of these Emails."""
        self._work.run(f"DELETE FROM reminder WHERE email_key {_AMONG}", (json.dumps(list(email_keys)),))

    def end_pointless(self, email_keys: Iterable[int]) -> None:
        """Forget those of these Emails that the person, here or elsewhere, has dealt with.

        A snooze is over when its mail leaves the Inbox, a follow-up when its mail is thrown away.
        """
        self._work.run(
            f"DELETE FROM reminder WHERE email_key {_AMONG} AND EXISTS (SELECT 1 FROM email_user u "
            "WHERE u.email_key = reminder.email_key AND u.user_key = reminder.user_key "
            f"AND CASE reminder.kind WHEN '{Kind.SNOOZE}' THEN NOT u.in_inbox ELSE u.in_trash OR u.in_junk END)",
            (json.dumps(list(email_keys)),),
        )

    def take_over(self, key: int, other: int) -> None:
        """Let an Email have the reminder of another one it turned out to be, unless it has one itself."""
        self._work.run("UPDATE OR IGNORE reminder SET email_key = ? WHERE email_key = ?", (key, other))


def reminder_of(values: Iterable[Any]) -> Reminder:
    """Return the reminder in the columns `COLUMNS`. Raises ValueError on a kind or cause there is not."""
    kind, due_at_ms, set_at_ms, even_if_answered, back_at_ms, cause = values
    return Reminder(Kind(kind), due_at_ms, set_at_ms, bool(even_if_answered), back_at_ms, Cause(cause))


def _reminder(row: tuple[Any, ...]) -> tuple[int, Reminder]:
    return row[0], reminder_of(row[1:])
