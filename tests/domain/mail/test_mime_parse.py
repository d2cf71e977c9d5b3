"""What `parse` makes of mails: ordinary ones, odd ones, and those made to hurt it."""

from __future__ import annotations

import base64
import time
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.mail import bodies, mime_parse, preparing, structure
from desktop.domain.mail.address import Address
from desktop.domain.mail.message import Message, Part, identity


def parsed(text: str) -> Message:
    return mime_parse.parse(text.replace("\n", "\r\n").encode("utf-8"))


def sender(value: str | bytes) -> Address:
    raw = value.encode() if isinstance(value, str) else value
    return mime_parse.parse(b"From: " + raw + b"\r\n\r\n").sender


def subject(value: bytes, more: bytes = b"") -> str:
    return mime_parse.parse(b"Subject: " + value + b"\r\n" + more + b"\r\nx").subject


def multipart(*parts: str, kind: str = "mixed", head: str = "") -> str:
    inside = "".join(f"--b\n{part}\n" for part in parts)
    return f"From: a@x.example\n{head}Content-Type: multipart/{kind}; boundary=b\n\n{inside}--b--\n"


PLAIN = "Content-Type: text/plain\n\nplain words"
HTML = "Content-Type: text/html\n\n<p>html <b>wo</b>rds</p>"


def test_ordinary_mail() -> None:
    message = parsed(
        "Message-ID: <1@x.example>\nDate: Tue, 3 Nov 2026 10:00:00 +0100\nFrom: =?utf-8?q?J=C3=BCrgen?= <j@x.example>\n"
        'To: "Doe, Jane" <jane@x.example>, team: a@x.example, B <b@x.example>;\nCc: c@x.example (Carl)\n'
        "Subject: =?utf-8?b?0J/RgNC40LLQtdGC?=\n =?utf-8?b?LCDQvNC40YA=?=\nIn-Reply-To: <0@x.example>\n"
        "References: <a@x.example>\n\t<0@x.example>\nList-Id: Talk <talk.x.example>\n"
        "\n> quoted\nFirst words.\nSecond.\n"
    )

    assert message.message_id == "1@x.example"
    assert message.date_ms == 1_793_696_400_000
    assert message.sender == Address("Jürgen", "j@x.example")
    assert message.to == (
        Address("Doe, Jane", "jane@x.example"),
        Address("", "a@x.example"),
        Address("B", "b@x.example"),
    )
    assert message.cc == (Address("Carl", "c@x.example"),)
    assert message.subject == "Привет, мир"
    assert message.in_reply_to == "0@x.example"
    assert message.references == ("a@x.example", "0@x.example")
    assert message.list_id == "talk.x.example"
    assert message.text == "> quoted\nFirst words.\nSecond."
    assert message.snippet == "First words. Second."
    assert message.defects == ()


def test_header_alone_has_the_identity_of_the_whole() -> None:
    raw = b"From: a@x.example\r\nDate: Tue, 3 Nov 2026 10:00:00 +0000\r\nSubject: =?utf-8?q?=C3=A4?=\r\n\r\n"

    assert identity(mime_parse.parse_header(raw)) == identity(mime_parse.parse(raw + b"text"))
    assert isinstance(identity(mime_parse.parse(b"")), uuid.UUID)


def test_html_wins_over_plain_in_an_alternative() -> None:
    message = parsed(multipart(PLAIN, HTML, kind="alternative"))

    assert message.has_html
    assert message.text == "html words"
    assert message.parts == ()


def test_all_texts_of_a_mixed_mail_are_read() -> None:
    assert parsed(multipart(PLAIN, HTML, PLAIN)).text == "plain words\nhtml words\nplain words"


