"""Measures how long the GUI thread computes in one go; other programs on the computer do not count."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer


class Stalls:
    """Runs a timer that fires whenever the loop is free, and notes the work done between two of its ticks."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._last_s = time.thread_time()
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now_s = time.thread_time()
        self.longest_ms = max(self.longest_ms, (now_s - self._last_s) * 1000)
        self._last_s = now_s

    def stop(self) -> None:
        """Count what is still under way, and stop."""
        self._tick()
        self._timer.stop()


@contextmanager
def stalls() -> Iterator[Stalls]:
    """Watch while the block runs."""
    watch = Stalls()
    try:
        yield watch
    finally:
        watch.stop()
