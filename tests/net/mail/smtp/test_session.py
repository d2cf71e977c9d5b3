"""Sending mails: who got one, who did not and why (R20); limits, streams, silence, and a real mailbox at the end."""

from __future__ import annotations

import hashlib
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from desktop.base import clock
from desktop.base.errors import Remedy
from desktop.domain.mail.mail_account import Endpoint, Security
from desktop.net import errors
from desktop.net.credentials import Bearer, Credential, Password
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.mail.smtp import session as smtp
from desktop.net.mail.smtp.session import Refusal, SmtpSession, open_session
from desktop.net.tls import TlsPolicy
from tests.servers import dovecot as dovecot_server
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import FaultProxy
from tests.servers.scripted_imap import Command, Gone, Peer, ScriptedImap
from tests.servers.scripted_smtp import Answers
from tests.servers.smtp_receiver import PASSWORD, TOKEN, USER, SmtpReceiver
from tests.servers.tls_certs import variants

Start = Callable[..., SmtpReceiver]
Scripted = Callable[..., ScriptedImap]
MAIL = b"From: ann@example.org\r\nTo: bob@example.org\r\nSubject: hi\r\n\r\nhello\r\n"
BOB, EVE, JOE = "bob@example.org", "eve@example.org", "joe@example.org"


def signed_in(server: SmtpReceiver, *, timeout_s: float = 10) -> SmtpSession:
    return open_session(server.endpoint, Password(PASSWORD), TlsPolicy(), timeout_s=timeout_s)


def connected(server: ScriptedImap, *, timeout_s: float = 10, cancel: threading.Event | None = None) -> SmtpSession:
    endpoint = Endpoint("localhost", server.port, Security.PLAIN, USER)
    return open_session(endpoint, None, TlsPolicy(), timeout_s=timeout_s, cancel=cancel)


def send(session: SmtpSession, *recipients: str) -> smtp.Receipt:
    return session.send(USER, recipients or (BOB,), len(MAIL), [MAIL])


# who got it


def test_r20_some_recipients_are_taken_and_some_are_not(smtp_receiver: Start) -> None:
    server = smtp_receiver()
    server.answer(f"RCPT {EVE}", "550 5.1.1 <eve@example.org>: no such user")
    server.answer(f"RCPT {JOE}", "450 4.2.0 greylisted, come again")
    session = signed_in(server)

    receipt = send(session, BOB, EVE, JOE, BOB)

    assert receipt.accepted == (BOB,)
    assert receipt.refused == {
        EVE: Refusal(550, "5.1.1 <eve@example.org>: no such user", True),
        JOE: Refusal(450, "4.2.0 greylisted, come again", False),
    }
    assert [mail.recipients for mail in server.received] == [[BOB]]
    session.close()


def test_r20_when_nobody_is_taken_nothing_is_sent(smtp_receiver: Start) -> None:
    server = smtp_receiver()
    server.answer("RCPT", "550 5.1.1 no", times=2)
    session = signed_in(server)

    receipt = send(session, EVE, JOE)

    assert receipt.accepted == ()
    assert set(receipt.refused) == {EVE, JOE}
    assert b"DATA" not in server.clear
    assert b"\r\nrset\r\n" in bytes(server.clear).lower()
    # and the next mail goes on the same connection, without the recipients of this one
    assert send(session).accepted == (BOB,)
    session.close()
    assert server.connections == 1
    assert [mail.recipients for mail in server.received] == [[BOB]]


REFUSALS: list[tuple[str, type[errors.NetProblem], float]] = [
    ("550 5.7.1 you may not send as ann@example.org", errors.MessageRefused, 0),
    ("554 5.7.1 spam", errors.MessageRefused, 0),
    ("554-5.2.0 STOREDRV\r\n554 5.2.252 SendAsDenied", errors.MessageRefused, 0),
    ("503 bad sequence", errors.MessageRefused, 0),
    ("552 5.3.4 message too big", errors.MessageTooLarge, 0),
    ("552 message size exceeds fixed maximum", errors.MessageTooLarge, 0),
    ("552 5.7.0 blocked because of its content", errors.MessageRefused, 0),
    ("450 4.4.5 Daily user sending limit exceeded", errors.SendingLimitReached, 3600),
    ("451 4.3.0 try again later", errors.SendingPostponed, 1),
    ("450 4.7.1 greylisted", errors.SendingPostponed, 1),
    ("452 4.3.1 insufficient storage", errors.SendingPostponed, 90),
    ("432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", errors.SendingPostponed, 90),
    ("451 4.7.0 throttled, slow down", errors.SendingPostponed, 90),
    ("421 4.3.2 shutting down", errors.SendingPostponed, 90),
    ("421 4.7.0 too many concurrent SMTP connections", errors.TooManyConnections, 90),
    ("530 5.7.0 Authentication required", errors.SignInRequired, 0),
    ("530 5.7.0 Must issue a STARTTLS command first", errors.EncryptionRequired, 0),
]


