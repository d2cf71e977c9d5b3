"""Never more connections of an account than its provider bears, whatever they are for; and none to a server that has
just refused one (R9). On a real server."""

from __future__ import annotations

import hashlib
import random
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from email.message import EmailMessage
from pathlib import Path

import pytest

from desktop.domain.mail.mail_account import Activity, Endpoint, MailAccount, Security
from desktop.domain.mail.provider import Provider
from desktop.engine.errands import MOST_SESSIONS
from desktop.engine.mail import pacing
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from tests.desk import Desk, mail, until
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.server

LONG_S = 60.0


def with_files(count: int) -> tuple[bytes, list[bytes]]:
    """Return a mail over the size limit of an account, and the digests of the files in it."""
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "anna@acme.example", "Films", "<films@acme.example>"
    message.set_content("See the films.")
    films = [random.Random(n).randbytes(200_000) for n in range(count)]
    for n, film in enumerate(films):
        message.add_attachment(film, "video", "mp4", filename=f"{n}.mp4")
    return message.as_bytes().replace(b"\n", b"\r\n"), [hashlib.sha256(film).digest() for film in films]


def online(desk: Desk, server: Dovecot, user: str) -> MailAccount:
    """Add an account and wait until it idles."""
    account = desk.add(server, user, host="localhost", size_limit_bytes=100_000)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    return account


def save_all(desk: Desk, folder: Path) -> list[Future[Path]]:
    """Ask for every file of the newest mail."""
    key, reading = desk.mails()[0], desk.core.services.reading
    parts = [part for part in desk.core.services.views.head(key).parts if part.name]
    return [reading.fetch_part(key, part.section, folder / part.name) for part in parts]


def most_at_once(server: Dovecot, user: str) -> int:
    """Return the largest number of connections of a user at a time, as the log of the server has it."""
    most = now = 0
    for line in server.log().splitlines():
        if f"user=<{user}>" in line and "Login:" in line:
            now += 1
        elif f"imap({user})" in line and ("Logged out" in line or "Connection closed" in line or "isconnected" in line):
            now -= 1
        most = max(most, now)
    return most


def sign_ins(server: Dovecot, user: str) -> int:
    return sum(f"user=<{user}>" in line and "Login:" in line for line in server.log().splitlines())


@pytest.mark.parametrize("most", [1, 2])
def test_r09_downloads_and_the_account_share_what_the_provider_bears(
    desk: Desk, dovecot: Dovecot, imap_user: str, kept_by: Callable[..., Provider], tmp_path: Path, most: int
) -> None:
    kept_by("gmx", most_connections=most)
    raw, digests = with_files(5)
    dovecot.deliver(imap_user, [raw])
    online(desk, dovecot, imap_user)

    saved = [future.result(LONG_S) for future in save_all(desk, tmp_path)]

    assert [hashlib.sha256(path.read_bytes()).digest() for path in saved] == digests
    dovecot.deliver(imap_user, [mail(1)])
    until(lambda: "Mail 1" in desk.subjects())
    assert most_at_once(dovecot, imap_user) == most


def test_r09_a_server_that_refuses_a_connection_gets_fewer_and_everything_still_comes(
    desk: Desk, dovecot_with: Callable[..., Dovecot], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = dovecot_with(max_connections=3)
    user = server.new_user()
    raw, digests = with_files(5)
    server.deliver(user, [raw])
    endpoint = ImapEndpoint("127.0.0.1", server.imap_port, Security.PLAIN, user)
    elsewhere = [Session.open(endpoint, Password(PASSWORD), TlsPolicy()) for _ in range(2)]
    online(desk, server, user)

    refused = [future.exception(LONG_S) for future in save_all(desk, tmp_path)]

    assert {type(problem) for problem in refused} == {errors.TooManyConnections}

    monkeypatch.setattr(errors.TooManyConnections, "back_off_s", 0.0)
    [admission] = desk.core.supervisor._means.mailboxes._admissions.values()
    admission._closed_until_s = 0.0  # 90 s are not waited for
    saved = [future.result(LONG_S) for future in save_all(desk, tmp_path)]

    assert [hashlib.sha256(path.read_bytes()).digest() for path in saved] == digests
    server.deliver(user, [mail(1)])
    until(lambda: "Mail 1" in desk.subjects())
    asked = server.log().count("Maximum number of connections")
    assert 1 <= asked <= MOST_SESSIONS, "only those under way when the first was refused"
    assert sign_ins(server, user) <= 20
    for session in elsewhere:
        session.close()


def test_r09_two_accounts_in_one_mailbox_do_not_take_turns_without_end(
    desk: Desk, dovecot: Dovecot, imap_user: str, kept_by: Callable[..., Provider], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept_by("gmx", most_connections=1)
    monkeypatch.setattr(pacing, "BURST", 2)
    online(desk, dovecot, imap_user)
    endpoint = Endpoint("localhost", dovecot.imap_port, Security.PLAIN, imap_user)
    other = MailAccount(id=uuid.uuid4(), address="other@acme.example", imap=endpoint)
    desk.core.services.accounts.add(other, PASSWORD)

    until(lambda: sign_ins(dovecot, imap_user) >= 3)
    time.sleep(5.0)

    assert sign_ins(dovecot, imap_user) <= 4, "two each, then one now and then"
