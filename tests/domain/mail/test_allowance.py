"""What may still be fetched of a day's volume: never more than the limit in any twenty-four hours (R9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail.allowance import HOUR_MS, Received, Want, load, may_fetch_at_ms

NOW_MS = 500_000 * HOUR_MS + 1_234_567
DAILY = 1_000


def test_r09_new_mail_goes_on_where_older_mails_wait_and_without_a_limit_nothing_does() -> None:
    near = Received().plus(900, NOW_MS)
    full = near.plus(100, NOW_MS)

    assert may_fetch_at_ms(Want.NEW, near, DAILY, NOW_MS) == NOW_MS
    assert may_fetch_at_ms(Want.MUCH, near, DAILY, NOW_MS) > NOW_MS
    assert may_fetch_at_ms(Want.NEW, full, DAILY, NOW_MS) > NOW_MS
    assert may_fetch_at_ms(Want.MUCH, full, 0, NOW_MS) == NOW_MS


@given(
    st.lists(st.tuples(st.integers(0, 6 * HOUR_MS), st.integers(1, 700)), max_size=60),
    st.sampled_from(list(Want)),
)
def test_r09_no_twenty_four_hours_hold_more_than_the_limit_and_one_portion(
    wishes: list[tuple[int, int]], want: Want
) -> None:
    received, now_ms, came = Received(), NOW_MS, list[tuple[int, int]]()
    for pause_ms, octets in wishes:
        now_ms += pause_ms
        at_ms = may_fetch_at_ms(want, received, DAILY, now_ms)
        assert now_ms <= at_ms <= now_ms + 25 * HOUR_MS
        assert may_fetch_at_ms(want, received, DAILY, at_ms) == at_ms, "then it goes on"
        now_ms = at_ms
        day = sum(count for when, count in came if when > now_ms - 24 * HOUR_MS)
        assert day < DAILY
        received = received.plus(octets, now_ms)
        came.append((now_ms, octets))
        assert load(received.dump()) == received


def test_a_clock_that_was_ahead_holds_up_nothing() -> None:
    ahead = Received().plus(5_000, NOW_MS + 1000 * HOUR_MS)

    assert may_fetch_at_ms(Want.NEW, ahead, DAILY, NOW_MS) == NOW_MS


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"1": "x"}', '{"1": -5}', "[" * 100_000])
def test_a_note_that_makes_no_sense_is_none(text: str) -> None:
    assert load(text) == Received()
