"""Days of a message list: which stretch of keys belongs to today, yesterday, a weekday, or an older month.

A local key holds its date (`domain.mail.message.KEY_STEP`), so the days of 200,000 mails follow from the sorted keys
by a few bisections, without reading a row. Pure but for the time zone's own tables (QTimeZone); GUI thread.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QDate, QDateTime, QTimeZone

from desktop.base.i18n import _
from desktop.domain.mail.message import KEY_STEP, NO_DATE_MS, key_date_ms
from desktop.ui.dates import locale

_WEEK = 7
_FIRST_DATED_KEY = (NO_DATE_MS + 1) * KEY_STEP


class Span(StrEnum):
    """What a group of mails covers."""

    BACK = "back"
    """Mails that were snoozed or got no answer: they stand first, whatever their date."""
    FUTURE = "future"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEKDAY = "weekday"
    MONTH = "month"
    UNKNOWN = "unknown"
    """Mails of which nobody knows a date; they count as older than all others."""


@dataclass(frozen=True, slots=True)
class DayGroup:
    """Positions `start` up to `end` of the keys, and what they have in common.

    `day` is the first day covered: the day itself, or the first of the month; no day for mails without a date.
    """

    span: Span
    day: QDate
    start: int
    end: int

    @property
    def id(self) -> str:
        """What is remembered when the group is collapsed: "today" stays "today" tomorrow."""
        if self.span in (Span.BACK, Span.FUTURE, Span.TODAY, Span.YESTERDAY, Span.UNKNOWN):
            return self.span.value
        if self.span is Span.WEEKDAY:
            return f"weekday-{self.day.dayOfWeek()}"
        return f"month-{self.day.year():04}-{self.day.month():02}"

    @property
    def count(self) -> int:
        return self.end - self.start


def group_by_day(
    keys: Sequence[int], now_ms: int, zone: QTimeZone, *, descending: bool = True, back: int = 0
) -> tuple[DayGroup, ...]:
    """Cut sorted keys into days of the last week and calendar months before it, in the order of the keys.

    So many as `back` stand before the sorted ones, a group of their own.
    """
    groups = [DayGroup(Span.BACK, QDate(), 0, back)] if back else []
    today = _day_of(now_ms, zone)
    position, total = back, len(keys)
    while position < total:
        if keys[position] < _FIRST_DATED_KEY:
            end = total if descending else bisect_left(keys, _FIRST_DATED_KEY, position, total)
            groups.append(DayGroup(Span.UNKNOWN, QDate(), position, end))
            position = end
            continue
        day = _day_of(key_date_ms(keys[position]), zone)
        span, first, after = _span_of(day, today)
        if descending:
            # what lies at or after the first moment of the span: the first smaller key ends it
            limit = max(_start_key(first, zone), _FIRST_DATED_KEY)
            end = bisect_right(keys, -limit, position, total, key=int.__neg__)
        elif after is None:
            end = total
        else:
            end = bisect_left(keys, _start_key(after, zone), position, total)
        end = max(end, position + 1)  # a zone that jumps over midnight must not stop the walk
        groups.append(DayGroup(span, first, position, end))
        position = end
    return tuple(groups)


def group_at(groups: Sequence[DayGroup], position: int) -> int | None:
    """Return the number of the group a position lies in."""
    for number, group in enumerate(groups):
        if group.start <= position < group.end:
            return number
    return None


def shrunk(groups: Sequence[DayGroup], number: int | None, count: int) -> tuple[DayGroup, ...]:
    """Return the groups with `count` positions fewer in one of them; an empty one goes."""
    if number is None:
        return tuple(groups)
    changed = [
        DayGroup(group.span, group.day, group.start - count * (at > number), group.end - count * (at >= number))
        for at, group in enumerate(groups)
    ]
    return tuple(group for group in changed if group.count)


def grown(groups: Sequence[DayGroup], into: DayGroup, start: int, count: int) -> tuple[tuple[DayGroup, ...], int]:
    """Return the groups with `count` positions more in the one like `into`, which is made where it is missing."""
    number = next((at for at, group in enumerate(groups) if group.id == into.id), None)
    if number is None:
        number = next((at for at, group in enumerate(groups) if group.start >= start), len(groups))
        groups = (*groups[:number], DayGroup(into.span, into.day, start, start), *groups[number:])
    changed = tuple(
        DayGroup(group.span, group.day, group.start + count * (at > number), group.end + count * (at >= number))
        for at, group in enumerate(groups)
    )
    return changed, number


def milliseconds_to_midnight(now_ms: int, zone: QTimeZone) -> int:
    """Return how long the groups of now stay true."""
    tomorrow = _day_of(now_ms, zone).addDays(1)
    return max(1, tomorrow.startOfDay(zone).toMSecsSinceEpoch() - now_ms)


def _span_of(day: QDate, today: QDate) -> tuple[Span, QDate, QDate | None]:
    """Return the span a day belongs to, its first day, and the first day after it (None: endless)."""
    ago = day.daysTo(today)
    if ago < 0:
        return Span.FUTURE, today.addDays(1), None
    if ago == 0:
        return Span.TODAY, today, today.addDays(1)
    if ago == 1:
        return Span.YESTERDAY, day, today
    if ago < _WEEK:
        return Span.WEEKDAY, day, day.addDays(1)
    first = QDate(day.year(), day.month(), 1)
    week_ago = today.addDays(1 - _WEEK)
    return Span.MONTH, first, min(first.addMonths(1), week_ago, key=QDate.toJulianDay)


def _day_of(at_ms: int, zone: QTimeZone) -> QDate:
    return QDateTime.fromMSecsSinceEpoch(at_ms, zone).date()


def _start_key(day: QDate, zone: QTimeZone) -> int:
    return day.startOfDay(zone).toMSecsSinceEpoch() * KEY_STEP


def group_title(group: DayGroup, today: QDate) -> str:
    """Return the words at the head of a group of mails."""
    if group.span is Span.BACK:
        return _("Back in the Inbox")
    if group.span is Span.UNKNOWN:
        return _("No date")
    if group.span is Span.FUTURE:
        return _("Later")
    if group.span is Span.TODAY:
        return _("Today")
    if group.span is Span.YESTERDAY:
        return _("Yesterday")
    if group.span is Span.WEEKDAY:
        return _upper_first(locale().standaloneDayName(group.day.dayOfWeek()))
    month = _upper_first(locale().standaloneMonthName(group.day.month()))
    if group.day.year() == today.year():
        return month
    return _("{month} {year}").format(month=month, year=group.day.year())


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]