@pytest.mark.parametrize(("reply", "expected", "back_off"), REFUSALS)
@pytest.mark.parametrize("place", ["MAIL", "DATA", "DOT"])
def test_r20_a_refused_mail_is_told_by_what_may_be_done(
    smtp_receiver: Start, reply: str, expected: type[errors.NetProblem], back_off: float, place: str
) -> None:
    server = smtp_receiver()
    server.answer(place, reply, times=1)
    session = signed_in(server)

    with pytest.raises(errors.NetProblem) as caught:
        send(session)

    problem = caught.value
    assert type(problem) is expected
    assert problem.back_off_s >= back_off
    assert problem.can_retry is (reply[0] == "4")
    assert reply.rpartition("\n")[2][4:] in problem.details
    if isinstance(problem, (errors.SignInRequired, errors.EncryptionRequired)):
        assert problem.remedy is Remedy.SETTINGS
    if isinstance(problem, errors.MessageTooLarge):
        assert problem.limit_bytes == 40_000_000
        assert isinstance(problem, errors.MessageRefused)
    # nobody got it; a session that was not ended takes the next mail
    assert server.received == []
    assert session.closed is reply.startswith(("421", "530"))
    if not session.closed:
        assert send(session).accepted == (BOB,)
        assert len(server.received) == 1
    session.close()


@pytest.mark.parametrize("reply", ["421 4.3.2 shutting down", "530 5.7.0 Authentication required"])
def test_r20_what_is_about_the_connection_is_no_refusal_of_a_recipient(smtp_receiver: Start, reply: str) -> None:
    server = smtp_receiver()
    server.answer(f"RCPT {EVE}", reply)
    session = signed_in(server)

    with pytest.raises((errors.SendingPostponed, errors.SignInRequired)):
        send(session, BOB, EVE)

    session.close()
    assert server.received == []


def test_who_does_not_sign_in_where_he_must_is_told_so(smtp_receiver: Start) -> None:
    server = smtp_receiver()
    session = open_session(server.endpoint, None, TlsPolicy())

    with pytest.raises(errors.SignInRequired):
        send(session)

    session.close()


@pytest.mark.parametrize("place", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    "reply", [b"354 go on\r\n", b"250 \r\n250 ok\r\n", b"\r\n", b"999 what\r\n", b"2", b"* OK\r\n"]
)
def test_r19_nonsense_before_the_dot_sends_nothing(scripted: Scripted, place: str, reply: bytes) -> None:
    if place == "DATA" and reply.startswith(b"354"):
        reply += b"250 taken\r\n"

    def script(peer: Peer, _got: Command) -> None:
        peer.send(reply)
        if reply == b"2":
            raise Gone

    server = scripted(Answers({place: script}))
    session = connected(server)

    with pytest.raises((errors.ProtocolBroken, errors.ConnectionLost)):
        send(session)

    assert session.closed
    assert b"\r\n.\r\n" not in server.received_clear


# sizes and octets


def test_a_mail_above_the_limit_is_not_begun(smtp_receiver: Start) -> None:
    server = smtp_receiver(size_limit=2_000_000)
    session = signed_in(server)
    before = len(server.clear)

    with pytest.raises(errors.MessageTooLarge) as caught:
        session.send(USER, [BOB], 2_000_001, [MAIL])

    assert session.most_bytes == caught.value.limit_bytes == 2_000_000
    assert "2 MB" in caught.value.text
    assert not caught.value.can_retry
    assert len(server.clear) == before
    assert session.send(USER, [BOB], 2_000_000, [MAIL]).accepted == (BOB,)
    session.close()
    assert "SIZE=2000000" in server.received[0].options


@pytest.mark.parametrize(
    ("told", "most"),
    [(b"SIZE 5000", 5000), (b"SIZE", None), (b"SIZE 0", None), (b"SIZE -1", None), (b"SIZE 9" + b"9" * 400, None)],
)
def test_odd_limits(scripted: Scripted, told: bytes, most: int | None) -> None:
    session = connected(scripted(Answers(extensions=(told,))))

    assert session.most_bytes == most
    assert send(session).accepted == (BOB,)
    session.close()


