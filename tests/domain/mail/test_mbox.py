"""mbox files of many programs, taken apart, and what is put together read back octet by octet."""

from __future__ import annotations

import io
import mailbox
from functools import partial
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.domain.mail import mbox
from desktop.domain.mail.mime_parse import parse
from tests.corpora import corpus
from tests.desk import mail


def read(octets: bytes, most_bytes: int = 1 << 27, piece: int = 1 << 16) -> list[mbox.Boxed]:
    file = io.BytesIO(octets)

    def peek(at: int) -> bytes:
        here = file.tell()
        file.seek(max(at - 1, 0))
        around = file.read(12)
        file.seek(here)
        return around

    return list(mbox.mails(iter(partial(file.readline, piece), b""), peek, most_bytes))


def sources(octets: bytes) -> list[bytes]:
    return [found.raw for found in read(octets)]


def put_together(*raws: bytes) -> bytes:
    return b"".join(mbox.boxed(raw, "anna@acme.example", 1_780_000_000_000) for raw in raws)


DATED = b"From a@b Thu Nov 26 22:23:05 2026"
_LINES = st.lists(
    st.sampled_from(
        (
            *(b"", b"From x", b">From ", b">>" + DATED, DATED, b"From ", b"From - ", b"text", b"\0\xff"),
            *(b"Subject: From ", b"Content-Length: 5", b"Content-Length: 60000"),
        )
    ),
    min_size=1,
    max_size=12,
)
TEXT_IN_CL2 = b"\n" + DATED + b"\nC: d\n\n>From e\n"
_ENDS = st.sampled_from([b"\n", b"\r\n"])
_SOURCES = st.lists(
    st.one_of(
        st.builds(lambda lines, end: b"".join(line + end for line in lines), _LINES, _ENDS),
        st.binary(max_size=60).map(lambda octets: octets + b"\n"),
    ),
    min_size=1,
    max_size=5,
)


@given(_SOURCES)
@example([b"Content-Length: 3\n\nab\n"])
@example([b"Content-Length: 9\n\nab\n\nFrom x\n", b"\n", b"From \n"])
def test_what_is_put_together_is_read_back_octet_by_octet(raws: list[bytes]) -> None:
    assert sources(put_together(*raws)) == raws


def test_a_source_without_a_last_line_end_gets_one() -> None:
    assert sources(put_together(b"A: b\r\n\r\nText", b"A: b\n\nText")) == [b"A: b\r\n\r\nText\r\n", b"A: b\n\nText\n"]


def test_others_read_what_is_put_together(tmp_path: Path) -> None:
    raws = [mail(n, text="From here\n\nFrom a@b Thu Nov 26 22:23:05 2026\n").replace(b"\r\n", b"\n") for n in (1, 2)]
    (tmp_path / "mbox").write_bytes(put_together(*raws))

    found = mailbox.mbox(tmp_path / "mbox")

    assert [message["Subject"] for message in found] == ["Mail 1", "Mail 2"]
    assert "rom 2026" not in str(found[0].get_from())
    found.close()


def test_the_line_above_says_when_a_mail_came() -> None:
    [one] = read(b"From anna@acme.example Thu Nov 26 22:23:05 2026\nA: b\n\nText\n")
    [other] = read(b"From - \nSubject: x\n\nText\n")

    assert one.date_ms == 1_795_731_785_000
    assert other.date_ms is None


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        # mboxo: a bare ">From " was "From "
        (b"From a@b Thu Nov 26 22:23:05 2026\nA: b\n\n>From x\n\n", [b"A: b\n\nFrom x\n"]),
        # words of a text that nobody quoted
        (
            b"From - \nA: b\n\nHi\n\nFrom my point of view\nNote: no\n\nFrom - \nC: d\n\nx\n",
            [b"A: b\n\nHi\n\nFrom my point of view\nNote: no\n", b"C: d\n\nx\n"],
        ),
        # no empty line before the next mail
        (
            b"From a Thu Nov 26 22:23:05 2026\nA: b\n\nx\nFrom c Thu Nov 26 22:23 GMT 2026\nC: d\n\ny\n",
            [b"A: b\n\nx\n", b"C: d\n\ny\n"],
        ),
        # CRLF throughout
        (
            b"From - Thu Nov 26 22:23:05 2026\r\nA: b\r\n\r\nx\r\n\r\nFrom \r\nC: d\r\n\r\ny\r\n",
            [b"A: b\r\n\r\nx\r\n", b"C: d\r\n\r\ny\r\n"],
        ),
        # mboxcl2: nothing is quoted, and what looks like a mail is text
        (
            DATED + b"\nContent-Length: 49\n\n" + TEXT_IN_CL2 + b"\n" + DATED + b"\nC: d\n\ny\n",
            [b"Content-Length: 49\n\n" + TEXT_IN_CL2, b"C: d\n\ny\n"],
        ),
        # a Content-Length that lies hides no mail
        (
            DATED + b"\nContent-Length: 9999\n\nx\n\n" + DATED + b"\nC: d\n\ny\n",
            [b"Content-Length: 9999\n\nx\n", b"C: d\n\ny\n"],
        ),
        # cut in the middle of a header
        (b"From a Thu Nov 26 22:23:05 2026\nSubject: cu", [b"Subject: cu"]),
        (b"", []),
    ],
)
def test_files_of_other_programs(octets: bytes, expected: list[bytes]) -> None:
    assert sources(octets) == expected


def test_a_mail_larger_than_asked_for_is_told_and_costs_no_other() -> None:
    octets = put_together(mail(1), b"A: b\n\n" + b"x" * 5_000_000 + b"\n", mail(2))

    found = read(octets, most_bytes=100_000)

    assert [(boxed.raw, boxed.is_whole) for boxed in found] == [(mail(1), True), (b"", False), (mail(2), True)]
    assert found[-1].end == len(octets)


@pytest.mark.parametrize(
    ("name", "mails"),
    [
        ("mimekit/UnitTests/TestData/mbox/content-length-summary.txt", 29),
        ("mimekit/UnitTests/TestData/mbox/jwz-summary.txt", 152),
        ("mimekit/UnitTests/TestData/mbox/simple.mbox.txt", 3),
        ("mimekit/UnitTests/TestData/mbox/unmunged.mbox.txt", 2),
        ("mimekit/UnitTests/TestData/mbox/issue1189.mbox.txt", 4),
        ("james-mime4j/mbox/src/test/resources/test-1/mbox.rlug", 5),
        ("thunderbird-comm/mailnews/test/data/mbox_unquoted", 2),
        ("imaptest/src/tests/search-date.mbox", 16),
    ],
)
def test_real_files(name: str, mails: int) -> None:
    first, _slash, rest = name.partition("/")
    octets = (corpus(first) / rest).read_bytes()

    found = read(octets)

    assert mbox.is_mbox(octets[:8192])
    assert len(found) == mails
    assert all(parse(boxed.raw) for boxed in found)
    assert len(sources(put_together(*[boxed.raw for boxed in found]))) == mails


def test_a_content_length_that_ends_in_white_space_ends_no_mail() -> None:
    body = b"<table>\n  <tr>\n" + b" " * 24 + b"<td>first</td>\nFrom here on all is text\n</table>\n"
    raw = b"From a@b.example Thu Oct 15 09:00:00 2026\nSubject: x\nContent-Length: 19\n\n" + body

    [mail] = sources(raw)
    assert mail.endswith(b"</table>\n")
