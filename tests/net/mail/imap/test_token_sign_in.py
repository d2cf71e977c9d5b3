"""XOAUTH2 on odd servers: the token goes out once, encrypted, and comes back in no error (R43, C41)."""

from __future__ import annotations

import base64
import json
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.base.errors import Remedy
from desktop.domain.mail.mail_account import Security
from desktop.net import errors
from desktop.net.credentials import Bearer
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from desktop.net.xoauth2 import Exchange
from tests.servers.scripted_imap import Answers, Command, Peer, ScriptedImap
from tests.servers.tls_certs import variants

USER = "ann@example.org"
TOKEN = "canary-token"
INITIAL = base64.b64encode(f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01".encode())
CAPABILITIES = b"IMAP4rev1 AUTH=XOAUTH2"
WHY = {"status": "400", "schemes": "Bearer", "scope": "https://mail.google.com/"}

Start = Callable[..., ScriptedImap]
Open = Callable[..., Session]


@pytest.fixture
def policy(tmp_path: Path) -> TlsPolicy:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(variants().ca)
    return TlsPolicy(ca_file, portal_port=0)


@pytest.fixture
def start(scripted: Start) -> Start:
    return lambda answers: scripted(answers, tls=variants().good.server_context())


def sign_in(server: ScriptedImap, policy: TlsPolicy, user: str = USER, token: str = TOKEN) -> Session:
    endpoint = ImapEndpoint("localhost", server.port, Security.TLS, user)
    return Session.open(endpoint, Bearer(token), policy, timeout_s=10)


def challenging(said: list[bytes], challenge: bytes, answer: bytes) -> Callable[[Peer, Command], None]:
    """Answer AUTHENTICATE as a server does that takes no token; note what the client says."""

    def authenticate(peer: Peer, command: Command) -> None:
        if b" " not in command.arguments:
            peer.send(b"+ \r\n")
            said.append(peer.line())
        else:
            said.append(command.arguments.split(b" ")[1])
        peer.send(b"+ " + challenge + b"\r\n")
        said.append(peer.line())
        peer.send(command.tag + b" " + answer + b"\r\n")

    return authenticate


@pytest.mark.parametrize("capabilities", [CAPABILITIES, CAPABILITIES + b" SASL-IR AUTH=PLAIN"])
def test_r43_a_token_signs_in(start: Start, policy: TlsPolicy, capabilities: bytes) -> None:
    said: list[bytes] = []

    def authenticate(peer: Peer, command: Command) -> None:
        if b" " in command.arguments:
            said.append(command.arguments)
        else:
            peer.send(b"+ \r\n")
            said.append(command.arguments + b" " + peer.line())
        peer.send(command.tag, b" OK welcome\r\n")

    server = start(Answers({"AUTHENTICATE": authenticate}, capabilities=capabilities))

    sign_in(server, policy).close()

    assert said == [b"XOAUTH2 " + INITIAL]
    assert server.names.count("AUTHENTICATE") == 1


@pytest.mark.parametrize("capabilities", [CAPABILITIES, CAPABILITIES + b" SASL-IR"])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", errors.TokenRefused),
        (b"NO AUTHENTICATE failed.", errors.TokenRefused),
        (b"NO [UNAVAILABLE] later", errors.SignInTemporarilyRefused),
        (b"NO Too many simultaneous connections", errors.TooManyConnections),
        (b"BAD User is authenticated but not connected.", errors.MailboxNotOpened),
        (b"BAD what", errors.ServerRefused),
    ],
)
def test_r43_a_refused_token_is_answered_by_an_empty_line_and_told(
    start: Start, policy: TlsPolicy, capabilities: bytes, answer: bytes, expected: type[errors.NetProblem]
) -> None:
    said: list[bytes] = []
    challenge = base64.b64encode(json.dumps(WHY | {"error": f"bad {TOKEN}"}).encode())
    server = start(Answers({"AUTHENTICATE": challenging(said, challenge, answer)}, capabilities=capabilities))

    with pytest.raises(expected) as caught:
        sign_in(server, policy)

    problem = caught.value
    assert said == [INITIAL, b""]
    assert type(problem) is expected
    assert answer.split(b" ")[-1].decode() in problem.details
    assert "status: 400, scope: https://mail.google.com/" in problem.details
    assert "bad ***" in problem.details
    told = "".join(traceback.format_exception(problem)) + repr(problem) + repr(problem.__context__)
    assert (TOKEN in told, TOKEN in problem.details, INITIAL.decode() in told) == (False, False, False)
    if expected is errors.TokenRefused:
        assert (problem.remedy, problem.can_retry, problem.back_off_s) == (Remedy.SIGN_IN, False, 0)
    assert server.names.count("AUTHENTICATE") == 1


