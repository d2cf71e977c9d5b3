"""Whether a mail that lies on a server is the copy of one sent from here, though its server changed the header. Pure.

Exchange gives what it sends a Message-ID of its own; Gmail replaces a From it has not verified. What no server touches
is compared, and each copy is claimed by one mail only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.domain.mail.address import Address
from desktop.domain.mail.message import Message


@dataclass(frozen=True, slots=True)
class SentMail:
    """What is known of a mail sent from here."""

    message_id: str
    sender: str
    to: frozenset[str]
    """Addresses are in lower case."""
    subject: str
    date_ms: int


def addresses(people: Iterable[Address]) -> frozenset[str]:
    """Return who is among these people, for `SentMail.to`."""
    return frozenset(each.key for each in people)


def is_copy(found: Message, sent: SentMail, *, rewrites_message_ids: bool) -> bool:
    """Say whether a mail in Sent is this one.

    Date (to the second), To and Subject must be the same, and of Message-ID and From one at least; the Message-ID may
    only differ where the provider is known to rewrite it.
    """
    if found.date_ms is None or found.date_ms // 1000 != sent.date_ms // 1000:
        return False
    if " ".join(found.subject.split()) != " ".join(sent.subject.split()) or addresses(found.to) != sent.to:
        return False
    if found.message_id == sent.message_id:
        return True
    return rewrites_message_ids and found.sender.key == sent.sender
