"""Type and size of pictures from their first bytes, also of those that lie about it."""

from __future__ import annotations

import struct
import time

import pytest

from desktop.domain import image_header
from tests.pictures import png

GIF = b"GIF89a" + struct.pack("<HH", 3, 4) + b"\x80\0\0" + b"\0" * 6
GIF_NOTE = b"\x21\xfe\x04note\x02, \0"
BMP = b"BM" + b"\0" * 12
JPEG_SIZE = b"\xff\xc0\x00\x11\x08"


def frame(left: int, top: int, width: int, height: int) -> bytes:
    return b"\x2c" + struct.pack("<HHHH", left, top, width, height)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (png(7, 9), ("image/png", 7, 9)),
        (GIF + frame(0, 0, 3, 4), ("image/gif", 3, 4)),
        (GIF + GIF_NOTE + frame(0, 0, 1, 1), ("image/gif", 3, 4)),
        (b"\xff\xd8\xff\xe0\x00\x04ab" + JPEG_SIZE + struct.pack(">HH", 5, 6), ("image/jpeg", 6, 5)),
        (b"RIFF\0\0\0\0WEBPVP8X" + b"\0" * 8 + b"\x01\0\0\x02\0\0", ("image/webp", 2, 3)),
        (b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 7 + b"\x9d\x01\x2a" + struct.pack("<HH", 8, 9), ("image/webp", 8, 9)),
        (b"RIFF\0\0\0\0WEBPVP8L" + b"\0" * 4 + b"\x2f" + struct.pack("<I", 4 | 5 << 14), ("image/webp", 5, 6)),
        (BMP + struct.pack("<IHH", 12, 4, 3), ("image/bmp", 4, 3)),
        (BMP + struct.pack("<Iii", 40, 4, -3), ("image/bmp", 4, 3)),
    ],
)
def test_headers_of_pictures(octets: bytes, expected: tuple[str, int, int]) -> None:
    header = image_header.read(octets)

    assert header is not None
    assert (header.media_type, header.width, header.height) == expected
    for end in range(len(octets)):
        image_header.read(octets[:end])


def test_a_gif_is_as_large_as_its_first_frame() -> None:
    header = image_header.read(GIF + GIF_NOTE + frame(60_000, 0, 5_000, 60_000))

    assert header is not None
    assert (header.width, header.height) == (65_000, 60_000)
    assert not header.fits


def test_what_is_no_marker_hides_no_frame_header() -> None:
    # a decoder looks for the next marker right behind 0xFF00 and finds the large size; a segment there would hide it
    large = JPEG_SIZE + struct.pack(">HH", 60_000, 60_000)
    small = JPEG_SIZE + struct.pack(">HH", 5, 6)
    segment = b"\xff\x00" + struct.pack(">H", 2 + len(large)) + large + small

    assert image_header.read(b"\xff\xd8" + segment) is None


@pytest.mark.parametrize(
    "octets",
    [
        b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
        b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0",
        b"BA" + b"\0" * 60,
        BMP + struct.pack("<Iii", 48, 4, 3),
        BMP + struct.pack("<Iii", 40, -4, 3),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        GIF + b"\x3b",
        b"",
    ],
    ids=["avif", "icon", "bitmap array", "odd bitmap", "turned bitmap", "svg", "gif without a picture", "nothing"],
)
def test_what_cannot_be_measured_is_no_picture(octets: bytes) -> None:
    assert image_header.read(octets) is None


@pytest.mark.parametrize(
    "octets",
    [
        b"\xff\xd8" + b"\xff" * 10_000_000,
        b"\xff\xd8" + b"\xff\xd8" * 5_000_000,
        GIF + b"\x21\xfe" + b"\1a" * 5_000_000,
        GIF + b"\x21\xfe\0" * 3_000_000,
    ],
    ids=["fill bytes", "empty markers", "short blocks", "empty extensions"],
)
def test_endless_headers_take_no_time(octets: bytes) -> None:
    began = time.perf_counter()

    assert image_header.read(octets) is None
    assert time.perf_counter() - began < 0.1