def test_attachments_and_inline_pictures() -> None:
    picture = (
        "Content-Type: image/png\nContent-Disposition: inline\nContent-ID: <{}>\n"
        "Content-Transfer-Encoding: base64\n\niVBORw0K"
    )
    message = parsed(
        multipart(
            'Content-Type: text/html\n\n<img src="cid:used@x">',
            picture.format("used@x"),
            picture.format("unused@x"),
            "Content-Type: text/plain\nContent-Disposition: attachment; filename=notes.txt\n\nnot the body",
            "Content-Type: application/pdf; name*0=a; name*1*=%C3%A4.pdf\n\nx",
        )
    )

    assert message.parts == (
        Part("2", "", "image/png", 6, "used@x", inline=True),
        Part("3", "", "image/png", 6, "unused@x"),
        Part("4", "notes.txt", "text/plain", 12),
        Part("5", "aä.pdf", "application/pdf", 1),
    )
    assert message.has_attachment
    assert "not the body" not in message.text


def test_part_bytes_by_section() -> None:
    inner = "Content-Type: multipart/alternative; boundary=c\n\n--c\n" + PLAIN + "\n--c\n" + HTML + "\n--c--"
    raw = multipart(inner, "Content-Transfer-Encoding: base64\n\naGVsbG8=").encode()

    assert mime_parse.part_bytes(raw, "1.1") == b"plain words"
    assert mime_parse.part_bytes(raw, "2") == b"hello"
    assert mime_parse.part_bytes(b"From: a\n\nbody", "1") == b"body"
    for absent in ("3", "1.3", "", "1", "2#1", "x"):
        with pytest.raises(mime_parse.PartMissing):
            mime_parse.part_bytes(raw, absent)


def test_parts_of_one_letter_are_read_at_once_as_far_as_they_have_room() -> None:
    inner = "Content-Type: multipart/alternative; boundary=c\n\n--c\n" + PLAIN + "\n--c\n" + HTML + "\n--c--"
    raw = multipart(
        inner,
        "Content-Transfer-Encoding: base64\n\naGVsbG8=",
        "Content-Type: text/plain\n\n" + "long" * 100,
        "Content-Type: text/plain\n\nlast",
    ).encode()

    assert mime_parse.parts_bytes(raw, ("4", "2", "9", "1", "1.1"), 1000) == {
        "1.1": b"plain words",
        "2": b"hello",
        "4": b"last",
    }
    assert mime_parse.parts_bytes(raw, ("2", "3", "4"), 9) == {"2": b"hello", "4": b"last"}
    assert mime_parse.parts_bytes(raw, ("2", "3", "4"), 8) == {"2": b"hello"}
    assert mime_parse.parts_bytes(raw, (), 1000) == {}
    assert mime_parse.parts_bytes(b"", ("1",), 0) == {"1": b""}


def test_uuencoded_file_is_a_part() -> None:
    raw = b"From: a@x.example\r\n\r\nsee\r\nbegin 644 ../hello.txt\r\n%:&5L;&\\\r\n`\r\nend\r\nbye\r\n"

    message = mime_parse.parse(raw)

    assert message.parts == (Part("1#1", "hello.txt", "application/octet-stream", 5),)
    assert mime_parse.part_bytes(raw, "1#1") == b"hello"
    assert "begin" not in message.text
    assert message.text.split() == ["see", "bye"]


def test_calendar_is_kept_and_attached() -> None:
    message = parsed(
        multipart(PLAIN, "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR", kind="alternative")
    )

    assert message.calendar == "BEGIN:VCALENDAR"
    assert [part.media_type for part in message.parts] == ["text/calendar"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("X-Autoreply: yes", True),
        ("X-Autorespond: 1", True),
        ("Auto-Submitted: auto-replied (vacation)", True),
        ("Auto-Submitted: auto-generated", False),
        ("Auto-Submitted: no", False),
        ("X-Other: 1", False),
    ],
)
def test_auto_reply(field: str, *, expected: bool) -> None:
    assert parsed(f"From: a@x.example\n{field}\n\nx").is_auto_reply is expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Bob <bob@x.example>", Address("Bob", "bob@x.example")),
        ("bob@x.example", Address("", "bob@x.example")),
        ("bob@x.example (Bob)", Address("Bob", "bob@x.example")),
        ('"Doe, (J)" <j@x.example>', Address("Doe, (J)", "j@x.example")),
        ('"a\\"b" <j@x.example>', Address('a"b', "j@x.example")),
        ("'Bob' <b@x.example>", Address("Bob", "b@x.example")),
        ("<@r1.example,@r2.example:b@x.example>", Address("", "b@x.example")),
        ("team: a@x.example, b@x.example;", Address("", "a@x.example")),
        ("undisclosed-recipients:;", Address("", "")),
        ('"odd local"@x.example', Address("", '"odd local"@x.example')),
        ("Bob <b@x.example", Address("Bob", "b@x.example")),
        ("=?utf-8?q?Bob_=3Cevil=40y.example=3E?= <b@x.example>", Address("Bob <evil@y.example>", "b@x.example")),
        ("=?utf-8?q?Bob_=3Cb=40x.example=3E?=", Address("Bob", "b@x.example")),
        ("b@x.example <b@x.example>", Address("", "b@x.example")),
        ("b@[IPv6:::1]", Address("", "b@[IPv6:::1]")),
        ("b@x.example\x00 <c@x.example>", Address("b@x.example", "c@x.example")),
        ("Nobody", Address("Nobody", "")),
        ("", Address("", "")),
    ],
)
def test_c10_senders_are_read_as_written(written: str, expected: Address) -> None:
    assert sender(written) == expected


