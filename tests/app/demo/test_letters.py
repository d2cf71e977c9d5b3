"""The sample's mails as they are shipped: well-formed, complete, and nobody's."""

from __future__ import annotations

import csv
import io

import pytest
from PySide6.QtGui import QImage

from desktop.app.demo.letters import ADDRESS, Letter, answer, letters, octets
from desktop.domain.mail.mime_parse import parse, part_bytes

NOW_MS = 1_790_000_000_000
ALL = (*letters().there, *letters().coming)


@pytest.mark.parametrize("letter", ALL, ids=lambda letter: letter.id)
def test_every_mail_is_a_sound_one(letter: Letter) -> None:
    raw = octets(letter, NOW_MS)
    message = parse(raw)

    assert message.defects == ()
    assert (message.subject, message.message_id) == (letter.subject, letter.id)
    assert message.date_ms == NOW_MS
    assert message.references == letter.references
    assert message.text.strip()
    assert tuple(part.name for part in message.parts) == letter.files
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_nobody_real_is_written_to() -> None:
    people = [parse(octets(letter, NOW_MS)) for letter in ALL]
    addresses = {each.address for mail in people for each in (mail.sender, *mail.to, *mail.cc)}

    assert ADDRESS in addresses
    assert all(address.endswith(".example") for address in addresses)


def test_there_is_something_of_everything() -> None:
    told = letters()
    mails = [parse(octets(letter, NOW_MS)) for letter in told.there]
    folders = {name for name, _use in told.folders}

    assert len(mails) >= 50
    assert {letter.folder for letter in ALL} <= folders
    assert sum(any("а" <= c <= "я" for c in mail.subject) for mail in mails) >= 15
    assert any(mail.list_id for mail in mails)
    assert any(mail.has_html for mail in mails)
    assert sum(mail.has_attachment for mail in mails) >= 10
    assert sum(bool(mail.references) for mail in mails) >= 20
    assert len(told.coming) >= 5


def test_files_can_be_opened() -> None:
    files = {}
    for letter in ALL:
        raw = octets(letter, NOW_MS)
        for part in parse(raw).parts:
            files[part.name.rpartition(".")[2]] = part_bytes(raw, part.section)

    assert not QImage.fromData(files["png"]).isNull()
    assert len(list(csv.reader(io.StringIO(files["csv"].decode()), delimiter=";"))) == 3
    pdf = files["pdf"]
    assert pdf[int(pdf.split()[-2]) :].startswith(b"xref")


def test_an_answer_belongs_to_what_it_answers() -> None:
    anna = letters().people["anna.keller@kranich.example"]
    raw = answer(
        anna, "Да!", id_="x@y.example", subject="Hall", references=["a@b", "c@d"], quoted="one\ntwo", at_ms=NOW_MS
    )
    again = answer(anna, "Yes", id_="z@y.example", subject="Re: Hall", references=["a@b"], quoted="", at_ms=NOW_MS)
    message = parse(raw)

    assert (message.subject, parse(again).subject) == ("Re: Hall", "Re: Hall")
    assert (message.in_reply_to, message.references) == ("c@d", ("a@b", "c@d"))
    assert message.sender.address == anna.address
    assert part_bytes(raw, "1").decode().replace("\r\n", "\n") == "Да!\n\n> one\n> two\n"
