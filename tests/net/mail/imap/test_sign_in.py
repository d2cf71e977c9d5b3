"""Signing in on bad networks: not one octet of a password in clear or to the wrong server (R39 to R42, M7)."""

from __future__ import annotations

import base64
import http.server
import socket
import ssl
import threading
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.base.errors import Remedy
from desktop.domain.certificate import trust_key
from desktop.domain.mail.mail_account import Security
from desktop.net import connect, errors, tls
from desktop.net.credentials import Password
from desktop.net.mail.imap.session import Session
from desktop.net.mail.imap.sign_in import ImapEndpoint
from desktop.net.tls import TlsPolicy
from tests.servers.scripted_imap import Answers, Command, Peer, Script, ScriptedImap
from tests.servers.tls_certs import Credential, variants

USER = "ann@example.org"
CANARY = "canary-password-7391"
SECRETS = (CANARY.encode(), base64.b64encode(f"\0{USER}\0{CANARY}".encode()), base64.b64encode(CANARY.encode()))
Start = Callable[..., ScriptedImap]


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_bytes(variants().ca)
    return path


def sign_in(
    server: ScriptedImap, security: Security, policy: TlsPolicy, *, host: str = "localhost", timeout_s: float = 10
) -> Session:
    return Session.open(ImapEndpoint(host, server.port, security, USER), Password(CANARY), policy, timeout_s=timeout_s)


def assert_nothing_leaked(server: ScriptedImap, *, also_encrypted: bool = True) -> None:
    seen = bytes(server.received_clear) + (bytes(server.received_encrypted) if also_encrypted else b"")
    for secret in SECRETS:
        assert secret not in seen
    assert USER.encode() not in seen


# certificates


@pytest.mark.parametrize("name", sorted(variants().bad))
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_r40_bad_certificates(scripted: Start, ca_file: Path, name: str, security: Security) -> None:
    bad = variants().bad[name]
    server = secured(scripted, bad, security)

    with pytest.raises(errors.CertificateUntrusted) as caught:
        sign_in(server, security, TlsPolicy(ca_file, portal_port=0))

    assert_nothing_leaked(server)
    assert caught.value.certificate is not None
    assert caught.value.certificate.sha256 == bad.sha256
    assert caught.value.remedy is Remedy.TRUST_CERTIFICATE
    expected = {"expired": "expired", "not-yet-valid": "not-yet", "wrong-host": "wrong-host", "self-signed": "self"}
    assert caught.value.reason.startswith(expected.get(name, ""))


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_r40_exception_is_for_one_certificate_on_one_host_and_port(
    scripted: Start, ca_file: Path, security: Security
) -> None:
    bad, other = variants().bad["self-signed"], variants().bad["wrong-host"]
    server, changed = secured(scripted, bad, security), secured(scripted, other, security)
    with pytest.raises(errors.CertificateUntrusted) as caught:
        sign_in(server, security, TlsPolicy(ca_file, portal_port=0))
    assert caught.value.certificate is not None
    accepted = TlsPolicy(ca_file, frozenset({caught.value.certificate.exception}), portal_port=0)

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


def test_r40_a_certificate_that_became_good_needs_no_exception(scripted: Start, ca_file: Path) -> None:
    server = secured(scripted, variants().good, Security.TLS)
    stale = trust_key("localhost", server.port, variants().bad["expired"].sha256)

    session = sign_in(server, Security.TLS, TlsPolicy(ca_file, frozenset({stale}), portal_port=0))

    assert session.encrypted
    session.close()


def secured(scripted: Start, credential: Credential, security: Security) -> ScriptedImap:
    context = credential.server_context()
    if security is Security.TLS:
        return scripted(Answers(), tls=context)
    return scripted(starttls(context))


def starttls(
    context: ssl.SSLContext,
    *,
    greeting: bytes = b"* OK ready\r\n",
    before: bytes = b"",
    answer: bytes = b"TAG OK begin\r\n",
    injected: bytes = b"",
    clear: bytes = b"IMAP4rev1 STARTTLS LOGINDISABLED",
    inside: Script | None = None,
) -> Script:
    """A server that speaks in clear until STARTTLS, with something odd at each place where one can be odd."""

    def script(peer: Peer) -> None:
        peer.send(greeting)
        while True:
            command = peer.command()
            if command.name == "STARTTLS":
                peer.send(before, answer.replace(b"TAG", command.tag), injected)
                if b" OK" in answer:
                    peer.start_tls(context)
                    (inside or Answers(greeting=b"", capabilities=b"IMAP4rev1 AUTH=PLAIN SASL-IR"))(peer)
                    return
            elif command.name == "CAPABILITY":
                peer.send(b"* CAPABILITY ", clear, b"\r\n", command.tag, b" OK done\r\n")
            elif command.name == "LOGOUT":
                peer.send(b"* BYE\r\n", command.tag, b" OK\r\n")
                return
            else:
                peer.send(command.tag, b" OK by all means\r\n")

    return script


