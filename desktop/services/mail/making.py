"""From a draft to its bytes, and to what lists and search know of it.

The bytes are made piece by piece, whatever goes along. What the store knows of a mail is read from a lean copy, in
which large files, pictures and others that hold no words are left out: it says the same as the mail itself, so that its
copy on a server is recognised, and a draft that is kept every few seconds does not write its pictures again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace

from desktop.base import clock
from desktop.domain.mail.address import Address
from desktop.domain.mail.address_write import is_fit
from desktop.domain.mail.arrival import Arrival, text_digest
from desktop.domain.mail.draft import Draft, Enclosure, Stamp
from desktop.domain.mail.message import Completeness, Message, identity
from desktop.domain.mail.mime_build import write
from desktop.store.mail.blobs import Blobs, Packed, Staged, digest_of
from desktop.store.mail.drafts import KeptDraft

SMALL_BYTES = 64 * 1024
"""Files with words up to this size are in the lean copy too: a calendar or a text says something by itself."""
_WITH_WORDS = ("text/", "message/", "application/ics", "application/ms-tnef", "application/vnd.ms-tnef")


@dataclass(frozen=True, slots=True)
class Made:
    """What the store is told of a mail that was written here, and the source it is to keep."""

    arrival: Arrival
    source: Packed | Staged


def new_message_id(address: str) -> str:
    """Return a Message-ID in the domain of the sender that nobody can guess (RFC 5322, section 3.6.4)."""
    domain = address.rpartition("@")[2]
    return f"{secrets.token_hex(16)}@{domain if domain.isascii() and domain else 'localhost'}"


def stamp(message_id: str, at_ms: int | None = None) -> Stamp:
    """Return what makes a draft a message of a moment, of this one where none is given."""
    at_ms = clock.now() if at_ms is None else at_ms
    return Stamp(message_id, at_ms - at_ms % 1000, clock.utc_offset_min(at_ms))


def stage(draft: Draft, stamp: Stamp, blobs: Blobs, *, with_bcc: bool = False) -> Staged:
    """Make the bytes of the mail in a file of the store. Raises DiskFull, SourceMissing."""
    return blobs.stage(lambda put: write(draft, stamp, lambda e: blobs.pieces(e.digest), put, with_bcc=with_bcc))


def whole_draft(kept: KeptDraft, blobs: Blobs) -> bytes:
    """Return a draft as a mail with all its files, which the store keeps beside its source. Raises SourceMissing."""
    octets = bytearray()
    moment = stamp(kept.message_id, kept.date_ms)
    write(kept.draft, moment, lambda e: blobs.pieces(e.digest), octets.extend, with_bcc=True)
    return bytes(octets)


def as_draft(draft: Draft, stamp: Stamp, blobs: Blobs) -> Made:
    """Return a draft as the store keeps it: the files that go along lie beside its source, not in it.

    What is half written in place of an address is known to the draft alone.
    """
    draft = replace(draft, to=_fit(draft.to), cc=_fit(draft.cc), bcc=_fit(draft.bcc), reply_to=_fit(draft.reply_to))
    raw, message = _lean(draft, stamp, blobs)
    digest = digest_of(raw)
    [packed] = blobs.pack([(digest, raw)], frozenset([digest]))
    return Made(_arrival(message, digest, len(raw) + sum(e.size_bytes for e in draft.enclosures), partial=True), packed)


def as_mail(draft: Draft, stamp: Stamp, blobs: Blobs) -> Made:
    """Return a mail with its bytes, as it is sent. Raises DiskFull, SourceMissing."""
    _raw, message = _lean(draft, stamp, blobs)
    staged = stage(draft, stamp, blobs)
    return Made(_arrival(message, staged.digest, staged.size_bytes), staged)


def _fit(people: tuple[Address, ...]) -> tuple[Address, ...]:
    return tuple(person for person in people if is_fit(person.address))


def _lean(draft: Draft, stamp: Stamp, blobs: Blobs) -> tuple[bytes, Message]:
    from desktop.domain.mail import mime_parse  # brings in what takes HTML apart: not before something is written

    raw = bytearray()

    def content(enclosure: Enclosure) -> Iterable[bytes]:
        return blobs.pieces(enclosure.digest) if _is_read(enclosure) else ()

    write(draft, stamp, content, raw.extend)
    message = mime_parse.parse(bytes(raw))
    in_order = sorted(draft.enclosures, key=lambda each: not each.content_id)
    left_out = iter([each.size_bytes for each in in_order if not (each.size_bytes and _is_read(each))])
    parts = tuple(part if part.size_bytes else replace(part, size_bytes=next(left_out, 0)) for part in message.parts)
    return bytes(raw), replace(message, parts=parts, bcc=draft.bcc)


def _is_read(file: Enclosure) -> bool:
    """Say whether the lean copy holds a file."""
    has_words = file.media_type.lower().startswith(_WITH_WORDS) or file.name.lower() == "winmail.dat"
    return has_words and file.size_bytes <= SMALL_BYTES


def _arrival(message: Message, digest: bytes, size_bytes: int, *, partial: bool = False) -> Arrival:
    return Arrival(
        id=identity(message),
        message=message,
        completeness=Completeness.FULL,
        raw_digest=digest,
        text_digest=text_digest(message, whole=True),
        size_bytes=size_bytes,
        received_ms=clock.now(),
        partial=partial,
    )
