"""Signing in to send: not one octet of a secret in clear, to the wrong server or into a text (R40 to R42, C33)."""

from __future__ import annotations

import base64
import hmac
import itertools
import json
import logging
import socket
import ssl
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.base.errors import Remedy
from desktop.domain.certificate import trust_key
from desktop.domain.mail.mail_account import Endpoint, Security
from desktop.net import errors
from desktop.net.credentials import Bearer, Credential, Password
from desktop.net.mail.smtp.session import SmtpSession, open_session
from desktop.net.tls import TlsPolicy
from tests.servers import tls_certs
from tests.servers.scripted_imap import Command, Peer, ScriptedImap
from tests.servers.scripted_smtp import GREETING, Answers, command, offer, starttls
from tests.servers.smtp_receiver import PASSWORD, TOKEN, USER, SmtpReceiver
from tests.servers.tls_certs import variants

Scripted = Callable[..., ScriptedImap]
Start = Callable[..., SmtpReceiver]
WITH_PASSWORD = Password(PASSWORD)
BEARER = f"user={USER}\1auth=Bearer {TOKEN}\1\1".encode()
PLAIN = f"\0{USER}\0{PASSWORD}".encode()
SECRETS = (
    PASSWORD.encode(), TOKEN.encode(),
    *(base64.b64encode(one) for one in (PLAIN, BEARER, PASSWORD.encode(), TOKEN.encode())),
)  # fmt: skip


def sign_in(
    server: ScriptedImap | SmtpReceiver,
    security: Security,
    policy: TlsPolicy | None = None,
    *,
    credential: Credential | None = WITH_PASSWORD,
    host: str = "localhost",
    timeout_s: float = 10,
) -> SmtpSession:
    endpoint = Endpoint(host, server.port, security, USER)
    return open_session(endpoint, credential, policy or TlsPolicy(), timeout_s=timeout_s)


def assert_nothing_leaked(server: ScriptedImap, *, also_encrypted: bool = True) -> None:
    seen = bytes(server.received_clear) + (bytes(server.received_encrypted) if also_encrypted else b"")
    for secret in SECRETS:
        assert secret not in seen
    assert USER.encode() not in seen
    assert base64.b64encode(USER.encode()) not in seen


# certificates


@pytest.mark.parametrize("name", sorted(variants().bad))
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_r40_bad_certificates(scripted: Scripted, ca_file: Path, name: str, security: Security) -> None:
    bad = variants().bad[name]
    server = secured(scripted, bad, security)

    with pytest.raises(errors.CertificateUntrusted) as caught:
        sign_in(server, security, TlsPolicy(ca_file, portal_port=0))

    assert_nothing_leaked(server)
    assert caught.value.certificate is not None
    assert caught.value.certificate.sha256 == bad.sha256
    assert caught.value.remedy is Remedy.TRUST_CERTIFICATE


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_r40_exception_is_for_one_certificate_on_one_host_and_port(
    scripted: Scripted, ca_file: Path, security: Security
) -> None:
    bad, other = variants().bad["self-signed"], variants().bad["wrong-host"]
    server, changed = secured(scripted, bad, security), secured(scripted, other, security)
    accepted = TlsPolicy(ca_file, frozenset({trust_key("localhost", server.port, bad.sha256)}), portal_port=0)

    sign_in(server, security, accepted).close()
    elsewhere = trust_key("localhost", changed.port, bad.sha256)
    for policy in (accepted, TlsPolicy(ca_file, frozenset({elsewhere}), portal_port=0)):
        with pytest.raises(errors.CertificateUntrusted) as again:
            sign_in(changed, security, policy)
        assert again.value.certificate is not None
        assert again.value.certificate.sha256 == other.sha256
    with pytest.raises(errors.CertificateUntrusted):
        sign_in(server, security, accepted, host="127.0.0.1")

    assert_nothing_leaked(changed)


