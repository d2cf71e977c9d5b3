"""Type and size of a picture from its first bytes. Pure and total; nothing is decoded.

A small file can claim to be a huge picture and take gigabytes when it is drawn, so its size is read before that:
of pictures fetched from the web, of parts of a mail, and of those written into its HTML. A browser goes by the bytes
of a picture, whatever its name or label; so what is not read here (AVIF, icons) is no picture to us and is not shown.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

PIXELS_MAX = 50_000_000
LETTER_PIXELS_MAX = 300_000_000
"""All pictures of one letter together: twenty-five photographs of a telephone (12 million pixels each). Drawn all at
once they would take 1.2 GB; Chromium, which forgets some of them on its way, was seen to take half of that."""
_MOST_BLOCKS = 10_000
_BMP_OS2 = 12
_BMP_HEADERS = {16, 40, 52, 56, 64, 108, 124}


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture says of itself."""

    media_type: str
    width: int
    height: int

    @property
    def pixels(self) -> int:
        """How many there are to draw."""
        return self.width * self.height

    @property
    def fits(self) -> bool:
        """Whether it may be drawn."""
        return 0 < self.pixels <= PIXELS_MAX


def read(octets: bytes) -> Header | None:
    """Return type and size of a PNG, JPEG, GIF, WebP or BMP; None for anything else."""
    try:
        if octets.startswith(b"\x89PNG\r\n\x1a\n") and octets[12:16] == b"IHDR":
            width, height = struct.unpack_from(">II", octets, 16)
            return Header("image/png", width, height)
        if octets.startswith((b"GIF87a", b"GIF89a")):
            return _gif(octets)
        if octets.startswith(b"\xff\xd8\xff"):
            return _jpeg(octets)
        if octets.startswith(b"RIFF") and octets[8:12] == b"WEBP":
            return _webp(octets)
        if octets.startswith(b"BM"):
            return _bmp(octets)
    except (struct.error, IndexError):
        return None
    return None


def _gif(octets: bytes) -> Header | None:
    """Walk to the first frame (GIF89a, sections 18 to 24): browsers enlarge a screen that is too small for it."""
    width, height, packed = struct.unpack_from("<HHB", octets, 6)
    at = 13 + (3 << (packed & 7) + 1 if packed & 0x80 else 0)
    in_extension = False
    for _step in range(_MOST_BLOCKS):
        kind = octets[at]
        if in_extension:
            in_extension = kind != 0
            at += 1 + kind
        elif kind == 0x2C:
            left, top, frame_width, frame_height = struct.unpack_from("<HHHH", octets, at + 1)
            return Header("image/gif", max(width, left + frame_width), max(height, top + frame_height))
        elif kind == 0x21:
            in_extension = True
            at += 2
        else:
            return None
    return None


def _jpeg(octets: bytes) -> Header | None:
    """Walk the markers to the frame header (ITU-T T.81, annex B)."""
    at = 2
    for _step in range(_MOST_BLOCKS):
        if at + 4 > len(octets) or octets[at] != 0xFF:
            return None
        marker = octets[at + 1]
        if marker == 0xFF:
            at += 1
        elif 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", octets, at + 5)
            return Header("image/jpeg", width, height)
        elif marker in {0x00, 0xD9, 0xDA}:
            return None  # 0x00 is no marker: decoders look for the next one right behind it, not after a segment
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


def _bmp(octets: bytes) -> Header | None:
    """Read the information header of Windows or OS/2; a picture written from its top has a negative height."""
    (size,) = struct.unpack_from("<I", octets, 14)
    if size == _BMP_OS2:
        width, height = struct.unpack_from("<HH", octets, 18)
    elif size in _BMP_HEADERS:
        width, height = struct.unpack_from("<ii", octets, 18)
    else:
        return None
    return Header("image/bmp", width, abs(height)) if width > 0 else None
