"""World-wide ids. Records get UUIDv7 (time-ordered), mails and email addresses UUIDv5 in one fixed namespace."""

from __future__ import annotations

import os
import threading
import uuid

from desktop.base import clock

_MAIL = uuid.UUID("6f0b7a5e-3c0d-5a7b-9a64-5b8c3f6d2e11")
_lock = threading.Lock()
_last = 0


def new_id() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562, section 5.7), rising within this process."""
    global _last
    with _lock:
        # 48 bits of ms and 12 bits of sub-ms counter in one rising number
        stamp = max(clock.now() << 12, _last + 1)
        _last = stamp
    ms, fraction = stamp >> 12, stamp & 0xFFF
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return uuid.UUID(int=(ms & (1 << 48) - 1) << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random)


def mail_id(key: str) -> uuid.UUID:
    """Return the id every desktop computes for a mail with this identity key (see `domain.mail.message.identity`)."""
    return uuid.uuid5(_MAIL, "mail\n" + key)


def address_id(address: str) -> uuid.UUID:
    """Return the id of an email address; case does not matter."""
    return uuid.uuid5(_MAIL, "address\n" + address.lower())
