"""What a mail is: header facts, searchable text and its parts. Made by `mime_parse`, from hostile bytes, never failing.

The identity of a mail is computed from header fields only, so that a header-only import, the full mail, the copy
in Sent and a colleague's copy are the same Email.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum

from desktop.base import ids
from desktop.domain.mail.address import Address

KEY_STEP = 4096
"""A local key is `date_ms * KEY_STEP + n`: rowid order is date order."""


class Status(StrEnum):
    """Where an Email is in its life. It never leaves SENT or ARCHIVED."""

    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    ARCHIVED = "archived"


class Completeness(StrEnum):
    """How much of a mail is here."""

    FULL = "full"
    TEXT = "text"
    """Over the size limit: header and text are here, attachments come on demand."""
    CANNOT_SHOW = "cannot-show"
    """The parser gave up; the source is kept and tried again after an update."""


class Flag(IntFlag):
    """IMAP system flags (RFC 3501, section 2.3.2) as bits, and $Forwarded (RFC 5550)."""

    NONE = 0
    SEEN = 1
    FLAGGED = 2
    ANSWERED = 4
    DRAFT = 8
    DELETED = 16
    FORWARDED = 32


NOBODY = Address("", "")


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of the MIME tree that a person may save: an attachment or an inline picture."""

    section: str
    """IMAP section number, "2.1" (RFC 3501, section 6.4.5)."""
    name: str
    """Safe file name, already decoded and cleaned; "" when the mail gave none."""
    media_type: str
    size_bytes: int
    content_id: str = ""
    inline: bool = False
    """True when the body shows it by cid:, so the attachment strip leaves it out."""


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed mail. Every field has a value, whatever the bytes were; `defects` says what was odd."""

    message_id: str = ""
    """Without angle brackets; "" when absent."""
    date_ms: int | None = None
    """The Date header in ms UTC; None when absent or not a date."""
    subject: str = ""
    sender: Address = NOBODY
    """First address of From."""
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    """Message-IDs without brackets, oldest first, at most 50 (first and newest kept)."""
    text: str = ""
    """The searchable text of the mail, at most 256 KB of characters."""
    snippet: str = ""
    """First words that are not quotation, one line, at most 200 characters."""
    parts: tuple[Part, ...] = ()
    has_html: bool = False
    is_auto_reply: bool = False
    by_machine: bool = False
    """No person wrote it: an automatic answer, a notice of a system, a report on the delivery of another mail."""
    list_id: str = ""
    calendar: str = ""
    """First text/calendar part, "" when none."""
    defects: tuple[str, ...] = field(default=())

    @property
    def has_attachment(self) -> bool:
        return any(not part.inline for part in self.parts)


def identity(message: Message) -> uuid.UUID:
    """Return the id of the Email this message is.

    UUIDv5 of Message-ID, address of From in lower case and Date in UTC seconds; without a Message-ID of the
    decoded Date, From, To, Cc and Subject.
    """
    seconds = "" if message.date_ms is None else str(message.date_ms // 1000)
    if message.message_id:
        return ids.mail_id(f"id\n{message.message_id}\n{message.sender.key}\n{seconds}")
    people = (",".join(sorted(a.key for a in group)) for group in (message.to, message.cc))
    return ids.mail_id("\n".join(["none", seconds, message.sender.key, *people, message.subject]))


NO_DATE_MS = 1
"""The date of a mail of which nobody knows one, neither its header nor a server."""


def effective_date_ms(date_ms: int | None, received_ms: int) -> int:
    """Return the date a mail is sorted by: its Date header where plausible, else when the server received it.

    Not plausible: absent, before 1970, or more than a day after arrival. NO_DATE_MS where there is neither.
    """
    day_ms = 86_400_000
    if date_ms is None or date_ms <= 0 or date_ms > received_ms + day_ms:
        return max(received_ms, NO_DATE_MS)
    return date_ms


def key_date_ms(key: int) -> int:
    """Return the date inside a local key, in ms UTC."""
    return key // KEY_STEP
