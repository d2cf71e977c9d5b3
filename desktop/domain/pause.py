"""When a person wants not to be told of new mail. Pure; the moments are ms UTC, the days and hours are his."""

from __future__ import annotations

from datetime import datetime, timedelta

HOUR_MS = 3_600_000
_LONGEST_MS = 48 * HOUR_MS
_MORNING, _STILL_NIGHT = 8, 4
"""Hours of his clock: when tomorrow begins, and until when he who is awake has not slept yet."""


def tomorrow(local: datetime) -> datetime:
    """Return the next morning; who asks for it in the small hours means the one to come."""
    day = local if local.hour < _STILL_NIGHT else local + timedelta(days=1)
    return day.replace(hour=_MORNING, minute=0, second=0, microsecond=0)


def is_quiet_hour(local: datetime, begin: int, end: int) -> bool:
    """Say whether it is between two hours of his clock, over midnight where the second is the lesser.

    Never is one where it begins below 0, or ends as it begins.
    """
    if begin < 0 or begin <= end:
        return 0 <= begin <= local.hour < end
    return local.hour >= begin or local.hour < end


def is_paused(until_ms: int, now_ms: int) -> bool:
    """Say whether a pause goes on. One that would last for days was begun by a clock that has been set back since."""
    return now_ms < until_ms <= now_ms + _LONGEST_MS
