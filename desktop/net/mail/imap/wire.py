"""The octets of one IMAP connection: whole responses out, nothing unbounded in. Used by one thread at a time.

A response is a line; where a line ends in "{n}" a literal of n octets and another line follow (RFC 3501, section 4.3).
Lines and literals are limited *before* memory is taken for them (M6).
"""

from __future__ import annotations

import re
import selectors
from collections.abc import Callable

from desktop.base import clock
from desktop.net import errors
from desktop.net.mail.link import CANCEL_SLICE_S, Link
from desktop.net.wake import Wake

LINE_MAX = 8 << 20
"""Longest line taken; a SEARCH answer with 700,000 UIDs fits."""
SMALL_LITERAL_MAX = 8 << 20
"""Most literal octets in one response that carries no mail."""

_LITERAL = re.compile(rb"(?:^|[ (])~?\{(\d+)\+?\}$")
_STATUS = re.compile(rb"\+|(?:\*|[A-Z]\d+) +(?:OK|NO|BAD|BYE|PREAUTH)\b", re.IGNORECASE)

LiteralLimit = Callable[[list[bytes]], int]
"""Given the fragments so far, how many more literal octets this response may bring."""


def small(_fragments: list[bytes]) -> int:
    """Allow what responses without mail need."""
    return SMALL_LITERAL_MAX


class Wire(Link):
    """A connection to an IMAP server, read response by response."""

    def read(self, limit: LiteralLimit = small) -> list[bytes]:
        """Return the next response as line, literal, line, literal, …, line; line ends are cut off."""
        fragments = [self._line(LINE_MAX)]
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
            fragments.append(self._line(LINE_MAX))
        return fragments

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
                    ready = selector.select(min(left, CANCEL_SLICE_S) if looks_up else left)
                    self._raise_if_unusable()
                    if wake is not None and wake.is_set():
                        return False
                    if ready:
                        return True
            except (OSError, ValueError) as error:
                self.close()
                raise errors.ConnectionLost(self._host, details=str(error)) from error
        return False

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
            chunk = self._receive()
            if len(chunk) > missing:
                self._buffer = chunk[missing:]
                chunk = chunk[:missing]
            parts.append(chunk)
            missing -= len(chunk)
        return b"".join(parts)
