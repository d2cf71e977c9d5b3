"""Waiting grows, ends at five minutes and spreads."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.base.backoff import CEILING_S, delay_s


def test_it_doubles_up_to_the_ceiling() -> None:
    assert [delay_s(attempt) for attempt in range(11)] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


@given(st.integers(-5, 10**12), st.floats(0, 1))
def test_it_stays_within_half_and_whole(attempt: int, jitter: float) -> None:
    whole = delay_s(attempt)

    assert whole / 2 <= delay_s(attempt, jitter) <= whole <= CEILING_S
