"""A signature as an account keeps it: the HTML of the composer, with its pictures written into it. Pure.

So it goes wherever the account goes. Its text for plain mails is made of it when it is used. What comes out of `read`
is as safe as what a person writes: whatever stood in it, only blocks and raster pictures of a fair size are left.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from desktop.domain import image_header
from desktop.domain.mail import sanitise, written_html, written_reading
from desktop.domain.mail.written import Block, canonical, is_blank, without_pictures

PICTURE_MOST_BYTES = 100_000
"""A signature goes along with every mail."""
SIGN = "-- "
"""The line above a signature in plain text, by which readers know it (RFC 3676, 4.3)."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature says, and its pictures by content id, which is made of what is in them."""

    blocks: tuple[Block, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def read(html: str, *, foreign: bool = False) -> Signature:
    """Return a signature, made safe; `foreign` leaves colours and sizes of another page behind."""
    found: dict[str, bytes] = {}

    def keep(source: str) -> str | None:
        url = sanitise.data_image(source)
        octets = sanitise.data_of(url) if url is not None else b""
        header = image_header.read(octets)
        if header is None or not header.fits or len(octets) > PICTURE_MOST_BYTES:
            return None
        content_id = content_id_of(octets)
        found[content_id] = octets
        return content_id

    blocks = without_pictures(written_reading.read(html, keep, foreign=foreign), found.__contains__)
    return Signature(() if is_blank(blocks) else canonical(blocks), found)


def write(blocks: Sequence[Block], pictures: Mapping[str, bytes]) -> str:
    """Return what is kept; "" for a signature in which nothing can be seen."""
    held = canonical(without_pictures(blocks, pictures.__contains__))
    return "" if is_blank(held) else written_html.write(held, lambda content_id: _data(pictures[content_id]))


def content_id_of(octets: bytes) -> str:
    """Return the content id of a picture: the same for the same picture, so that a signature is found again."""
    return f"{hashlib.sha256(octets).hexdigest()[:32]}@rapport"


def signed_at(blocks: Sequence[Block], signature: Sequence[Block]) -> int | None:
    """Return where a signature begins that ends a text; None where it does not."""
    if is_blank(signature):
        return None
    wanted = canonical(signature)
    for first in range(len(blocks) - len(wanted), -1, -1):
        if tuple(blocks[first : first + len(wanted)]) == wanted:
            return first if is_blank(blocks[first + len(wanted) :]) else None
    return None


def _data(octets: bytes) -> str:
    header = image_header.read(octets)
    media_type = header.media_type if header is not None else "image/png"
    return f"data:{media_type};base64,{b64encode(octets).decode()}"
