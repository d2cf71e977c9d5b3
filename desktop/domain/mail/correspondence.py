"""Who a person may mean by a few letters: those he writes to, the often and the lately first. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_HALF_LIFE_DAYS = 60.0
_DAY_MS = 86_400_000
_RECEIVED_WEIGHT = 0.2
"""To have got a mail from somebody says less than to have written to him."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody a person may mean. `note` says who it is."""

    name: str
    address: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """How an address was used. Times in ms UTC, 0 for never."""

    name: str
    address: str
    sent: int
    last_sent_ms: int
    received: int
    last_received_ms: int


def ranked(uses: Iterable[Use], now_ms: int, most: int) -> tuple[Suggestion, ...]:
    """Return the likeliest, best first: recency times frequency of writing to them, then of hearing from them."""

    def weight(use: Use) -> tuple[float, str]:
        written = math.log1p(use.sent) * _freshness(use.last_sent_ms, now_ms)
        heard = math.log1p(use.received) * _freshness(use.last_received_ms, now_ms)
        return -(written + _RECEIVED_WEIGHT * heard), use.address.lower()

    return tuple(Suggestion(use.name, use.address) for use in sorted(uses, key=weight)[:most])


def _freshness(last_ms: int, now_ms: int) -> float:
    """Return a factor that halves with every two months, never below a tenth: old friends are not forgotten."""
    days = max(now_ms - last_ms, 0) / _DAY_MS if last_ms else math.inf
    return 0.1 + 0.9 * math.exp2(-days / _HALF_LIFE_DAYS)
