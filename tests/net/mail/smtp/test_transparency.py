"""What goes over the wire between DATA and the dot: one mail each, whatever stands in it (C26)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.domain.mail.mail_account import Security
from desktop.net.credentials import Password
from desktop.net.mail.smtp import transparency
from desktop.net.mail.smtp.session import open_session
from desktop.net.tls import TlsPolicy
from tests.servers.smtp_receiver import PASSWORD, USER, SmtpReceiver

Start = Callable[..., SmtpReceiver]
HEAD = b"Subject: one mail\r\n\r\n"
SECOND = b"MAIL FROM:<evil@example.org>\r\nRCPT TO:<victim@example.org>\r\nDATA\r\nSubject: another\r\n\r\ntwo"
END_OF_OTHERS = (
    b"\r\n.\r\n", b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r", b"\n.\r", b"\r.\n",
    b"\r\r\n.\r\r\n", b"\n\r.\n\r", b"\r\n\x00.\r\n", b"\r\n.\x00\r\n", b"\n\n.\n\n", b"\r\n\r\n.\r\n\r\n",
)  # fmt: skip
"""What one server or another takes for the end of a mail ("SMTP smuggling", 2023)."""
BODIES = [
    *(b"one" + end + SECOND + end for end in END_OF_OTHERS),
    b"", b".", b"..", b"\r\n", b"\n", b"\r", b".\r\n", b"\r\n.", b"...\n..\n.\n", b"no end",
    b"QUIT\r\n", b"BDAT 86 LAST\r\n", b".\r\nQUIT\r\n", b"\x00\x01\x7f\r\n", b"a" * 990 + b"\r\n." + b"b" * 990,
    b".line\r\n" * 9000,
]  # fmt: skip


def portions(octets: bytes, sizes: Iterator[int]) -> Iterator[bytes]:
    at = 0
    while at < len(octets):
        size = next(sizes)
        yield octets[at : at + size]
        at += size


def normal(octets: bytes) -> bytes:
    """Return a mail with CRLF as the only line end, its last line ended."""
    text = re.sub(rb"\r\n|\r|\n", b"\r\n", octets)
    return text if text.endswith(b"\r\n") else text + b"\r\n"


def on_the_wire(chunks: Iterator[bytes]) -> bytes:
    return b"".join(transparency.pieces(chunks)) + transparency.END


def read(wire: bytes) -> bytes:
    """Read a mail as a server that knows the standard does, and insist that nothing follows it."""
    lines = (b"\r\n" + wire).split(b"\r\n")[1:]
    end = lines.index(b".")
    assert lines[end + 1 :] == [b""]
    return b"".join(line.removeprefix(b".") + b"\r\n" for line in lines[:end])


@given(st.lists(st.sampled_from([b"\r", b"\n", b".", b"a", b"\r\n", b"\r\n.\r\n"])), st.integers(1, 7))
@example([b"\r", b"\n", b"."], 1)
def test_c26_any_mail_in_any_portions_is_one_mail(parts: list[bytes], size: int) -> None:
    mail = b"".join(parts)

    wire = on_the_wire(portions(mail, iter(lambda: size, 0)))

    assert read(wire) == normal(mail)
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", wire)
    assert wire.count(b"\r\n.\r\n") + wire.startswith(b".\r\n") == 1


@given(st.binary(max_size=300), st.randoms(use_true_random=False))
def test_c26_what_is_sent_does_not_depend_on_portions(mail: bytes, chance: random.Random) -> None:
    assert on_the_wire(portions(mail, iter(lambda: chance.randint(1, 9), 0))) == on_the_wire(iter([mail]))


def test_pieces_stay_small() -> None:
    mail = b".\n" * 500_000

    pieces = list(transparency.pieces([mail]))

    assert max(map(len, pieces)) <= 2 * transparency.PIECE_BYTES + 2
    assert read(b"".join(pieces) + transparency.END) == normal(mail)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_c26_every_body_arrives_as_one_mail(smtp_receiver: Start, size: int) -> None:
    server = smtp_receiver(security=Security.PLAIN)
    session = open_session(server.endpoint, Password(PASSWORD), TlsPolicy())
    server.clear.clear()
    raw_before = 0

    for number, body in enumerate(BODIES):
        mail = HEAD + body
        receipt = session.send(USER, ["bob@example.org"], len(mail), portions(mail, iter(lambda: size, 0)))
        assert receipt.accepted == ("bob@example.org",)
        assert len(server.wait_for(number + 1)) == number + 1
        assert server.received[-1].raw == normal(mail)
        assert server.received[-1].recipients == ["bob@example.org"]
        # as captured: one command, one mail and one end, and line ends of one kind
        captured = bytes(server.clear[raw_before:])
        raw_before = len(server.clear)
        assert captured.startswith(b"MAIL FROM:<ann@example.org>")
        assert not re.search(rb"\r(?!\n)|(?<!\r)\n", captured)
        assert captured.count(b"\r\n.\r\n") == 1
        assert captured.endswith(b"\r\n.\r\n")

    session.close()
    assert len(BODIES) >= 30
    assert len(server.received) == len(BODIES)
    assert server.connections == 1
