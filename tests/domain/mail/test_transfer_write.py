"""base64 and quoted-printable as they are written."""

from __future__ import annotations

import os

from desktop.domain.mail import transfer, transfer_write
from tests.domain.mail import drafts
from tests.domain.mail.drafts import draft, sent


def test_base64_is_what_the_decoder_of_the_library_reads() -> None:
    data = os.urandom(200_000)
    for step in (1000, 45_600, 200_000):
        letters = b"".join(transfer_write.base64(data[at : at + step] for at in range(0, len(data), step)))
        assert transfer.decode(letters, "base64") == data
        assert len(letters) == transfer_write.base64_size(len(data))
        assert max(map(len, letters.split(b"\r\n"))) == 76


def test_lines_that_mbox_files_change_do_not_begin_with_from() -> None:
    raw = sent(draft(is_html=True, text="From me\nFrom you", html="<pre>\nFrom me\nFrom you " + "x" * 100 + "</pre>"))

    assert b"\nFrom " not in raw
    assert "\nFrom me\nFrom you xx" in drafts.html_of(raw)
    assert drafts.text_of(raw) == "From me\nFrom you"


def test_lines_of_quoted_printable_fit_and_come_back() -> None:
    lines = ["x" * 200, "", "tab\t", "space ", "=", "é" * 40, ".", "From me", "y" * 40_000, "end"]
    letters = b"".join(transfer_write.quoted_printable(lines))

    assert max(map(len, letters.split(b"\r\n"))) <= 76
    assert letters.isascii()
    assert letters.count(b"\n") == letters.count(b"\r\n")
    assert transfer.decode(letters, "quoted-printable").decode() == "\r\n".join(lines)
