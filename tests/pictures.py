"""Pictures for tests: small files of any size on the screen, and mails that show them."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping


def png(width: int, height: int, padding: int = 0) -> bytes:
    """Return a PNG that says it is this large and holds one black line; `padding` octets make its file longer."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    line = chunk(b"IDAT", zlib.compress(bytes(1 + (width + 7) // 8)))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"prIv", bytes(padding)) + line + chunk(b"IEND", b"")


def letter(pictures: Mapping[str, bytes], html: str = "") -> bytes:
    """Return a mail that shows each picture by its Content-ID; `html` stands before them."""
    shown = html + "".join(f'<img src="cid:{each}">' for each in pictures)
    pieces = [
        "From: Anna <a@b.example>\nSubject: x\nDate: Fri, 16 Oct 2026 10:42:00 +0000\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/related; boundary=x1\n\n--x1\nContent-Type: text/html\n\n{shown}\n".encode()
    ]
    for content_id, data in pictures.items():
        pieces.append(
            f"--x1\nContent-Type: image/png\nContent-ID: <{content_id}>\nContent-Transfer-Encoding: base64\n\n".encode()
            + base64.encodebytes(data)
        )
    return b"".join([*pieces, b"--x1--\n"])
