"""The octets of one connection to a mail server: whole lines in, everything out. IMAP and SMTP. One thread at a time.

Lines are limited before memory is taken for them (M6). Silence for `timeout_s` is a lost connection, in both
directions, and a set `cancel` is noticed within a quarter of a second.
"""

from __future__ import annotations

import socket
import ssl

from desktop.base import clock
from desktop.net import errors
from desktop.net.connect import Stop

CANCEL_SLICE_S = 0.25
_CHUNK = 1 << 18


class Link:
    """A connected socket and what was read from it but not yet used. After any error it is closed for good."""

    def __init__(
        self, connection: socket.socket, host: str, port: int, *, timeout_s: float, cancel: Stop | None = None
    ) -> None:
        self._socket = connection
        self._host = host
        self.port = port
        self._timeout_s = timeout_s
        self._cancel = cancel
        self._buffer = b""
        self._at = 0
        self.closed = False
        self.received_bytes = 0
        self.sent_bytes = 0
        """Octets the system took; where it is TLS, octets of whole records alone."""

    @property
    def encrypted(self) -> bool:
        return isinstance(self._socket, ssl.SSLSocket)

    def send(self, octets: bytes) -> None:
        """Send all octets; a peer that takes none for `timeout_s` is lost."""
        left = memoryview(octets)
        self._raise_if_unusable()
        deadline = clock.monotonic() + self._timeout_s
        while left:
            try:
                self._socket.settimeout(self._until(deadline))
                count = self._socket.send(left)
            except TimeoutError as error:
                self._raise_if_unusable()
                if clock.monotonic() < deadline:
                    continue
                raise self._lost(error) from error
            except OSError as error:
                raise self._lost(error) from error
            self.sent_bytes += count
            left = left[count:]
            deadline = clock.monotonic() + self._timeout_s

    def pending(self) -> bool:
        """Return whether something was received that nobody has read: in our buffer or in the TLS layer's."""
        if self._at < len(self._buffer):
            return True
        return isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0

    def release(self) -> socket.socket:
        """Give the socket away for a TLS handshake; what was received in clear is forgotten with this Link."""
        self._raise_if_unusable()
        self.closed = True
        self._buffer = b""
        self._socket.settimeout(self._timeout_s)
        return self._socket

    def abort(self) -> None:
        """Make the thread that reads, sends or waits fail at once; from any thread."""
        try:
            # not SSLSocket's own: that one first takes the encryption away under the feet of the other thread
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
        except OSError:
            return

    def set_timeout(self, timeout_s: float) -> None:
        """Set how long silence is borne."""
        self._timeout_s = timeout_s

    def close(self) -> None:
        """Close the socket; a second time does nothing."""
        if not self.closed:
            self.closed = True
            self._buffer = b""
            self._at = 0
            self._socket.close()

    def _line(self, most_bytes: int) -> bytes:
        """Return the next line without its end; one that is longer raises TooLarge."""
        searched = self._at
        while True:
            end = self._buffer.find(b"\n", searched)
            if end >= 0:
                line = self._buffer[self._at : end]
                self._at = end + 1
                return line[:-1] if line.endswith(b"\r") else line
            held = len(self._buffer) - self._at
            if held > most_bytes:
                self.close()
                raise errors.TooLarge(self._host, most_bytes)
            chunk = self._receive(_CHUNK)
            self._buffer = self._buffer[self._at :] + chunk
            self._at = 0
            searched = held

    def _receive(self, size: int = _CHUNK) -> bytes:
        self._raise_if_unusable()
        deadline = self._read_deadline()
        while True:
            try:
                self._socket.settimeout(self._until(deadline))
                chunk = self._socket.recv(size)
            except TimeoutError as error:
                self._raise_if_unusable()
                if clock.monotonic() < deadline:
                    continue
                raise self._lost(error) from error
            except OSError as error:
                raise self._lost(error) from error
            if not chunk:
                self.close()
                raise errors.ConnectionLost(self._host, details="closed by the server")
            self.received_bytes += len(chunk)
            return chunk

    def _read_deadline(self) -> float:
        """Return until when the other side may stay silent."""
        return clock.monotonic() + self._timeout_s

    def _until(self, deadline: float) -> float:
        left = max(deadline - clock.monotonic(), 0.01)
        return left if self._cancel is None else min(left, CANCEL_SLICE_S)

    def _lost(self, error: OSError) -> errors.NetProblem:
        """Close, and return what a socket's exception means."""
        self.close()
        if isinstance(error, TimeoutError):
            return errors.ConnectionLost(self._host, details="silence")
        return errors.from_os_error(error, self._host, self.port)

    def _raise_if_unusable(self) -> None:
        if self._cancel is not None and self._cancel.is_set():
            self.close()
            raise errors.Cancelled(self._host)
        if self.closed:
            raise errors.ConnectionLost(self._host, details="already closed")
