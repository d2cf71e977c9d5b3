"""What is sent, read again by our own parser: the same words, names, addresses and files, and not a field more."""

from __future__ import annotations

import email
import os
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.mail import (
    address_write,
    header_write,
    mime_build,
    mime_parse,
    names,
)
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Enclosure, Priority, Stamp
from tests.domain.mail import drafts
from tests.domain.mail.drafts import BOB, FIELDS, ME, STAMP, draft, enclosure, sent
from tests.typed import body_read, canonical, line, name_read, naughty


@pytest.mark.parametrize("is_html", [False, True])
def test_c25_naughty_strings_in_every_field_are_read_again(is_html: bool) -> None:
    """C25: every string in every field: exactly the expected fields, one mail, and the same words again."""
    wrong = []
    for each in naughty():
        person = Address(each, "bob@x.example")
        file = enclosure(each)
        written = draft(
            sender=Address(each, ME.address),
            reply_to=(person,),
            to=(person, BOB),
            cc=(person,),
            bcc=(person,),
            subject=each,
            text=each,
            html=f"<pre>{each}</pre>",
            quote_text=each,
            is_html=is_html,
            enclosures=(file,),
            in_reply_to=each,
            references=(each, "sane@x.example", each),
        )
        raw = sent(written)
        message = mime_parse.parse(raw)
        expected = ["Date", "Message-ID", "From", "Reply-To", "To", "Cc", "Subject"]
        expected += ["In-Reply-To"] * header_write.is_identifier(each)
        found = {
            "fields": drafts.names(raw) == [*expected, "References", "MIME-Version", "Content-Type"],
            "library": email.message_from_bytes(raw).keys() == drafts.names(raw),
            "ascii": raw.isascii(),
            "one mail": not message.defects and len(message.parts) == 1,
            "subject": message.subject == line(each, header_write.MAX_SUBJECT_CHARS),
            "from": message.sender == Address(name_read(each), ME.address),
            "to": message.to == (Address(name_read(each), "bob@x.example"), BOB),
            "cc": message.cc == message.reply_to == message.to[:1],
            "bcc": message.bcc == (),
            "file": message.parts[0].name == names.safe_name(header_write.one_line(each, 500)),
            "data": mime_parse.part_bytes(raw, message.parts[0].section) == b"data",
            "references": "sane@x.example" in message.references,
        }
        own = body_read(each)
        quote = own.strip("\n") and own
        found["text"] = canonical(drafts.text_of(raw)) == canonical("\n\n".join(filter(str.strip, (own, quote))))
        wrong += [(each[:60], key) for key, right in found.items() if not right]

    assert wrong == []


def test_plain_mail_has_one_part_and_the_fields_of_one() -> None:
    raw = sent(draft(bcc=(Address("", "secret@x.example"),)))

    assert drafts.names(raw) == FIELDS
    assert b"secret" not in raw
    assert b"Date: Mon, 21 Sep 2026 17:13:20 +0300\r\n" in raw
    assert mime_parse.parse(raw).date_ms == STAMP.date_ms
    assert drafts.kinds(raw) == ["text/plain"]


def test_c28_bcc_stands_only_in_a_draft() -> None:
    """C28: nobody reads of the others who got the mail."""
    hidden = draft(to=(), bcc=(Address("Secret", "secret@x.example"),))

    assert mime_parse.parse(sent(hidden, with_bcc=True)).bcc == hidden.bcc
    assert b"secret" not in sent(hidden).lower()
    assert b"To: undisclosed-recipients:;\r\n" in sent(hidden)
    assert mime_parse.parse(sent(hidden)).to == ()


def test_wishes_of_the_writer_are_fields_only_where_he_has_some() -> None:
    names = {name.lower() for name in ("X-Priority", "Importance", "Disposition-Notification-To")}

    def told(**wishes: object) -> dict[str, str]:
        found = email.message_from_bytes(sent(draft(**wishes)))
        return {name.lower(): str(value) for name, value in found.items() if name.lower() in names}

    assert told() == {}
    assert told(priority=Priority.HIGH) == {"x-priority": "1", "importance": "high"}
    assert told(priority=Priority.LOW) == {"x-priority": "5", "importance": "low"}
    assert ME.address in told(asks_receipt=True)["disposition-notification-to"]


