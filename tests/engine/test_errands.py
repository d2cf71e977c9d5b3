"""Errands beside each other: a slow server holds up the downloads of its account and nothing else."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from desktop.domain.mail.discovery import Source
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.provider import Provider
from desktop.domain.mail.providers import provider_of
from desktop.engine.credentials import Credentials
from desktop.engine.downloads import Downloads
from desktop.engine.errands import MOST_SESSIONS, NetworkErrands
from desktop.engine.mail import sessions
from desktop.engine.mail.mailboxes import Mailboxes
from desktop.engine.tokens import Tokens
from desktop.net.connect import Stop
from desktop.net.credentials import Credential
from desktop.net.errors import Cancelled, UnsubscribeRefused
from desktop.services.errands import RemotePart
from desktop.services.mail.mirror import Mirror
from desktop.services.mail.traffic import Traffic
from tests.desk import until

LONG_S = 30.0
SLOW, QUICK = 1, 2


class Server:
    """Servers that never answer who signs in, but for that of the quick account; counts who tries."""

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.at_work: list[str] = []
        self.tried: list[str] = []
        self.most = 0

    def open_session(
        self, account: MailAccount, _credential: Credential, _provider: Provider, *, cancel: Stop, **_rest: object
    ) -> None:
        self.tried.append(account.address)
        if account.key == SLOW:
            self.at_work.append(account.address)
            self.most = max(self.most, len(self.at_work))
            while not self.answers.wait(0.01) and not cancel.is_set():
                pass
            self.at_work.remove(account.address)
        raise Cancelled(account.imap_host)


class Passwords:
    def get(self, _name: str) -> str:
        return "secret"

    def unlock(self, *, patiently: bool = False) -> None:
        return

    def set(self, name: str, value: str) -> None:
        raise AssertionError

    def exchange(self, name: str, before: str, after: str) -> bool:
        raise AssertionError

    def delete(self, name: str) -> None:
        raise AssertionError


def account(key: int) -> MailAccount:
    half = Endpoint("mail.example", 143, Security.PLAIN, "me")
    return MailAccount(id=uuid.uuid4(), key=key, address=f"{key}@example.org", imap=half)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    made = Server()
    monkeypatch.setattr(sessions, "open_session", made.open_session)
    return made


@pytest.fixture
def errands(server: Server, tmp_path: Path) -> Iterator[NetworkErrands]:
    mirror = SimpleNamespace(account=account, folder=lambda _key: SimpleNamespace(wire_name=b"INBOX"))
    passwords = Passwords()
    credentials = Credentials(passwords, Tokens(passwords, lambda _id: None))
    downloads = Downloads(tmp_path / "cache")
    mailboxes = Mailboxes(credentials, cast("Traffic", None))
    made = NetworkErrands(cast("Mirror", mirror), passwords, credentials, mailboxes, downloads, provider_of)
    yield made
    made.close()
    server.answers.set()


@pytest.fixture
def fetch(errands: NetworkErrands, tmp_path: Path) -> Callable[..., Future[Path]]:
    """Ask for a part of an account."""

    def ask(key: int, uid: int = 1) -> Future[Path]:
        part = RemotePart(key, key, 1, uid, "2", 9)
        return errands.fetch_part(part, tmp_path / f"{key}-{uid}", lambda _done, _total: None)

    return ask


def test_who_asks_while_the_person_is_asked_waits_for_the_same_answer(
    errands: NetworkErrands, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    asked: list[bool] = []

    def unlock(_passwords: Passwords, *, patiently: bool = False) -> None:
        asked.append(patiently)
        assert answered.wait(LONG_S)

    monkeypatch.setattr(Passwords, "unlock", unlock)
    first, second = errands.unlock(), errands.unlock()
    assert not first.done()
    answered.set()
    first.result(LONG_S)
    second.result(LONG_S)
    assert asked == [True]

    errands.unlock().result(LONG_S)
    assert asked == [True, True]


def test_slow_downloads_of_an_account_hold_up_nothing_but_its_own(
    errands: NetworkErrands, server: Server, fetch: Callable[..., Future[Path]]
) -> None:
    waiting = [fetch(SLOW, uid) for uid in range(8)]
    until(lambda: len(server.at_work) == MOST_SESSIONS)

    errands.unlock().result(LONG_S)
    tested = errands.test_account(account(QUICK), "secret").result(LONG_S)
    with pytest.raises(Cancelled):
        fetch(QUICK).result(LONG_S)

    assert not tested.ok, "the server was asked"
    assert not any(future.done() for future in waiting)
    server.answers.set()
    assert all(isinstance(future.exception(LONG_S), Cancelled) for future in waiting)
    assert server.most == MOST_SESSIONS, "R9: an account has at most so many"


def test_a_download_cancelled_before_its_turn_bothers_no_server(
    server: Server, fetch: Callable[..., Future[Path]]
) -> None:
    waiting = [fetch(SLOW, uid) for uid in range(MOST_SESSIONS + 1)]
    until(lambda: len(server.at_work) == MOST_SESSIONS)

    assert waiting.pop().cancel()

    server.answers.set()
    for future in [*waiting, fetch(SLOW, 99)]:
        assert isinstance(future.exception(LONG_S), Cancelled)
    assert len(server.tried) == MOST_SESSIONS + 1


def test_at_the_end_nobody_waits_for_a_download(
    errands: NetworkErrands, server: Server, fetch: Callable[..., Future[Path]]
) -> None:
    waiting = [fetch(SLOW, uid) for uid in range(6)]
    until(lambda: len(server.at_work) == MOST_SESSIONS)

    errands.close()

    for future in [*waiting, fetch(SLOW, 99), fetch(QUICK)]:
        with pytest.raises((CancelledError, Cancelled)):
            future.result(LONG_S)
    assert len(server.tried) == MOST_SESSIONS


def test_c02_a_list_is_left_nowhere_but_in_the_public_internet(errands: NetworkErrands) -> None:
    asked = [errands.unsubscribe(url) for url in ("http://shop.example/u", "https://127.0.0.1/u", "https://[::1]/u")]

    for future in asked:
        with pytest.raises(UnsubscribeRefused):
            future.result(LONG_S)


def test_servers_of_a_known_provider_are_found_without_asking_anybody(
    errands: NetworkErrands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(*_anybody: object) -> None:
        raise AssertionError

    monkeypatch.setattr("desktop.net.discovery.discover.Discoverer", ask)

    found = errands.discover("Ann@GMail.com", lambda _answered, _asked: None).result(LONG_S).best

    assert found is not None
    assert (found.source, found.provider, found.trusted) == (Source.PROVIDER, "Google", True)
    assert found.imap.endpoint("ann@gmail.com") == Endpoint("imap.gmail.com", 993, Security.TLS, "ann@gmail.com")
    assert found.smtp is not None
    assert found.smtp.host == "smtp.gmail.com"
