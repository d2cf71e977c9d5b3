"""Watches the clock: lets mails come back when they are due, and notices that the computer slept or its clock jumped.

Connections made before are dead then, however alive they look. What is due is compared with the wall clock at every
tick, so neither sleep nor a clock that was set can keep a mail away.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.services.mail.reminders import Reminders

log = logging.getLogger(__name__)

TICK_S = 5.0
GAP_S = 15.0
"""A tick that comes so much too late, by either clock, means that time went by without us."""


def slept(wall_s: float, monotonic_s: float) -> bool:
    """Say whether between two ticks, so long by the wall clock and by the steady one, the computer was away."""
    return monotonic_s > TICK_S + GAP_S or wall_s - monotonic_s > GAP_S


class ClockWatch:
    """A thread that ticks: it calls `resumed` after a gap, and has mails come back from `reminders`."""

    def __init__(self, resumed: Callable[[], None], reminders: Reminders) -> None:
        self._resumed = resumed
        self._reminders = reminders
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
        self.look()
        while not self._stop.wait(TICK_S):
            now_ms, now_s = clock.now(), clock.monotonic()
            if slept((now_ms - wall_ms) / 1000, now_s - steady_s):
                self._resumed()
            wall_ms, steady_s = now_ms, now_s
            self.look()
        self._reminders.close_thread()

    def look(self) -> None:
        """Let what is due come back; what could not be done now is tried at the next tick."""
        try:
            at_ms = self._reminders.next_at()
            if at_ms is not None and at_ms <= clock.now():
                self._reminders.bring_back()
        except Problem as problem:
            log.warning("mails could not come back: %s", problem.text)
        except Exception:
            log.exception("mails could not come back")