def test_c10_two_from_fields_are_noted() -> None:
    message = parsed("From: a@x.example\nFrom: b@x.example\n\nx")

    assert message.sender.address == "a@x.example"
    assert "two From fields" in message.defects


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?utf-8?q?a=20b?= c", "a b c"),
        (b"=?utf-8?b?w6Q=?= =?utf-8?b?w7Y=?=", "äö"),
        (b"=?utf-8?b?w?= =?utf-8?b?6Q=?=", ""),
        (b"=?gb2312?B?xOO6ww==?=", "你好"),
        (b"=?iso-2022-jp?b?GyRCJDMbKEI=?=", "こ"),
        (b"\x1b$B$3\x1b(B", "こ"),
        (b"=?x-unknown?q?abc?=", "abc"),
        (b"=?utf-8*en?q?abc?=", "abc"),
        (b"a=?utf-8?q?b?=c", "abc"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("latin-1"), "Grüße"),
        ("Привет, как дела".encode("koi8-r"), "Привет, как дела"),
        (b"a\r\n\tb\r\n  c", "a b c"),
        (b"a\x00b\x07", "ab"),
        ("a\u202eb".encode(), "ab"),
        (b"=?utf-8?q?unclosed", "=?utf-8?q?unclosed"),
        (b"=?utf-16?b?//5hAA==?=", "a"),
        (b"+ADw-script+AD4-", "+ADw-script+AD4-"),
    ],
)
def test_subjects(raw: bytes, expected: str) -> None:
    more = b"Content-Type: text/plain; charset=koi8-r\r\n" if b"\xf0" in raw else b""
    if expected:
        assert subject(raw, more) == expected
    else:
        subject(raw)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tue, 3 Nov 2026 10:00:00 +0000", 1_793_700_000_000),
        ("3 Nov 2026 10:00 GMT", 1_793_700_000_000),
        ("Tue, 03 Nov 2026 02:00:00 -0800 (PST)", 1_793_700_000_000),
        ("Thu, 1 Jan 1970 00:00:00 +0000", 0),
        ("Thu, 31 Dec 2099 23:59:59 +0000", 4_102_444_799_000),
        ("not a date", None),
        ("Tue, 99 Nov 2026 10:00:00 +0000", None),
        ("Tue, 3 Nov 99999999999 10:00:00 +0000", None),
        ("", None),
    ],
)
def test_r15_dates(written: str, expected: int | None) -> None:
    assert parsed(f"Date: {written}\n\nx").date_ms == expected


def test_r17_mails_without_message_id_differ_by_their_headers() -> None:
    one, two = parsed("From: a@x.example\nSubject: 1\n\nx"), parsed("From: a@x.example\nSubject: 2\n\nx")

    assert identity(one) != identity(two)


CHARSETS = [
    "",
    "utf-8",
    "us-ascii",
    "x-unknown",
    "utf-7",
    "utf-16",
    "iso-2022-jp",
    "idna",
    "unicode_escape",
    "hex",
    "\x00",
]


