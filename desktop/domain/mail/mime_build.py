"""A draft as the octets that are sent (RFC 5322, RFC 2045 to 2049): streamed, 7-bit, CRLF everywhere. Pure.

The tree has only the levels it needs: text alone; beside it HTML, with its pictures; and attachments around both. Files
are read piece by piece where they stand, so that a mail of any size takes the memory of a few pieces.
"""

from __future__ import annotations

import html as entities
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from itertools import chain
from urllib.parse import unquote

from desktop.base import text as plain
from desktop.domain.mail import address_write, flowed, header, header_write, transfer_write
from desktop.domain.mail.draft import Draft, Enclosure, Priority, Stamp

Content = Callable[[Enclosure], Iterable[bytes]]
"""Gives the octets of a file, from their begin, as often as asked."""

_MAIL = "message/rfc822"
_UNKNOWN = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,79}/[a-z0-9][a-z0-9!#$&^_.+-]{0,79}")
_CID = re.compile(r"cid:([^\s\"'<>)]{1,998})", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_END = re.compile("\r\n|\r|\u2028|\u2029")
_LONGEST_LINE = 998
_HEADER_NEAR = 200
"""A mail shows within so many octets that it begins with a field."""
_FIELDS_SIZE = 1024
"""Room for the fields around one file, or for those of a mail but for its people."""
_PERSON_SIZE = 64
_DAY_MIN = 24 * 60

_BEFORE = (
    '<!DOCTYPE html>\n<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body>\n'
)
_AFTER = "\n</body></html>"


@dataclass(frozen=True, slots=True)
class _Part:
    """Its fields, and what follows them, without a line end after the last line."""

    fields: bytes
    body: Iterable[bytes]


def write(
    draft: Draft, stamp: Stamp, content: Content, sink: Callable[[bytes], object], *, with_bcc: bool = False
) -> None:
    """Give `sink` the mail piece by piece.

    `with_bcc` is for a draft on a server, never for what is sent. A picture the HTML does not show is left out, as
    nobody sees it. Raises address_write.AddressRefused before anything was given; what `content` raises passes through.
    """
    head = _head(draft, stamp, with_bcc=with_bcc)
    body = _body(draft, content)
    sink(head + body.fields + b"\r\n")
    for piece in body.body:
        sink(piece)
    sink(b"\r\n")


def size_of(draft: Draft) -> int:
    """Return at least how many octets `write` gives, about; never raises, also where addresses are not yet whole."""
    people = (draft.sender, *draft.reply_to, *draft.to, *draft.cc, *draft.bcc)
    files = sum(
        transfer_write.base64_size(each.size_bytes) + _FIELDS_SIZE + 6 * len(each.name) for each in draft.enclosures
    )
    names = sum(
        12 * min(len(each.name), header_write.MAX_NAME_CHARS) + len(each.address) + _PERSON_SIZE for each in people
    )
    ids = sum(len(each) + 5 for each in header_write.references(draft.references)) + len(draft.in_reply_to)
    body = _body(replace(draft, enclosures=()), lambda _file: ())
    written = len(body.fields) + sum(map(len, body.body))
    return (
        2 * _FIELDS_SIZE + 12 * min(len(draft.subject), header_write.MAX_SUBJECT_CHARS) + files + names + ids + written
    )


def shown_pictures(draft: Draft) -> tuple[Enclosure, ...]:
    """Return the pictures that the HTML shows."""
    if not draft.is_html:
        return ()
    found = _CID.findall(draft.html) + _CID.findall(draft.quote_html)
    shown = {unquote(entities.unescape(each)) for each in found}
    return tuple(
        each for each in draft.enclosures if each.content_id in shown and header_write.is_identifier(each.content_id)
    )


_PRIORITIES = {Priority.HIGH: "1", Priority.LOW: "5"}
"""What other programs read (RFC 2156 has the word, their custom the number)."""


def _head(draft: Draft, stamp: Stamp, *, with_bcc: bool) -> bytes:
    if not header_write.is_identifier(stamp.message_id):
        raise ValueError(f"no Message-ID: {stamp.message_id!r}")
    people = address_write.mailboxes
    found = [
        header_write.field("Date", [_date(stamp)]),
        header_write.field("Message-ID", [f"<{stamp.message_id}>"]),
        header_write.field("From", people([draft.sender])),
    ]
    to = people(draft.to)
    if not (draft.to or draft.cc or with_bcc):
        to = ["undisclosed-recipients:;"]
    for name, tokens in (
        ("Reply-To", people(draft.reply_to)),
        ("To", to),
        ("Cc", people(draft.cc)),
        ("Bcc", people(draft.bcc) if with_bcc else []),
        ("Subject", header_write.words(header_write.one_line(draft.subject))),
        ("In-Reply-To", header_write.identifiers([draft.in_reply_to])),
        ("References", header_write.references(draft.references)),
        ("X-Priority", [_PRIORITIES[draft.priority]] if draft.priority in _PRIORITIES else []),
        ("Importance", [draft.priority.value] if draft.priority in _PRIORITIES else []),
        ("Disposition-Notification-To", people([draft.sender]) if draft.asks_receipt else []),
    ):
        if tokens:
            found.append(header_write.field(name, tokens))
    return b"".join([*found, b"MIME-Version: 1.0\r\n"])


def _date(stamp: Stamp) -> str:
    east = max(min(stamp.utc_offset_min, _DAY_MIN - 1), 1 - _DAY_MIN)
    moment = datetime.fromtimestamp(stamp.date_ms // 1000, UTC)
    return format_datetime(moment.astimezone(timezone(timedelta(minutes=east))))


def _body(draft: Draft, content: Content) -> _Part:
    found = _text("plain", flowed.lines(_joined(draft.text, draft.quote_text)), "flowed")
    shown = shown_pictures(draft)
    if draft.is_html:
        page = _text("html", f"{_BEFORE}{_clean(draft.html)}{_clean(draft.quote_html)}{_AFTER}".split("\n"))
        if shown:
            pictures = [_file(each, content, "inline") for each in shown]
            page = _multipart("related", [page, *pictures], [("type", "text/html")])
        found = _multipart("alternative", [found, page])
    attached = [_file(each, content, "attachment") for each in draft.enclosures if not each.content_id]
    return _multipart("mixed", [found, *attached]) if attached else found


def _joined(own: str, quote: str) -> str:
    pieces = (_clean(own).rstrip(), _clean(quote).rstrip())
    return "\n\n".join(filter(None, pieces))


def _clean(written: str) -> str:
    """Return a text with LF for line ends, without control characters and marks of byte order."""
    return _CONTROL.sub(" ", plain.encodable(_LINE_END.sub("\n", written))).replace("\ufeff", "")


def _text(subtype: str, lines: Iterable[str], layout: str = "") -> _Part:
    """Return a text as quoted-printable, or as base64 where most letters would take three."""
    whole = list(lines)
    octets = sum(len(each.encode()) + 2 for each in whole)
    letters = sum(map(len, whole)) + 2 * len(whole)
    is_foreign = (octets - letters) * 4 > letters
    encoding = "base64" if is_foreign else "quoted-printable"
    kind = header_write.structured(
        "Content-Type", f"text/{subtype}", [("charset", "utf-8"), *([("format", layout)] if layout else [])]
    )
    fields = kind + header_write.field("Content-Transfer-Encoding", [encoding])
    if is_foreign:
        joined = chain.from_iterable((b"\r\n", each) for each in transfer_write.batches(whole))
        next(joined, None)
        return _Part(fields, transfer_write.base64(joined))
    return _Part(fields, transfer_write.quoted_printable(whole))


def _multipart(subtype: str, parts: list[_Part], parameters: Iterable[tuple[str, str]] = ()) -> _Part:
    boundary = f"=_{secrets.token_hex(16)}"
    fields = header_write.structured("Content-Type", f"multipart/{subtype}", [*parameters, ("boundary", boundary)])
    return _Part(fields, _between(parts, boundary.encode()))


def _between(parts: list[_Part], boundary: bytes) -> Iterator[bytes]:
    before = b""
    for part in parts:
        yield b"%b--%b\r\n%b\r\n" % (before, boundary, part.fields)
        yield from part.body
        before = b"\r\n"
    yield b"\r\n--%b--" % boundary


def _file(enclosure: Enclosure, content: Content, disposition: str) -> _Part:
    name = header_write.one_line(enclosure.name, header_write.MAX_NAME_CHARS)
    kind = enclosure.media_type.lower()
    if kind == _MAIL:
        name = name if name.lower().endswith(".eml") else f"{name or 'mail'}.eml"
        if _is_mail(content(enclosure)):
            return _Part(_file_fields(_MAIL, name, disposition, "7bit"), _crlf_lines(content(enclosure)))
    if not _MEDIA_TYPE.fullmatch(kind) or kind.startswith(("message/", "multipart/")):
        kind = _UNKNOWN
    fields = _file_fields(kind, name, disposition, "base64")
    if disposition == "inline":
        fields += header_write.field("Content-ID", [f"<{enclosure.content_id}>"])
    return _Part(fields, transfer_write.base64(content(enclosure)))


def _file_fields(kind: str, name: str, disposition: str, encoding: str) -> bytes:
    """Return the fields of a file; beside the name itself stands one in ASCII, where that says about the same."""
    plain_name = header_write.plain_name(name)
    return b"".join(
        (
            header_write.structured("Content-Type", kind, [("name", plain_name)] if plain_name else []),
            header_write.field("Content-Transfer-Encoding", [encoding]),
            header_write.structured("Content-Disposition", disposition, [("filename", name)] if name else []),
        )
    )


def _is_mail(content: Iterable[bytes]) -> bool:
    """Say whether a mail may stand in another as it is: header, ASCII, lines that fit, no bare CR (RFC 2046, 5.2.1)."""
    first, before, length = b"", b"", 0
    for piece in content:
        if not piece:
            continue
        first += piece[: max(_HEADER_NEAR - len(first), 0)]
        if not piece.isascii() or b"\0" in piece:
            return False
        joined = before + piece
        before = b"\r" if joined.endswith(b"\r") else b""
        joined = joined.removesuffix(b"\r").replace(b"\r\n", b"\n")
        if b"\r" in joined:
            return False
        longest = max(map(len, (b"x" * length + joined).split(b"\n")))
        if longest > _LONGEST_LINE:
            return False
        length = len(joined) - joined.rfind(b"\n") - 1 + (0 if b"\n" in joined else length)
    return not before and header.begins(first)


def _crlf_lines(content: Iterable[bytes]) -> Iterator[bytes]:
    before = b""
    for piece in content:
        joined = before + piece
        before = b"\r" if joined.endswith(b"\r") else b""
        yield joined.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
