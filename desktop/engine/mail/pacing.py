"""How soon an account signs in again: after which fault (R6, R7, R10), and how often in an hour at most (R9). Pure."""

from __future__ import annotations

import math

from desktop.base import backoff
from desktop.base.errors import Problem, Remedy
from desktop.net import errors
from desktop.services.mail.traffic import DailyVolumeReached

BURST = 8
EVERY_S = 300.0
"""So an hour holds at most 8 + 12 sign-ins."""
OFFLINE_S = 10.0
"""Where no server was reached a new try costs none anything, and the network may be back at any moment."""
LONGEST_PAUSE_S = 900.0
_SPREAD = 0.25


def pause_s(problem: Problem, failures: int, chance: float) -> float:
    """Return the seconds to wait after a problem; for ever (until woken) where only the person can help.

    `failures` went before it without success between; `chance` in 0..1 spreads many clients.
    """
    if isinstance(problem, DailyVolumeReached):
        return problem.wait_s
    if not problem.can_retry and problem.remedy is not Remedy.NONE:
        return math.inf
    asked_s = problem.back_off_s if isinstance(problem, errors.NetProblem) else 0.0
    if asked_s:
        # never sooner than asked for
        return min(asked_s * 2.0 ** min(failures, 10), LONGEST_PAUSE_S) * (1 + _SPREAD * chance)
    if failures == 0 and isinstance(problem, errors.ConnectionLost):
        return 0.0
    wait_s = backoff.delay_s(failures, chance)
    silent = isinstance(problem, errors.HostUnreachable) and not problem.refused
    unreached = silent or isinstance(problem, (errors.NameNotFound, errors.NetworkNeedsLogin))
    return min(wait_s, OFFLINE_S) if unreached else wait_s


class SignIns:
    """Counts the sign-ins of one account: a few at once, then one now and then. Times are of a steady clock."""

    def __init__(self) -> None:
        self._left = float(BURST)
        self._counted_at_s = 0.0

    def made(self, now_s: float) -> None:
        """Note a sign-in, whatever the server said to it."""
        self._left = self._left_at(now_s) - 1
        self._counted_at_s = now_s

    def wait_s(self, now_s: float) -> float:
        """Return how long the next one should wait."""
        return max(0.0, 1 - self._left_at(now_s)) * EVERY_S

    def _left_at(self, now_s: float) -> float:
        return min(float(BURST), self._left + max(0.0, now_s - self._counted_at_s) / EVERY_S)
