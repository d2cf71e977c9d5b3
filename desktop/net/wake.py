"""A flag that also wakes a thread waiting on a socket. Set on any thread, waited for on that of a connection."""

from __future__ import annotations

import socket
import threading


class Wake:
    """Like `threading.Event`, with a file descriptor for `select` (a socket pair, so it works on Windows too)."""

    def __init__(self) -> None:
        self._flag = threading.Event()
        self._lock = threading.Lock()
        self._inner, self._outer = socket.socketpair()
        self._inner.setblocking(False)
        self._outer.setblocking(False)

    def set(self) -> None:
        """Raise the flag and wake whoever waits."""
        with self._lock:
            if not self._flag.is_set() and self._outer.fileno() >= 0:
                self._flag.set()
                self._outer.send(b"!")

    def clear(self) -> None:
        """Lower the flag."""
        with self._lock:
            if self._flag.is_set() and self._inner.fileno() >= 0:
                self._flag.clear()
                self._inner.recv(16)

    def is_set(self) -> bool:
        return self._flag.is_set()

    def wait(self, timeout_s: float) -> bool:
        """Wait until the flag is raised or the time is up; say whether it is raised."""
        return self._flag.wait(timeout_s)

    def fileno(self) -> int:
        return self._inner.fileno()

    def close(self) -> None:
        """Give the descriptors back; setting a closed Wake does nothing."""
        with self._lock:
            self._inner.close()
            self._outer.close()
