"""Values after search operators: days ("2026-09", "last month"), spans ("3m") and sizes ("5M"). Pure; None if not one.

The words are English in every language, like the operators themselves.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_YEARS = range(1970, 3000)
_MONTH_NAMES = (
    "january february march april may june july august september october november december".split()
)  # fmt: skip
DAY_WORDS = (
    "today", "yesterday", "this week", "last week", "this month", "last month", "this year", "last year",
)  # fmt: skip

_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[.](\d{1,2})[.](\d{4})")
_NAMED = re.compile(r"(?:(\d{1,2})[. -]+)?([a-z]{3,9})[.]?[ -]+(\d{4})")
_SPAN = re.compile(r"(\d{1,5}) ?(?:(d)(?:ays?)?|(w)(?:eeks?)?|(m)(?:onths?)?|(y)(?:ears?)?)")
_SIZE = re.compile(r"(\d{1,12})(?:[.,](\d{1,3}))? ?([kmg]?)(?:i?b)?")
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def day_range(value: str, today: date) -> tuple[date, date] | None:
    """Return the first day a value names and the day after its last."""
    value = " ".join(value.lower().replace("_", " ").split())
    words = value.replace("-", " ")
    if words in DAY_WORDS:
        return _named_range(words, today)
    if (found := _YEAR_FIRST.fullmatch(value)) is not None:
        return _range(found[1], found[2], found[3])
    if (found := _DAY_FIRST.fullmatch(value)) is not None:
        return _range(found[3], found[2], found[1])
    if (found := _NAMED.fullmatch(value)) is not None:
        month = next((at for at, name in enumerate(_MONTH_NAMES, 1) if name.startswith(found[2])), None)
        return _range(found[3], str(month), found[1]) if month else None
    return None


def days_ago(value: str, today: date) -> date | None:
    """Return the day that lies a span ("10d", "2w", "3m", "1y") before today."""
    found = _SPAN.fullmatch(" ".join(value.lower().split()))
    if found is None:
        return None
    count = int(found[1])
    try:
        if found[2] or found[3]:
            return today - timedelta(days=count * (7 if found[3] else 1))
        return _months_before(today, count * (12 if found[5] else 1))
    except (OverflowError, ValueError):
        return date(_YEARS.start, 1, 1)


def size_bytes(value: str) -> int | None:
    """Return a size in octets; k, M and G are powers of 1,000 as in the columns of a list."""
    found = _SIZE.fullmatch(value.strip().lower())
    if found is None:
        return None
    unit = _UNITS[found[3]]
    fraction = int((found[2] or "").ljust(3, "0")) if found[2] else 0
    return int(found[1]) * unit + fraction * unit // 1000


def is_begun(value: str) -> bool:
    """Return whether a value may become a day, a span or a size when more is typed."""
    value = value.lower()
    if any(word.startswith(value) for word in DAY_WORDS):
        return True
    return len(value) <= 10 and re.fullmatch(r"[\d./, -]*", value) is not None


def _range(year: str, month: str | None, day: str | None) -> tuple[date, date] | None:
    if int(year) not in _YEARS:
        return None
    try:
        first = date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if day:
        return first, first + timedelta(days=1)
    return first, _months_before(first, -1 if month else -12)


def _named_range(words: str, today: date) -> tuple[date, date]:
    if words == "today":
        return today, today + timedelta(days=1)
    if words == "yesterday":
        return today - timedelta(days=1), today
    last = words.startswith("last")
    if words.endswith("week"):
        monday = today - timedelta(days=today.weekday() + 7 * last)
        return monday, monday + timedelta(days=7)
    if words.endswith("month"):
        first = _months_before(today.replace(day=1), int(last))
        return first, _months_before(first, -1)
    first = date(today.year - last, 1, 1)
    return first, date(first.year + 1, 1, 1)


def _months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, or the last one that month has."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