def secured(scripted: Scripted, credential: tls_certs.Credential, security: Security) -> ScriptedImap:
    context = credential.server_context()
    if security is Security.TLS:
        return scripted(Answers(), tls=context)
    return scripted(starttls(context))


# STARTTLS

REFUSING: dict[str, dict[str, object]] = {
    "not now": {"answer": b"454 4.7.0 TLS not available\r\n"},
    "not known": {"answer": b"500 5.5.1 what\r\n"},
    "not done": {"answer": b"502 5.5.1 not implemented\r\n"},
    "refused with a referral": {"answer": b"551 5.7.1 elsewhere: smtp.evil.example\r\n"},
    "another kind of yes": {"answer": b"250 2.0.0 begin\r\n"},
    "go on": {"answer": b"334 \r\n"},
    "signed in already": {"answer": b"235 2.7.0 welcome\r\n"},
    "closing": {"answer": b"421 4.3.2 closing\r\n"},
    "nonsense": {"answer": b"* OK begin\r\n"},
    "an endless answer": {"answer": b"220-wait\r\n" * 20_000},
    "an endless line": {"answer": b"220 " + b"w" * 100_000},
    "greeting refuses": {"greeting": b"554 5.3.2 no mail here\r\n"},
    "greeting of another protocol": {"greeting": b"* PREAUTH welcome\r\n"},
    "greeting that signs in": {"greeting": b"235 2.7.0 welcome\r\n"},
    "greeting and more": {"greeting": GREETING + b"250 mail.example\r\n"},
    "hello refuses": {"hello": b"550 5.7.1 go away\r\n"},
    "hello and more": {"hello": offer((b"STARTTLS",)) + b"220 2.0.0 begin\r\n"},
    "injected hello": {"injected": b"250-mail.example\r\n250 AUTH PLAIN\r\n"},
    "injected sign-in": {"injected": b"235 2.7.0 signed in\r\n"},
    "injected acceptance": {"injected": b"250 ok\r\n250 ok\r\n354 go on\r\n250 taken\r\n"},
    "half a line injected": {"injected": b"2"},
}


@pytest.mark.parametrize("case", sorted(REFUSING))
@pytest.mark.parametrize("clear", [(b"STARTTLS", b"AUTH PLAIN LOGIN"), (b"AUTH PLAIN LOGIN",)])
@pytest.mark.parametrize("credential", [Password(PASSWORD), Bearer(TOKEN)], ids=["password", "token"])
def test_r41_starttls_that_fails_sends_nothing(
    scripted: Scripted, ca_file: Path, case: str, clear: tuple[bytes, ...], credential: Credential
) -> None:
    server = scripted(starttls(variants().good.server_context(), clear=clear, **REFUSING[case]))  # type: ignore[arg-type]

    with pytest.raises(errors.NetProblem):
        sign_in(server, Security.STARTTLS, TlsPolicy(ca_file), credential=credential, timeout_s=5)

    assert_nothing_leaked(server)
    assert set(server.names) <= {"EHLO", "STARTTLS", "QUIT"}


@pytest.mark.parametrize("answer", [b"454 4.7.0 TLS not available\r\n", b"502 5.5.1 what\r\n", b"250 begin\r\n"])
def test_r41_a_refused_starttls_is_told_as_such(scripted: Scripted, ca_file: Path, answer: bytes) -> None:
    server = scripted(starttls(variants().good.server_context(), clear=(b"AUTH PLAIN",), answer=answer))

    with pytest.raises(errors.StartTlsRefused) as caught:
        sign_in(server, Security.STARTTLS, TlsPolicy(ca_file))

    assert caught.value.remedy is Remedy.SETTINGS


