"""What the reader gets: pictures, quotations, colours, alternatives, and what Outlook packed."""

from __future__ import annotations

import base64
import struct
from collections.abc import Callable

import pytest

from desktop.domain import image_header
from desktop.domain.mail import mime_parse, preparing, tnef
from desktop.domain.mail.document import Document, Options
from desktop.domain.mail.message import Part
from tests import corpora
from tests.pictures import png


def mail(*parts: str, kind: str = "related") -> bytes:
    inside = "".join(f"--b\n{part}\n" for part in parts)
    return f"From: a@x.example\nContent-Type: multipart/{kind}; boundary=b\n\n{inside}--b--\n".encode()


def html(text: str, options: Options | None = None) -> Document:
    return preparing.prepare(
        b"From: a@x.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + text.encode(), options
    )


def plain(text: str, options: Options | None = None) -> Document:
    return preparing.prepare(
        b"From: a@x.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode(), options
    )


PICTURE = "Content-Type: image/png\nContent-ID: <{}>\nContent-Transfer-Encoding: base64\n\niVBORw0K"


def test_c05_pictures_of_the_same_mail() -> None:
    shown = preparing.prepare(
        mail(
            'Content-Type: text/html\n\n<img src="cid:a@x"><img src="CID:b%40x"><img src="cid:other@y">'
            '<a href="cid:a@x">l</a><img src="cid:s@x"><table background="cid:a@x"></table>',
            PICTURE.format("a@x"),
            PICTURE.format("b@x"),
            PICTURE.format("s@x").replace("png", "svg+xml"),
        )
    )

    assert shown.content_ids == {"a@x": "2", "b@x": "3"}
    assert shown.html.count("cid:") == 2
    assert "other@y" not in shown.html
    assert [part.inline for part in shown.parts] == [True, True, True]


def test_c01_remote_pictures_are_numbered() -> None:
    shown = html(
        '<img src="http://x.example/a.png"><img src="//x.example/b.png"><img src="http://x.example/a.png">'
        '<img srcset="http://x.example/c.png 1x"><td background="http://x.example/d.png"><video poster="http://x.example/e">'
        '<p style="background-image:url(http://x.example/f.png)"><input type=image src="http://x.example/g.png">'
        '<img src="mail:remote/7"><img src="ftp://x.example/h.png">'
        '<img src="relative.png"><picture><source srcset=x></picture>'
    )

    assert shown.remote_images == ("http://x.example/a.png", "https://x.example/b.png")
    assert [n for n in range(9) if f'src="mail:remote/{n}"' in shown.html] == [0, 1]
    assert shown.html.count("mail:remote/0") == 2
    assert "x.example" not in shown.html


def test_c01_no_sheet_is_read_from_elsewhere() -> None:
    shown = html(
        "<link rel=stylesheet href=/etc/passwd><link rel=stylesheet href=http://127.0.0.1:9/x.css>"
        "<style>@import url(http://127.0.0.1:9/y.css);"
        " @font-face{font-family:x;src:url(http://127.0.0.1:9/z)} p{color:red}</style><p>x"
    )

    assert 'style="color:red"' in shown.html
    assert "127.0.0.1" not in shown.html
    assert "root:" not in shown.html


