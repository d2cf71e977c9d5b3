"""The outbox: mails on their way, who they still have to reach, and what became of each try."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desktop.domain.mail.claiming import SentMail
from desktop.domain.mail.message import KEY_STEP, Status
from desktop.domain.mail.outbox import FROM_BACKUP, Fate, Outgoing, Recipient, Stage
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.messages import chunks, marks

_NAMES = (
    *("key", "email_key", "account_key", "stage", "due_at_ms", "scheduled", "asks", "sender", "message_id"),
    *("queued_at_ms", "attempts", "looks", "problem", "details", "remedy", "subject"),
)
_SELECT = f"SELECT o.{', o.'.join(_NAMES[:-1])}, e.subject FROM outbox o JOIN email e ON e.key = o.email_key"
DOUBT = (
    f"UPDATE outbox SET asks = 1, remedy = '{FROM_BACKUP}' WHERE stage = '{Stage.HELD}'",
    (
        f"UPDATE outbox SET stage = '{Stage.UNKNOWN}', looks = 0, remedy = '{FROM_BACKUP}' "
        f"WHERE stage IN ('{Stage.QUEUED}', '{Stage.SENDING}')"
    ),
)
"""Makes each mail one the person is asked about; one with bytes is looked for in Sent first, as after a cut."""
_RUNS = "NOT o.asks AND o.stage IN ('held', 'queued', 'accepted', 'unknown')"


class OutboxRows:
    """Reads the outbox inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def all(self) -> list[Outgoing]:
        """Return every mail in the outbox, the next to go first."""
        return self._found(self._view.all(f"{_SELECT} ORDER BY o.due_at_ms, o.key"))

    def get(self, key: int) -> Outgoing | None:
        """Return one mail, None when it is no longer in the outbox."""
        return next(iter(self._found(self._view.all(f"{_SELECT} WHERE o.key = ?", (key,)))), None)

    def of_emails(self, email_keys: Sequence[int]) -> list[Outgoing]:
        """Return those of these Emails that are in the outbox."""
        found: list[Outgoing] = []
        for chunk in chunks(email_keys):
            found += self._found(self._view.all(f"{_SELECT} WHERE o.email_key IN ({marks(chunk)})", chunk))
        return found

    def next(self, account_key: int, now_ms: int) -> Outgoing | None:
        """Return the mail of an account whose next step is due, the longest waiting first."""
        sql = f"{_SELECT} WHERE o.account_key = ? AND o.due_at_ms <= ? AND {_RUNS} ORDER BY o.due_at_ms, o.key LIMIT 1"
        return next(iter(self._found(self._view.all(sql, (account_key, now_ms)))), None)

    def next_at(self, account_key: int) -> int | None:
        """Return when the next step of an account is due, in ms; None when nothing waits."""
        at_ms: int | None = self._view.value(
            f"SELECT min(o.due_at_ms) FROM outbox o WHERE o.account_key = ? AND {_RUNS}", (account_key,)
        )
        return at_ms

    def senders(self) -> set[int]:
        """Return the accounts that have something to do."""
        return set(self._view.column(f"SELECT DISTINCT o.account_key FROM outbox o WHERE {_RUNS}")) - {None}

    def _found(self, rows: Sequence[tuple[Any, ...]]) -> list[Outgoing]:
        people: dict[int, list[Recipient]] = {}
        for chunk in chunks([row[0] for row in rows]):
            for key, address, fate, words in self._view.all(
                "SELECT outbox_key, address, fate, words FROM outbox_recipient "
                f"WHERE outbox_key IN ({marks(chunk)}) ORDER BY address",
                chunk,
            ):
                people.setdefault(key, []).append(Recipient(address, Fate(fate), words))
        return [_outgoing(row, tuple(people.get(row[0], ()))) for row in rows]


class SentMails:
    """Mails that left from here, also those no longer in the outbox."""

    def __init__(self, view: View) -> None:
        self._view = view

    def of_second(self, account_key: int, date_ms: int) -> dict[int, SentMail]:
        """Return the mails of one second of which an account has no copy, by key, in the order of their keys."""
        second_ms = date_ms // 1000 * 1000
        rows = self._view.all(
            "SELECT e.key, e.message_id, lower(e.from_address), e.subject, e.date_ms FROM email e "
            "WHERE e.key >= ? AND e.key < ? AND e.status IN (?, ?) "
            "AND NOT EXISTS (SELECT 1 FROM place p WHERE p.email_key = e.key AND +p.account_key = ?) ORDER BY e.key",
            (second_ms * KEY_STEP, (second_ms + 1000) * KEY_STEP, Status.SENDING, Status.SENT, account_key),
        )
        found = {}
        for key, message_id, sender, subject, at_ms in rows:
            to = self._view.column(
                "SELECT a.address FROM email_person p JOIN email_address a ON a.key = p.address_key "
                "WHERE p.email_key = ? AND p.kind = 'to'",
                (key,),
            )
            found[key] = SentMail(message_id, sender, frozenset(to), subject, at_ms)
        return found


class OutboxWriter:
    """Changes the outbox inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def add(
        self, email_key: int, account_key: int, sender: str, recipients: Sequence[str], due_at_ms: int, scheduled: bool
    ) -> int:
        """Put a mail into the outbox, held until `due_at_ms`; returns its key."""
        key = self._work.run(
            "INSERT INTO outbox (email_key, account_key, stage, due_at_ms, scheduled, sender) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (email_key, account_key, Stage.HELD, due_at_ms, scheduled, sender),
        ).lastrowid
        assert key is not None
        self._work.many(
            "INSERT INTO outbox_recipient (outbox_key, address) VALUES (?, ?)", [(key, each) for each in recipients]
        )
        return key

    def set(self, key: int, **columns: str | int | None) -> None:
        """Store values of a mail by column."""
        names = ", ".join(f"{name} = ?" for name in columns)
        self._work.run(f"UPDATE outbox SET {names} WHERE key = ?", (*columns.values(), key))

    def settle(self, key: int, recipients: Sequence[Recipient]) -> None:
        """Store what became of recipients."""
        self._work.many(
            "UPDATE outbox_recipient SET fate = ?, words = ? WHERE outbox_key = ? AND address = ?",
            [(each.fate, each.words, key, each.address) for each in recipients],
        )

    def remove(self, key: int) -> None:
        """Take a mail out of the outbox."""
        self._work.run("DELETE FROM outbox WHERE key = ?", (key,))

    def doubt(self) -> None:
        """Send nothing unasked of what another day left here: each mail may have been sent since."""
        for statement in DOUBT:
            self._work.run(statement)

    def interrupted(self) -> list[int]:
        """Return the mails that were being sent when nobody was left to hear the answer."""
        return self._work.column("SELECT key FROM outbox WHERE stage = 'sending'")


def _outgoing(row: tuple[Any, ...], recipients: tuple[Recipient, ...]) -> Outgoing:
    values = dict(zip(_NAMES, row, strict=True))
    values |= {"stage": Stage(values["stage"]), "scheduled": bool(values["scheduled"]), "asks": bool(values["asks"])}
    return Outgoing(**values, recipients=recipients)
