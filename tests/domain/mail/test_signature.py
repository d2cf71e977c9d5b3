"""A signature as an account keeps it: what goes in comes out, and what is hostile does not."""

from __future__ import annotations

import struct
from base64 import b64encode

import pytest

from desktop.domain.mail import signature
from desktop.domain.mail.signature import PICTURE_MOST_BYTES
from desktop.domain.mail.written import Paragraph, Picture, Run, Style


def png(width: int = 4, height: int = 4, padding: int = 0) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08" * (9 + padding)


def url(octets: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{b64encode(octets).decode()}"


def test_what_is_written_is_read_again() -> None:
    octets = png()
    content_id = signature.content_id_of(octets)
    blocks = (
        Paragraph((Run("Jan", Style(bold=True)), Run(" "), Run("firm", Style(href="https://firm.example")))),
        Paragraph((Picture(content_id, "", 40),)),
    )
    html = signature.write(blocks, {content_id: octets})

    assert "cid:" not in html
    kept = signature.read(html)
    assert (kept.blocks, dict(kept.pictures)) == (blocks, {content_id: octets})
    assert signature.write(kept.blocks, kept.pictures) == html


@pytest.mark.parametrize(
    "source",
    [
        "https://evil.example/pixel.png",
        "//evil.example/pixel.png",
        "file:///etc/passwd",
        "cid:somebody@else",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "javascript:x()",
        url(png(30_000, 30_000)),
        url(png(padding=PICTURE_MOST_BYTES)),
        url(b"GIF"),
    ],
)
def test_no_other_picture_gets_in(source: str) -> None:
    kept = signature.read(f'<p>Jan<img src="{source}"></p>')

    assert kept.blocks == (Paragraph((Run("Jan"),)),)
    assert signature.write(kept.blocks, kept.pictures) == "<p>Jan</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        '<p onmouseover="x()">Jan</p>',
        '<a href="javascript:x()">Jan</a>',
        "<svg><script>x()</script></svg>Jan",
        '<style>@import "https://evil.example"</style>Jan',
        '<iframe src="https://evil.example"></iframe><form action="//evil.example"><input></form>Jan',
        "<p>Jan" + "<b>" * 20_000,
    ],
)
def test_what_is_hostile_is_gone(html: str) -> None:
    kept = signature.write(signature.read(html).blocks, {})

    assert kept in ("", "<p>Jan</p>")


def test_what_cannot_be_seen_is_no_signature() -> None:
    assert signature.read("<p> </p><p><br></p>").blocks == ()
    assert signature.write((Paragraph(), Paragraph((Run(" "),))), {}) == ""


def test_a_signature_is_looked_for_at_the_end() -> None:
    said, signed = Paragraph((Run("Hello"),)), Paragraph((Run("Jan"),))

    assert signature.signed_at((said, signed), (signed,)) == 1
    assert signature.signed_at((said, signed, Paragraph()), (signed,)) == 1
    assert signature.signed_at((signed, said), (signed,)) is None
    assert signature.signed_at((said,), (signed,)) is None
    assert signature.signed_at((said,), ()) is None
