"""Collects Python's cyclic garbage on the GUI thread only.

Python collects on whatever thread happens to allocate, and a widget or timer that is destroyed on another thread than
its own may take the process down. So while the window is open the automatic collector is off, and this one looks
several times a second whether the young generations are full. What was there at the start is set aside, which keeps
the rare full collection short. The automatic one stays off until the process ends: the threads of the engine outlive
the last look.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimerEvent

LOOK_EVERY_MS = 250
FULL_AFTER = 40
"""Collections of the middle generation before one of everything."""


class GarbageCollector(QObject):
    """Takes over with `start`; after `close` nobody collects."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        self._timer = 0

    def start(self) -> None:
        """Switch the automatic collector off and begin to look."""
        gc.disable()
        gc.collect()
        gc.freeze()
        self._timer = self.startTimer(LOOK_EVERY_MS)

    def close(self) -> None:
        """Stop looking."""
        if self._timer:
            self.killTimer(self._timer)
            self._timer = 0

    def timerEvent(self, event: QTimerEvent) -> None:
        young, middle, old = gc.get_count()
        if old > FULL_AFTER:
            gc.collect(2)
        elif middle > self._thresholds[1]:
            gc.collect(1)
        elif young > self._thresholds[0]:
            gc.collect(0)
