"""What a person writes: a mail before it has bytes (`mime_build` makes them; `answering` begins an answer).

The quoted original is a block of its own, made safe once and sent as it was shown: an answer never mangles what the
other side wrote. Files lie in the store under their digest from the moment they are attached.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop.base.text import encodable
from desktop.domain.mail.address import Address
from desktop.domain.mail.reminding import FollowUp


@dataclass(frozen=True, slots=True)
class Identity:
    """An address a person writes as. The first of a mail account is its default. Empty texts take nothing along."""

    address: str
    name: str = ""
    reply_to: str = ""
    signature: str = ""
    """HTML, below a new mail."""
    reply_signature: str | None = None
    """HTML, below answers and forwarded mails; None for the same one."""

    @property
    def mailbox(self) -> Address:
        """What stands in From."""
        return Address(self.name, self.address)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes along: attached, or a picture in the text where it has a `content_id`."""

    name: str
    media_type: str
    size_bytes: int
    digest: bytes
    """SHA-256 of its octets, the name under which the store keeps them."""
    content_id: str = ""
    """Without angle brackets; the text shows it as `cid:`."""


class Relation(StrEnum):
    """What a mail is to the one it grew out of."""

    REPLY = "reply"
    FORWARD = "forward"


class Priority(StrEnum):
    """How much a mail matters to who writes it."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Origin:
    """The Email a draft grew out of: it is marked as answered or forwarded once the draft is sent."""

    relation: Relation
    email_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Draft:
    """All that is written so far."""

    sender: Address
    """From: one of the person's own identities."""
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    is_html: bool = True
    """False: `text` alone is sent."""
    html: str = ""
    """What the person wrote, signature included: a fragment of the editor's own simple HTML."""
    text: str = ""
    """The same as plain text: what is sent beside the HTML, or alone."""
    quote_html: str = ""
    """The original below it, with the line that introduces it: a fragment of safe HTML."""
    quote_text: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    in_reply_to: str = ""
    """Message-IDs without angle brackets."""
    references: tuple[str, ...] = ()
    origin: Origin | None = None
    follow_up: FollowUp | None = None
    """When the person wants to be reminded unless somebody answers."""
    priority: Priority = Priority.NORMAL
    asks_receipt: bool = False
    """Whether those who get it are asked to say that they have read it (RFC 8098)."""

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everybody it goes to, each address once."""
        return tuple({each.key: each for each in (*self.to, *self.cc, *self.bcc) if each.address}.values())


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes a draft a certain message: fixed when its bytes are made."""

    message_id: str
    """Without angle brackets."""
    date_ms: int
    utc_offset_min: int
    """Of the person's own clock, east is positive."""


def of_characters(draft: Draft) -> Draft:
    """Return a draft whose texts can be kept: half a surrogate pair from the clipboard, or octets of an argument that
    are no characters, become replacement characters.
    """
    to, cc, bcc, reply_to = (_readable(each) for each in (draft.to, draft.cc, draft.bcc, draft.reply_to))
    return replace(
        draft,
        sender=_readable((draft.sender,))[0],
        to=to,
        cc=cc,
        bcc=bcc,
        reply_to=reply_to,
        subject=encodable(draft.subject),
        html=encodable(draft.html),
        text=encodable(draft.text),
        quote_html=encodable(draft.quote_html),
        quote_text=encodable(draft.quote_text),
        in_reply_to=encodable(draft.in_reply_to),
        references=tuple(map(encodable, draft.references)),
    )


def _readable(people: tuple[Address, ...]) -> tuple[Address, ...]:
    return tuple(Address(encodable(each.name), encodable(each.address)) for each in people)
