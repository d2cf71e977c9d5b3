"""A mail on its way into the store: what was parsed, and the server copy it came from.

Copies of one id may hold different texts, by accident or because one is forged: twins. They are told apart by digest.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from desktop.domain.mail.message import Completeness, Flag, Message

_TEXT_OCTETS, _SIZES_OCTETS = 32, 8


@dataclass(frozen=True, slots=True)
class Arrival:
    """One fetched copy. `raw_digest` names the source in the blob store (SHA-256); b"" when none is kept."""

    id: uuid.UUID
    message: Message
    completeness: Completeness
    raw_digest: bytes
    text_digest: bytes
    """What the parser read, to be compared by `same_text`."""
    size_bytes: int
    received_ms: int
    flags: Flag = Flag.NONE
    uid: int = 0
    partial: bool = False
    """The source is only part of the mail, whether it can be shown or not: the rest lies on the server."""
    gm_msgid: int | None = None
    """Gmail's id of the mail; None elsewhere."""


def text_digest(message: Message, *, whole: bool) -> bytes:
    """Return a digest of subject, text and names of parts; of a whole source also of the sizes of its parts.

    Of a mail over the size limit the sizes are estimates, and differ from those of the same mail fetched in full.
    """
    names = "\n".join(part.name for part in message.parts if part.name)
    text = f"{message.subject}\n{message.text}\n{names}".encode("utf-8", "replace")
    sizes = " ".join(str(part.size_bytes) for part in message.parts).encode()
    exact = hashlib.sha256(sizes).digest()[:_SIZES_OCTETS] if whole else b""
    return hashlib.sha256(text).digest() + exact


def same_text(one: bytes | None, other: bytes | None) -> bool:
    """Say whether two copies of one id read the same, as far as their digests tell; an unknown one is like any."""
    if not one or not other or one == other:
        return True
    return _TEXT_OCTETS in (len(one), len(other)) and one[:_TEXT_OCTETS] == other[:_TEXT_OCTETS]
