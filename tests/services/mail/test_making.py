"""What the store reads of a mail before it is whole is what it reads of the whole one, and holds no picture again."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.domain.mail import mime_parse
from desktop.domain.mail.address import Address
from desktop.domain.mail.arrival import text_digest
from desktop.domain.mail.draft import Draft, Enclosure
from desktop.services.mail import making
from desktop.store.mail.blobs import Blobs, Packed, digest_of

FILES = (
    ("picture.png", "image/png", 40_000, "p@rapport"),
    ("scan.pdf", "application/pdf", 12_345, ""),
    ("data.bin", "application/octet-stream", 100_001, ""),
    ("empty.png", "image/png", 0, ""),
    ("notes.txt", "text/plain", 300, ""),
    ("call.ics", "text/calendar", 900, ""),
    ("winmail.dat", "application/octet-stream", 500, ""),
    ("mail.eml", "message/rfc822", 700, ""),
)


@pytest.fixture
def blobs(tmp_path: Path) -> Iterator[Blobs]:
    made = Blobs(tmp_path / "raw")
    yield made
    made.close()


def enclosed(blobs: Blobs, name: str, media_type: str, size: int, content_id: str) -> Enclosure:
    octets = random.Random(name).randbytes(size)
    blobs.keep(blobs.pack([(digest_of(octets), octets)]))
    return Enclosure(name, media_type, size, digest_of(octets), content_id)


def test_a_draft_reads_as_its_mail_and_its_source_has_no_pictures(blobs: Blobs) -> None:
    files = tuple(enclosed(blobs, *each) for each in FILES)
    sender, text = Address("Jan", "jan@firm.example"), "See the picture."
    html = '<p>See the picture.</p><p><img src="cid:p@rapport"></p>'
    draft = Draft(sender, to=(Address("", "x@acme.example"),), subject="Hi", html=html, text=text, enclosures=files)
    stamp = making.stamp("1@firm.example")

    kept, mail = making.as_draft(draft, stamp, blobs), making.as_mail(draft, stamp, blobs)
    blobs.keep([mail.source])
    whole = mime_parse.parse(blobs.get(mail.arrival.raw_digest))

    assert isinstance(kept.source, Packed)
    assert len(kept.source.data) < 8000  # 52,345 octets of pictures and files that hold no words are not in it
    assert kept.arrival.text_digest == mail.arrival.text_digest == text_digest(whole, whole=True)
    assert [(part.name, part.size_bytes) for part in kept.arrival.message.parts] == [
        (part.name, part.size_bytes) for part in whole.parts
    ]
    assert {part.name: part.size_bytes for part in whole.parts}["picture.png"] == 40_000
