"""A mail on its way into the store: what was parsed, and the server copy it came from."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from desktop.domain.mail.message import Completeness, Flag, Message


@dataclass(frozen=True, slots=True)
class Arrival:
    """One fetched copy. `raw_digest` names the source in the blob store (SHA-256); b"" when only part of it is here."""

    id: uuid.UUID
    message: Message
    completeness: Completeness
    raw_digest: bytes
    text_digest: bytes
    """SHA-256 of what the parser read; two copies whose digests differ are twins (same id, other text)."""
    size_bytes: int
    received_ms: int
    flags: Flag = Flag.NONE
    uid: int = 0
