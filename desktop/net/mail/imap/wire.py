"""The octets of one IMAP connection: whole responses out, nothing unbounded in. Used by one thread at a time.

A response is a line; where a line ends in "{n}" a literal of n octets and another line follow (RFC 3501, section 4.3).
Lines and literals are limited *before* memory is taken for them (M6). Silence for `timeout_s` is a lost connection, and
a set `cancel` is noticed within a quarter of a second.
"""

from __future__ import annotations

import re
import selectors
import socket
import ssl
from collections.abc import Callable

from desktop.base import clock
from desktop.net import errors
from desktop.net.connect import Stop
from desktop.net.wake import Wake

LINE_MAX = 8 << 20
"""Longest line taken; a SEARCH answer with 700,000 UIDs fits."""
SMALL_LITERAL_MAX = 8 << 20
"""Most literal octets in one response that carries no mail."""

_CHUNK = 1 << 18
_CANCEL_SLICE_S = 0.25
_LITERAL = re.compile(rb"(?:^|[ (])~?\{(\d+)\+?\}$")
_STATUS = re.compile(rb"\+|(?:\*|[A-Z]\d+) +(?:OK|NO|BAD|BYE|PREAUTH)\b", re.IGNORECASE)

LiteralLimit = Callable[[list[bytes]], int]
"""Given the fragments so far, how many more literal octets this response may bring."""


def small(_fragments: list[bytes]) -> int:
    """Allow what responses without mail need."""
    return SMALL_LITERAL_MAX


class Wire:
    """A connected socket and what was read from it but not yet used. After any error it is closed for good."""

    def __init__(
        self, connection: socket.socket, host: str, port: int, *, timeout_s: float, cancel: Stop | None = None
    ) -> None:
        self._socket = connection
        self._host = host
        self._port = port
        self._timeout_s = timeout_s
        self._cancel = cancel
        self._buffer = b""
        self._at = 0
        self.closed = False
        self.received_bytes = 0

    @property
    def encrypted(self) -> bool:
        return isinstance(self._socket, ssl.SSLSocket)

    def send(self, octets: bytes) -> None:
        """Send all octets."""
        self._raise_if_unusable()
        try:
            self._socket.settimeout(self._timeout_s)
            self._socket.sendall(octets)
        except OSError as error:
            self.close()
            raise errors.from_os_error(error, self._host, self._port) from error

    def read(self, limit: LiteralLimit = small) -> list[bytes]:
        """Return the next response as line, literal, line, literal, …, line; line ends are cut off."""
        fragments = [self._line()]
        taken = 0
        while fragments[-1].endswith(b"}"):
            match = _LITERAL.search(fragments[-1])
            if match is None or (len(fragments) == 1 and _STATUS.match(fragments[0])):
                break
            allowed = limit(fragments) - taken
            # int() itself refuses numbers of thousands of digits
            size = int(match[1]) if len(match[1]) < 20 else allowed + 1
            if size > allowed:
                self.close()
                raise errors.TooLarge(self._host, allowed + taken)
            taken += size
            fragments.append(self._octets(size))
            fragments.append(self._line())
        return fragments

    def pending(self) -> bool:
        """Return whether something was received that `read` has not given out: in our buffer or in the TLS layer's."""
        if self._at < len(self._buffer):
            return True
        return isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0

    def wait(self, timeout_s: float, wake: Wake | None = None) -> bool:
        """Wait until something can be read; False when the time is up or `wake` was set.

        With a `wake` nobody looks at `cancel` meanwhile, for hours of IDLE: who sets it sets both, or calls `abort`.
        """
        self._raise_if_unusable()
        if self.pending():
            return True
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(self._socket, selectors.EVENT_READ)
                if wake is not None:
                    selector.register(wake, selectors.EVENT_READ)
                deadline = clock.monotonic() + timeout_s
                looks_up = self._cancel is not None and wake is None
                while (left := deadline - clock.monotonic()) > 0:
                    ready = selector.select(min(left, _CANCEL_SLICE_S) if looks_up else left)
                    self._raise_if_unusable()
                    if wake is not None and wake.is_set():
                        return False
                    if ready:
                        return True
            except (OSError, ValueError) as error:
                self.close()
                raise errors.ConnectionLost(self._host, details=str(error)) from error
        return False

    def release(self) -> socket.socket:
        """Give the socket away for a TLS handshake; what was received in clear is forgotten with this Wire."""
        self._raise_if_unusable()
        self.closed = True
        self._buffer = b""
        self._socket.settimeout(self._timeout_s)
        return self._socket

    def abort(self) -> None:
        """Make the thread that reads or waits fail at once; from any thread."""
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

    def _line(self) -> bytes:
        searched = self._at
        while True:
            end = self._buffer.find(b"\n", searched)
            if end >= 0:
                line = self._buffer[self._at : end]
                self._at = end + 1
                return line[:-1] if line.endswith(b"\r") else line
            held = len(self._buffer) - self._at
            if held > LINE_MAX:
                self.close()
                raise errors.TooLarge(self._host, LINE_MAX)
            chunk = self._receive(_CHUNK)
            self._buffer = self._buffer[self._at :] + chunk
            self._at = 0
            searched = held

    def _octets(self, size: int) -> bytes:
        end = self._at + size
        if end <= len(self._buffer):
            octets = self._buffer[self._at : end]
            self._at = end
            return octets
        # memory grows with what really arrives, not with what was announced
        parts = [self._buffer[self._at :]]
        missing = size - len(parts[0])
        self._buffer, self._at = b"", 0
        while missing > 0:
            chunk = self._receive(_CHUNK)
            if len(chunk) > missing:
                self._buffer = chunk[missing:]
                chunk = chunk[:missing]
            parts.append(chunk)
            missing -= len(chunk)
        return b"".join(parts)

    def _receive(self, size: int) -> bytes:
        self._raise_if_unusable()
        deadline = clock.monotonic() + self._timeout_s
        while True:
            try:
                left = max(deadline - clock.monotonic(), 0.01)
                self._socket.settimeout(left if self._cancel is None else min(left, _CANCEL_SLICE_S))
                chunk = self._socket.recv(size)
            except TimeoutError as error:
                self._raise_if_unusable()
                if clock.monotonic() < deadline:
                    continue
                self.close()
                raise errors.ConnectionLost(self._host, details="silence") from error
            except OSError as error:
                self.close()
                raise errors.from_os_error(error, self._host, self._port) from error
            if not chunk:
                self.close()
                raise errors.ConnectionLost(self._host, details="closed by the server")
            self.received_bytes += len(chunk)
            return chunk

    def _raise_if_unusable(self) -> None:
        if self._cancel is not None and self._cancel.is_set():
            self.close()
            raise errors.Cancelled(self._host)
        if self.closed:
            raise errors.ConnectionLost(self._host, details="already closed")
