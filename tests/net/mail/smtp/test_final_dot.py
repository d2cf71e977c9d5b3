"""R19 at the wire: a mail is of unknown outcome exactly from the first octet of its final dot to the end of the reply.

Before that a lost connection is a lost connection, and whoever tries again sends nothing twice.
"""

from __future__ import annotations

import random
import select
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.domain.mail.mail_account import Endpoint, Security
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.smtp import session as smtp
from desktop.net.mail.smtp.session import SmtpSession, open_session
from desktop.net.tls import TlsPolicy
from tests.proof import rounds, seed
from tests.servers.fault_proxy import Direction, FaultProxy
from tests.servers.scripted_imap import Command, Gone, Peer, ScriptedImap
from tests.servers.scripted_smtp import Answers
from tests.servers.smtp_receiver import PASSWORD, USER, SmtpReceiver
from tests.servers.tls_certs import variants

Start = Callable[..., SmtpReceiver]
Scripted = Callable[..., ScriptedImap]
MAIL = b"From: ann@example.org\r\nSubject: hi\r\n\r\nhello\r\n.dot"
ON_THE_WIRE = len(MAIL) + 1
END = 5
FINAL_REPLY = len("250 2.0.0 Queued\r\n")
BOB = "bob@example.org"


def through(proxy: FaultProxy, security: Security = Security.PLAIN, ca_file: Path | None = None) -> SmtpSession:
    endpoint = Endpoint("localhost", proxy.port, security, USER)
    return open_session(endpoint, Password(PASSWORD), TlsPolicy(ca_file), timeout_s=5)


def send(session: SmtpSession, before: Callable[[], None] = lambda: None) -> smtp.Receipt:
    """Send `MAIL`; `before` is called between the reply to DATA and the first octet of the mail."""

    def chunks() -> Iterator[bytes]:
        before()
        yield MAIL

    try:
        return session.send(USER, [BOB], len(MAIL), chunks())
    finally:
        session.close()


def taken_by(server: SmtpReceiver) -> int:
    """Return how many mails the server took, once it has seen all that was sent to it."""
    count = len(server.received)
    session = open_session(server.endpoint, Password(PASSWORD), TlsPolicy())
    session.send(USER, ["marker@example.org"], 3, [b"hi\n"])
    session.close()
    server.wait_for(count + 1)
    found = sum(mail.recipients == [BOB] for mail in server.received)
    server.received.clear()
    return found


@pytest.mark.parametrize("reset", [False, True])
def test_r19_a_cut_anywhere_in_the_final_reply(smtp_receiver: Start, reset: bool) -> None:
    server = smtp_receiver()

    for octets in range(FINAL_REPLY):
        with FaultProxy(server.port) as proxy:
            session = through(proxy)
            with pytest.raises(errors.OutcomeUnknown) as caught:
                send(session, lambda: proxy.cut_after(octets, reset=reset))  # noqa: B023
        assert not caught.value.can_retry
        assert session.closed
        assert taken_by(server) == 1

    with FaultProxy(server.port) as proxy:
        assert send(through(proxy), lambda: proxy.cut_after(FINAL_REPLY)).accepted == (BOB,)
    assert taken_by(server) == 1


@pytest.mark.parametrize("octets", range(-3, END + 1))
def test_r19_a_cut_anywhere_in_the_final_dot(smtp_receiver: Start, octets: int) -> None:
    server = smtp_receiver()

    with FaultProxy(server.port) as proxy:
        session = through(proxy)
        # what the network lost is not known here: the system took the dot
        with pytest.raises(errors.OutcomeUnknown):
            send(session, lambda: proxy.cut_after(ON_THE_WIRE + octets, "up"))

    if octets == END:
        server.wait_for(1)
    assert taken_by(server) == (octets == END)


def test_r19_a_dot_no_octet_of_which_went_out_is_a_lost_connection(smtp_receiver: Start) -> None:
    server = smtp_receiver()
    ended: list[bool] = []
    with FaultProxy(server.port) as proxy:
        session = through(proxy)

        def chunks() -> Iterator[bytes]:
            yield MAIL
            proxy.drop()
            # the last octets that still went out; the answer to them is that there is nobody
            yield b"\r\nmore"
            while not is_reset(session):
                threading.Event().wait(0.01)
            ended.append(True)

        with pytest.raises(errors.ConnectionLost):
            session.send(USER, [BOB], len(MAIL), chunks())

    assert ended
    assert session.closed
    assert taken_by(server) == 0


def is_reset(session: SmtpSession) -> bool:
    poll = select.poll()
    poll.register(session._client.wire._socket, 0)
    return any(event & (select.POLLHUP | select.POLLERR) for _, event in poll.poll(0))


@pytest.mark.parametrize("direction", ["up", "down"])
def test_r19_a_cut_before_the_mail_is_a_lost_connection(smtp_receiver: Start, direction: Direction) -> None:
    server = smtp_receiver()
    seen = {"up": 0, "down": 0}
    with FaultProxy(server.port) as proxy:
        send(through(proxy), lambda: seen.update(proxy.passed))
    assert taken_by(server) == 1
    places = range(seen[direction])
    for octets in random.Random(seed()).sample(places, rounds(25, len(places))):
        with FaultProxy(server.port) as proxy:
            proxy.cut_after(octets, direction, reset=octets % 2 == 0)
            with pytest.raises(errors.ConnectionLost):
                send(through(proxy))

    assert taken_by(server) == 0