@pytest.mark.parametrize("label", CHARSETS)
@pytest.mark.parametrize(
    "body",
    [
        b"plain",
        "Grüße".encode("latin-1"),
        b"\xc0\xaf\xed\xa0\x80\xff\xfe\x00",
        b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
        b"\x1b$B\x1b(B\x1b$@",
        "👩‍👩‍👧 e\u0301".encode(),
        b"\\u003cscript\\u003e",
    ],
)
def test_c17_no_charset_raises_or_makes_markup(label: str, body: bytes) -> None:
    raw = f'Content-Type: text/html; charset="{label}"\r\n\r\n'.encode() + body

    message = mime_parse.parse(raw)
    shown = preparing.prepare(raw).html

    assert not [d for d in message.defects if d.startswith("parser")]
    assert "\0" not in message.text
    message.text.encode("utf-8")
    shown.encode("utf-8")
    assert "<script" not in shown


def test_c17_utf7_is_never_guessed() -> None:
    raw = b"Content-Type: text/plain\r\n\r\n+ADw-script+AD4-"

    assert mime_parse.parse(raw).text == "+ADw-script+AD4-"
    assert mime_parse.parse(raw.replace(b"plain", b"html") + b"<meta charset=utf-7>").text == "+ADw-script+AD4-"


def test_c19_an_enclosed_mail_is_an_attachment_and_never_the_sender() -> None:
    inner = "From: boss@bank.example\nSubject: pay ../now\n\nbold words"
    message = parsed(multipart(PLAIN, f"Content-Type: message/rfc822\n\n{inner}"))

    assert message.sender.address == "a@x.example"
    assert message.text == "plain words"
    assert [(part.name, part.media_type) for part in message.parts] == [("now.eml", "message/rfc822")]


@pytest.mark.parametrize(
    "kind", ["message/partial; id=x; number=1", "message/external-body; access-type=URL; URL=http://x.example/"]
)
def test_c24_what_points_elsewhere_is_not_followed(kind: str) -> None:
    raw = multipart(
        PLAIN,
        f"Content-Type: {kind}\n\nContent-Type: text/html\n\n<p>x</p>",
        "Content-Type: text/x; name=a.txt\nX-Mozilla-External-Attachment-URL: file:///etc/passwd\n"
        "X-Mozilla-Altered: AttachmentDetached\n\nhere",
    ).encode()

    message = mime_parse.parse(raw)

    assert message.text == "plain words"
    assert mime_parse.part_bytes(raw, "3") == b"here"
    assert "http://x.example" not in preparing.prepare(raw).html


def nested(depth: int, kind: str) -> bytes:
    head = b"From: a@x.example\r\n"
    for n in range(depth):
        head += (
            b"Content-Type: message/rfc822\r\n\r\n"
            if kind == "rfc822"
            else b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        )
    return head + b"\r\nend"


