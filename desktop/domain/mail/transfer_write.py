"""Content made fit for 7-bit lines, piece by piece (RFC 2045, section 6): base64 and quoted-printable. Pure.

Pieces are of some 64 kB, those of text also of a whole long line, so that a file of any size passes through little
memory. What is yielded has CRLF between its lines and none at its end: it belongs to the boundary that follows.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator

LINE_OCTETS = 57
"""They make a line of 76 letters."""
_BLOCK_OCTETS = LINE_OCTETS * 800
_BATCH_CHARS = 16 * 1024
_FROM = re.compile(rb"^From ", re.MULTILINE)


def base64(content: Iterable[bytes]) -> Iterator[bytes]:
    """Yield octets as base64."""
    held = bytearray()
    between = b""
    for piece in content:
        view = memoryview(piece)
        for start in range(0, len(view), _BLOCK_OCTETS):
            held += view[start : start + _BLOCK_OCTETS]
            if len(held) >= _BLOCK_OCTETS:
                yield between + _base64_lines(bytes(held[:_BLOCK_OCTETS]))
                del held[:_BLOCK_OCTETS]
                between = b"\r\n"
    if held:
        yield between + _base64_lines(bytes(held))


def base64_size(octets: int) -> int:
    """Return how much `base64` yields for so many octets."""
    letters = (octets + 2) // 3 * 4
    return letters + max((octets - 1) // LINE_OCTETS, 0) * 2


def _base64_lines(block: bytes) -> bytes:
    letters = binascii.b2a_base64(block, newline=False)
    return b"\r\n".join(letters[at : at + 76] for at in range(0, len(letters), 76))


def quoted_printable(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines of text, UTF-8, as quoted-printable; "From" at a line's begin is encoded, as mbox files change it."""
    between = b""
    for batch in batches(lines):
        # a line end tells the encoder which kind to use for those it adds
        letters = binascii.b2a_qp(batch + b"\r\n").removesuffix(b"\r\n")
        yield between + _FROM.sub(b"=46rom =\r\n", letters)
        between = b"\r\n"


def batches(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield lines as UTF-8 with CRLF between them, many together; every batch lacks its last line end."""
    batch: list[str] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line) + 2
        if size >= _BATCH_CHARS:
            yield "\r\n".join(batch).encode()
            batch, size = [], 0
    if batch:
        yield "\r\n".join(batch).encode()
