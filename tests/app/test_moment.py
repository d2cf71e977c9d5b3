"""Moments on the command line."""

from __future__ import annotations

import pytest

from desktop.app.commands import moment
from desktop.domain.mail.message import NO_DATE_MS, effective_date_ms


@pytest.mark.parametrize("at_ms", [0, NO_DATE_MS, effective_date_ms(None, 0)])
def test_a_moment_nobody_knows_is_not_1970(at_ms: int) -> None:
    assert moment.in_words(at_ms, "%Y") == "no date"
    assert moment.for_programs(at_ms) is None


def test_a_moment_is_written_for_people_and_for_programs() -> None:
    assert moment.in_words(1_780_000_000_000, "%Y-%m") == "2026-05"
    assert moment.for_programs(1_780_000_000_000) == "2026-05-28T20:26:40+00:00"
