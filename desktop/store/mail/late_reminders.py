"""Reminders of mails a restored database does not have yet: they wait for the mails to come again from their servers.

What is snoozed is known here alone. What waits is kept for a month, a note for each mail among the settings, so that
it is there or taken away in the transaction of the mail itself.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

from desktop.base import clock
from desktop.domain.mail.reminding import Reminder
from desktop.store.database import UnitOfWork
from desktop.store.mail.reminders import ReminderWriter, reminder_of
from desktop.store.settings import PER_MAIL, SettingValues

NAME = f"{PER_MAIL}late-reminder."
"""Begins the names of these notes."""
_KEPT_MS = 30 * 86_400_000
_LAST_MS = 1 << 47


class LateReminders:
    """Keeps and gives reminders inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def keep(self, reminders: Mapping[uuid.UUID, Reminder]) -> None:
        """Keep reminders of mails that are not here."""
        now = clock.now()
        SettingValues.put_all(
            self._work,
            {f"{NAME}{id_.hex}": json.dumps([now, *columns_of(reminder)]) for id_, reminder in reminders.items()},
        )

    def give(self, keys: Mapping[uuid.UUID, int]) -> None:
        """Let new Emails have the reminders that were kept for them."""
        names = {f"{NAME}{id_.hex}": key for id_, key in keys.items()}
        came: dict[int, Reminder | None] = {}
        for name, stored in SettingValues.take(self._work, list(names)).items():
            at_ms, *values = json.loads(stored)
            if _is_kept(at_ms):
                came[names[name]] = reminder_of(values)
        if came:
            ReminderWriter(self._work).put(came)

    def forget_old(self) -> None:
        """Forget the reminders of mails that did not come in all the time."""
        waiting = SettingValues(self._work).notes(NAME)
        SettingValues.take(
            self._work, [name for name, stored in waiting.items() if not _is_kept(json.loads(stored)[0])]
        )


def columns_of(reminder: Reminder) -> tuple[str | int | None, ...]:
    """Return a reminder as its columns."""
    return (
        *(reminder.kind.value, reminder.due_at_ms, reminder.set_at_ms, int(reminder.even_if_answered)),
        *(reminder.back_at_ms, reminder.cause.value),
    )


def sound(values: list[object]) -> Reminder:
    """Return the reminder in columns that may come from a damaged file. Raises ValueError, TypeError."""
    _kind, due_at_ms, set_at_ms, _even, back_at_ms, _cause = values
    for at_ms in (due_at_ms, set_at_ms, 0 if back_at_ms is None else back_at_ms):
        if not isinstance(at_ms, int) or not 0 <= at_ms < _LAST_MS:
            raise ValueError("no moment there is")
    return reminder_of(values)


def noted(name: str, stored: str) -> dict[uuid.UUID, Reminder]:
    """Return the reminder of a note, by its mail; nothing when it has waited too long. Raises ValueError, TypeError.

    The note may come from a damaged file and be anything.
    """
    id_ = uuid.UUID(hex=name.removeprefix(NAME))
    at_ms, *values = json.loads(stored)
    return {id_: sound(values)} if _is_kept(at_ms) else {}


def _is_kept(at_ms: int) -> bool:
    return abs(clock.now() - at_ms) <= _KEPT_MS
