"""winmail.dat (MS-OXTNEF): the files and the text Outlook packed into one attachment. Pure; never raises.

The objects are counted before the library reads them: it copies the rest of the data for each one.
"""

from __future__ import annotations

import struct
import warnings
from dataclasses import dataclass

MAX_BYTES = 20 * 1024 * 1024
_MAX_COPIED = 400 * 1024 * 1024
_MAX_FILES = 200
_SIGNATURE = b"\x78\x9f\x3e\x22"
_OBJECT = struct.Struct("<BHHI")


@dataclass(frozen=True, slots=True)
class TnefFile:
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Tnef:
    """What was inside. `text` is "" when there was no plain body."""

    files: tuple[TnefFile, ...] = ()
    text: str = ""
    html: str = ""


def read(data: bytes) -> Tnef:
    """Return the content of a TNEF stream; nothing of one that is broken, too big or has too many objects."""
    if not data.startswith(_SIGNATURE) or len(data) > MAX_BYTES or not _is_sane(data):
        return Tnef()
    try:
        return _read(data)
    except Exception:  # noqa: BLE001 - the library indexes into hostile bytes; the file stays one opaque attachment
        return Tnef()


def _is_sane(data: bytes) -> bool:
    at, copied = 6, 0
    while at + _OBJECT.size <= len(data):
        _level, _name, _kind, size = _OBJECT.unpack_from(data, at)
        copied += len(data) - at
        at += _OBJECT.size + size + 2
        if copied > _MAX_COPIED or at > len(data) + 2:
            return copied <= _MAX_COPIED
    return True


def _read(data: bytes) -> Tnef:
    import tnefparse

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = tnefparse.TNEF(data, do_checksum=False)
        files = []
        for attachment in parsed.attachments[:_MAX_FILES]:
            name = attachment.long_filename() or attachment.name
            if isinstance(attachment.data, bytes):
                files.append(TnefFile(_text(name).strip("\0"), attachment.data))
        return Tnef(tuple(files), _text(parsed.body), _text(parsed.htmlbody))


def _text(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bytes):
        return value.decode("cp1252", "replace")
    return value if isinstance(value, str) else ""