@pytest.mark.parametrize("clear", [(), (b"AUTH PLAIN",), (b"XSTARTTLS", b"SIZE 1")])
def test_r41_a_stripped_capability_changes_nothing(scripted: Scripted, ca_file: Path, clear: tuple[bytes, ...]) -> None:
    server = scripted(starttls(variants().good.server_context(), clear=clear))

    sign_in(server, Security.STARTTLS, TlsPolicy(ca_file)).close()

    assert_nothing_leaked(server, also_encrypted=False)
    assert base64.b64encode(PLAIN) in server.received_encrypted


def test_r41_what_was_said_in_clear_is_forgotten(scripted: Scripted, ca_file: Path) -> None:
    clear = (b"STARTTLS", b"SIZE 1", b"SMTPUTF8", b"AUTH CRAM-MD5 XOAUTH2")
    inside = Answers(greeting=b"", extensions=(b"SIZE 5000", b"AUTH LOGIN"))
    inside.answers = {"AUTH": login}
    server = scripted(starttls(variants().good.server_context(), clear=clear, inside=inside))

    session = sign_in(server, Security.STARTTLS, TlsPolicy(ca_file))

    assert session.encrypted
    assert session.most_bytes == 5000
    with pytest.raises(errors.AddressNotSendable):
        session.send(USER, ["анна@example.org"], 3, [b"hi\n"])
    session.close()
    assert_nothing_leaked(server, also_encrypted=False)
    assert [one.arguments for one in server.commands if one.name == "AUTH"] == [b"LOGIN"]


def login(peer: Peer, _got: Command) -> None:
    """Ask in the words of another server than most."""
    peer.send(b"334 " + base64.b64encode(b"Who are you?") + b"\r\n")
    user = base64.b64decode(peer.line())
    peer.send(b"334 \r\n")
    good = (user, base64.b64decode(peer.line())) == (USER.encode(), PASSWORD.encode())
    peer.send(b"235 2.7.0 come in\r\n" if good else b"535 5.7.8 no\r\n")


# TLS versions


