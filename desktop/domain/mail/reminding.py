"""Snoozes and follow-ups: when they are due, what ends them before, what becomes of them then. Pure.

A snooze takes a mail out of the Inbox until a moment, or until somebody answers in its conversation. A follow-up waits
beside a sent mail and is over as soon as somebody answers. When either is due its mail stands at the top of the Inbox
until the person deals with it. Servers know nothing of them.

Local times are those of a `tzinfo`, None for the system's own: a moment that a change to summer time leaves out is the
one an hour later.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from desktop.domain.mail.message import Message

MINUTE_MS = 60_000
LATE_MS = 10 * MINUTE_MS
"""A mail that comes back so much later than it was to is said to be late."""
CLOCKS_DIFFER_MS = 60 * MINUTE_MS
"""So far the clock of a server may be behind ours: an answer that seems to be that much older is one all the same."""
FOLLOW_UP_DAYS = (1, 2, 3, 7)
_HOURS_LATER = 3
_QUARTER_MIN = 15
_EVENING, _MORNING, _WEEKEND_MORNING = time(18), time(8), time(9)
_EVENING_UNTIL = time(17)
_MONDAY, _SATURDAY = 0, 5
_WEEK = 7


class Kind(StrEnum):
    """What a reminder is for."""

    SNOOZE = "snooze"
    FOLLOW_UP = "follow-up"


class Cause(StrEnum):
    """Why a mail is back."""

    DUE = "due"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is to bring a mail back, or has brought it back."""

    kind: Kind
    due_at_ms: int
    set_at_ms: int
    """Answers older than this are none to it."""
    even_if_answered: bool = False
    """A snooze that goes on whoever answers."""
    back_at_ms: int | None = None
    """Since when it stands at the top of the Inbox; None while it waits."""
    cause: Cause = Cause.DUE

    @property
    def is_back(self) -> bool:
        return self.back_at_ms is not None

    @property
    def is_late(self) -> bool:
        """Say whether it came back later than it was to: nobody was there to do it."""
        return self.cause is Cause.DUE and self.back_at_ms is not None and self.back_at_ms - self.due_at_ms > LATE_MS

    @property
    def standing(self) -> Standing:
        """Say what it means for the lists."""
        if self.kind is Kind.SNOOZE:
            return Standing.BACK if self.is_back else Standing.SNOOZED
        return Standing.UNANSWERED if self.is_back else Standing.AWAITED


class Standing(StrEnum):
    """What a reminder means for the lists its mail stands in."""

    NONE = ""
    SNOOZED = "snoozed"
    BACK = "back"
    AWAITED = "awaited"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """When to be reminded of a mail that is not sent yet: so many days after it has left, or at a moment."""

    days: int = 0
    at_ms: int = 0

    def due_at_ms(self, sent_ms: int, zone: tzinfo | None = None) -> int:
        """Return the moment; a day after a mail that left later than the moment chosen for it."""
        if self.days:
            return days_after(sent_ms, self.days, zone)
        return self.at_ms if self.at_ms > sent_ms else days_after(sent_ms, 1, zone)


def is_answer(message: Message, *, own: bool, put_away: bool) -> bool:
    """Say whether a mail that came into a conversation is somebody's answer.

    None is what the person wrote himself, what a machine wrote in somebody's absence or of a mail that could not be
    delivered (RFC 3834, RFC 3464), nor what lies in Junk or Trash: a stranger must not end a reminder with it.
    """
    return not (own or put_away or message.by_machine)


def answers(received_ms: int, reminder: Reminder) -> bool:
    """Say whether a mail came after a reminder was set: an old one that is fetched only now answers nothing."""
    return received_ms > reminder.set_at_ms - CLOCKS_DIFFER_MS


def after_answer(reminder: Reminder, now_ms: int) -> Reminder | None:
    """Return what becomes of a reminder once somebody answered; None when it is over.

    A snoozed mail is back at once, unless it was to stay away whoever answers. Who got his answer waits no longer.
    """
    if reminder.kind is Kind.FOLLOW_UP:
        return None
    if reminder.is_back or reminder.even_if_answered:
        return reminder
    return replace(reminder, back_at_ms=now_ms, cause=Cause.ANSWERED)


def after_own_answer(reminder: Reminder) -> Reminder | None:
    """Return what becomes of a reminder once the person himself wrote on; None when it is over.

    He has followed up where he was reminded to; a mail of his own is no answer to what still waits.
    """
    return None if reminder.kind is Kind.FOLLOW_UP and reminder.is_back else reminder


def when_due(reminder: Reminder, now_ms: int) -> Reminder:
    """Return a reminder that is due, as it brings its mail back."""
    return replace(reminder, back_at_ms=now_ms, cause=Cause.DUE)


class Choice(StrEnum):
    """A moment one often means."""

    LATER_TODAY = "later-today"
    THIS_EVENING = "this-evening"
    TOMORROW = "tomorrow"
    WEEKEND = "weekend"
    NEXT_WEEK = "next-week"


def choices(now_ms: int, zone: tzinfo | None = None) -> tuple[tuple[Choice, int], ...]:
    """Return what is offered at a moment, the soonest first: each lies ahead, no two on the same."""
    now = datetime.fromtimestamp(now_ms / 1000, zone)
    today, tomorrow = now.date(), now.date() + timedelta(days=1)
    found: dict[int, Choice] = {}

    def offer(choice: Choice, day: date, at: time) -> None:
        at_ms = _moment_ms(day, at, zone)
        if at_ms > now_ms:
            found.setdefault(at_ms, choice)

    later = datetime.fromtimestamp(now_ms / 1000 + _HOURS_LATER * 3600, zone)
    if later.date() == today:
        offer(Choice.LATER_TODAY, today, time(later.hour, later.minute // _QUARTER_MIN * _QUARTER_MIN))
    if now.time() < _EVENING_UNTIL:
        offer(Choice.THIS_EVENING, today, _EVENING)
    offer(Choice.TOMORROW, tomorrow, _MORNING)
    saturday = today + timedelta(days=_SATURDAY - today.weekday())
    if saturday > tomorrow:
        offer(Choice.WEEKEND, saturday, _WEEKEND_MORNING)
    offer(Choice.NEXT_WEEK, today + timedelta(days=(_MONDAY - today.weekday()) % _WEEK or _WEEK), _MORNING)
    return tuple((choice, at_ms) for at_ms, choice in sorted(found.items()))


def days_after(at_ms: int, days: int, zone: tzinfo | None = None) -> int:
    """Return the moment so many days later at the same hour of the person's day, to the minute."""
    at = datetime.fromtimestamp(at_ms / 1000, zone)
    return _moment_ms(at.date() + timedelta(days=days), time(at.hour, at.minute), zone)


def _moment_ms(day: date, at: time, zone: tzinfo | None) -> int:
    return round(datetime.combine(day, at, zone).timestamp()) * 1000
