"""Long work on the GUI thread in slices of a few milliseconds, so that keys and paints come in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Signal

SLICE_MS = 2


class Slices(QObject):
    """Walks through one iterator at a time; each step must be short. Starting another drops the one before."""

    finished = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Iterator[object] | None = None
        self._around: Callable[[Callable[[], None]], None] = _plainly
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._slice)

    @property
    def is_running(self) -> bool:
        """Whether anything is left to do."""
        return self._steps is not None

    def start(self, steps: Iterator[object], around: Callable[[Callable[[], None]], None] | None = None) -> None:
        """Do the first slice now and the others when the loop is free; `around` is called with each slice to run."""
        self._steps = steps
        self._around = around or _plainly
        self._slice()
        if self._steps is not None:
            self._timer.start()

    def stop(self) -> None:
        """Leave what is left undone."""
        self._steps = None
        self._timer.stop()

    def _slice(self) -> None:
        self._around(self._walk)
        if self._steps is None:
            self._timer.stop()
            self.finished.emit()

    def _walk(self) -> None:
        end_s = time.thread_time() + SLICE_MS / 1000  # our own work: a busy computer makes no slice smaller
        steps = self._steps
        while steps is not None:
            if next(steps, _END) is _END:
                self._steps = None
                return
            if time.thread_time() >= end_s:
                return


_END = object()


def _plainly(run: Callable[[], None]) -> None:
    run()