HURTFUL = {
    "multipart depth": lambda: nested(5000, "multipart"),
    "rfc822 depth": lambda: nested(5000, "rfc822"),
    "same boundary": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" * 3 + b"--b\r\n" * 20_000,
    "many parts": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000,
    "boundary prefixes": lambda: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--bb\r\n" * 200_000,
    "20,000 addresses": lambda: (
        b"From: a@x.example\r\nTo: " + b",\r\n ".join(b"P <p%d@x.example>" % n for n in range(20_000)) + b"\r\n\r\n"
    ),
    "1 MB encoded subject": lambda: b"Subject: " + b"=?utf-8?q?=41?= " * 70_000 + b"\r\n\r\n",
    "unclosed encoded words": lambda: b"Subject: " + b"=?utf-8?q?" * 100_000 + b"\r\n\r\n",
    "5,000 RFC 2231 segments": lambda: b"Content-Type: text/plain"
    + b"".join(b";\r\n name*%d=x" % n for n in range(5000))
    + b"\r\n\r\nx",
    "5,000 parentheses": lambda: b"From: " + b"(" * 5000 + b" a@x.example\r\n\r\n",
    "quotes": lambda: b"From: " + b'"' * 60_001 + b"\r\nTo: " + b'"\\' * 30_000 + b"\r\n\r\n",
    "angles": lambda: b"From: " + b"<" * 60_000 + b"\r\nTo: " + b"<>" * 30_000 + b"\r\n\r\n",
    "semicolons": lambda: b"Content-Type: text/html" + b" ; " * 80_000 + b"\r\n\r\nx",
    "spaces": lambda: b"Content-Type: text/html;" + b" " * 200_000 + b"x\r\nSubject:" + b" \t" * 100_000 + b"\r\n\r\nx",
    "references": lambda: b"References: " + b"<a@x> " * 200_000 + b"\r\n\r\n",
    "header of 5 MB": lambda: b"".join(b"X-%d: y\r\n" % n for n in range(400_000)) + b"\r\nx",
    "one line of 5 MB": lambda: b"X: " + b"a" * 5_000_000,
    "uuencode begins": lambda: b"From: a\r\n\r\n" + b"begin 644 x\r\n" * 100_000 + b"M" + b"x" * 60 + b"\r\nend\r\n",
    "base64 rubbish": lambda: b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=A\r\n" * 500_000,
    "unclosed html comments": lambda: b"Content-Type: text/html\r\n\r\n" + b"<!--" * 500_000,
    "deep html": lambda: b"Content-Type: text/html\r\n\r\n" + b"<div>" * 200_000 + b"x" + b"</div>" * 200_000,
    "deep inline html": lambda: b"Content-Type: text/html\r\n\r\n" + b"<b><i>" * 100_000,
    "quoted lines": lambda: b"From: a\r\n\r\n" + b">" * 2_000_000 + b"\r\n" + b"> \r\n" * 300_000,
    "attributions": lambda: b"From: a\r\n\r\n" + b"On 3 Nov 2026 x wrote\r\n" * 50_000,
    "html attributes": lambda: b"Content-Type: text/html\r\n\r\n<p " + b"a=b " * 300_000 + b">x",
    "at signs": lambda: b"From: " + b"@" * 60_000 + b"\r\n\r\n" + b"@" * 1_000_000,
    "a line of 5 MB": lambda: b"From: a\r\n\r\n" + b"x" * 5_000_000,
    "empty": lambda: b"",
    "nul": lambda: b"\0" * 100_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HURTFUL)
def test_m02_c15_what_hurts_parsers_is_read_in_time(name: str) -> None:
    raw = HURTFUL[name]()

    began = time.process_time()
    message = mime_parse.parse(raw)
    parsing = time.process_time() - began
    preparing.prepare(raw)
    whole = time.process_time() - began

    assert not [d for d in message.defects if d.startswith(("parser", "header unreadable"))]
    assert len(message.to) <= 1000
    assert len(message.parts) <= structure.MAX_PARTS
    assert len(message.text) <= mime_parse.MAX_TEXT_CHARS
    assert len(message.references) <= 50
    # a tenth of the deadline the import process keeps
    assert (parsing < 1.0, whole < 5.0) == (True, True), (parsing, whole)


def test_m02_depth_and_number_are_noted() -> None:
    assert "nested too deep" in mime_parse.parse(nested(300, "multipart")).defects
    assert "too many parts" in mime_parse.parse(HURTFUL["many parts"]()).defects
    assert "too many addresses" in mime_parse.parse(HURTFUL["20,000 addresses"]()).defects
    assert "header too long" in mime_parse.parse(HURTFUL["header of 5 MB"]()).defects


def test_boundaries_that_collide_hide_nothing() -> None:
    message = parsed(
        'Content-Type: multipart/mixed; boundary="a--"\n\n--a--\nContent-Type: multipart/mixed; boundary="a----"\n\n'
        "--a----\nContent-Type: text/plain\n\nbody\n--a------\n"
    )

    assert "body" in message.text


@pytest.mark.parametrize(
    "inner", ["", " \r\n", "<html><body>\r\n\r\n</body></html>", '<img src="https://x.example/a.png">']
)
def test_a_mail_whose_parts_say_nothing_says_nothing(inner: str) -> None:
    message = parsed(
        'Content-Type: multipart/alternative; boundary="=_b"\r\n\r\nThis is a MIME message.\r\n\r\n--=_b\r\n'
        "Content-Type: text/plain\r\n\r\n\r\n--=_b\r\nContent-Type: text/html\r\n\r\n"
        f"{inner}\r\n--=_b--\r\n\r\n"
    )

    assert (message.text, message.snippet) == ("", "")


