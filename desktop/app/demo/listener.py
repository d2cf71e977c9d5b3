"""A server on this computer alone: listens on 127.0.0.1, one thread a connection."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

LINE_MAX_BYTES = 1 << 16
_RECEIVE_BYTES = 1 << 16


class Gone(Exception):
    """The other side closed the connection, or said what nobody should."""


class Peer:
    """One connection: whole lines and counted octets in, octets out."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = bytearray()

    def send(self, octets: bytes) -> None:
        """Send these octets."""
        try:
            self._connection.sendall(octets)
        except OSError as error:
            raise Gone from error

    def line(self) -> bytes:
        """Return the next line without its end."""
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > LINE_MAX_BYTES:
                raise Gone
            self._receive()
        line = bytes(self._buffer[:end]).removesuffix(b"\r")
        del self._buffer[: end + 1]
        return line

    def octets(self, count: int) -> bytes:
        """Return the next so many octets."""
        while len(self._buffer) < count:
            self._receive()
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _receive(self) -> None:
        try:
            received = self._connection.recv(_RECEIVE_BYTES)
        except OSError as error:
            raise Gone from error
        if not received:
            raise Gone
        self._buffer += received


class Listener:
    """Runs `talk` for each connection until it is closed."""

    def __init__(self, name: str, talk: Callable[[Peer], None]) -> None:
        self._name, self._talk = name, talk
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._closing = False
        self._thread = threading.Thread(target=self._listen, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End every connection and wait for its thread."""
        with self._lock:
            self._closing = True
            running = dict(self._open)
        # to close a socket wakes nobody who waits in accept, a connection does
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1.0):
            self._thread.join(5.0)
        self._socket.close()
        for connection, thread in running.items():
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(5.0)

    def _listen(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            # an answer in several pieces would wait 40 ms for the program to acknowledge the first
            with contextlib.suppress(OSError):
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                if self._closing:
                    connection.close()
                    return
                thread = threading.Thread(target=self._serve, args=(connection,), name=self._name, daemon=True)
                self._open[connection] = thread
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            self._talk(Peer(connection))
        except Gone:
            log.debug("a connection of the sample ended")
        finally:
            with self._lock:
                self._open.pop(connection, None)
            connection.close()