def test_only_the_levels_that_are_needed() -> None:
    picture = enclosure("p.png", b"\x89PNG", "image/png", "p@own.example")
    shows = {"html": '<p><img src="cid:p@own.example"></p>', "is_html": True}

    assert drafts.kinds(sent(draft(is_html=True))) == ["multipart/alternative", "text/plain", "text/html"]
    assert drafts.kinds(sent(draft(enclosures=(enclosure("a.pdf"),)))) == [
        "multipart/mixed",
        "text/plain",
        "application/pdf",
    ]
    related = ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert drafts.kinds(sent(draft(enclosures=(picture,), **shows))) == related
    assert drafts.kinds(sent(draft(enclosures=(picture, enclosure("a.pdf")), **shows))) == [
        "multipart/mixed",
        *related,
        "application/pdf",
    ]
    parts = mime_parse.parse(sent(draft(enclosures=(picture, enclosure("a.pdf")), **shows))).parts
    assert [(each.name, each.inline, each.content_id) for each in parts] == [
        ("p.png", True, "p@own.example"),
        ("a.pdf", False, ""),
    ]


def test_a_picture_nobody_sees_is_not_sent() -> None:
    picture = enclosure("p.png", b"\x89PNG", "image/png", "p@own.example")

    assert b"p.png" not in sent(draft(enclosures=(picture,), is_html=True))
    assert b"p.png" not in sent(draft(enclosures=(picture,), html='<img src="cid:p@own.example">'))
    assert mime_build.shown_pictures(
        draft(enclosures=(picture,), quote_html="<img src='cid:p%40own.example'>", is_html=True)
    )


def test_both_halves_hold_what_was_written_and_what_is_quoted() -> None:
    raw = sent(
        draft(
            is_html=True, html="<p>own é</p>", quote_html="<blockquote>q</blockquote>", text="own é\n", quote_text="> q"
        )
    )

    assert "<p>own é</p><blockquote>q</blockquote>" in drafts.html_of(raw)
    assert 'charset=utf-8"></head>' in drafts.html_of(raw)
    assert drafts.text_of(raw) == "own é\n\n> q"


def test_a_text_of_many_foreign_letters_is_base64() -> None:
    russian, english = draft(text="Привет, как дела? " * 50), draft(text="Hello, how are you — fine? " * 50)

    assert b"Content-Transfer-Encoding: base64" in sent(russian)
    assert b"Content-Transfer-Encoding: quoted-printable" in sent(english)
    for each in (russian, english):
        assert drafts.text_of(sent(each)) == each.text.strip()


@pytest.mark.parametrize(
    ("name", "fallback"),
    [("résumé.pdf", b"name=resume.pdf"), ("a b.pdf", b'name="a b.pdf"'), ("отчёт.pdf", b""), ('a"b.pdf', b"")],
)
def test_file_names_are_said_in_ascii_too_where_little_is_lost(name: str, fallback: bytes) -> None:
    raw = sent(draft(enclosures=(enclosure(name),)))

    assert (b"Content-Type: application/pdf; " + fallback in raw) if fallback else (b" name" not in raw)
    assert mime_parse.open_mail(raw)[1].children[1].disposition_parameters["filename"] == name