def test_old_line_ends() -> None:
    message = mime_parse.parse(b"From: a@x.example\rSubject: mac\r\rone\rtwo")

    assert (message.subject, message.text) == ("mac", "one\ntwo")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\n  \n  Subject: s\nContent-Type: multipart/*; boundary=b\n\n--b\n\nx\n--b--", "x"),
        (b"Subject: s\nContent-Transfer-Encoding: base64\n\nnot base64 but a few words", "not base64 but a few words"),
        (b"Subject: s\nContent-Transfer-Encoding: base64\n\naGVs\nbG8\n", "hello"),
        (b"Subject: s\nContent-Transfer-Encoding: BASE64 (yes)\n\naGVsbG8=!!\n", "hello"),
        (b"Subject: s\nContent-Transfer-Encoding: quoted-printable\n\na=\nb=3D=ZZ=\n", "ab==ZZ"),
        (b"Subject: s\nContent-Transfer-Encoding: x-other\n\nas it is", "as it is"),
        (b"\xef\xbb\xbfSubject: s\n\nbom", "bom"),
        (b"Subject: s\nContent-Type: text\n\nno subtype", "no subtype"),
        (b"Subject: s\nContent-Type: multipart/mixed\n\n--b\n\nno parameter\n--b--", "no parameter"),
        (b"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\nno parts", "no parts"),
        (b"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nnot closed", "not closed"),
    ],
)
def test_broken_mime_is_still_read(raw: bytes, text: str) -> None:
    message = mime_parse.parse(raw)

    assert (message.subject, message.text) == ("s", text)


def test_mbox_line_and_missing_blank_line() -> None:
    assert mime_parse.parse(b"From a@x Mon Jan  1 10:00:00 2026\nSubject: s\n\nx").subject == "s"
    assert mime_parse.parse(b"no header at all").text == "no header at all"


def test_prefer_plain() -> None:
    root, _ = structure.scan(*_scannable(multipart(PLAIN, HTML, kind="alternative")))

    assert [n.media_type for n in bodies.choose(root, prefer_plain=True).shown] == ["text/plain"]


def _scannable(text: str) -> tuple[bytes, dict[bytes, list[bytes]], int]:
    raw = text.encode()
    fields, _root, _ = mime_parse.open_mail(raw)
    return raw, fields, raw.index(b"\n\n") + 2


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_give_a_message(raw: bytes) -> None:
    message = mime_parse.parse(raw)

    assert not [d for d in message.defects if d.startswith("parser")]
    identity(message)
    preparing.prepare(raw)


FRAGMENTS = st.sampled_from(
    [
        *(
            b"\r\n",
            b"\n",
            b"--b",
            b"--",
            b"Content-Type: ",
            b"multipart/mixed; boundary=b",
            b"text/html",
            b"text/plain; ",
        ),
        *(
            b"charset=utf-7",
            b"=?utf-8?q?",
            b"=?=",
            b"From: ",
            b"<a@b>",
            b"(",
            b'"',
            b"\\",
            b"; name*0*=",
            b"%41",
            b"\x00",
        ),
        *(b"\xff\xfe", b"begin 644 x\n", b"Content-Transfer-Encoding: base64", b"<blockquote>", b"> ", b"<table>"),
        *(b"<style>a{}</style>", b"<img src=cid:x>", b"<details>", b"multipart/alternative", b"message/rfc822"),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS, max_size=40).map(b"".join))
def test_any_order_of_mime_fragments_gives_a_message(raw: bytes) -> None:
    message = mime_parse.parse(raw)

    assert not [d for d in message.defects if d.startswith("parser")]
    preparing.prepare(raw)


def test_base64_part_is_as_long_as_said() -> None:
    data = bytes(range(256)) * 10
    part = "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(data).decode()

    assert parsed(multipart(part)).parts[0].size_bytes == len(data)
