"""The made-up mails of the sample: read from `resources/demo/mails.toml`, written as octets. Pure but for that file.

Ages are told from now, so the mailbox is never older than the person who looks at it.
"""

from __future__ import annotations

import struct
import tomllib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from functools import cache

from desktop.base import clock
from desktop.base.resources import resource_dir

ADDRESS, NAME = "nora@lindhof.example", "Nora Lind"  # not words
_MS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes, and answers in these words, one after another."""

    name: str
    address: str
    answers: tuple[str, ...] = ()

    @property
    def mailbox(self) -> str:
        return formataddr((self.name, self.address))


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail of the sample."""

    id: str
    """Its Message-ID without brackets."""
    sender: Person
    to: tuple[str, ...]
    cc: tuple[str, ...]
    subject: str
    text: str
    html: str
    age_ms: int
    folder: str
    flags: tuple[str, ...]
    references: tuple[str, ...]
    files: tuple[str, ...]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Letters:
    """All of them."""

    folders: tuple[tuple[str, str], ...]
    """Name for people, and use (RFC 6154)."""
    people: Mapping[str, Person]
    """By address."""
    there: tuple[Letter, ...]
    coming: tuple[Letter, ...]
    """What arrives while one looks, in this order."""


@cache
def letters() -> Letters:
    """Return the sample as it is shipped."""
    told = tomllib.loads((resource_dir() / "demo" / "mails.toml").read_text(encoding="utf-8"))
    people = {
        key: Person(each["name"], each["address"], tuple(each.get("answers", ())))
        for key, each in told["people"].items()
    }
    people["me"] = Person(NAME, ADDRESS)
    threads: dict[str, list[str]] = {}
    made = [_letter(number, each, people, threads) for number, each in enumerate(told["mails"], 1)]
    return Letters(
        tuple((name, use) for name, use in told["folders"]),
        {person.address: person for person in people.values()},
        tuple(letter for letter in made if letter.age_ms),
        tuple(letter for letter in made if not letter.age_ms),
    )


def _letter(
    number: int, told: dict[str, object], people: Mapping[str, Person], threads: dict[str, list[str]]
) -> Letter:
    def words(name: str) -> str:
        return str(told.get(name, ""))

    def several(name: str) -> tuple[str, ...]:
        value = told.get(name, ())
        return tuple(map(str, value)) if isinstance(value, list) else ()

    sender = people[str(told["from"])]
    id_ = f"sample-{number}@{sender.address.partition('@')[2]}"
    thread = threads.setdefault(words("thread") or id_, [])
    references = tuple(thread)
    thread.append(id_)
    age = words("age")
    headers = told.get("headers")
    return Letter(
        id_,
        sender,
        tuple(people[key].mailbox for key in several("to")) or (people["me"].mailbox,),
        tuple(people[key].mailbox for key in several("cc")),
        words("subject"),
        words("text"),
        words("html"),
        round(float(age[:-1]) * _MS[age[-1]]) if age else 0,
        words("folder") or "INBOX",
        several("flags"),
        references,
        several("files"),
        dict(headers) if isinstance(headers, dict) else {},
    )


def octets(letter: Letter, at_ms: int) -> bytes:
    """Return a mail as it lies on a server; `at_ms` is its date."""
    message = _begun(letter.sender.mailbox, ", ".join(letter.to), letter.subject, letter.id, at_ms)
    if letter.cc:
        message["Cc"] = ", ".join(letter.cc)
    _refer(message, letter.references)
    for name, value in letter.headers.items():
        message[name] = value
    message.set_content(letter.text)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    for name in letter.files:
        content, maintype, subtype = _file(name)
        message.add_attachment(content, maintype=maintype, subtype=subtype, filename=name)
    return _crlf(message)


def answer(
    sender: Person, text: str, *, id_: str, subject: str, references: Sequence[str], quoted: str, at_ms: int
) -> bytes:
    """Return an answer to the person the mailbox belongs to; `references` ends with the mail it answers."""
    subject = subject if subject[:3].lower() == "re:" else f"Re: {subject}"
    message = _begun(sender.mailbox, formataddr((NAME, ADDRESS)), subject, id_, at_ms)
    _refer(message, references)
    quotation = "\n".join(f"> {line}" for line in quoted.strip().splitlines())
    message.set_content(f"{text}\n\n{quotation}\n" if quotation else f"{text}\n")
    return _crlf(message)


def _begun(sender: str, to: str, subject: str, id_: str, at_ms: int) -> EmailMessage:
    message = EmailMessage()
    message["Date"] = format_datetime(clock.to_datetime(at_ms))
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = f"<{id_}>"
    return message


def _refer(message: EmailMessage, references: Sequence[str]) -> None:
    if references:
        message["In-Reply-To"] = f"<{references[-1]}>"
        message["References"] = " ".join(f"<{each}>" for each in references)


def _crlf(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def _file(name: str) -> tuple[bytes, str, str]:
    """Return a made-up file: its octets and media type, by the ending of its name."""
    match name.rpartition(".")[2]:
        case "pdf":
            return _pdf(name), "application", "pdf"
        case "png":
            return _png(480, 320), "image", "png"
        case "ics":
            return _ICS.replace("\n", "\r\n").encode(), "text", "calendar"
        case _:
            return b"item;pieces;price\nchairs;120;480\nlamps;18;900\n", "text", "csv"


_ICS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Rapport//sample//EN
BEGIN:VEVENT
UID:sample-walk@lindhof.example
DTSTAMP:20260101T080000Z
DTSTART:20270115T090000Z
DTEND:20270115T100000Z
SUMMARY:Walk through the hall
END:VEVENT
END:VCALENDAR
"""


def _pdf(title: str) -> bytes:
    """Return a PDF of one page that shows its title (ISO 32000, 7.5)."""
    shown = title.encode("ascii", "replace").replace(b"(", b"").replace(b")", b"")
    stream = b"BT /F1 24 Tf 72 720 Td (" + shown + b") Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    )
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        made
        + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            count,
            table,
            count,
            len(made),
        )
    )


def _png(width: int, height: int) -> bytes:
    """Return a picture of an evening sky (PNG specification, section 5)."""
    rows = b"".join(
        b"\0" + bytes((60 + 150 * y // height, 70 + 60 * y // height, 120 - 40 * y // height)) * width
        for y in range(height)
    )

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