@pytest.mark.parametrize("maximum", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_r42_old_tls_is_refused_in_plain_words(
    scripted: Scripted, ca_file: Path, maximum: ssl.TLSVersion, security: Security
) -> None:
    context = variants().good.server_context(maximum=maximum)
    server = scripted(Answers(), tls=context) if security is Security.TLS else scripted(starttls(context))

    with pytest.raises(errors.TlsFailed) as caught:
        sign_in(server, security, TlsPolicy(ca_file))

    assert "too old" in caught.value.text
    assert_nothing_leaked(server)


def test_r42_tls_to_a_port_that_speaks_in_clear(scripted: Scripted, ca_file: Path) -> None:
    server = scripted(Answers())

    with pytest.raises(errors.TlsFailed) as caught:
        sign_in(server, Security.TLS, TlsPolicy(ca_file))

    assert "port" in caught.value.text
    assert_nothing_leaked(server)


def test_r42_only_plain_is_plain(scripted: Scripted) -> None:
    server = scripted(Answers())

    for odd in ("TLS", "ssl", "", None):
        with pytest.raises(ValueError):
            sign_in(server, odd)  # type: ignore[arg-type]
    with pytest.raises(errors.TlsFailed):
        sign_in(server, "tls")  # type: ignore[arg-type]

    assert_nothing_leaked(server)


# ways to sign in


@pytest.mark.parametrize("security", list(Security))
@pytest.mark.parametrize(
    ("credential", "mechanisms", "said"),
    [
        (Password(PASSWORD), ("LOGIN", "PLAIN", "XOAUTH2"), b"AUTH PLAIN "),
        (Password(PASSWORD), ("LOGIN",), b"AUTH LOGIN\r\n"),
        (Bearer(TOKEN), ("LOGIN", "PLAIN", "XOAUTH2"), b"AUTH XOAUTH2 "),
        (Bearer("t" * 2400), ("XOAUTH2",), b"AUTH XOAUTH2\r\n"),
        (Password("пароль с пробелом"), ("PLAIN",), b"AUTH PLAIN "),
        (Password("пароль с пробелом"), ("LOGIN",), b"AUTH LOGIN\r\n"),
        (None, ("LOGIN", "PLAIN", "XOAUTH2"), b"EHLO"),
    ],
)
def test_ways_to_sign_in(
    smtp_receiver: Start,
    ca_file: Path,
    security: Security,
    credential: Credential | None,
    mechanisms: tuple[str, ...],
    said: bytes,
) -> None:
    server = smtp_receiver(
        security=security, tls=variants().good.server_context(), mechanisms=mechanisms, sign_in=credential is not None
    )
    if isinstance(credential, Password):
        server.passwords[USER] = credential.secret
    if isinstance(credential, Bearer):
        server.tokens[USER] = credential.token
        if security is Security.PLAIN:
            with pytest.raises(errors.TokenNotPossible):
                sign_in(server, security, credential=credential)
            assert b"AUTH" not in server.clear
            return

    session = sign_in(server, security, TlsPolicy(ca_file), credential=credential)
    receipt = session.send(USER, ["bob@example.org"], 3, [b"hi\n"])

    assert receipt.accepted == ("bob@example.org",)
    assert session.encrypted is (security is not Security.PLAIN)
    session.close()
    assert server.received[0].user == (USER if credential else "")
    last = server.clear if security is Security.PLAIN else server.encrypted
    assert said.upper() in bytes(last).upper()
    assert all(len(line) <= 512 for line in bytes(last).split(b"\r\n") if line.startswith(b"AUTH"))
    if credential is None:
        assert b"AUTH" not in last
    if security is not Security.PLAIN:
        assert server.clear in (b"", b"ehlo [127.0.0.1]\r\nSTARTTLS\r\n")


@pytest.mark.parametrize(("offered", "used"), [(b"AUTH CRAM-MD5 NTLM", True), (b"AUTH CRAM-MD5 LOGIN", False)])
def test_cram_md5_is_for_want_of_better(scripted: Scripted, offered: bytes, used: bool) -> None:
    question = b"<1896.697170952@mail.example>"
    digests: list[bytes] = []

    def auth(peer: Peer, got: Command) -> None:
        if got.arguments != b"CRAM-MD5":
            login(peer, got)
            return
        peer.send(b"334 " + base64.b64encode(question) + b"\r\n")
        digests.append(base64.b64decode(peer.line()))
        peer.send(b"235 2.7.0 come in\r\n")

    sign_in(scripted(Answers({"AUTH": auth}, extensions=(offered,))), Security.PLAIN).close()

    expected = hmac.new(PASSWORD.encode(), question, "md5").hexdigest()
    assert digests == ([f"{USER} {expected}".encode()] if used else [])


@pytest.mark.parametrize("credential", [Password(PASSWORD), Bearer(TOKEN)])
@pytest.mark.parametrize("offered", [(), (b"AUTH",), (b"AUTH GSSAPI NTLM SCRAM-SHA-256",)])
def test_a_server_without_a_common_way_is_shown_nothing(
    scripted: Scripted, ca_file: Path, credential: Credential, offered: tuple[bytes, ...]
) -> None:
    server = scripted(Answers(extensions=offered), tls=variants().good.server_context())

    with pytest.raises((errors.SignInNotPossible, errors.TokenNotPossible)):
        sign_in(server, Security.TLS, TlsPolicy(ca_file), credential=credential)

    assert_nothing_leaked(server)


def test_old_spelling_of_auth_is_understood(scripted: Scripted) -> None:
    server = scripted(Answers(extensions=(b"AUTH=PLAIN LOGIN", b"SIZE")))

    session = sign_in(server, Security.PLAIN)

    assert session.most_bytes is None
    session.close()
    assert "AUTH" in server.names


def test_a_way_that_is_offered_and_not_understood_is_followed_by_the_next(scripted: Scripted) -> None:
    def auth(peer: Peer, got: Command) -> None:
        if got.arguments.startswith(b"PLAIN"):
            peer.send(b"504 5.5.4 unrecognized\r\n")
        else:
            login(peer, got)

    server = scripted(Answers({"AUTH": auth}))

    sign_in(server, Security.PLAIN).close()

    assert [one.arguments.split()[0] for one in server.commands if one.name == "AUTH"] == [b"PLAIN", b"LOGIN"]


@pytest.mark.parametrize("secret", ["line\r\nbreak", "nul\0", "soh\1auth=Bearer other"])
def test_a_secret_that_would_end_its_field_is_not_sent(scripted: Scripted, secret: str) -> None:
    server = scripted(Answers(extensions=(b"AUTH PLAIN XOAUTH2",)))

    for credential in (Password(PASSWORD + secret), Bearer(TOKEN + secret)):
        with pytest.raises(errors.UnsafeArgument):
            sign_in(server, Security.PLAIN, credential=credential)

    assert "AUTH" not in server.names


def test_a_secret_of_odd_characters_is_sent_as_it_is(scripted: Scripted) -> None:
    server = scripted(Answers())

    sign_in(server, Security.PLAIN, credential=Password("\ud800\u2028ß")).close()

    coded = base64.b64encode(f"\0{USER}\0\ud800\u2028ß".encode("utf-8", "surrogatepass"))
    assert b"AUTH PLAIN " + coded + b"\r\n" in server.received_clear


# refusals

REFUSED_SIGN_INS: list[tuple[bytes, type[errors.NetProblem], float]] = [
    (b"535 5.7.8 Username and Password not accepted.", errors.WrongPassword, 0),
    (b"535-5.7.8 Username and Password\r\n535 5.7.8 not accepted.", errors.WrongPassword, 0),
    (b"535 5.7.3 Authentication unsuccessful", errors.WrongPassword, 0),
    (b"535 authentication failed", errors.WrongPassword, 0),
    (b"534 5.7.9 Application-specific password required.", errors.WrongPassword, 0),
    (b"550 5.7.8 no such user", errors.WrongPassword, 0),
    (
        b"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit aka.ms",
        errors.SmtpSwitchedOff,
        0,
    ),
    (
        b"535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.",
        errors.SmtpSwitchedOff,
        0,
    ),
    (b"535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", errors.SignInNotPossible, 0),
    (b"538 5.7.11 Encryption required for requested authentication mechanism", errors.EncryptionRequired, 0),
    (b"530 5.7.0 Must issue a STARTTLS command first", errors.EncryptionRequired, 0),
    (b"454 4.7.0 Temporary authentication failure", errors.SignInTemporarilyRefused, 90),
    (b"451 4.3.0 try again later", errors.SignInTemporarilyRefused, 90),
    (b"454 4.7.0 Too many login attempts, please try again later.", errors.Throttled, 90),
    (b"421 4.7.0 Too many concurrent SMTP connections", errors.TooManyConnections, 90),
    (b"432 4.3.2 Concurrent connections limit exceeded. Visit aka.ms", errors.TooManyConnections, 90),
    (b"503 5.5.1 bad sequence of commands", errors.ServerRefused, 0),
    (b"354 go on", errors.ProtocolBroken, 0),
]


@pytest.mark.parametrize(("answer", "expected", "back_off"), REFUSED_SIGN_INS)
@pytest.mark.parametrize("offered", [b"AUTH PLAIN LOGIN", b"AUTH LOGIN"])
def test_r10_a_refused_sign_in_is_told_apart(
    scripted: Scripted, answer: bytes, expected: type[errors.NetProblem], back_off: float, offered: bytes
) -> None:
    server = scripted(Answers({"AUTH": answer + b"\r\n"}, extensions=(offered,)))

    with pytest.raises(errors.NetProblem) as caught:
        sign_in(server, Security.PLAIN)

    assert type(caught.value) is expected
    assert caught.value.back_off_s >= back_off
    assert server.names.count("AUTH") == 1
    if expected in {errors.WrongPassword, errors.SmtpSwitchedOff}:
        assert answer.rpartition(b"\n")[2][4:40].decode() in caught.value.details
        assert not caught.value.can_retry
    if expected is errors.SmtpSwitchedOff:
        assert caught.value.remedy is Remedy.SETTINGS


@pytest.mark.parametrize("offered", [b"AUTH PLAIN", b"AUTH LOGIN", b"AUTH CRAM-MD5", b"AUTH XOAUTH2"])
def test_a_sign_in_without_an_end_is_left(scripted: Scripted, ca_file: Path, offered: bytes) -> None:
    def auth(peer: Peer, _got: Command) -> None:
        while True:
            peer.send(b"334 ", base64.b64encode(b"and then?"), b"\r\n")
            peer.line()

    server = scripted(Answers({"AUTH": auth}, extensions=(offered,)), tls=variants().good.server_context())
    credential = Bearer(TOKEN) if b"X" in offered else WITH_PASSWORD

    with pytest.raises(errors.ProtocolBroken):
        sign_in(server, Security.TLS, TlsPolicy(ca_file), credential=credential)


@pytest.mark.parametrize(
    ("greeting", "expected"),
    [
        (b"421 4.7.0 Too many concurrent SMTP connections\r\n", errors.TooManyConnections),
        (b"421 4.3.2 maintenance\r\n", errors.Throttled),
        (b"451 4.7.1 greylisted\r\n", errors.Throttled),
        (b"554 5.7.1 your address is on a list\r\n", errors.ServerRefused),
        (b"SSH-2.0-OpenSSH_9.2\r\n", errors.ProtocolBroken),
        (b"\r\n", errors.ProtocolBroken),
        (b"22", errors.ConnectionLost),
        (b"", errors.ConnectionLost),
    ],
)
@pytest.mark.parametrize("place", ["greeting", "EHLO"])
def test_a_server_that_does_not_want_to_talk(
    scripted: Scripted, greeting: bytes, expected: type[errors.NetProblem], place: str
) -> None:
    def script(peer: Peer) -> None:
        if place == "EHLO":
            peer.send(GREETING)
            command(peer)
        peer.send(greeting)

    server = scripted(script)

    with pytest.raises(expected):
        sign_in(server, Security.PLAIN)

    assert_nothing_leaked(server)


def test_xoauth2_that_is_refused_says_why(smtp_receiver: Start, ca_file: Path) -> None:
    server = smtp_receiver(security=Security.TLS, tls=variants().good.server_context())
    stale = "ya29.stale-token-1234"

    with pytest.raises(errors.TokenRefused) as caught:
        sign_in(server, Security.TLS, TlsPolicy(ca_file), credential=Bearer(stale))

    assert "5.7.8 Username and token not accepted" in caught.value.details
    assert '"status": "401"' in caught.value.details
    assert stale not in str(vars(caught.value))
    assert caught.value.remedy is Remedy.SIGN_IN
    assert not caught.value.can_retry
    # the reason was answered with an empty line, and nothing else was tried
    lines = bytes(server.encrypted).split(b"\r\n")
    assert [line[:12] for line in lines] == [b"ehlo [127.0.", b"AUTH XOAUTH2", b"", b""]


@pytest.mark.parametrize("challenge", [b"", b"!!!", b"e30=", base64.b64encode(b"x" * 2000)])
def test_xoauth2_and_odd_reasons(scripted: Scripted, ca_file: Path, challenge: bytes) -> None:
    def auth(peer: Peer, _got: Command) -> None:
        peer.send(b"334 " + challenge + b"\r\n")
        assert peer.line() == b""
        peer.send(b"535 5.7.8 no\r\n")

    server = scripted(Answers({"AUTH": auth}, extensions=(b"AUTH XOAUTH2",)), tls=variants().good.server_context())

    with pytest.raises(errors.TokenRefused):
        sign_in(server, Security.TLS, TlsPolicy(ca_file), credential=Bearer(TOKEN))


# secrets


def test_c33_no_secret_in_texts_logs_or_reprs(
    scripted: Scripted, ca_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def echo(peer: Peer, got: Command) -> None:
        """Repeat whatever one says, plain and coded, as hostile and careless servers do."""
        said = got.arguments.split()[-1]
        reason = json.dumps({"status": "400", "said": base64.b64decode(said).decode("utf-8", "replace")}).encode()
        if b"XOAUTH2" in got.arguments:
            peer.send(b"334 ", base64.b64encode(reason), b"\r\n")
            peer.line()
        peer.send(b"535-5.7.8 no: ", said, b"\r\n535 5.7.8 ", PASSWORD.encode(), b" ", TOKEN.encode(), b" ", reason)
        peer.send(b"\r\n")

    caplog.set_level(logging.DEBUG)
    script = Answers({"AUTH": echo}, extensions=(b"AUTH PLAIN XOAUTH2",))
    servers = {
        Security.PLAIN: scripted(script),
        Security.STARTTLS: scripted(starttls(variants().good.server_context(), inside=replace(script, greeting=b""))),
        Security.TLS: scripted(script, tls=variants().good.server_context()),
    }
    words = ""
    for (security, server), credential in itertools.product(servers.items(), (WITH_PASSWORD, Bearer(TOKEN))):
        secret, other = (PASSWORD, TOKEN) if credential is WITH_PASSWORD else (TOKEN, PASSWORD)
        for shown in (credential, type(credential)(secret + "line\r\nbreak")):
            for policy in (TlsPolicy(ca_file), TlsPolicy(portal_port=0)):
                with pytest.raises(errors.NetProblem) as caught:
                    sign_in(server, security, policy, credential=shown)
                told = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + str(vars(caught.value))
                if isinstance(caught.value, (errors.WrongPassword, errors.TokenRefused)):
                    # that the other one's is told shows that the server's words were
                    assert other in told
                words += told.replace(other, "") + repr(shown)
    session = sign_in(scripted(Answers()), Security.PLAIN)
    words += repr(session) + repr(session._client)
    session.close()

    assert "5.7.8 no" in words
    for secret in (PASSWORD, TOKEN, *(one.decode() for one in SECRETS)):
        assert secret not in words
        assert secret not in caplog.text


def test_no_name_of_this_computer_is_told(scripted: Scripted) -> None:
    server = scripted(Answers())

    sign_in(server, Security.PLAIN, credential=None).close()

    assert [one.arguments for one in server.commands if one.name == "EHLO"] == [b"[127.0.0.1]"]
    assert socket.gethostname().encode() not in server.received_clear


@pytest.mark.parametrize("security", list(Security))
def test_sign_in_can_be_stopped(scripted: Scripted, security: Security) -> None:
    cancel = threading.Event()

    def silent(peer: Peer) -> None:
        cancel.set()
        peer.line()

    server = scripted(silent)

    with pytest.raises(errors.Cancelled):
        open_session(Endpoint("localhost", server.port, security, USER), Password(PASSWORD), TlsPolicy(), cancel=cancel)


@pytest.mark.parametrize("security", list(Security))
def test_a_silent_server_is_left(scripted: Scripted, security: Security) -> None:
    server = scripted(lambda peer: peer.line())

    with pytest.raises(errors.ConnectionLost):
        sign_in(server, security, timeout_s=0.3)


def test_a_server_that_drips_is_as_dead_as_a_silent_one(scripted: Scripted) -> None:
    def drip(peer: Peer) -> None:
        while True:
            peer.send(b"220-wait\r\n")
            threading.Event().wait(0.02)

    with pytest.raises(errors.ConnectionLost):
        sign_in(scripted(drip), Security.PLAIN, timeout_s=0.5)
