"""Errands of the first run: a trial told step by step on a real server, and the search for servers."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from desktop.domain.mail.account_check import Check, CheckState
from desktop.domain.mail.discovery import Verdict
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.net.discovery import discover
from desktop.net.discovery.records import Records
from desktop.net.errors import Cancelled
from tests.desk import Desk, until
from tests.domain.mail.configs import config
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.internet import Internet, Page
from tests.servers.scripted_imap import Gone, Peer, ScriptedImap
from tests.servers.smtp_receiver import SmtpReceiver

LONG_S = 30.0


def account(host: str, port: int, user: str, security: Security = Security.PLAIN) -> MailAccount:
    return MailAccount(uuid.uuid4(), user, imap=Endpoint(host, port, security, user))


@pytest.mark.server
def test_each_step_is_told_with_its_time_and_words(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    told: list[Check] = []

    result = desk.core.services.accounts.test(
        account("127.0.0.1", dovecot.imap_port, imap_user), PASSWORD, tell=told.append
    ).result(LONG_S)

    assert result.ok
    assert [(check.name, check.state) for check in told] == [
        ("folders", CheckState.WAITING),
        ("incoming", CheckState.RUNNING),
        ("incoming", CheckState.DONE),
        ("folders", CheckState.RUNNING),
        ("folders", CheckState.DONE),
    ]
    assert "IDLE and QRESYNC" in told[2].words
    assert told[4].words.endswith("recognised: Sent, Drafts, Archive, Junk, Trash")
    assert all(check.seconds is not None and 0 <= check.seconds < LONG_S for check in (told[2], told[4]))


@pytest.mark.server
def test_a_step_that_fails_has_the_problem_and_the_server_s_words(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    told: list[Check] = []

    result = desk.core.services.accounts.test(
        account("127.0.0.1", dovecot.imap_port, imap_user), "wrong", tell=told.append
    ).result(LONG_S)

    assert not result.ok
    assert (told[-1].name, told[-1].state, told[-1].words) == ("incoming", CheckState.FAILED, result.problem)
    assert told[-1].details == result.details
    assert "wrong" not in repr(told)


@pytest.mark.server
def test_r40_a_server_that_cannot_prove_itself_is_told_before_any_password(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    told: list[Check] = []

    result = desk.core.services.accounts.test(
        account("localhost", dovecot.imaps_port, imap_user, Security.TLS), PASSWORD, tell=told.append
    ).result(LONG_S)

    assert result.certificate is not None
    assert told[-1].state is CheckState.FAILED
    assert f"user=<{imap_user}>" not in dovecot.log()


def test_a_trial_that_is_given_up_leaves_the_server_at_once(desk: Desk, scripted: Callable[..., ScriptedImap]) -> None:
    arrived, left = threading.Event(), threading.Event()

    def silent(peer: Peer) -> None:
        arrived.set()
        try:
            peer.line()
        except Gone:
            left.set()

    server = scripted(silent)
    trial = desk.core.services.accounts.test(account("127.0.0.1", server.port, "me@example.org"), PASSWORD)
    assert arrived.wait(LONG_S)

    began = time.monotonic()
    assert trial.cancel()

    assert left.wait(LONG_S)
    assert time.monotonic() - began < 5


@pytest.fixture
def internet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    made = Internet(tmp_path)
    records = Records(("127.0.0.1",), port=made.names.port, timeout_s=1)
    looks = partial(discover.Discoverer, made.policy, resolve=made.resolve, records=records)
    monkeypatch.setattr(discover, "Discoverer", looks)
    yield made
    made.close()


def test_servers_are_looked_for_by_the_domain_alone(desk: Desk, internet: Internet) -> None:
    internet.page("autoconfig.firm.example", {"/mail/config-v1.1.xml": Page(config())})
    told: list[tuple[int, int]] = []

    found = desk.core.services.accounts.discover("Jan.Berger@Firm.Example", lambda n, of: told.append((n, of)))

    assert found.result(LONG_S).verdict is Verdict.FOUND
    assert told
    assert all(b"berger" not in heard.lower() for heard in internet.seen)


def test_what_has_no_domain_asks_nobody(desk: Desk, internet: Internet) -> None:
    found = desk.core.services.accounts.discover("jan@localhost", lambda _n, _of: None)

    assert found.result(LONG_S).verdict is Verdict.NOTHING
    assert internet.resolved == []


def test_a_search_can_be_given_up_and_ends_with_the_program(desk: Desk, internet: Internet) -> None:
    for host in ("autoconfig.firm.example", "firm.example", "autoconfig.thunderbird.net"):
        internet.silent(host, 443)
    accounts = desk.core.services.accounts

    first = accounts.discover("jan@firm.example", lambda _n, _of: None)
    until(lambda: internet.resolved)
    assert first.cancel()
    others = [accounts.discover("jan@firm.example", lambda _n, _of: None) for _ in range(6)]
    began = time.monotonic()
    desk.core.end_work()

    for future in others:
        with pytest.raises((CancelledError, Cancelled)):
            future.result(LONG_S)
    assert time.monotonic() - began < 5


@pytest.mark.server
def test_the_server_for_sending_is_tried_too(
    desk: Desk,
    dovecot: Dovecot,
    imap_user: str,
    smtp_receiver: Callable[..., SmtpReceiver],
) -> None:
    receiver = smtp_receiver(passwords={imap_user: PASSWORD})
    whole = replace(
        account("127.0.0.1", dovecot.imap_port, imap_user),
        smtp=Endpoint("127.0.0.1", receiver.port, Security.PLAIN, imap_user),
    )
    told: list[Check] = []

    assert desk.core.services.accounts.test(whole, PASSWORD, tell=told.append).result(LONG_S).ok
    assert (told[-1].name, told[-1].state) == ("outgoing", CheckState.DONE)

    result = desk.core.services.accounts.test(whole, PASSWORD, "wrong", told.append).result(LONG_S)
    assert (result.ok, result.problem) == (False, told[-1].words)
    assert (told[-1].name, told[-1].state) == ("outgoing", CheckState.FAILED)
    assert result.folders, "mail can be fetched all the same"
