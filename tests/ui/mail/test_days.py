"""Days of a list follow from keys alone."""

from __future__ import annotations

from array import array
from datetime import datetime, timedelta, timezone

import pytest
from PySide6.QtCore import QDate, QTimeZone

from desktop.domain.mail.message import KEY_STEP, NO_DATE_MS
from desktop.ui import dates
from desktop.ui.mail.days import Span, group_by_day, group_title, milliseconds_to_midnight

BERLIN = QTimeZone(b"Europe/Berlin")


def ms(*when: int, offset_h: int = 1) -> int:
    return int(datetime(*when, tzinfo=timezone(timedelta(hours=offset_h))).timestamp() * 1000)  # type: ignore[arg-type]


def key(*when: int, offset_h: int = 1, n: int = 0) -> int:
    return ms(*when, offset_h=offset_h) * KEY_STEP + n


def titles(keys: list[int], *, descending: bool = True) -> list[tuple[str, int]]:
    groups = group_by_day(array("q", keys), ms(2026, 11, 20, 15, 30), BERLIN, descending=descending)
    assert [0, *(group.end for group in groups)] == [*(group.start for group in groups), len(keys)]
    return [(group_title(group, QDate(2026, 11, 20)), group.count) for group in groups]


KEYS = [
    key(2026, 11, 25, 9, 0),
    key(2026, 11, 20, 15, 0),
    key(2026, 11, 20, 0, 0),
    key(2026, 11, 19, 23, 59),
    key(2026, 11, 18, 12, 0),
    key(2026, 11, 14, 0, 0),
    key(2026, 11, 13, 23, 59),
    key(2026, 11, 1, 0, 0),
    key(2026, 10, 31, 23, 59),
    key(2025, 12, 31, 23, 59),
]
TITLES = [
    ("Later", 1),
    ("Today", 2),
    ("Yesterday", 1),
    ("Wednesday", 1),
    ("Saturday", 1),
    ("November", 2),
    ("October", 1),
    ("December 2025", 1),
]


def test_mails_are_cut_into_days_of_the_week_and_months_before():
    assert titles(KEYS) == TITLES


def test_oldest_first_gives_the_same_days_backwards():
    assert titles(KEYS[::-1], descending=False) == TITLES[::-1]


def test_midnight_is_the_persons_own():
    utc_evening = [key(2026, 11, 19, 23, 30, offset_h=0)]  # half past midnight of the 20th in Berlin

    assert titles(utc_evening) == [("Today", 1)]


def test_a_day_of_23_hours_is_one_day():
    sunday = [key(2026, 3, 29, 23, 0, offset_h=2), key(2026, 3, 29, 0, 30, offset_h=1)]

    groups = group_by_day(array("q", sunday), ms(2026, 3, 29, 23, 30, offset_h=2), BERLIN)

    assert [(group.span, group.count) for group in groups] == [(Span.TODAY, 2)]


def test_an_empty_list_has_no_days():
    assert titles([]) == []


def test_the_first_moment_of_1970_is_a_day_like_others():
    groups = group_by_day(array("q", [2 * KEY_STEP + 1, 2 * KEY_STEP]), ms(2026, 11, 20), BERLIN)

    assert [(group.id, group.count) for group in groups] == [("month-1970-01", 2)]


def test_mails_without_a_date_stand_under_words_that_say_so():
    undated = [NO_DATE_MS * KEY_STEP + 1, NO_DATE_MS * KEY_STEP]
    keys = [key(2026, 11, 20, 8, 0), 2 * KEY_STEP, *undated]

    assert titles(keys) == [("Today", 1), ("January 1970", 1), ("No date", 2)]
    assert titles(keys[::-1], descending=False) == [("No date", 2), ("January 1970", 1), ("Today", 1)]


@pytest.mark.parametrize(
    "write", [dates.row_date, dates.table_date, lambda at, _now, where: dates.full_date(at, where)]
)
def test_a_date_nobody_knows_is_not_1970(write):
    assert write(NO_DATE_MS, ms(2026, 11, 20), BERLIN) == "no date"


def test_midnight_is_found():
    assert milliseconds_to_midnight(ms(2026, 11, 20, 23, 59), BERLIN) == 60_000


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ((2026, 11, 20, 10, 42), "10:42"),
        ((2026, 11, 19, 17, 20), "Thu 17:20"),
        ((2026, 11, 14, 8, 0), "Sat 08:00"),
        ((2026, 9, 18, 8, 0), "18 Sep"),
        ((2025, 9, 18, 8, 0), "18 Sep 2025"),
    ],
)
def test_row_dates_are_as_short_as_their_age_allows(when, expected):
    assert dates.row_date(ms(*when), ms(2026, 11, 20, 15, 30), BERLIN) == expected


def test_a_row_under_the_name_of_its_day_says_yesterday_by_its_time_alone():
    assert dates.row_date(ms(2026, 11, 19, 17, 20), ms(2026, 11, 20, 15, 30), BERLIN, under_day=True) == "17:20"
