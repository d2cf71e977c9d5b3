"""Which addresses may be sent to: none that holds more than an address (M8, C26)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.smtp import guard
from desktop.net.mail.smtp.session import open_session
from desktop.net.tls import TlsPolicy
from tests.servers.smtp_receiver import PASSWORD, USER, SmtpReceiver

Start = Callable[..., SmtpReceiver]
UNSENDABLE = [
    "", "@", "bob", "bob@", "@example.org", "bob@example.org\r\nRCPT TO:<eve@example.org>", "bob@example.org\n",
    "\rbob@example.org", "bob\0@example.org", "bob@example.org\0", "bob@exam\tple.org", "bob @example.org",
    "bob@example.org ", "bob@example.org> SIZE=1", "<bob@example.org>", "bob@example.org>", "bob<@example.org",
    "bob\x7f@example.org", "bob\x85@example.org", "bob\u2028@example.org", "bob\u202e@example.org",
    "bob\xa0@example.org", "bob\ud800@example.org", "bob@example.org,eve@example.org", "@relay.example:bob@example.org",
    "bob@eve@example.org", "bob;eve@example.org", "bob(eve)@example.org", 'bob"@example.org', '"bob>"@example.org',
    '"bob\\"@example.org', "bob@example.org(eve)", "Bob <bob@example.org>",
]  # fmt: skip
SENDABLE = [
    "bob@example.org", "bob+tag@example.org", "o'neil@example.org", "a.b..c.@example.org", "bob@[192.0.2.1]",
    "bob@[IPv6:2001:db8::1]", '"b.o,b"@example.org', "bob=eve/x!#$%&*?^`{|}~-_@example.org", "bob@localhost",
]  # fmt: skip


@pytest.mark.parametrize("address", UNSENDABLE)
def test_m08_an_address_with_more_in_it_is_refused_before_anything_is_sent(smtp_receiver: Start, address: str) -> None:
    server = smtp_receiver(utf8=True)
    session = open_session(server.endpoint, Password(PASSWORD), TlsPolicy())
    before = len(server.clear)

    for sender, recipients in ((address, ["bob@example.org"]), (USER, ["bob@example.org", address])):
        with pytest.raises(errors.AddressNotSendable) as caught:
            session.send(sender, recipients, 3, [b"hi\n"])
        assert caught.value.address == address
        assert not caught.value.can_retry

    assert len(server.clear) == before
    # the session is as good as before
    assert session.send(USER, ["bob@example.org"], 3, [b"hi\n"]).accepted == ("bob@example.org",)
    session.close()
    assert [mail.recipients for mail in server.received] == [["bob@example.org"]]


@pytest.mark.parametrize("address", SENDABLE)
def test_an_odd_address_reaches_the_server_as_it_is(smtp_receiver: Start, address: str) -> None:
    server = smtp_receiver()
    session = open_session(server.endpoint, Password(PASSWORD), TlsPolicy())

    session.send(address, [address], 3, [b"hi\n"])

    session.close()
    assert f"MAIL FROM:<{address}> ".encode() in server.clear
    assert f"RCPT TO:<{address}>\r\n".encode() in server.clear


@given(st.text())
def test_m08_no_address_that_passes_can_end_a_command_or_a_path(text: str) -> None:
    try:
        guard.refuse_unsendable(text)
    except errors.AddressNotSendable:
        return
    assert not set(text) & set("\r\n\0 \t<>")
    assert text.encode().isascii() or text.isprintable()
    assert "@" in text


def test_an_international_address_needs_smtputf8(smtp_receiver: Start) -> None:
    knows, knows_not = smtp_receiver(utf8=True), smtp_receiver()
    address = "анна@пример.рф"

    session = open_session(knows_not.endpoint, Password(PASSWORD), TlsPolicy())
    before = len(knows_not.clear)
    with pytest.raises(errors.AddressNotSendable) as caught:
        session.send(USER, ["bob@example.org", address], 3, [b"hi\n"])
    assert caught.value.address == address
    assert "localhost" in caught.value.text
    assert len(knows_not.clear) == before
    session.close()

    session = open_session(knows.endpoint, Password(PASSWORD), TlsPolicy())
    receipt = session.send(USER, [address], 3, [b"hi\n"])
    session.send(USER, ["bob@example.org"], 3, [b"hi\n"])
    session.close()
    assert receipt.accepted == (address,)
    assert knows.received[0].recipients == [address]
    assert "SMTPUTF8" in knows.received[0].options
    assert "SMTPUTF8" not in knows.received[1].options
