"""What the reader shows of mails before their bodies: heads, and conversations of heads."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.mail.address import Address
from desktop.domain.mail.message import Completeness, Part, Status
from desktop.domain.mail.outbox import Outgoing
from desktop.domain.mail.reminding import FollowUp, Reminder


@dataclass(frozen=True, slots=True)
class MessageHead:
    """Header facts and state of one Email."""

    key: int
    conversation_key: int
    message_id: str
    subject: str
    sender: Address
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]
    date_ms: int
    received_ms: int
    size_bytes: int
    unread: bool
    important: bool
    answered: bool
    forwarded: bool
    completeness: Completeness
    status: Status
    parts: tuple[Part, ...]
    snippet: str
    account_keys: tuple[int, ...] = ()
    folder_keys: tuple[int, ...] = ()
    """Server folders it lies in, queued moves done."""
    gone: bool = False
    """No longer on any server."""
    twins: int = 0
    """Copies with the same id whose text differs from this one's."""
    outgoing: bool = False
    has_html: bool = False
    way: Outgoing | None = None
    """Where it is on its way out; None where it is not in the outbox."""
    reminder: Reminder | None = None
    follow_up: FollowUp | None = None
    """When the person is to be reminded once it is sent: of a mail on its way out."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Mails that belong together, oldest first."""

    key: int
    subject: str
    heads: tuple[MessageHead, ...]