MAIL = b"From: a@x.example\r\nSubject: x\r\n\r\nHello\r\n"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (MAIL, "message/rfc822"),
        (MAIL.replace(b"\r\n", b"\n"), "message/rfc822"),
        (MAIL + b"x" * 998 + b"\r\n", "message/rfc822"),
        (MAIL + b"x" * 999 + b"\r\n", "application/octet-stream"),
        (MAIL + b"x" * 1500 + b"\n" + b"x" * 10, "application/octet-stream"),
        (MAIL + "é".encode(), "application/octet-stream"),
        (MAIL + b"\0", "application/octet-stream"),
        (MAIL + b"a\rb", "application/octet-stream"),
        (MAIL + b"\r", "application/octet-stream"),
        (b"no mail", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_an_enclosed_mail_is_one_only_where_seven_bits_carry_it(data: bytes, kind: str) -> None:
    for pieces in (1, 7, 1000):
        raw = bytearray()
        enclosed = enclosure("re: x", data, "message/rfc822")
        cut = [data[at : at + pieces] for at in range(0, len(data), pieces)]
        mime_build.write(draft(enclosures=(enclosed,)), STAMP, lambda _file, cut=cut: cut, raw.extend)

        assert drafts.kinds(bytes(raw))[:3] == ["multipart/mixed", "text/plain", kind]
        part = mime_parse.parse(bytes(raw)).parts[0]
        assert part.name.endswith(".eml")
        expected = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if kind == "message/rfc822" else data
        assert mime_parse.part_bytes(bytes(raw), part.section) == expected
        assert not mime_parse.parse(bytes(raw)).defects


@pytest.mark.parametrize("kind", ["multipart/mixed", "message/partial", "no type", "", "text/html\r\nX: y", "a/b; c=d"])
def test_c25_a_type_that_is_none_becomes_octets(kind: str) -> None:
    assert drafts.kinds(sent(draft(enclosures=(enclosure("a", media_type=kind),))))[-1] == "application/octet-stream"


def test_references_keep_the_first_and_the_newest() -> None:
    chain = tuple(f"{n}@x.example" for n in range(60))
    read = mime_parse.parse(sent(draft(references=(*chain, "x y", "evil>\r\nX: y", chain[-1]), in_reply_to=chain[-1])))

    assert read.references == (chain[0], *chain[-19:])
    assert read.in_reply_to == chain[-1]


def test_a_stamp_without_an_id_is_refused() -> None:
    with pytest.raises(ValueError):
        mime_build.write(draft(), Stamp("a b\r\n", 0, 0), drafts.content, lambda _piece: None)


def test_a_large_file_passes_through_little_memory() -> None:
    piece = os.urandom(1 << 16)
    size = 25 << 20
    large = Enclosure("large.bin", "application/octet-stream", size, b"")
    seen = 0

    def content(_file: Enclosure) -> Iterator[bytes]:
        return (piece for _ in range(size // len(piece)))

    def sink(written: bytes) -> None:
        nonlocal seen
        seen += len(written)
        assert len(written) <= 1 << 17

    written = draft(enclosures=(large,))
    tracemalloc.start()
    try:
        mime_build.write(written, STAMP, content, sink)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 1 << 20
    assert size * 4 / 3 < seen <= mime_build.size_of(written) < seen + 5000


LETTERS = st.text(st.characters(codec="utf-8"), max_size=150)
PEOPLE = st.lists(
    st.builds(Address, LETTERS, st.from_regex(r"[a-z0-9._+-]{1,20}@[a-z0-9]{1,10}(\.[a-z]{2,5}){1,2}", fullmatch=True)),
    max_size=4,
).map(tuple)
FILES = st.lists(
    st.builds(enclosure, LETTERS, st.binary(max_size=300), st.sampled_from(["image/png", "text/plain"])), max_size=3
)


@settings(max_examples=150, deadline=None)
@given(
    to=PEOPLE, cc=PEOPLE, bcc=PEOPLE, subject=LETTERS, own=LETTERS, quote=LETTERS, files=FILES, is_html=st.booleans()
)
def test_what_is_written_is_read_again(
    to: tuple[Address, ...],
    cc: tuple[Address, ...],
    bcc: tuple[Address, ...],
    subject: str,
    own: str,
    quote: str,
    files: list[Enclosure],
    is_html: bool,
) -> None:
    written = draft(
        to=to,
        cc=cc,
        bcc=bcc,
        subject=subject,
        text=own,
        quote_text=quote,
        html=own,
        enclosures=tuple(files),
        is_html=is_html,
    )
    raw = sent(written, with_bcc=True)
    message = mime_parse.parse(raw)

    def read(people: tuple[Address, ...]) -> list[Address]:
        spelled = [(name_read(each.name), address_write.spelled(each.address)) for each in people]
        return [Address("" if name == address else name, address) for name, address in spelled]

    assert raw.isascii()
    assert not message.defects
    assert (list(message.to), list(message.cc), list(message.bcc)) == (read(to), read(cc), read(bcc))
    assert message.subject == line(subject, header_write.MAX_SUBJECT_CHARS)
    assert [each.name for each in message.parts] == [
        names.safe_name(header_write.one_line(each.name, 500)) for each in files
    ]
    assert [mime_parse.part_bytes(raw, each.section) for each in message.parts] == [each.digest for each in files]
    joined = "\n\n".join(filter(None, (body_read(own), body_read(quote))))
    assert canonical(drafts.text_of(raw)) == canonical(joined)
    assert len(raw) <= mime_build.size_of(written)


def test_a_draft_is_not_changed_by_being_written() -> None:
    written = draft(enclosures=(enclosure("a.pdf"),))
    copy = replace(written)
    sent(written)

    assert written == copy
    assert isinstance(written, Draft)
