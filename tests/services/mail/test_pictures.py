"""Inline pictures of a stored mail: all in one question, and none of a mail whose parts are still on its server."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from desktop.domain.mail import mime_parse, preparing
from desktop.domain.mail.document import Document, Options
from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Flag, Message
from desktop.services.mail.ingest import Fetched
from desktop.services.mail.reading import PartNotHere, Reading
from tests.pictures import letter, png
from tests.shelf import NoErrands, Shelf

RAW = letter({"1@x": png(1, 1), "2@x": png(2, 2)})


class Parser:
    """Takes mails apart here, and counts how often it was asked for parts."""

    def __init__(self) -> None:
        self.asked = 0

    def prepare(self, raw: bytes, options: Options | None = None) -> Document:
        return preparing.prepare(raw, options)

    def part_bytes(self, raw: bytes, section: str) -> bytes:
        return mime_parse.part_bytes(raw, section)

    def parts_bytes(self, raw: bytes, sections: Collection[str]) -> dict[str, bytes]:
        self.asked += 1
        return mime_parse.parts_bytes(raw, sections, 1_000_000)

    def parse(self, raw: bytes) -> Message:
        return mime_parse.parse(raw)


def test_pictures_of_a_stored_mail_are_one_question(shelf: Shelf) -> None:
    shelf.arrive(RAW)
    [key] = shelf.mails()
    parser = Parser()
    reading = Reading(shelf.database, shelf.blobs, parser, NoErrands())
    sections = tuple(reading.document(key).content_ids.values())

    assert reading.parts(key, sections) == {"2": png(1, 1), "3": png(2, 2)}
    assert reading.parts_of(RAW, ("3",)) == {"3": png(2, 2)}
    assert parser.asked == 2


def test_pictures_still_on_the_server_are_not_read(shelf: Shelf) -> None:
    folder = shelf.folder(Role.INBOX)
    home = shelf.mirror.home(folder, folder.uidvalidity)
    assert home is not None
    text, large = RAW.partition(b"--x1\nContent-Type: image/png")[0], 50_000_000
    fetched = Fetched(1, Flag.NONE, 1_780_000_000_000, large, text, mime_parse.parse(RAW), partial=True)
    shelf.ingest.take(home, [fetched])
    [key] = shelf.mails()
    parser = Parser()

    with pytest.raises(PartNotHere):
        Reading(shelf.database, shelf.blobs, parser, NoErrands()).parts(key, ("2", "3"))
    assert parser.asked == 0
