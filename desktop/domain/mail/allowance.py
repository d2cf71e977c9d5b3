"""How much of a mailbox came within a day, and what may still be fetched where its provider has a limit. Pure.

A day is the last twenty-four hours, whatever the provider's day is: who never fetches more in those is never above it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

HOUR_MS = 3_600_000
NEAR = 0.8
"""From this part of the limit on older mails and large files wait, so that new mail need not."""
_HOURS = 24


class Want(StrEnum):
    """What is to be fetched."""

    NEW = "new"
    """New mail, and what the person did."""
    MUCH = "much"
    """Older mails and large files."""


@dataclass(frozen=True, slots=True)
class Received:
    """Octets by the hour (since 1970, UTC) in which they came."""

    by_hour: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))

    def plus(self, octets: int, now_ms: int) -> Received:
        """Return it with what came now, and without what is older than a day or, after a change of the clock, newer."""
        hour = now_ms // HOUR_MS
        kept = {each: count for each, count in self.by_hour.items() if hour - _HOURS <= each <= hour}
        kept[hour] = kept.get(hour, 0) + octets
        return Received(MappingProxyType(kept))

    def in_a_day(self, now_ms: int) -> int:
        """Return how much came in the last day; the hour that has begun to be too old still counts."""
        return sum(self.plus(0, now_ms).by_hour.values())

    def room_at_ms(self, most: float, now_ms: int) -> int:
        """Return when less than `most` will have come within a day, if nothing more comes; now where it is so."""
        at_ms = now_ms
        while self.in_a_day(at_ms) >= most > 0 and at_ms < now_ms + (_HOURS + 2) * HOUR_MS:
            at_ms = (at_ms // HOUR_MS + 1) * HOUR_MS
        return at_ms

    def dump(self) -> str:
        """Return it as text; `load` reads it."""
        return json.dumps({str(hour): count for hour, count in self.by_hour.items()})


def load(text: str) -> Received:
    """Return what was written down; nothing where that makes no sense."""
    try:
        found = json.loads(text)
        hours = {int(hour): count for hour, count in found.items() if isinstance(count, int) and count > 0}
    except (ValueError, AttributeError, RecursionError):
        return Received()
    return Received(MappingProxyType(hours))


def may_fetch_at_ms(want: Want, received: Received, daily_bytes: int, now_ms: int) -> int:
    """Return when something may be fetched: `now_ms` for at once. `daily_bytes` 0 is no limit."""
    most = daily_bytes * (NEAR if want is Want.MUCH else 1)
    return received.room_at_ms(most, now_ms) if daily_bytes else now_ms