@pytest.mark.parametrize("security", list(Security))
def test_r19_who_tries_again_after_lost_connections_sends_nothing_twice(
    smtp_receiver: Start, ca_file: Path, security: Security
) -> None:
    server = smtp_receiver(security=security, tls=variants().good.server_context())
    chance = random.Random(seed())
    told = {errors.ConnectionLost: 0, errors.OutcomeUnknown: 0, smtp.Receipt: 0}

    def cut(proxy: FaultProxy, up: int, down: int) -> None:
        direction: Direction = chance.choice(["up", "down"])
        proxy.cut_after(chance.randrange(up if direction == "up" else down), direction)

    def chunks(proxy: FaultProxy, mail: bytes, *, near: bool) -> Iterator[bytes]:
        if near:
            # around the final dot and its reply, which are some octets longer where there is TLS
            cut(proxy, len(mail) + 60, 50)
        yield mail

    for number in range(rounds(20, 100)):
        mail = b"Subject: %d\r\n\r\n" % number + b"hello\r\n" * chance.randrange(40)
        outcome: object = None
        with FaultProxy(server.port) as proxy:
            near = chance.random() < 0.8
            if not near:
                cut(proxy, 3000, 3000)
            while outcome is None:
                try:
                    session = through(proxy, security, ca_file)
                    try:
                        outcome = session.send(USER, [BOB], len(mail), chunks(proxy, mail, near=near))
                    finally:
                        session.close()
                except errors.OutcomeUnknown as unknown:
                    outcome = unknown
                except errors.ConnectionLost:
                    told[errors.ConnectionLost] += 1
                    near = False
                    proxy.heal()
        told[type(outcome)] += 1  # type: ignore[index]
        if isinstance(outcome, smtp.Receipt):
            server.wait_for(1)
        copies = [one for one in list(server.received) if one.raw == mail]
        assert len(copies) <= 1
        assert copies or isinstance(outcome, errors.OutcomeUnknown)
        server.received.clear()

    print(told)
    assert told[smtp.Receipt]
    assert told[errors.OutcomeUnknown]


# an answer that does not come, and one that is none


def test_r19_the_final_dot_has_a_patience_of_its_own(smtp_receiver: Start) -> None:
    server = smtp_receiver()
    gate = server.hold("DOT")
    session = open_session(server.endpoint, Password(PASSWORD), TlsPolicy(), timeout_s=0.3)
    threading.Timer(1.0, gate.set).start()

    assert send(session).accepted == (BOB,)
    assert smtp.FINAL_REPLY_S >= 600


@pytest.mark.parametrize("how", ["silence", "cancel", "abort"])
def test_r19_giving_up_after_the_dot_is_an_unknown_outcome(
    smtp_receiver: Start, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(smtp, "FINAL_REPLY_S", 0.5 if how == "silence" else 600)
    server = smtp_receiver()
    server.hold("DOT")
    cancel = threading.Event()
    session = open_session(server.endpoint, Password(PASSWORD), TlsPolicy(), timeout_s=0.5, cancel=cancel)

    def stop() -> None:
        server.wait_until_held("DOT")
        cancel.set() if how == "cancel" else session.abort()

    stopper = threading.Thread(target=stop if how != "silence" else lambda: None)
    stopper.start()
    with pytest.raises(errors.OutcomeUnknown):
        send(session)

    stopper.join()
    assert session.closed
    assert len(server.received) == 1


def test_stopping_before_the_dot_sends_nothing(smtp_receiver: Start) -> None:
    server = smtp_receiver()
    cancel = threading.Event()
    session = open_session(server.endpoint, Password(PASSWORD), TlsPolicy(), cancel=cancel)

    with pytest.raises(errors.Cancelled):
        send(session, cancel.set)

    assert session.closed
    assert taken_by(server) == 0


@pytest.mark.parametrize(
    "reply",
    [
        b"", b"2", b"250", b"250 ok", b"250-taken\r\n", b"\r\n", b"354 go on\r\n", b"334 \r\n", b"999 ok\r\n",
        b"-250 ok\r\n", b"* OK taken\r\n", b"250-" + b"x" * 100_000, b"250-x\r\n" * 50_000,
    ],
)  # fmt: skip
def test_r19_an_answer_to_the_dot_that_is_none_tells_nothing(scripted: Scripted, reply: bytes) -> None:
    def data(peer: Peer, _got: Command) -> None:
        peer.send(b"354 go on\r\n")
        while peer.line() != b".":
            pass
        peer.send(reply)
        raise Gone

    server = scripted(Answers({"DATA": data}))
    session = open_session(Endpoint("localhost", server.port, Security.PLAIN, USER), None, TlsPolicy())

    with pytest.raises(errors.OutcomeUnknown):
        send(session)

    assert session.closed


@pytest.mark.parametrize("reply", ["250 2.0.0 ok", "250-first\r\n250 last", "251 2.0.0 forwarded"])
def test_r19_any_yes_to_the_dot_is_a_receipt(smtp_receiver: Start, reply: str) -> None:
    server = smtp_receiver()
    server.answer("DOT", reply)

    receipt = send(open_session(server.endpoint, Password(PASSWORD), TlsPolicy()))

    assert receipt.accepted == (BOB,)
    assert receipt.refused == {}
