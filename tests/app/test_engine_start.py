"""The window's engine that cannot start: tried again where that may help, and told to the person."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.app import gui
from desktop.base import backoff
from desktop.domain.mail.mail_account import Activity
from desktop.services.mail.mirror import Mirror
from desktop.store.database import DatabaseBusy, DatabaseDamaged
from tests.desk import Desk, until
from tests.servers.dovecot import Dovecot


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(backoff, "delay_s", lambda _attempt: 0.001)
    made = Desk(tmp_path / "profile")
    yield made
    made.close()


class Failing:
    """Reads of the accounts that fail: each with the next of these errors, then none; the last one for ever."""

    def __init__(self, patch: pytest.MonkeyPatch, *errors: Exception, for_ever: bool = False) -> None:
        self.calls = 0
        read = Mirror.accounts

        def accounts(mirror: Mirror) -> object:
            self.calls += 1
            if self.calls <= len(errors):
                raise errors[self.calls - 1]
            if for_ever:
                raise errors[-1]
            return read(mirror)

        patch.setattr(Mirror, "accounts", accounts)


def test_a_start_that_may_yet_succeed_is_tried_again(
    desk: Desk, dovecot: Dovecot, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = desk.add(dovecot, imap_user)
    Failing(monkeypatch, DatabaseBusy(), DatabaseBusy(), DatabaseBusy())
    told: list[BaseException] = []

    gui._start_engine(desk.core, told.append)

    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    assert [type(error) for error in told] == [DatabaseBusy], "one sentence, not one for every try"


def test_a_start_that_cannot_succeed_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = Failing(monkeypatch, DatabaseBusy(), DatabaseDamaged("page 7"), for_ever=True)
    told: list[BaseException] = []

    gui._start_engine(desk.core, told.append)

    assert [type(error) for error in told] == [DatabaseBusy, DatabaseDamaged]
    assert failing.calls == 2


def test_an_error_of_ours_is_told_and_reported(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    error = RuntimeError("ours")
    Failing(monkeypatch, error)
    told: list[BaseException] = []

    with pytest.raises(RuntimeError, match="ours"):
        gui._start_engine(desk.core, told.append)

    assert told == [error]


def test_the_end_of_the_program_ends_the_tries(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    failing = Failing(monkeypatch, DatabaseBusy(), for_ever=True)
    starting = threading.Thread(target=gui._start_engine, args=(desk.core, lambda _error: None), daemon=True)
    starting.start()
    until(lambda: failing.calls > 3)

    desk.core.end_work()

    starting.join(20)
    assert not starting.is_alive()