def data_image(octets: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(octets).decode()


def test_inline_data_pictures() -> None:
    written = data_image(png(1, 1))

    assert f'src="{written}"' in html(f"<img src='{written[:30]}\n{written[30:]}'>").html
    for wrong in (
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:text/html,x",
        "data:image/png,x",
        "data:image/png;base64,%41",
        written[:40],
        data_image(png(1, 1))[:-1] + "AA",
        data_image(b"no picture"),
        data_image(png(7_100, 7_100)),
    ):
        assert "data:" not in html(f"<img src='{wrong}'>").html


def test_c15_pictures_in_the_html_are_no_larger_together_than_a_browser_bears() -> None:
    pictures = [data_image(png(7_000, 7_000, padding)) for padding in range(8)]

    shown = html("".join(f"<img src='{each}'>" for each in pictures) + f"<img src='{data_image(png(5, 5))}'>")

    most = image_header.LETTER_PIXELS_MAX // 49_000_000
    assert [each in shown.html for each in pictures] == [True] * most + [False] * (8 - most)
    assert data_image(png(5, 5)) in shown.html
    assert shown.data_pixels == most * 49_000_000 + 25


@pytest.mark.parametrize(
    "quotation",
    [
        "<div class=gmail_quote>On 3 Nov 2026 Bob wrote:<blockquote>old</blockquote></div>",
        "<div class=gmail_quote_container><div>On Bob</div><blockquote class=gmail_quote>old</blockquote></div>",
        "<div class=moz-cite-prefix>Am 3.11. schrieb Bob:</div><blockquote type=cite>old</blockquote>",
        "<blockquote type=cite><div>On Nov 3, Bob wrote:</div>old</blockquote>",
        "<div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>From:</b> Bob</div><div>old</div>",
        "<div><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>From:</b> Bob</p></div></div><p>old</p>",
        "<div class=yahoo_quoted>old</div>",
        "<div class=protonmail_quote>old</div>",
    ],
)
def test_quotations_of_mail_programs_are_folded(quotation: str) -> None:
    shown = html(f"<html><body><p>My answer</p>{quotation}</body></html>", Options(quote_label="Show <{n}> lines"))

    before, _, folded = shown.html.partition('<details class="quote"><summary>Show &lt;')
    assert "My answer" in before
    assert "old" in folded
    assert "old" not in before
    assert "[fold" not in shown.html
    assert "<details" not in html(f"<p>My answer</p>{quotation}", Options(fold_quotes=False)).html


@pytest.mark.parametrize(
    "text",
    [
        "<div class=gmail_quote>only a forward</div>",
        "<p>a</p><blockquote>old</blockquote><p>answer below</p>",
        "<p>a</p><blockquote>old</blockquote><img src=http://x.example/sig.png>",
        "<details open><summary>x</summary>y</details>",
    ],
)
def test_what_is_not_a_trailing_quotation_stays_open(text: str) -> None:
    assert "<details" not in html(text).html


def test_plain_text_folds_and_dims() -> None:
    shown = plain(
        "Hi\n\n-- \nBob\n\nOn 3 Nov 2026, Eve <e@x.example> wrote:\n> old\n>> older", Options(quote_label="{n} lines")
    )

    assert not shown.is_html
    assert not shown.sets_colours
    assert '<div class="signature">-- \nBob' in shown.html
    assert '<details class="quote"><summary>3 lines</summary>' in shown.html
    assert '<blockquote class="quoted">old<blockquote class="quoted">older</blockquote></blockquote>' in shown.html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>x", False),
        ("<p style='font-size:12px'>x", False),
        ("<p style='color:#000'>x", True),
        ("<td bgcolor=white>x", False),
        ("<table bgcolor=white><tr><td>x", True),
        ("<body bgcolor='#ffffff' text=black><p>x", True),
        ("<body style='background:#eee'>x</body>", True),
        ("<style>body{background-color:white}</style><p>x", True),
        ("<font color=red>x</font>", True),
        ("color:red in text", False),
    ],
)
def test_mails_that_set_colours_are_known(text: str, *, expected: bool) -> None:
    assert html(text).sets_colours is expected


def test_alternatives() -> None:
    raw = mail("Content-Type: text/plain\n\nplain", "Content-Type: text/html\n\n<p>rich", kind="alternative")

    rich, simple = preparing.prepare(raw), preparing.prepare(raw, Options(prefer_plain=True))

    assert ("rich" in rich.html, rich.is_html, rich.has_alternative) == (True, True, True)
    assert ("plain" in simple.html, simple.is_html, simple.has_alternative) == (True, False, True)
    assert html("<p>x").has_alternative is False
    assert "&lt;" not in html("<p>x", Options(text_only=True)).html


@pytest.mark.parametrize(
    "bomb",
    ["<div>" * 100_000 + "x", "<p>x" * 110_000 + "<td>" * 110_000, "<table>" * 5000 + "end", "<b><i>" * 1000 + "end"],
)
def test_c13_html_that_hurts_renderers_is_shown_as_text(bomb: str) -> None:
    shown = html(bomb)

    assert not shown.is_html
    assert {"too-deep", "too-big"} & set(shown.warnings)


def test_c12_every_field_is_plain_data() -> None:
    raw = b'Subject: <b>x</b>\r\nFrom: "<img>" <a@x.example>\r\nContent-Type: text/plain; name="<b>"\r\n\r\n<i>y</i>'

    shown = preparing.prepare(raw)

    assert "<i>" not in shown.html
    assert mime_parse.parse(raw).subject == "<b>x</b>"