@pytest.mark.parametrize("challenge", [b"", b"bm90IGpzb24=", b"W10=", b"not base64!", b"W" * 4000, b"bnVsbA=="])
def test_r43_a_challenge_that_makes_no_sense_is_passed_over(start: Start, policy: TlsPolicy, challenge: bytes) -> None:
    said: list[bytes] = []
    server = start(
        Answers({"AUTHENTICATE": challenging(said, challenge, b"NO no")}, capabilities=CAPABILITIES + b" SASL-IR")
    )

    with pytest.raises(errors.TokenRefused) as caught:
        sign_in(server, policy)

    assert said == [INITIAL, b""]
    assert caught.value.details == "no"


def test_r43_a_server_that_asks_on_and_on_is_told_to_stop(start: Start, policy: TlsPolicy) -> None:
    said: list[bytes] = []

    def authenticate(peer: Peer, command: Command) -> None:
        for _ in range(3):
            peer.send(b"+ \r\n")
            said.append(peer.line())
        peer.send(command.tag, b" NO enough\r\n")

    server = start(Answers({"AUTHENTICATE": authenticate}, capabilities=CAPABILITIES))

    with pytest.raises(errors.TokenRefused):
        sign_in(server, policy)

    assert said == [INITIAL, b"", b"*"]


def test_a_server_that_takes_no_token_is_shown_none(start: Start, policy: TlsPolicy) -> None:
    server = start(Answers(capabilities=b"IMAP4rev1 AUTH=PLAIN AUTH=LOGIN"))

    with pytest.raises(errors.TokenNotPossible) as caught:
        sign_in(server, policy)

    assert (caught.value.remedy, caught.value.can_retry) == (Remedy.SETTINGS, False)
    assert not {"AUTHENTICATE", "LOGIN"} & set(server.names)


def test_c41_a_token_is_not_shown_in_clear(scripted: Start) -> None:
    server = scripted(Answers(capabilities=CAPABILITIES + b" SASL-IR"))

    with pytest.raises(errors.TokenNotPossible) as caught:
        Session.open(ImapEndpoint("localhost", server.port, Security.PLAIN, USER), Bearer(TOKEN), TlsPolicy())

    assert "encrypted" in caught.value.text
    assert TOKEN.encode() not in server.received_clear
    assert INITIAL not in server.received_clear


@pytest.mark.parametrize(
    ("user", "token"), [("a\x01auth=Bearer x", "t"), ("ann", "t\x01"), ("a\r\nb", "t"), ("ann", "t\nX"), ("ann", "\0")]
)
def test_m04_nothing_that_parts_fields_gets_into_the_exchange(
    start: Start, policy: TlsPolicy, user: str, token: str
) -> None:
    server = start(Answers(capabilities=CAPABILITIES))

    with pytest.raises(errors.UnsafeArgument):
        sign_in(server, policy, user, token)

    assert server.connections == 0


def test_a_name_beyond_ascii_is_sent_as_utf_8() -> None:
    assert (
        Exchange("ännchen@bücher.example", "t")(b"") == "user=ännchen@bücher.example\x01auth=Bearer t\x01\x01".encode()
    )


def test_r10_a_refused_password_brings_the_providers_help() -> None:
    known = errors.WrongPassword("imap.gmail.com", "ann@gmail.com")
    unknown = errors.WrongPassword("imap.example.org", "ann@example.org")

    assert "app password" in known.text
    assert unknown.text == "imap.example.org did not accept the user name or password of ann@example.org."
