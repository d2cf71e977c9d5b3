"""How long to wait before trying again: doubling, with a ceiling, spread so that many clients do not return at once."""

from __future__ import annotations

CEILING_S = 300.0


def delay_s(attempt: int, jitter: float = 0.0) -> float:
    """Return the seconds to wait after failed attempt number `attempt` (0 for the first): 1, 2, 4 … 300.

    `jitter` in 0..1 is the caller's random number; it takes away up to half, so the ceiling is spread too.
    """
    whole = CEILING_S if attempt >= 9 else min(CEILING_S, 2.0 ** max(0, attempt))
    return whole * (1.0 - 0.5 * min(1.0, max(0.0, jitter)))