def test_c23_attached_html_and_svg_are_not_shown() -> None:
    shown = preparing.prepare(
        mail(
            "Content-Type: text/plain\n\nsee",
            "Content-Type: text/html; name=a.html\nContent-Disposition: attachment\n\n<p>attached</p>",
            "Content-Type: image/svg+xml; name=a.svg\nContent-Disposition: inline\n\n<svg onload=alert(1)>",
            kind="mixed",
        )
    )

    assert "attached" not in shown.html
    assert "svg" not in shown.html
    assert [part.name for part in shown.parts] == ["a.html", "a.svg"]


def test_c18_encrypted_and_signed_mails_are_attachments() -> None:
    signed = mime_parse.parse(
        mail("Content-Type: text/plain\n\nwords", "Content-Type: application/pgp-signature\n\nsig", kind="signed")
    )
    encrypted = mime_parse.parse(
        mail(
            "Content-Type: application/pgp-encrypted\n\nVersion: 1",
            "Content-Type: application/octet-stream\n\nx",
            kind="encrypted",
        )
    )

    assert (signed.text, len(signed.parts)) == ("words", 1)
    assert (encrypted.text, len(encrypted.parts)) == ("", 2)


def winmail(path: str) -> bytes:
    data = (corpora.corpus("apache-poi-tnef") / "test-data" / "hmef" / path).read_bytes()
    return b"From: a@x.example\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + data


def test_winmail_dat_is_opened(record_property: Callable[[str, object], None]) -> None:
    raw = winmail("quick-winmail.dat")

    message = mime_parse.parse(raw)

    assert {"quick.txt", "quick.html", "quick.xml"} <= {part.name for part in message.parts}
    inner = next(part for part in message.parts if part.name == "quick.txt")
    assert mime_parse.part_bytes(raw, inner.section).startswith(b"The quick brown fox")
    with pytest.raises(mime_parse.PartMissing):
        mime_parse.part_bytes(raw, "1#99")


TNEF_HEAD = b"\x78\x9f\x3e\x22\x01\x00"
TNEF_BOMBS = {
    "announces 4 GB": TNEF_HEAD + struct.pack("<BHHI", 2, 0x800F, 6, 0xFFFFFFF0) + b"x" * 100,
    "empty objects": TNEF_HEAD + (struct.pack("<BHHI", 1, 0x8004, 1, 0) + b"\0\0") * 100_000,
    "many MAPI values": TNEF_HEAD
    + struct.pack("<BHHI", 1, 0x9003, 6, 40)
    + struct.pack("<I", 0xFFFFFFFF)
    + b"\x1e\x10" * 18,
    "truncated": TNEF_HEAD + b"\x02",
    "only a head": TNEF_HEAD,
}


@pytest.mark.parametrize("name", TNEF_BOMBS)
def test_c15_tnef_bombs_stay_one_attachment(name: str) -> None:
    raw = b"From: a@x.example\r\nContent-Type: application/ms-tnef; name=winmail.dat\r\n\r\n" + TNEF_BOMBS[name]

    message = mime_parse.parse(raw)

    assert message.parts == (Part("1", "winmail.dat", "application/ms-tnef", len(TNEF_BOMBS[name])),)
    assert tnef.read(TNEF_BOMBS[name]) == tnef.Tnef()


@pytest.mark.parametrize(
    "separated",
    [" a{n}=1", "/a{n}", ' a{n}="1"', "a{n}='<'", '\na{n}=">"'],
    ids=["spaces", "slashes", "quoted", "less", "more"],
)
def test_c15_a_tag_of_endless_attributes_is_read_without_a_parser(separated: str) -> None:
    tag = "<p" + "".join(separated.format(n=n) for n in range(100_000)) + ">"

    shown = preparing.prepare(b"Content-Type: text/html\n\n" + (tag + "Hello</p>").encode())

    assert "too-deep" in shown.warnings
    assert not shown.is_html
    assert "Hello" in shown.html


def test_a_long_tag_of_an_honest_mail_is_no_reason() -> None:
    picture = data_image(png(600, 400, padding=150_000))
    html = f'<p align="left" ">{"a stray quote " * 2000}</p><p style="{"color: red; " * 60}">Hello</p>'
    html += f'<img alt="a logo" src="{picture}"><p>{"word " * 5000}</p>'

    shown = preparing.prepare(b"Content-Type: text/html\n\n" + html.encode())

    assert shown.is_html
    assert picture in shown.html
