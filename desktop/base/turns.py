"""A lock that serves in the order of arrival.

`threading.Lock` lets a thread that gives it back take it again at once: one that does a long piece of work in many
portions would keep all others out until the end. Any thread.
"""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """Mutual exclusion for `with` blocks; whoever waits longest is next."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        try:
            mine.acquire()
        except BaseException:
            self._leave(mine)
            raise

    def __exit__(self, *error: object) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False

    def _leave(self, mine: threading.Lock) -> None:
        """Give up waiting (Ctrl+C on the main thread); the turn may have come just then."""
        with self._guard:
            waits = mine in self._waiting
            if waits:
                self._waiting.remove(mine)
        if not waits:
            self._pass_on()
