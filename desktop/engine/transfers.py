"""The thread of imports and exports: one at a time in the order they were asked for, each ended early on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class TransferThread:
    """Works until it is closed; a call that waits its turn is cancelled through its future."""

    def __init__(self, close_connection: Callable[[], None]) -> None:
        self._close_connection = close_connection
        self._pool = ThreadPoolExecutor(1, "transfer")
        self._stop = threading.Event()

    def run(self, work: Callable[[Callable[[], bool]], T]) -> Future[T]:
        """Do it on the thread; `work` is given what says that the program ends."""
        return self._pool.submit(self._do, work)

    def _do(self, work: Callable[[Callable[[], bool]], T]) -> T:
        try:
            return work(self._stop.is_set)
        finally:
            self._close_connection()

    def close(self) -> None:
        """Let what is under way end early, cancel what waits, and wait for the end."""
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)
