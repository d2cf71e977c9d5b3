"""The mark on files that came from outside, by which the system asks before it runs one of them. Any thread.

Windows keeps it in a stream beside the content (Mark of the Web, MS-FSCC 5.6.1: zone 3 is the internet), macOS in an
extended attribute (com.apple.quarantine: flags, time in hexadecimal seconds, program). Other systems know no such mark.
"""

from __future__ import annotations

import ctypes
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from desktop.base import clock

log = logging.getLogger(__name__)

ZONE = "[ZoneTransfer]\r\nZoneId=3\r\n"
QUARANTINE = "com.apple.quarantine"
_DOWNLOADED_BY_MAIL = "0082"

SetAttribute = Callable[[Path, str, bytes], None]


def quarantine(now_ms: int) -> bytes:
    """Return the value of the attribute for a file that a mail program wrote now."""
    return f"{_DOWNLOADED_BY_MAIL};{now_ms // 1000:08x};Rapport;".encode("ascii")


def mark(path: Path, platform: str = sys.platform, set_attribute: SetAttribute | None = None) -> None:
    """Mark a file that can still be written. A file system that keeps no marks is no error."""
    try:
        if platform == "win32":
            Path(f"{path}:Zone.Identifier").write_text(ZONE, encoding="ascii", newline="")
        elif platform == "darwin":
            (set_attribute or _set_attribute)(path, QUARANTINE, quarantine(clock.now()))
    except OSError:
        log.debug("the file system keeps no marks")


def _set_attribute(path: Path, name: str, value: bytes) -> None:
    """Call setxattr of macOS, which has two arguments more than that of Linux."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.setxattr(os.fsencode(path), name.encode("ascii"), value, ctypes.c_size_t(len(value)), 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
