"""How long notifications are paused."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.pause import HOUR_MS, is_paused, is_quiet_hour, tomorrow

NOW_MS = 1_780_000_000_000


@pytest.mark.parametrize(
    ("asked", "morning"),
    [
        ("2026-11-26T23:30", "2026-11-27T08:00"),
        ("2026-11-26T07:00", "2026-11-27T08:00"),
        ("2026-11-27T02:30", "2026-11-27T08:00"),
        ("2026-12-31T18:00", "2027-01-01T08:00"),
    ],
)
def test_tomorrow_is_the_morning_after_the_next_night(asked: str, morning: str) -> None:
    assert tomorrow(datetime.fromisoformat(asked)) == datetime.fromisoformat(morning)


@given(st.datetimes(max_value=datetime.fromisoformat("2100-01-01")))
def test_tomorrow_is_some_hours_away_and_never_two_days(asked: datetime) -> None:
    assert timedelta(hours=4) <= tomorrow(asked) - asked < timedelta(hours=30)


def test_a_pause_ends_at_its_moment() -> None:
    until_ms = NOW_MS + HOUR_MS

    assert is_paused(until_ms, NOW_MS)
    assert is_paused(until_ms, until_ms - 1)
    assert not is_paused(until_ms, until_ms)
    assert not is_paused(0, NOW_MS)


def test_a_clock_that_was_set_back_does_not_make_a_pause_of_years() -> None:
    assert not is_paused(NOW_MS, NOW_MS - 365 * 24 * HOUR_MS)


@pytest.mark.parametrize(
    ("hour", "begin", "end", "quiet"),
    [
        *((23, 22, 7, True), (22, 22, 7, True), (6, 22, 7, True), (7, 22, 7, False), (12, 22, 7, False)),
        *((13, 12, 14, True), (14, 12, 14, False), (9, 9, 9, False), (0, 22, 0, False), (23, 22, 0, True)),
        *((3, -1, 7, False), (23, -1, 0, False)),
    ],
)
def test_quiet_hours_may_lie_over_midnight_and_some_are_none(hour: int, begin: int, end: int, quiet: bool) -> None:
    assert is_quiet_hour(datetime.fromisoformat(f"2026-11-26T{hour:02}:59"), begin, end) is quiet
