"""Folders: what a server offers, which role each plays, and the lists a person sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Role(StrEnum):
    """What a server folder is for (RFC 6154, section 2); NONE for ordinary ones."""

    NONE = ""
    INBOX = "inbox"
    ALL = "all"
    ARCHIVE = "archive"
    DRAFTS = "drafts"
    FLAGGED = "flagged"
    JUNK = "junk"
    SENT = "sent"
    TRASH = "trash"


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """One mailbox as LIST shows it."""

    wire_name: bytes
    """Exactly the server's octets, unquoted: what is sent back."""
    path: str
    """Decoded for people (modified UTF-7, RFC 3501, section 5.1.3); odd names stay as they are.

    Without the prefix of the person's own name space (RFC 2342): "Sent" for Courier's "INBOX.Sent".
    """
    delimiter: str
    """"" when the server has a flat name space (NIL)."""
    role: Role = Role.NONE
    selectable: bool = True
    subscribed: bool = True
    special_use: bool = False
    """The role was said by the server, not guessed from the name."""


class Unified(IntEnum):
    """The lists over all mail accounts; as list ids they lie below every folder key."""

    INBOX = -1
    IMPORTANT = -2
    SENT = -3
    DRAFTS = -4
    ARCHIVE = -5
    JUNK = -6
    TRASH = -7
    ALL = -8
    OUTBOX = -9
    SNOOZED = -10
    AWAITED = -11


ListId = int
"""A `Unified` value or the key of a server folder."""