def test_a_server_without_extensions_is_told_none(scripted: Scripted) -> None:
    server = scripted(Answers(extensions=()))
    session = connected(server)

    assert send(session).accepted == (BOB,)

    session.close()
    assert b"MAIL FROM:<ann@example.org>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\n" in server.received_clear


def test_c26_eight_bits_go_only_where_they_are_taken(smtp_receiver: Start, scripted: Scripted) -> None:
    mail = "Subject: hi\r\n\r\nпривет\r\n".encode()
    knows, knows_not = smtp_receiver(), scripted(Answers(extensions=()))

    session = signed_in(knows)
    session.send(USER, [BOB], len(mail), [mail])
    session.close()
    assert knows.received[0].raw == mail
    assert "BODY=8BITMIME" in knows.received[0].options

    session = connected(knows_not)
    with pytest.raises(errors.MessageRefused) as caught:
        session.send(USER, [BOB], len(mail), [MAIL, mail])
    assert "8BITMIME" in caught.value.details
    assert session.closed
    assert b"\r\n.\r\n" not in knows_not.received_clear


def test_a_problem_of_the_source_sends_nothing(smtp_receiver: Start) -> None:
    server = smtp_receiver()
    session = signed_in(server)

    def torn() -> Iterator[bytes]:
        yield MAIL
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        session.send(USER, [BOB], len(MAIL), torn())

    assert session.closed
    with pytest.raises(errors.ConnectionLost):
        send(session)
    # the server has seen the end of the first connection when it answers on a second one
    session = signed_in(server)
    assert send(session).accepted == (BOB,)
    session.close()
    assert len(server.received) == 1


# streams


def sink(digest: list[str]) -> Answers:
    """A server that takes a mail of any size and keeps its digest alone."""

    def data(peer: Peer, _got: Command) -> None:
        peer.send(b"354 go on\r\n")
        whole, tail = hashlib.sha256(), b""
        while not tail.endswith(b"\r\n.\r\n"):
            chunk = peer.connection.recv(1 << 16)
            if not chunk:
                raise Gone
            whole.update(chunk)
            tail = (tail + chunk)[-5:]
        digest.append(whole.hexdigest())
        peer.send(b"250 taken\r\n")

    return Answers({"DATA": data})


