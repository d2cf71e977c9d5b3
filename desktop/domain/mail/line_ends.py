"""Line ends of mail: CRLF on the way (RFC 5322, section 2.3), a bare LF in the files of Unix programs. Pure."""

from __future__ import annotations

import re

_BARE = re.compile(rb"(?<!\r)\n")


def lines_for_wire(raw: bytes) -> bytes:
    """Return a source whose lines all end in CRLF; one that is as it came from a server is not copied."""
    return raw if raw.count(b"\n") == raw.count(b"\r\n") else _BARE.sub(b"\r\n", raw)
