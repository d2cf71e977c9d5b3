"""Conversations: a view over Message-ID, In-Reply-To and References, never the storage model.

Every Message-ID a mail has or names belongs to one conversation. A new mail joins the conversations of the ids it
names; when these are several, they become one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from desktop.domain.mail.message import Message


def member_hashes(message: Message) -> tuple[int, ...]:
    """Return a signed 64-bit hash of each Message-ID the mail has or names, its own first, without repeats."""
    own = (message.message_id,) if message.message_id else ()
    named = (message.in_reply_to,) if message.in_reply_to else ()
    return tuple(dict.fromkeys(hash_of(i) for i in (*own, *message.references, *named)))


def hash_of(message_id: str) -> int:
    """Return the signed 64-bit hash under which a Message-ID is kept."""
    return int.from_bytes(hashlib.blake2b(message_id.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def surviving(conversation_keys: Iterable[int]) -> int:
    """Return which of several conversations takes in the others: the oldest."""
    return min(conversation_keys)
