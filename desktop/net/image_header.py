"""Type and size of a picture from its first bytes. Pure and total; nothing is decoded.

A small file can claim to be a huge picture and take gigabytes when it is drawn, so its size is read before that.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

PIXELS_MAX = 50_000_000


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says of itself."""

    media_type: str
    width: int
    height: int

    @property
    def fits(self) -> bool:
        """Whether it may be drawn."""
        return 0 < self.width * self.height <= PIXELS_MAX


def read(octets: bytes) -> Header | None:
    """Return type and size of a PNG, JPEG, GIF or WebP; None for anything else, whatever its name or label."""
    try:
        if octets.startswith(b"\x89PNG\r\n\x1a\n") and octets[12:16] == b"IHDR":
            width, height = struct.unpack_from(">II", octets, 16)
            return Header("image/png", width, height)
        if octets.startswith((b"GIF87a", b"GIF89a")):
            width, height = struct.unpack_from("<HH", octets, 6)
            return Header("image/gif", width, height)
        if octets.startswith(b"\xff\xd8\xff"):
            return _jpeg(octets)
        if octets.startswith(b"RIFF") and octets[8:12] == b"WEBP":
            return _webp(octets)
    except (struct.error, IndexError):
        return None
    return None


def _jpeg(octets: bytes) -> Header | None:
    """Walk the markers to the frame header (ITU-T T.81, annex B)."""
    at = 2
    while at + 4 <= len(octets):
        if octets[at] != 0xFF:
            return None
        marker = octets[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", octets, at + 5)
            return Header("image/jpeg", width, height)
        elif marker in {0xD9, 0xDA}:
            return None
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            at += 2 + struct.unpack_from(">H", octets, at + 2)[0]
    return None


def _webp(octets: bytes) -> Header | None:
    """Read the first chunk (RFC 9649, sections 2.5 to 2.7)."""
    kind = octets[12:16]
    if kind == b"VP8X":
        return Header(
            "image/webp", 1 + int.from_bytes(octets[24:27], "little"), 1 + int.from_bytes(octets[27:30], "little")
        )
    if kind == b"VP8 " and octets[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", octets, 26)
        return Header("image/webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L" and octets[20] == 0x2F:
        (bits,) = struct.unpack_from("<I", octets, 21)
        return Header("image/webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    return None
