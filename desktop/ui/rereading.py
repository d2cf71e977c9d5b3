"""Reading again whenever something changed: one reading at a time, and one more for what changed meanwhile.

A stream of events starves it not, as starting anew with each would, and no older answer lands after a newer one.
GUI thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from desktop.ui.tasks import Tasks


class Rereading:
    """`read` reads something and shows it; it is called again and again, never twice at once."""

    def __init__(self, tasks: Tasks, read: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._tasks = tasks
        self._read = read
        self._again = False
        self._running: asyncio.Future[Any] | None = None

    def ask(self) -> None:
        """Read now, or once more after the reading that is under way."""
        if self._running is not None and not self._running.done():
            self._again = True
        else:
            self._start()

    def stop(self) -> None:
        """Give up the reading that is under way."""
        self._again = False
        if self._running is not None:
            self._running.cancel()

    def _start(self) -> None:
        self._again = False
        self._running = self._tasks.run(self._once())

    async def _once(self) -> None:
        try:
            await self._read()
        finally:  # a reading that failed is no answer to what changed meanwhile
            if self._again:
                self._start()
