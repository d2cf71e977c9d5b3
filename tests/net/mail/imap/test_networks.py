"""The session on bad networks: cut, reset, silent, slow (R6, R7). What the engine makes of it is tested there."""

from __future__ import annotations

import random
import threading

import pytest

from desktop.base import clock
from desktop.domain.mail.mail_account import Security
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.imap.fetching import FetchedMail
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from tests.proof import rounds, seed
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.fault_proxy import FaultProxy

pytestmark = pytest.mark.server
_DIGITS = 16
"""By how much two answers to the same may differ: Dovecot writes into them how long they took."""


def mail(number: int) -> bytes:
    return b"Subject: %d\r\nMessage-ID: <%d@x>\r\n\r\n" % (number, number) + b"words of mail %d\r\n" % number * 100


def connect(proxy: FaultProxy, user: str, *, timeout_s: float = 10) -> Session:
    return Session.open(
        ImapEndpoint("localhost", proxy.port, Security.PLAIN, user),
        Password(PASSWORD),
        TlsPolicy(),
        timeout_s=timeout_s,
    )


@pytest.mark.parametrize("reset", [False, True])
def test_r06_every_cut_gives_whole_mails_or_a_lost_connection(
    dovecot: Dovecot, imap_user: str, fault_proxy: FaultProxy, reset: bool
) -> None:
    chance = random.Random(seed())
    dovecot.deliver(imap_user, map(mail, range(1, 21)))
    for _ in ("mails are \\Recent", "mails as every later session sees them"):
        session = connect(fault_proxy, imap_user)
        session.select(b"INBOX")
        before = fault_proxy.passed["down"]
        assert len(list(session.fetch_full(range(1, 21)))) == 20
        size = fault_proxy.passed["down"] - before
        session.close()

    for _ in range(rounds(12, 300)):
        session = connect(fault_proxy, imap_user)
        session.select(b"INBOX")
        fault_proxy.cut_after(chance.randrange(size - _DIGITS), reset=reset)
        got: list[FetchedMail] = []
        with pytest.raises(errors.ConnectionLost):
            got.extend(session.fetch_full(range(1, 21)))
        assert all(fetched.raw == mail(fetched.uid) for fetched in got)
        assert session.closed
        fault_proxy.heal()


def test_r06_a_cut_while_signing_in_is_a_lost_connection(
    dovecot: Dovecot, imap_user: str, fault_proxy: FaultProxy
) -> None:
    chance = random.Random(seed())
    session = connect(fault_proxy, imap_user)
    size = fault_proxy.passed["down"]
    session.close()

    for _ in range(rounds(8, 200)):
        fault_proxy.cut_after(chance.randrange(size - _DIGITS))
        with pytest.raises(errors.ConnectionLost):
            connect(fault_proxy, imap_user)
        fault_proxy.heal()


def test_r07_silence_is_noticed(dovecot: Dovecot, imap_user: str, fault_proxy: FaultProxy) -> None:
    session = connect(fault_proxy, imap_user, timeout_s=0.5)
    session.select(b"INBOX")
    fault_proxy.black_hole()
    before = clock.monotonic()

    with pytest.raises(errors.ConnectionLost):
        session.noop()

    assert clock.monotonic() - before < 30
    fault_proxy.heal()
    connect(fault_proxy, imap_user).close()


def test_r07_a_wait_that_fell_silent_is_noticed_when_renewed(
    dovecot: Dovecot, imap_user: str, fault_proxy: FaultProxy
) -> None:
    session = connect(fault_proxy, imap_user, timeout_s=0.5)
    session.select(b"INBOX")
    threading.Timer(0.1, fault_proxy.black_hole).start()

    with pytest.raises(errors.ConnectionLost):
        session.wait_for_news(60, renew_s=0.3)


def test_a_fetch_is_cancelled_within_a_second(dovecot: Dovecot, imap_user: str, fault_proxy: FaultProxy) -> None:
    cancel = threading.Event()
    endpoint = ImapEndpoint("localhost", fault_proxy.port, Security.PLAIN, imap_user)
    dovecot.deliver(imap_user, map(mail, range(1, 21)))
    session = Session.open(endpoint, Password(PASSWORD), TlsPolicy(), cancel=cancel)
    session.select(b"INBOX")
    fault_proxy.black_hole()
    threading.Timer(0.1, cancel.set).start()
    before = clock.monotonic()

    with pytest.raises(errors.Cancelled):
        list(session.fetch_full(range(1, 21)))

    assert clock.monotonic() - before < 30
    assert session.closed


def test_r13_r03_capabilities_taken_away(dovecot: Dovecot, imap_user: str, fault_proxy: FaultProxy) -> None:
    fault_proxy.change(lambda chunk: chunk.replace(b" QRESYNC", b"").replace(b" MOVE", b"").replace(b" UIDPLUS", b""))
    dovecot.deliver(imap_user, map(mail, range(1, 4)))
    session = connect(fault_proxy, imap_user)
    session.select(b"INBOX")

    session.move([1], b"Archive")

    assert session.has_condstore
    assert not session.has_qresync
    assert session.uid_window(1, 10) == [1, 2, 3]
    session.close()


def test_slow_and_delayed_networks_only_take_longer(dovecot: Dovecot, imap_user: str, fault_proxy: FaultProxy) -> None:
    dovecot.deliver(imap_user, map(mail, range(1, 21)))
    fault_proxy.delay(0.01)
    fault_proxy.throttle(1_000_000)
    session = connect(fault_proxy, imap_user)
    session.select(b"INBOX")

    assert [fetched.raw for fetched in session.fetch_full(range(1, 21))] == [mail(n) for n in range(1, 21)]
    session.close()


def test_a_failed_sign_in_leaves_no_connection(dovecot: Dovecot, fault_proxy: FaultProxy) -> None:
    with pytest.raises(errors.WrongPassword):
        Session.open(ImapEndpoint("localhost", fault_proxy.port, Security.PLAIN, "ann"), Password("wrong"), TlsPolicy())

    deadline = clock.monotonic() + 10
    while fault_proxy._sockets and clock.monotonic() < deadline:
        threading.Event().wait(0.01)
    assert not fault_proxy._sockets
