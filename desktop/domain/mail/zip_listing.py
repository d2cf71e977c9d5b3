"""What lies in a zip archive, by the list at its end. Nothing is unpacked, and no list is read that is too long. Pure.

Source: PKWARE APPNOTE 6.3.10, parts 4.3.12 (an entry of the list) and 4.3.16 (the record that says where the list is).
"""

from __future__ import annotations

import struct

END_BYTES = 22 + 0xFFFF
"""The record lies within so many bytes of the end: itself and the longest comment."""
MOST_LIST_BYTES = 1_000_000
MOST_NAMES = 10_000

_END = struct.Struct("<4s4HIIH")
_ENTRY = struct.Struct("<4s6H3I5H2I")
_UTF_8 = 0x800


def list_place(end: bytes, size_bytes: int) -> tuple[int, int] | None:
    """Return where in a file of a size the list begins and how long it is, by the file's last END_BYTES.

    None where there is no list, or one that is too long to be looked at.
    """
    at = end.rfind(b"PK\x05\x06", 0, max(len(end) - _END.size + 4, 0))
    if at < 0:
        return None
    *_disks, count, length, _offset, _comment = _END.unpack_from(end, at)
    # by its end, not by its offset: whatever stands before the archive moves the latter
    start = size_bytes - len(end) + at - length
    if count > MOST_NAMES or length > MOST_LIST_BYTES or start < 0:
        return None
    return start, length


def names_in(listed: bytes) -> tuple[str, ...] | None:
    """Return the names in a list as they are written there; None where it is broken or has too many."""
    found: list[str] = []
    at = 0
    while at < len(listed):
        if len(listed) - at < _ENTRY.size or len(found) == MOST_NAMES:
            return None
        signature, _made, _needed, flags, *_rest = entry = _ENTRY.unpack_from(listed, at)
        name_bytes, extra_bytes, comment_bytes = entry[10:13]
        if signature != b"PK\x01\x02":
            return None
        at += _ENTRY.size
        name = listed[at : at + name_bytes]
        found.append(name.decode("utf-8" if flags & _UTF_8 else "cp437", "replace"))
        at += name_bytes + extra_bytes + comment_bytes
    return tuple(found)