@pytest.mark.parametrize("security", [Security.PLAIN, Security.TLS])
def test_25_mb_are_sent_in_little_memory(scripted: Scripted, ca_file: Path, security: Security) -> None:
    line = b".QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n"
    chunk = line * 800
    count = 25_000_000 // len(chunk) + 1
    digest: list[str] = []
    server = scripted(sink(digest), tls=variants().good.server_context() if security is Security.TLS else None)
    session = open_session(Endpoint("localhost", server.port, security, USER), None, TlsPolicy(ca_file))
    expected = hashlib.sha256()
    for _ in range(count):
        expected.update(b"." + chunk.replace(b"\r\n.", b"\r\n.."))
    expected.update(b".\r\n")
    before = psutil.Process().memory_info().rss

    tracemalloc.start()
    receipt = session.send(USER, [BOB], count * len(chunk), (bytes(chunk) for _ in range(count)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    session.close()
    assert receipt.accepted == (BOB,)
    assert digest[0] == expected.hexdigest()
    assert peak < 2_000_000
    assert psutil.Process().memory_info().rss - before < 20_000_000


@pytest.mark.parametrize("security", [Security.PLAIN, Security.TLS])
def test_a_server_that_ends_a_mail_in_its_middle_is_heard(
    scripted: Scripted, ca_file: Path, security: Security
) -> None:
    def data(peer: Peer, _got: Command) -> None:
        peer.send(b"354 go on\r\n")
        peer.octets(100_000)
        peer.send(b"552 5.3.4 that is enough\r\n")
        raise Gone

    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 76 + b"\r\n"

    context = variants().good.server_context() if security is Security.TLS else None
    server = scripted(Answers({"DATA": data}), tls=context)
    session = open_session(Endpoint("localhost", server.port, security, USER), None, TlsPolicy(ca_file))

    with pytest.raises(errors.MessageTooLarge) as caught:
        session.send(USER, [BOB], 0, endless())

    assert "that is enough" in caught.value.details
    assert session.closed


# silence and stopping


@pytest.mark.parametrize("place", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_falls_silent_is_left(smtp_receiver: Start, place: str) -> None:
    server = smtp_receiver()
    server.hold(place)
    session = signed_in(server, timeout_s=0.3)

    with pytest.raises(errors.ConnectionLost):
        send(session)

    assert session.closed


def deaf(peer: Peer, _got: Command) -> None:
    """Let a mail begin and read nothing of it."""
    peer.send(b"354 go on\r\n")
    peer.connection.setblocking(True)
    while not peer.server._stopping:
        threading.Event().wait(0.02)


def zeros() -> Iterator[bytes]:
    while True:
        yield b"0" * 60_000 + b"\r\n"


def test_a_server_that_reads_nothing_is_left(scripted: Scripted) -> None:
    session = connected(scripted(Answers({"DATA": deaf})), timeout_s=0.5)

    with pytest.raises(errors.ConnectionLost):
        session.send(USER, [BOB], 0, zeros())


@pytest.mark.parametrize("how", ["cancel", "abort"])
def test_sending_to_who_reads_nothing_can_be_stopped(scripted: Scripted, how: str) -> None:
    cancel = threading.Event()
    session = connected(scripted(Answers({"DATA": deaf})), timeout_s=60, cancel=cancel)
    sent: list[bytes] = []

    def counted() -> Iterator[bytes]:
        for piece in zeros():
            sent.append(piece[:1])
            yield piece

    def stop() -> None:
        # until nothing goes out any more
        seen = -1
        while len(sent) != seen or not sent:
            seen = len(sent)
            threading.Event().wait(0.2)
        cancel.set() if how == "cancel" else session.abort()

    stopper = threading.Thread(target=stop)
    stopper.start()
    began = clock.monotonic()
    with pytest.raises(errors.Cancelled if how == "cancel" else errors.ConnectionLost):
        session.send(USER, [BOB], 0, counted())

    stopper.join()
    assert clock.monotonic() - began < 20
    assert session.closed


def test_a_slow_network_is_not_a_silent_one(smtp_receiver: Start) -> None:
    server = smtp_receiver()
    mail = MAIL + b"0123456789" * 40 + b"\r\n"
    with FaultProxy(server.port) as proxy:
        session = open_session(
            Endpoint("localhost", proxy.port, Security.PLAIN, USER), Password(PASSWORD), TlsPolicy(), timeout_s=2
        )
        proxy.delay(0.1)
        receipt = session.send(USER, [BOB], len(mail), (mail[i : i + 20] for i in range(0, len(mail), 20)))
        session.close()

    assert receipt.accepted == (BOB,)
    assert server.received[0].raw == mail


def test_goodbye_does_not_wait_long(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_GOODBYE_S", 0.2)
    server = scripted(Answers({"QUIT": lambda peer, _got: peer.line()}))
    session = connected(server, timeout_s=60)
    began = clock.monotonic()

    session.close()
    session.close()

    assert clock.monotonic() - began < 5
    assert session.closed
    assert server.names[-1] == "QUIT"


# a real mailbox


@pytest.mark.server
@pytest.mark.parametrize(
    ("security", "credential"),
    [
        (Security.PLAIN, Password(PASSWORD)),
        (Security.STARTTLS, Password(PASSWORD)),
        (Security.STARTTLS, Bearer(TOKEN)),
        (Security.TLS, Password(PASSWORD)),
        (Security.TLS, Bearer(TOKEN)),
    ],
)
def test_what_is_sent_lies_in_a_mailbox(
    smtp_receiver: Start, dovecot: Dovecot, ca_file: Path, security: Security, credential: Credential
) -> None:
    server = smtp_receiver(security=security, tls=variants().good.server_context(), lmtp_port=dovecot.lmtp_port)
    bob, joe = dovecot.new_user(), dovecot.new_user()
    body = b".\r\n..\r\nFrom the past\r\n.QUIT\r\nlast line without an end"

    session = open_session(server.endpoint, credential, TlsPolicy(ca_file))
    for number in range(3):
        mail = b"Message-ID: <%d@example.org>\r\nSubject: mail %d\r\n\r\n" % (number, number) + body
        assert session.send(USER, [bob, joe], len(mail), [mail]).accepted == (bob, joe)
    session.close()

    for user in (bob, joe):
        policy = TlsPolicy(dovecot.ca_file)
        endpoint = ImapEndpoint(dovecot.host, dovecot.imaps_port, Security.TLS, user)
        mailbox = Session.open(endpoint, Password(dovecot_server.PASSWORD), policy)
        mailbox.select(b"INBOX")
        raws = [mail.raw for mail in mailbox.fetch_full([1, 2, 3])]
        mailbox.close()
        assert len(raws) == 3
        for number, raw in enumerate(raws):
            assert b"Subject: mail %d\r\n" % number in raw
            assert raw.endswith(b"\r\n\r\n" + body + b"\r\n")
