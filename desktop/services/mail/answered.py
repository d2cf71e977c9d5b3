"""What mails that come into a conversation mean for the reminders in it. Inside units of work.

An answer ends what waited for one, and brings a snoozed mail back. Their lists are the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from desktop.base import clock
from desktop.domain.mail.arrival import Arrival
from desktop.domain.mail.reminding import Reminder, after_answer, after_own_answer, answers, is_answer
from desktop.store.database import UnitOfWork
from desktop.store.mail.messages import Messages
from desktop.store.mail.reminders import Reminders, ReminderWriter
from desktop.store.mail.states import States


def mails_came(work: UnitOfWork, arrivals: Mapping[int, Arrival], own: Collection[int]) -> set[int]:
    """Let new mails end reminders, or bring snoozed mails back; returns the Emails whose lists change.

    `own` are those the person has written himself.
    """
    beside = Reminders(work).beside(arrivals)
    if not beside:
        return set()
    conversations = Messages(work).conversations_of(list(arrivals))
    states = States(work).of(list(arrivals))
    changed: dict[int, Reminder | None] = {}
    for conversation, key, reminder in beside:
        now: Reminder | None = reminder
        for other, arrival in arrivals.items():
            if other == key or conversations.get(other) != conversation or not answers(arrival.received_ms, reminder):
                continue
            state = states.get(other)
            put_away = state is not None and (state.in_junk or state.in_trash)
            if now is not None and is_answer(arrival.message, own=other in own, put_away=put_away):
                now = after_answer(now, clock.now())
            elif now is not None and other in own:
                now = after_own_answer(now)
        if now != reminder:
            changed[key] = now
    ReminderWriter(work).put(changed)
    return set(changed)


def wrote_on(work: UnitOfWork, email_key: int) -> set[int]:
    """End the follow-ups the person has followed up with a mail of his own; returns the Emails whose lists change."""
    over: dict[int, Reminder | None] = {
        key: None
        for _conversation, key, reminder in Reminders(work).beside([email_key])
        if key != email_key and after_own_answer(reminder) is None
    }
    ReminderWriter(work).put(over)
    return set(over)
