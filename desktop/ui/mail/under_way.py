"""Which message is on its way into a reader: at most one to be shown next, and one form of the message that is open.

The message wanted next goes before everything that concerns the one before. GUI thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.ui.tasks import Tasks

PATIENCE_MS = 250
"""So long the mail before stays on the screen when the next one does not come."""


class UnderWay(QObject):
    """The loads of one reader."""

    late = Signal()
    """The message wanted next has not come within `PATIENCE_MS`."""

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._next: asyncio.Future[Any] | None = None
        self._reopening: asyncio.Future[Any] | None = None
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.late)

    @property
    def another(self) -> bool:
        """Whether another message is on its way."""
        return self._next is not None and not self._next.done()

    def start(self, show: Coroutine[Any, Any, None]) -> None:
        """Begin to show another message; nothing that is done to the one before stands in its way."""
        self.stop()
        self._next = self._tasks.run(show)
        self._patience.start()

    def start_again(self, reopen: Coroutine[Any, Any, None]) -> None:
        """Begin to show the open message in another form, unless another message is on its way already."""
        if self.another:
            reopen.close()
            return
        if self._reopening is not None:
            self._reopening.cancel()
        self._reopening = self._tasks.run(reopen)

    def arrived(self) -> None:
        """Say that a message is shown."""
        self._patience.stop()

    def stop(self) -> None:
        """Want nothing any more."""
        self._patience.stop()
        for each in (self._next, self._reopening):
            if each is not None:
                each.cancel()
