"""The one place that reads the clock, so that tests can set it. Times are INTEGER milliseconds UTC."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime


def _system_now() -> int:
    return time.time_ns() // 1_000_000


_now: Callable[[], int] = _system_now


def now() -> int:
    """Return the wall clock in ms since 1970, UTC. For durations and time-outs use `monotonic`."""
    return _now()


def monotonic() -> float:
    """Return seconds of a clock that never jumps."""
    return time.monotonic()


def to_datetime(at_ms: int) -> datetime:
    """Return the moment as an aware UTC datetime."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def utc_offset_min(at_ms: int) -> int:
    """Return how far the person's own clock is ahead of UTC at a moment, in minutes."""
    offset = to_datetime(at_ms).astimezone().utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


@contextmanager
def frozen(at_ms: int) -> Iterator[None]:
    """Let `now` stand still (tests)."""
    global _now
    before, _now = _now, lambda: at_ms
    try:
        yield
    finally:
        _now = before
