"""Which runner works when: what wakes one, what ends one, and never two for one account."""

from __future__ import annotations

import threading
import time
import uuid
from dataclasses import replace
from typing import cast

import pytest

from desktop.domain import events
from desktop.domain.mail.mail_account import Activity, MailAccount
from desktop.domain.mail.operation import Verb
from desktop.engine.mail.account_runner import AccountRunner
from desktop.services.mail.mirror import Mirror
from desktop.store.database import DatabaseBusy
from tests.desk import Desk, mail, until
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.fault_proxy import FaultProxy


class Slow:
    """A runner that takes its time to end."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    def join(self, timeout_s: float | None = 10.0) -> None:
        assert timeout_s is None
        self.ended.wait(20)


def _threads(key: int) -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == f"account-{key}"]


def test_a_runner_waits_for_the_end_of_the_one_it_takes_over_from(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    account = desk.add(dovecot, imap_user, port=fault_proxy.port)
    before = Slow()
    runner = AccountRunner(account, desk.core.supervisor._means, cast("AccountRunner", before))
    runner.start()
    time.sleep(0.3)
    assert fault_proxy.connections == 0

    before.ended.set()

    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    runner.stop()
    runner.join()


def test_an_account_that_is_edited_again_and_again_has_one_session_and_no_threads_left(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    account = desk.add(dovecot, imap_user)
    desk.core.start()
    for number in range(5):
        desk.core.services.accounts.edit(replace(account, display_name=f"Me {number}"))

    until(lambda: len(desk.mails()) == 1)
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    assert len(_threads(account.key)) == 1
    desk.core.supervisor.close()
    assert _threads(account.key) == []
    assert desk.core.services.accounts.status(account.key).activity is Activity.OFF


def test_a_start_that_comes_after_the_end_starts_nothing(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    account = desk.add(dovecot, imap_user)
    desk.core.supervisor.close()
    before = set(threading.enumerate())

    desk.core.start()

    assert set(threading.enumerate()) <= before
    assert desk.core.services.accounts.status(account.key).activity is Activity.OFF


@pytest.mark.parametrize("read", ["accounts", "folders"])
def test_a_start_that_failed_is_made_up_for_by_the_next(
    desk: Desk, dovecot: Dovecot, imap_user: str, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    account = desk.add(dovecot, imap_user)

    def busy(*_arguments: object) -> None:
        raise DatabaseBusy

    with monkeypatch.context() as patch:
        patch.setattr(Mirror, read, busy)
        with pytest.raises(DatabaseBusy):
            desk.core.start()
    assert not _threads(account.key)

    desk.core.start()
    desk.core.start()

    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    names = [thread.name for thread in threading.enumerate()]
    assert [names.count(name) for name in ("housekeeping", "clock-watch", f"account-{account.key}")] == [1, 1, 1]


def test_a_paused_account_is_said_to_be_paused(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    account = desk.add(dovecot, imap_user)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)

    desk.core.services.accounts.pause(account.key)

    until(lambda: not _threads(account.key))
    assert desk.core.services.accounts.status(account.key).activity is Activity.PAUSED
    desk.core.services.accounts.resume(account.key)
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)


def test_an_account_stays_paused_when_the_program_starts_anew_and_one_that_only_sends_is_none(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    account = desk.add(dovecot, imap_user)
    accounts = desk.core.services.accounts
    sends = accounts.add(MailAccount(uuid.uuid4(), "sends@example.org", smtp=account.imap), None, "secret")
    accounts.pause(account.key)

    desk.core.start()

    until(lambda: accounts.status(account.key).activity is Activity.PAUSED)
    assert accounts.status(sends.key).activity is Activity.OFF
    assert not _threads(account.key)


def test_nothing_is_said_of_an_account_that_was_removed(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    account = desk.add(dovecot, imap_user)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)

    desk.core.services.accounts.remove(account.key)

    until(lambda: not _threads(account.key))
    assert desk.core.services.accounts.statuses() == {}


def test_r10_what_the_person_does_to_mails_tries_no_refused_password_again(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    account = desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    [key] = desk.mails()
    desk.core.services.accounts.edit(account, imap_password="wrong")
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.TROUBLE)
    tries = fault_proxy.connections

    for verb in (Verb.READ, Verb.STAR, Verb.UNREAD):
        desk.do(verb, key)
        time.sleep(0.2)

    assert fault_proxy.connections == tries
    desk.core.services.accounts.edit(account, imap_password=PASSWORD)
    until(lambda: desk.core.services.operations.waiting() == ())


def test_a_person_who_asks_for_mail_cuts_a_pause_short(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    account = desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.core.services.accounts.edit(account, imap_password="wrong")
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.TROUBLE)
    tries = fault_proxy.connections

    desk.core.services.accounts.sync_now(account.key)

    until(lambda: fault_proxy.connections == tries + 1)


def test_an_operation_costs_one_pass(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    account = desk.add(dovecot, imap_user, interval_s=3600)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    passes: list[int] = []

    def count(event: events.MailAccountStatusChanged) -> None:
        if desk.core.services.accounts.status(event.account_key).activity is Activity.UP_TO_DATE:
            passes.append(event.account_key)

    desk.core.bus.subscribe(events.MailAccountStatusChanged, count)
    desk.do(Verb.STAR, *desk.mails())

    until(lambda: desk.core.services.operations.waiting() == () and passes)
    time.sleep(0.5)
    assert len(passes) == 1
