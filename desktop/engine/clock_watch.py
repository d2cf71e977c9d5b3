"""Notices that the computer slept or its clock jumped: connections made before are dead, however alive they look."""

from __future__ import annotations

import threading
from collections.abc import Callable

from desktop.base import clock

TICK_S = 5.0
GAP_S = 15.0
"""A tick that comes so much too late, by either clock, means that time went by without us."""


def slept(wall_s: float, monotonic_s: float) -> bool:
    """Say whether between two ticks, so long by the wall clock and by the steady one, the computer was away."""
    return monotonic_s > TICK_S + GAP_S or wall_s - monotonic_s > GAP_S


class ClockWatch:
    """A thread that ticks, and calls `resumed` after a gap."""

    def __init__(self, resumed: Callable[[], None]) -> None:
        self._resumed = resumed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(5)

    def _run(self) -> None:
        wall_ms, steady_s = clock.now(), clock.monotonic()
        while not self._stop.wait(TICK_S):
            now_ms, now_s = clock.now(), clock.monotonic()
            if slept((now_ms - wall_ms) / 1000, now_s - steady_s):
                self._resumed()
            wall_ms, steady_s = now_ms, now_s