STRIPPED = (b"IMAP4rev1", b"IMAP4rev1 AUTH=PLAIN", b"IMAP4rev1 AUTH=PLAIN LOGINDISABLED", b"")
REFUSING: dict[str, dict[str, bytes]] = {
    "no": {"answer": b"TAG NO not today\r\n"},
    "bad": {"answer": b"TAG BAD what\r\n"},
    "preauth": {"greeting": b"* PREAUTH welcome back\r\n"},
    "preauth with capabilities": {"greeting": b"* PREAUTH [CAPABILITY IMAP4rev1] welcome back\r\n"},
    "bye": {"greeting": b"* BYE go away\r\n"},
    "referral": {"answer": b"TAG NO [REFERRAL imap://evil.example/] elsewhere\r\n"},
    "nonsense greeting": {"greeting": b"220 smtp ready\r\n"},
    "wrong tag": {"answer": b"X1 OK begin\r\n" * 200},
    "nothing but data": {"answer": b"* 5 EXISTS\r\n" * 200},
    "injected ok": {"injected": b"R1 OK done\r\nR2 OK done\r\n"},
    "injected capability": {"injected": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n"},
    "injected preauth": {"injected": b"* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n"},
    "injected sign-in": {"injected": b"R1 OK [CAPABILITY IMAP4rev1] signed in\r\n"},
    "clear text in place of a handshake": {"injected": b"+ go on\r\n"},
}


@pytest.mark.parametrize("case", sorted(REFUSING))
@pytest.mark.parametrize("clear", [STRIPPED[1], b"IMAP4rev1 STARTTLS AUTH=PLAIN"])
def test_r41_starttls_that_fails_sends_nothing(scripted: Start, ca_file: Path, case: str, clear: bytes) -> None:
    server = scripted(starttls(variants().good.server_context(), clear=clear, **REFUSING[case]))  # type: ignore[arg-type]

    with pytest.raises(errors.NetProblem):
        sign_in(server, Security.STARTTLS, TlsPolicy(ca_file), timeout_s=5)

    assert_nothing_leaked(server)
    assert set(server.names) <= {"CAPABILITY", "STARTTLS", "LOGOUT"}


@pytest.mark.parametrize("clear", STRIPPED)
def test_r41_a_stripped_capability_changes_nothing(scripted: Start, ca_file: Path, clear: bytes) -> None:
    server = scripted(starttls(variants().good.server_context(), clear=clear))

    sign_in(server, Security.STARTTLS, TlsPolicy(ca_file)).close()

    assert_nothing_leaked(server, also_encrypted=False)
    assert SECRETS[1] in server.received_encrypted


def test_r41_what_was_said_in_clear_is_forgotten(scripted: Start, ca_file: Path) -> None:
    inside = Answers(greeting=b"", capabilities=b"IMAP4rev1 IDLE AUTH=PLAIN")
    script = starttls(
        variants().good.server_context(),
        greeting=b"* OK [CAPABILITY IMAP4rev1 MOVE AUTH=PLAIN] [ALERT] read this\r\n",
        before=b"* OK [ALERT] call this number\r\n* 99 EXISTS\r\n* LIST () NIL x\r\n* CAPABILITY IMAP4rev1 MOVE\r\n",
        inside=inside,
    )
    server = scripted(script)

    session = sign_in(server, Security.STARTTLS, TlsPolicy(ca_file))

    assert session.capabilities == {"IMAP4REV1", "IDLE", "AUTH=PLAIN"}
    news = session.take_unsolicited()
    assert not news.alerts
    assert news.exists is None
    session.close()
    assert_nothing_leaked(server, also_encrypted=False)


def test_m07_preauth_is_closed_where_encryption_is_wanted(scripted: Start, ca_file: Path) -> None:
    script = Answers(greeting=b"* PREAUTH hello\r\n")
    clear, encrypted = scripted(script), scripted(script, tls=variants().good.server_context())

    with pytest.raises(errors.StartTlsRefused):
        sign_in(clear, Security.STARTTLS, TlsPolicy(ca_file))
    with pytest.raises(errors.ProtocolBroken):
        sign_in(encrypted, Security.TLS, TlsPolicy(ca_file))
    session = sign_in(clear, Security.PLAIN, TlsPolicy(ca_file))

    assert_nothing_leaked(clear)
    assert_nothing_leaked(encrypted)
    session.close()


def test_r41_logindisabled_is_respected(scripted: Start) -> None:
    server = scripted(Answers(capabilities=b"IMAP4rev1 LOGINDISABLED"))
    offers_plain = scripted(Answers(capabilities=b"IMAP4rev1 LOGINDISABLED AUTH=PLAIN"))

    for each in (server, offers_plain):
        with pytest.raises(errors.SignInNotPossible):
            sign_in(each, Security.PLAIN, TlsPolicy())
        assert_nothing_leaked(each)


@pytest.mark.parametrize("maximum", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_r42_old_tls_is_refused_in_plain_words(
    scripted: Start, ca_file: Path, maximum: ssl.TLSVersion, security: Security
) -> None:
    context = variants().good.server_context(maximum=maximum)
    server = scripted(Answers(), tls=context) if security is Security.TLS else scripted(starttls(context))

    with pytest.raises(errors.TlsFailed) as caught:
        sign_in(server, security, TlsPolicy(ca_file))

    assert "too old" in caught.value.text
    assert_nothing_leaked(server)
    assert b"CAPABILITY" not in server.received_clear


def test_r42_tls_to_a_port_that_speaks_in_clear(scripted: Start, ca_file: Path) -> None:
    server = scripted(Answers())

    with pytest.raises(errors.TlsFailed) as caught:
        sign_in(server, Security.TLS, TlsPolicy(ca_file))

    assert "port" in caught.value.text
    assert_nothing_leaked(server)


# networks


def portal(status: int, location: str) -> http.server.ThreadingHTTPServer:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", location)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


@pytest.mark.parametrize(
    ("status", "location", "expected"),
    [
        (302, "http://login.hotel.example/?back=imap", errors.NetworkNeedsLogin),
        (511, "", errors.NetworkNeedsLogin),
        (301, "https://localhost/", errors.CertificateUntrusted),
        (404, "", errors.CertificateUntrusted),
    ],
)
def test_r39_captive_portal(
    scripted: Start, ca_file: Path, status: int, location: str, expected: type[errors.NetProblem]
) -> None:
    web = portal(status, location)
    server = secured(scripted, variants().bad["self-signed"], Security.TLS)

    with pytest.raises(expected):
        sign_in(server, Security.TLS, TlsPolicy(ca_file, portal_port=web.server_port))

    web.shutdown()
    web.server_close()
    assert_nothing_leaked(server)


def test_r39_what_is_no_portal_and_never_ends_its_answer_is_left(
    scripted: Start, ca_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "_PORTAL_S", 0.5)

    def drip(peer: Peer) -> None:
        while True:
            peer.send(b"H")
            threading.Event().wait(0.02)

    web = scripted(drip)
    server = secured(scripted, variants().bad["expired"], Security.TLS)
    before = clock.monotonic()

    with pytest.raises(errors.CertificateUntrusted):
        sign_in(server, Security.TLS, TlsPolicy(ca_file, portal_port=web.port))

    assert clock.monotonic() - before < 5
    assert_nothing_leaked(server)


def test_r39_a_silent_address_costs_little(scripted: Start) -> None:
    server = scripted(Answers())
    # a full backlog lets no further connection through and answers nothing
    black_hole = socket.socket()
    black_hole.bind(("127.0.0.2", server.port))
    black_hole.listen(0)
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.2", server.port))
    before = clock.monotonic()
    addresses = [(socket.AF_INET, "127.0.0.2", server.port), (socket.AF_INET, "127.0.0.1", server.port)]

    found = connect.dial_addresses("localhost", server.port, addresses, timeout_s=20)

    assert found.getpeername()[0] == "127.0.0.1"
    assert clock.monotonic() - before <= 5
    for one in (found, black_hole, *fillers):
        one.close()


def test_r39_refused_and_unknown() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(errors.HostUnreachable):
        Session.open(ImapEndpoint("127.0.0.1", port, Security.TLS, USER), Password(CANARY), TlsPolicy())
    with pytest.raises(errors.NameNotFound):
        Session.open(ImapEndpoint("no-such-host.invalid", 993, Security.TLS, USER), Password(CANARY), TlsPolicy())
    with pytest.raises(errors.NameNotFound):
        Session.open(ImapEndpoint("a" * 300, 993, Security.TLS, USER), Password(CANARY), TlsPolicy())


@pytest.mark.parametrize("security", list(Security))
def test_sign_in_can_be_stopped(scripted: Start, security: Security) -> None:
    cancel = threading.Event()

    def silent(peer: Peer) -> None:
        cancel.set()
        peer.line()

    server = scripted(silent)

    with pytest.raises(errors.Cancelled):
        Session.open(
            ImapEndpoint("localhost", server.port, security, USER), Password(CANARY), TlsPolicy(), cancel=cancel
        )


# refusals


@pytest.mark.parametrize(
    ("answer", "expected", "back_off"),
    [
        (b"NO [AUTHENTICATIONFAILED] Invalid credentials", errors.WrongPassword, 0),
        (b"NO LOGIN failed.", errors.WrongPassword, 0),
        (b"NO [UNAVAILABLE] Temporary authentication failure", errors.SignInTemporarilyRefused, 90),
        (b"NO Server unavailable, try later", errors.SignInTemporarilyRefused, 90),
        (b"NO [ALERT] Too many simultaneous connections. (Failure)", errors.TooManyConnections, 90),
        (b"NO Maximum number of connections from user+IP exceeded", errors.TooManyConnections, 90),
        (b"NO [LIMIT] slow down", errors.Throttled, 90),
        (b"NO [THROTTLED] Account exceeded command or bandwidth limits", errors.Throttled, 90),
        (b"BAD User is authenticated but not connected.", errors.MailboxNotOpened, 90),
    ],
)
@pytest.mark.parametrize("capabilities", [b"IMAP4rev1", b"IMAP4rev1 AUTH=PLAIN", b"IMAP4rev1 AUTH=PLAIN SASL-IR"])
def test_r10_a_refused_sign_in_is_told_apart(
    scripted: Start, answer: bytes, expected: type[errors.NetProblem], back_off: float, capabilities: bytes
) -> None:
    def plain(peer: Peer, command: Command) -> None:
        if b"=" not in command.arguments and b"AHN" not in command.arguments and b" " not in command.arguments:
            peer.send(b"+ \r\n")
            peer.line()
        peer.send(command.tag, b" ", answer, b"\r\n")

    server = scripted(Answers({"LOGIN": b"TAG " + answer + b"\r\n", "AUTHENTICATE": plain}, capabilities=capabilities))

    with pytest.raises(expected) as caught:
        sign_in(server, Security.PLAIN, TlsPolicy())

    assert caught.value.back_off_s >= back_off
    # a NO is asked once; only a server that does not know PLAIN is asked by LOGIN as well
    assert len([name for name in server.names if name in {"LOGIN", "AUTHENTICATE"}]) <= (2 if b"BAD" in answer else 1)
    assert caught.value.can_retry is (expected is not errors.WrongPassword)


@pytest.mark.parametrize(
    ("greeting", "expected"),
    [
        (b"* BYE Too many connections from your address\r\n", errors.TooManyConnections),
        (b"* BYE [UNAVAILABLE] maintenance\r\n", errors.Throttled),
        (b"* BYE good night\r\n", errors.ConnectionLost),
    ],
)
def test_r09_server_that_wants_no_more_connections(
    scripted: Start, greeting: bytes, expected: type[errors.NetProblem]
) -> None:
    with pytest.raises(expected):
        sign_in(scripted(Answers(greeting=greeting)), Security.PLAIN, TlsPolicy())


def test_c33_no_password_in_errors_or_reprs(scripted: Start, ca_file: Path) -> None:
    echoing = Answers({"LOGIN": b"TAG NO LOGIN failed\r\n", "AUTHENTICATE": b"TAG NO failed\r\n"})
    server = scripted(echoing)
    words = ""
    for security in Security:
        try:
            sign_in(server, security, TlsPolicy(ca_file), timeout_s=1)
        except errors.NetProblem as error:
            words += "".join(traceback.format_exception(error)) + repr(error) + error.text + error.details
    for bad in ("line\r\nbreak", "nul\0", "\ud800"):
        try:
            Session.open(
                ImapEndpoint("localhost", server.port, Security.PLAIN, USER), Password(CANARY + bad), TlsPolicy()
            )
        except errors.NetProblem as error:
            words += "".join(traceback.format_exception(error)) + repr(error) + repr(error.__cause__)
    session = sign_in(scripted(Answers()), Security.PLAIN, TlsPolicy())
    words += repr(session) + repr(session._endpoint)
    session.close()

    assert words
    assert CANARY not in words


def test_portal_is_not_asked_when_the_certificate_is_good(scripted: Start, ca_file: Path) -> None:
    web = portal(511, "")
    server = secured(scripted, variants().good, Security.TLS)

    sign_in(server, Security.TLS, TlsPolicy(ca_file, portal_port=web.server_port)).close()

    assert tls.behind_portal("localhost", web.server_port)
    assert not tls.behind_portal("localhost", 0)
    web.shutdown()
    web.server_close()


def test_r42_only_plain_is_plain(scripted: Start) -> None:
    server = scripted(Answers())

    for odd in ("TLS", "ssl", "", None):
        with pytest.raises(ValueError):
            Session.open(ImapEndpoint("localhost", server.port, odd, USER), Password(CANARY), TlsPolicy())  # type: ignore[arg-type]
    with pytest.raises(errors.TlsFailed):
        Session.open(ImapEndpoint("localhost", server.port, "tls", USER), Password(CANARY), TlsPolicy())  # type: ignore[arg-type]

    assert_nothing_leaked(server)
