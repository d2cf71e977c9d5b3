"""Who may have a connection to one mailbox: so many at a time, first come, first served (R9). Any thread.

The limit is the provider's, lower for an hour once the server has said that it takes no more. For as long as it asked
then nobody tries, but for a person who insists.
"""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from desktop.base import clock
from desktop.net import errors
from desktop.net.connect import Stop

LOWERED_S = 3600.0
_SETTLE_S = 0.5
"""A server takes a moment to see that a connection has ended; where its limit is reached that counts."""
_LOOK_EVERY_S = 0.1


@dataclass(eq=False, slots=True)
class _Guest:
    """One connection, or who waits for one."""

    give_way: Callable[[], None] | None
    """Asks who holds it to let go of it, where it is held for as long as nobody else wants one."""
    was_asked: bool = False


class Admission:
    """Lets in at most so many at a time."""

    def __init__(self, host: str, most: int) -> None:
        self._host = host
        self._most = most
        self._changed = threading.Condition()
        self._line: deque[_Guest] = deque()
        self._inside: list[_Guest] = []
        self._lowered_to = most
        self._lowered_until_s = 0.0
        self._closed_until_s = 0.0
        self._left_at_s = -math.inf

    @property
    def most(self) -> int:
        """How many connections there may be now."""
        return self._lowered_to if self._is_lowered else self._most

    @property
    def _is_lowered(self) -> bool:
        return clock.monotonic() < self._lowered_until_s

    @contextmanager
    def entered(
        self, cancel: Stop | None = None, *, give_way: Callable[[], None] | None = None, insists: bool = False
    ) -> Iterator[None]:
        """Wait in line for a connection and hold it for a `with` block.

        `give_way` is called, once and on any thread, when somebody waits and only such connections are held.
        Raises TooManyConnections for a while after the block has, unless a person `insists`; Cancelled.
        """
        guest = _Guest(give_way)
        self._wait(guest, cancel, insists)
        try:
            yield
        except errors.TooManyConnections as problem:
            self._refused(problem.back_off_s)
            raise
        finally:
            with self._changed:
                self._inside.remove(guest)
                self._left_at_s = clock.monotonic()
                self._changed.notify_all()

    def _wait(self, guest: _Guest, cancel: Stop | None, insists: bool) -> None:
        with self._changed:
            self._line.append(guest)
            try:
                while True:
                    if cancel is not None and cancel.is_set():
                        raise errors.Cancelled(self._host)
                    if not insists and clock.monotonic() < self._closed_until_s:
                        raise errors.TooManyConnections(self._host)
                    if self._line[0] is guest:
                        if len(self._inside) >= self.most:
                            self._ask_to_give_way()
                        elif not self._is_lowered or clock.monotonic() - self._left_at_s >= _SETTLE_S:
                            self._inside.append(guest)
                            return
                    self._changed.wait(_LOOK_EVERY_S)
            finally:
                self._line.remove(guest)
                self._changed.notify_all()

    def _ask_to_give_way(self) -> None:
        if any(each.give_way is None for each in self._inside):
            return  # that one ends by itself
        for each in self._inside:
            if each.give_way is not None and not each.was_asked:
                each.was_asked = True
                each.give_way()

    def _refused(self, back_off_s: float) -> None:
        """The server did not bear one of those inside."""
        with self._changed:
            now_s = clock.monotonic()
            self._lowered_to = max(1, len(self._inside) - 1)
            self._lowered_until_s = now_s + LOWERED_S
            self._closed_until_s = now_s + back_off_s
            self._changed.notify_all()
