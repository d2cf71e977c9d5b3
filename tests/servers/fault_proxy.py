"""A TCP proxy that does to a connection what networks do: cut, reset, fall silent, crawl, change bytes. And heals.

"down" is from the server to the program, "up" the other way. Faults hold for open and for new connections until `heal`.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Literal

Direction = Literal["down", "up"]
Change = Callable[[bytes], bytes]
CHUNK = 1 << 16


class FaultProxy:
    """Listens on `port` of the loopback and forwards to one server. Use as a context manager."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._target = (host, port)
        self._lock = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._stopping = False
        self.connections = 0
        self.passed = {"down": 0, "up": 0}
        self._cut: dict[str, int] = {}
        self._reset = False
        self._black_hole = False
        self._delay_s = 0.0
        self._bytes_per_s = 0.0
        self._changes: dict[str, Change] = {}
        self._spawn(self._accept)

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def cut_after(self, count: int, direction: Direction = "down", *, reset: bool = False) -> None:
        """End every connection when `count` more bytes went this way; the rest is lost. `reset` sends RST."""
        with self._lock:
            self._cut[direction] = self.passed[direction] + count
            self._reset = reset

    def black_hole(self) -> None:
        """Keep connections open and forward nothing."""
        with self._lock:
            self._black_hole = True

    def delay(self, seconds: float) -> None:
        """Hold every chunk back for so long."""
        self._delay_s = seconds

    def throttle(self, bytes_per_s: float) -> None:
        """Forward no faster than this, each way."""
        self._bytes_per_s = bytes_per_s

    def change(self, change: Change, direction: Direction = "down") -> None:
        """Pass every chunk through a function, to take a capability away, say."""
        self._changes[direction] = change

    def drop(self) -> None:
        """End the connections of this moment; new ones are forwarded."""
        with self._lock:
            for one in list(self._sockets):
                self._end(one)

    def heal(self) -> None:
        """Forward everything again; what a black hole held back is delivered."""
        with self._lock:
            self._cut.clear()
            self._changes.clear()
            self._black_hole = self._reset = False
            self._delay_s = self._bytes_per_s = 0.0
            self._lock.notify_all()

    def close(self) -> None:
        """End everything."""
        self._stopping = True
        self.heal()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for thread in list(self._threads):
            thread.join(5)

    def _spawn(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping:
            try:
                near, _ = self._listener.accept()
                self.connections += 1
                far = socket.create_connection(self._target, 10)
            except OSError:
                if self._stopping:
                    return
                near.close()
                continue
            for one in (near, far):
                one.settimeout(None)
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets.add(one)
            self._spawn(self._pump, far, near, "down")
            self._spawn(self._pump, near, far, "up")

    def _pump(self, source: socket.socket, target: socket.socket, direction: Direction) -> None:
        try:
            while chunk := source.recv(CHUNK):
                if self._delay_s:
                    time.sleep(self._delay_s)
                if self._bytes_per_s:
                    time.sleep(len(chunk) / self._bytes_per_s)
                if direction in self._changes:
                    chunk = self._changes[direction](chunk)
                if not self._forward(target, chunk, direction):
                    break
        except OSError:
            return
        finally:
            with self._lock:
                self._end(source)
                self._end(target)

    def _forward(self, target: socket.socket, chunk: bytes, direction: Direction) -> bool:
        with self._lock:
            self._lock.wait_for(lambda: not self._black_hole or self._stopping)
            left = self._cut[direction] - self.passed[direction] if direction in self._cut else len(chunk)
            kept = chunk[: max(left, 0)]
            self.passed[direction] += len(kept)
            cut = direction in self._cut and left <= len(chunk)
            reset = self._reset
        target.sendall(kept)
        if cut and reset:
            target.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            # the other pump still reads from it, and the system closes no socket that is being read
            target.shutdown(socket.SHUT_RD)
            target.close()
        return not cut

    def _end(self, one: socket.socket) -> None:
        self._sockets.discard(one)
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
