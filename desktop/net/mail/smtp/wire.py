"""The octets of one SMTP connection: commands out, replies in, line by line. Used by one thread at a time.

A reply is limited in length, and in time as a whole: a server that sends a line now and then is as dead as a silent
one. What a server says while it stops reading is kept, because there it tells why (`parting`).
"""

from __future__ import annotations

import contextlib

from desktop.base import clock
from desktop.net import errors
from desktop.net.mail.link import Link

LINE_MAX = 4096
"""Longest line of a reply taken; RFC 5321 allows 512 octets, AUTH 12,288 the other way (RFC 4954)."""
REPLY_MAX_BYTES = 64 << 10

_PARTING_MAX_BYTES = 8 << 10


class Wire(Link):
    """A connection to an SMTP server. `readline` is what smtplib reads replies by."""

    parting = b""
    """What the server had said when sending to it failed."""
    _reply_bytes = 0
    _reply_deadline = 0.0

    @property
    def local_literal(self) -> str:
        """Our own address as EHLO tells it: a name of this computer is nobody's business (RFC 5321, section 4.1.3)."""
        try:
            address = str(self._socket.getsockname()[0]).partition("%")[0]
        except OSError as error:
            raise self._lost(error) from error
        return f"[IPv6:{address}]" if ":" in address else f"[{address}]"

    def expect(self) -> None:
        """Begin to wait for a reply."""
        self._reply_bytes = 0
        self._reply_deadline = clock.monotonic() + self._timeout_s

    def readline(self, _size: int) -> bytes:
        """Return the next line of the reply, with LF as its end; half a line at the end of a connection is none."""
        line = self._line(LINE_MAX)
        self._reply_bytes += len(line)
        if self._reply_bytes > REPLY_MAX_BYTES:
            self.close()
            raise errors.TooLarge(self._host, REPLY_MAX_BYTES)
        return line + b"\n"

    def _read_deadline(self) -> float:
        return self._reply_deadline

    def _lost(self, error: OSError) -> errors.NetProblem:
        with contextlib.suppress(OSError, ValueError):
            self._socket.setblocking(False)
            self.parting = self._buffer[self._at :] + self._socket.recv(_PARTING_MAX_BYTES)
        return super()._lost(error)
