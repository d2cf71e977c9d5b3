"""What a real server took, held against what was written: nothing more, nothing less, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.mail import header_write, mime_parse
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.message import Message
from tests.domain.mail import drafts
from tests.servers.smtp_receiver import Received
from tests.typed import line, name_read

FIELDS = ("Date", "Message-ID", "From", "Reply-To", "To", "Cc", "Subject", "In-Reply-To", "References")
"""In this order, those of them that a mail has; after them come only the next."""
MIME_FIELDS = (["MIME-Version", "Content-Type"], ["MIME-Version", "Content-Type", "Content-Transfer-Encoding"])


def faults(received: Received, draft: Draft, sender: str) -> list[str]:
    """Return what is wrong with a mail as it arrived: another field, person or mail than the draft says."""
    raw = received.raw
    message = mime_parse.parse(raw)
    has = {
        "Reply-To": draft.reply_to,
        "To": draft.to,
        "Cc": draft.cc,
        "In-Reply-To": header_write.is_identifier(draft.in_reply_to),
        "References": header_write.references((*draft.references, draft.in_reply_to)),
    }
    found = drafts.names(raw)
    expected = [name for name in FIELDS if has.get(name, True)]
    wanted = {each.address.lower() for each in draft.recipients}
    lines = raw.split(b"\r\n")
    right = {
        f"fields {found}": any(found == [*expected, *mime] for mime in MIME_FIELDS),
        f"sender {received.sender}": received.sender == sender,
        f"recipients {received.recipients}": sorted(each.lower() for each in received.recipients) == sorted(wanted),
        f"defects {message.defects}": not message.defects,
        "bare line ends": not any(b"\r" in each or b"\n" in each for each in lines),
        "long lines": max(map(len, lines)) <= 998,
        "null octets": b"\0" not in raw,
        f"subject {message.subject!r}": message.subject == line(draft.subject),
        f"from {message.sender}": message.sender == Address(name_read(draft.sender.name), draft.sender.address),
        f"to {message.to}": named(message.to) == spelled(draft.to),
        f"cc {message.cc}": named(message.cc) == spelled(draft.cc),
        f"reply-to {message.reply_to}": named(message.reply_to) == spelled(draft.reply_to),
        "bcc is told": not message.bcc,
    }
    return [what for what, holds in right.items() if not holds]


def named(people: Iterable[Address]) -> list[tuple[str, str]]:
    return [(each.name, each.address) for each in people]


def spelled(people: Iterable[Address]) -> list[tuple[str, str]]:
    return [(name_read(each.name), each.address) for each in people]


def files(message: Message) -> list[str]:
    return [part.name for part in message.parts]


def fields_of(message: Message) -> list[list[str]]:
    has = {"Reply-To": message.reply_to, "Cc": message.cc, "In-Reply-To": (), "References": ()}
    expected = [name for name in FIELDS if has.get(name, True)]
    return [[*expected, *mime] for mime in MIME_FIELDS]
