"""What lies in a zip archive, by the list at its end. Nothing is unpacked, and no list is read that is too long. Pure.

Programs find the list in different ways: by its place, its length, or the entries themselves. Where these do not agree
an archive shows each of them something else, and there is no saying what it holds.

Source: PKWARE APPNOTE 6.3.10, parts 4.3.12 (an entry of the list) and 4.3.16 (the record that says where the list is).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

END_BYTES = 22 + 0xFFFF
"""The record lies within so many bytes of the end: itself and the longest comment."""
MOST_LIST_BYTES = 1_000_000
MOST_NAMES = 10_000

_END = struct.Struct("<4s4HIIH")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_UTF_8 = 0x800


@dataclass(frozen=True, slots=True)
class ListPlace:
    """Where in a file the list is, and how many entries it is said to have."""

    start: int
    length: int
    count: int


def list_place(end: bytes, size_bytes: int) -> ListPlace | None:
    """Return where in a file of a size the list is, by the file's last END_BYTES.

    None where there is no list, one that is too long to be looked at, or one that lies elsewhere than it says.
    """
    at = end.rfind(b"PK\x05\x06", 0, max(len(end) - _END.size + 4, 0))
    if at < 0:
        return None
    *_disks, count, length, start, comment = _END.unpack_from(end, at)
    record = size_bytes - len(end) + at
    if count > MOST_NAMES or length > MOST_LIST_BYTES:
        return None
    if start + length != record or at + _END.size + comment != len(end) or (not count and record):
        return None
    return ListPlace(start, length, count)


def names_in(listed: bytes, count: int) -> tuple[str, ...] | None:
    """Return the names in a list as they are written there; None where it is broken or has not so many."""
    found: list[str] = []
    at = 0
    while at < len(listed):
        if len(listed) - at < _ENTRY.size or len(found) == count:
            return None
        signature, _made, _needed, flags, *_rest = entry = _ENTRY.unpack_from(listed, at)
        name_bytes, extra_bytes, comment_bytes = entry[10:13]
        if signature != b"PK\x01\x02":
            return None
        at += _ENTRY.size
        name = listed[at : at + name_bytes]
        found.append(name.decode("utf-8" if flags & _UTF_8 else "cp437", "replace"))
        at += name_bytes + extra_bytes + comment_bytes
    return tuple(found) if len(found) == count else None
