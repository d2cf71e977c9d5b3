"""The sample's post office as the program's own client sees it, and as somebody who talks nonsense does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from desktop.app.demo.listener import Listener
from desktop.app.demo.smtp_session import MAIL_MAX_BYTES, SmtpSession
from desktop.domain.mail.mail_account import Endpoint, Security
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.smtp.session import SmtpSession as Client
from desktop.net.mail.smtp.session import open_session
from desktop.net.tls import TlsPolicy
from tests.app.demo.conftest import CREDENTIALS, PASSWORD, USER


@dataclass
class Office:
    """A running server and what it took."""

    taken: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)

    def start(self) -> None:
        self.listener = Listener("test-smtp", lambda peer: SmtpSession(peer, CREDENTIALS, self.take).run())

    def take(self, recipients: tuple[str, ...], raw: bytes) -> None:
        self.taken.append((recipients, raw))

    def client(self, password: str = PASSWORD) -> Client:
        endpoint = Endpoint("127.0.0.1", self.listener.port, Security.PLAIN, USER)
        return open_session(endpoint, Password(password), TlsPolicy(), timeout_s=10.0)


@pytest.fixture
def office() -> Iterator[Office]:
    made = Office()
    made.start()
    yield made
    made.listener.close()


def test_mails_are_taken_octet_for_octet(office: Office) -> None:
    raw = "Subject: Привет\r\n\r\n.one dot\r\n..two\r\n".encode()
    client = office.client()
    for _ in range(2):
        receipt = client.send(USER, ["anna@kranich.example", "bo@trentsound.example"], len(raw), [raw])
    client.close()

    assert receipt.accepted == ("anna@kranich.example", "bo@trentsound.example")
    assert office.taken == [(receipt.accepted, raw)] * 2


def test_only_who_knows_the_password_sends(office: Office) -> None:
    with pytest.raises(errors.WrongPassword):
        office.client("another")
    with (
        socket.create_connection(("127.0.0.1", office.listener.port), timeout=10) as connection,
        connection.makefile("rb") as lines,
    ):
        lines.readline()
        for said in (b"MAIL FROM:<a@b.example>", b"RCPT TO:<a@b.example>", b"DATA", b"AUTH CRAM-MD5", b"\xff\xfe"):
            connection.sendall(said + b"\r\n")
            assert lines.readline().startswith(b"50")
    assert office.taken == []


def test_what_is_too_large_is_refused(office: Office) -> None:
    client = office.client()
    with pytest.raises(errors.MessageRefused):
        client.send(USER, ["anna@kranich.example"], 0, [b"x" * 990 + b"\r\n"] * (MAIL_MAX_BYTES // 990))
    client.close()

    assert office.taken == []
