"""Makes a zip archive of a few files in memory. Pure. It opens none: what reads archives of strangers stays out (C22).

Source: PKWARE APPNOTE 6.3.10, parts 4.3.7 (what stands before a file), 4.3.12 (an entry of the list) and 4.3.16 (the
record that says where the list is). No file and no archive may have 4 GB, and no archive more than 65,535 files.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

_LOCAL = struct.Struct("<4s5H3I2H")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION, _MADE_ON_UNIX = 20, 3 << 8
_UTF_8, _DEFLATED = 0x800, 8
_FIRST_YEAR, _LAST_YEAR = 1980, 2107
_READABLE_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day somewhere, as archives keep it: to two seconds, without its zone."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int

    def packed(self) -> tuple[int, int]:
        """Return time and date of MS-DOS; the nearest it knows."""
        if self.year < _FIRST_YEAR:
            return 0, (1 << 5) | 1
        year = min(self.year, _LAST_YEAR) - _FIRST_YEAR
        return (self.hour << 11) | (self.minute << 5) | (self.second // 2), (year << 9) | (self.month << 5) | self.day


class ZipWriter:
    """Add files, then take the archive."""

    def __init__(self) -> None:
        self._body = bytearray()
        self._list = bytearray()
        self._count = 0

    def add(self, name: str, octets: bytes, changed: Moment) -> None:
        """Add a file; `name` is its path with slashes."""
        written = name.encode("utf-8", "replace")
        deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
        body = deflate.compress(octets) + deflate.flush()
        at = len(self._body)
        facts = (_VERSION, _UTF_8, _DEFLATED, *changed.packed(), zlib.crc32(octets), len(body), len(octets))
        self._body += _LOCAL.pack(b"PK\x03\x04", *facts, len(written), 0) + written + body
        made_by = _MADE_ON_UNIX | _VERSION
        self._list += _ENTRY.pack(b"PK\x01\x02", made_by, *facts, len(written), 0, 0, 0, 0, _READABLE_FILE, at)
        self._list += written
        self._count += 1

    @property
    def count(self) -> int:
        """How many files are in it."""
        return self._count

    def archive(self) -> bytes:
        """Return the archive."""
        end = _END.pack(b"PK\x05\x06", 0, 0, self._count, self._count, len(self._list), len(self._body), 0)
        return bytes(self._body + self._list + end)
