"""Large mailboxes and large mails: newest first, memory bounded, attachments in chunks that go on after a cut."""

from __future__ import annotations

import base64
import hashlib
import random
import threading
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import psutil
import pytest

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.domain import events
from desktop.domain.mail.mail_account import Activity
from desktop.domain.mail.operation import Verb
from desktop.net.errors import PasswordMissing
from desktop.services.errands import imap_secret
from desktop.services.mail.reading import MailUnreachable
from tests.desk import Desk, mail, until
from tests.proof import rounds, seed
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import FaultProxy


def test_r12_the_newest_mails_of_a_large_mailbox_come_first_and_the_rest_in_the_background(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    count = rounds(3_000, 50_000)
    dovecot.deliver(imap_user, (mail(n) for n in range(1, count + 1)))
    dovecot.doveadm("index", "-u", imap_user, "INBOX")
    batches: list[tuple[float, int]] = []
    began = clock.monotonic()
    desk.core.bus.subscribe(
        events.MessagesArrived, lambda event: batches.append((clock.monotonic() - began, len(event.keys)))
    )
    account = desk.add(dovecot, imap_user)
    desk.core.start()

    until(lambda: batches, 60)
    until(lambda: len(desk.mails()) >= 50, 60)
    first = desk.subjects()[:20]
    assert first == [f"Mail {n}" for n in range(count, count - 20, -1)]
    desk.core.services.accounts.pause(account.key)
    until(lambda: desk.core.services.accounts.status(account.key).activity in (Activity.PAUSED, Activity.OFF), 60)
    here = len(desk.mails())
    desk.do(Verb.READ, desk.mails()[0])
    desk.core.services.accounts.resume(account.key)

    until(lambda: len(desk.mails()) == count, 600)
    took = clock.monotonic() - began
    print(f"first {batches[0][1]} mails after {batches[0][0]:.2f} s, paused at {here}, {count} after {took:.1f} s, "
          f"{psutil.Process().memory_info().rss >> 20} MB")  # fmt: skip


def _film(megabytes: int, content_seed: int, path: Path) -> bytes:
    """Write a mail with a film of that size to a file, as base64, and return the digest of the film."""
    chance = random.Random(content_seed)
    digest = hashlib.sha256()
    with path.open("wb") as file:
        file.write(
            b"From: anna@acme.example\r\nTo: me@example.org\r\nSubject: The film\r\nMessage-ID: <film@acme.example>\r\n"
            b"Date: Mon, 1 Jun 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n"
            b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nSee the film.\r\n--b\r\n'
            b"Content-Type: video/mp4; name=film.mp4\r\nContent-Disposition: attachment; filename=film.mp4\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n"
        )
        for _ in range(megabytes):
            piece = chance.randbytes(57 * 18_396)  # whole lines of base64
            digest.update(piece)
            file.write(base64.encodebytes(piece).replace(b"\n", b"\r\n"))
        file.write(b"--b--\r\n")
    return digest.digest()


def test_r11_a_large_attachment_comes_in_chunks_and_goes_on_after_a_cut(
    dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, tmp_path: Path
) -> None:
    megabytes = rounds(6, 100)
    size = megabytes << 20
    digest = _film(megabytes, seed(), tmp_path / "film.eml")
    dovecot.deliver_file(imap_user, tmp_path / "film.eml")
    desk = Desk(tmp_path / "profile")
    desk.add(dovecot, imap_user, port=fault_proxy.port, size_limit_bytes=1_000_000)
    began = clock.monotonic()
    desk.sync()
    [key] = desk.mails()
    assert "See the film" in desk.core.services.reading.document(key).html
    print(f"header and text after {clock.monotonic() - began:.2f} s")
    assert fault_proxy.passed["down"] < 1_000_000, "the attachment stays on the server"
    [part] = [p for p in desk.core.services.views.head(key).parts if p.name]
    folder = tmp_path / "saved"
    folder.mkdir()
    before = peak = psutil.Process().memory_info().rss

    def watch(done: int, total: int) -> None:
        nonlocal peak
        peak = max(peak, psutil.Process().memory_info().rss)

    for _ in range(3):
        fault_proxy.cut_after(size // 4)
        future = desk.core.services.reading.fetch_part(key, part.section, folder / "film.mp4", watch)
        assert isinstance(future.exception(60), Problem)
        assert not list(folder.iterdir()), "what is not whole has no name"
        fault_proxy.heal()
    desk.close()
    desk = Desk(tmp_path / "profile")
    down = fault_proxy.passed["down"]
    saved = desk.core.services.reading.fetch_part(key, part.section, folder / "of the second start.mp4", watch).result(
        120
    )

    with saved.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").digest() == digest
    print(f"{megabytes} MB: memory grew by {(peak - before) / (1 << 20):.1f} MB")
    assert fault_proxy.passed["down"] - down < size, "what was here was not fetched again, after a restart too"
    assert [path.name for path in folder.iterdir()] == ["of the second start.mp4"]
    assert list((desk.profile.cache / "downloads").iterdir()) == []
    assert peak - before < 50 << 20
    desk.close()


def test_r11_a_part_deleted_half_way_is_not_taken_for_whole(
    desk: Desk, dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    _film(4, seed(), tmp_path / "film.eml")
    dovecot.deliver_file(imap_user, tmp_path / "film.eml")
    desk.add(dovecot, imap_user, size_limit_bytes=1_000_000)
    desk.sync()
    [key] = desk.mails()
    [part] = [p for p in desk.core.services.views.head(key).parts if p.name]

    def watch(done: int, total: int) -> None:
        if done >= 2 << 20:
            dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "all")

    future = desk.core.services.reading.fetch_part(key, part.section, tmp_path / "film.mp4", watch)

    with pytest.raises(Problem, match=r"no longer on the server|was lost"):
        future.result(60)
    assert not (tmp_path / "film.mp4").exists()


def test_r11_a_mail_over_the_size_limit_is_fetched_whole_and_goes_on_after_a_cut(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, tmp_path: Path
) -> None:
    _film(4, seed(), tmp_path / "film.eml")
    dovecot.deliver_file(imap_user, tmp_path / "film.eml")
    desk.add(dovecot, imap_user, port=fault_proxy.port, size_limit_bytes=1_000_000)
    desk.sync()
    [key] = desk.mails()
    reading, steps = desk.core.services.reading, list[tuple[int, int]]()
    assert not reading.is_whole(key)
    fault_proxy.cut_after(2 << 20)

    cut = reading.fetch_source(key, tmp_path / "saved.eml")
    assert isinstance(cut.exception(60), Problem)
    assert not (tmp_path / "saved.eml").exists()
    fault_proxy.heal()
    down = fault_proxy.passed["down"]
    reading.fetch_source(key, tmp_path / "saved.eml", lambda done, total: steps.append((done, total))).result(60)

    source = (tmp_path / "film.eml").read_bytes()
    assert (tmp_path / "saved.eml").read_bytes() == source
    assert steps[-1] == (len(source), len(source))
    assert fault_proxy.passed["down"] - down < len(source)


def test_a_mail_over_the_size_limit_that_left_the_server_cannot_be_saved(
    desk: Desk, dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    _film(2, seed(), tmp_path / "film.eml")
    dovecot.deliver_file(imap_user, tmp_path / "film.eml")
    desk.add(dovecot, imap_user, size_limit_bytes=1_000_000)
    desk.sync()
    [key] = desk.mails()
    reading = desk.core.services.reading
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "all")

    with pytest.raises(MailUnreachable, match="no longer on the server"):
        reading.fetch_source(key, tmp_path / "saved.eml").result(60)
    desk.sync()
    with pytest.raises(MailUnreachable):
        reading.fetch_source(key, tmp_path / "saved.eml")

    assert not (tmp_path / "saved.eml").exists()


def test_a_download_without_a_password_says_that_there_is_none(
    desk: Desk, dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    _film(2, seed(), tmp_path / "film.eml")
    dovecot.deliver_file(imap_user, tmp_path / "film.eml")
    account = desk.add(dovecot, imap_user, size_limit_bytes=1_000_000)
    desk.sync()
    [key] = desk.mails()
    [part] = [p for p in desk.core.services.views.head(key).parts if p.name]
    desk.core.secrets.delete(imap_secret(account))

    future = desk.core.services.reading.fetch_part(key, part.section, tmp_path / "film.mp4")

    with pytest.raises(PasswordMissing):
        future.result(60)


def test_a_download_that_is_cancelled_ends_and_leaves_no_file(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, tmp_path: Path
) -> None:
    message = EmailMessage()
    message["From"], message["Message-ID"] = "anna@acme.example", "<film@acme.example>"
    message["Date"] = "Mon, 1 Jun 2026 10:00:00 +0000"
    message.set_content("See the film.")
    message.add_attachment(bytes(3 << 20), maintype="video", subtype="mp4", filename="film.mp4")
    dovecot.deliver(imap_user, [message.as_bytes().replace(b"\n", b"\r\n")])
    desk.add(dovecot, imap_user, port=fault_proxy.port, size_limit_bytes=1_000_000)
    desk.sync()
    [key] = desk.mails()
    [part] = [p for p in desk.core.services.views.head(key).parts if p.name]
    begun, go_on = threading.Event(), threading.Event()

    def watch(done: int, total: int) -> None:
        begun.set()
        go_on.wait(20)

    future = desk.core.services.reading.fetch_part(key, part.section, tmp_path / "film.mp4", watch)
    assert begun.wait(20)
    assert future.cancel()
    down = fault_proxy.passed["down"]
    go_on.set()
    [fetcher] = desk.core.services.reading._errands._fetchers.values()  # type: ignore[attr-defined]
    fetcher.shutdown()

    assert fault_proxy.passed["down"] - down < 2 << 20
    assert not (tmp_path / "film.mp4").exists()
    assert list((desk.profile.cache / "downloads").iterdir()) == [], "what the person does not want is not kept"


def test_r09_three_connections_do_for_the_mail_and_many_downloads(
    desk: Desk, dovecot_with: Callable[..., Dovecot], tmp_path: Path
) -> None:
    server = dovecot_with(max_connections=3)
    user = server.new_user()
    _film(2, seed(), tmp_path / "film.eml")
    for _ in range(5):
        server.deliver_file(user, tmp_path / "film.eml")
    account = desk.add(server, user, size_limit_bytes=100_000)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    key = desk.mails()[0]
    [part] = [p for p in desk.core.services.views.head(key).parts if p.name]
    reading = desk.core.services.reading

    futures = [reading.fetch_part(key, part.section, tmp_path / str(n), lambda _done, _total: None) for n in range(6)]

    assert len({hashlib.sha256(future.result(60).read_bytes()).digest() for future in futures}) == 1
    assert desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE
    assert "Maximum number of connections" not in server.log()


def test_r44_a_download_over_a_dead_line_is_cancelled_within_a_second(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, tmp_path: Path
) -> None:
    _film(3, seed(), tmp_path / "film.eml")
    dovecot.deliver_file(imap_user, tmp_path / "film.eml")
    desk.add(dovecot, imap_user, port=fault_proxy.port, size_limit_bytes=1_000_000)
    desk.sync()
    [key] = desk.mails()
    [part] = [p for p in desk.core.services.views.head(key).parts if p.name]
    silent = threading.Event()

    def watch(done: int, total: int) -> None:
        fault_proxy.black_hole()
        silent.set()

    future = desk.core.services.reading.fetch_part(key, part.section, tmp_path / "film.mp4", watch)
    assert silent.wait(20)
    before = clock.monotonic()
    assert future.cancel()

    until(lambda: list((desk.profile.cache / "downloads").iterdir()) == [])
    assert clock.monotonic() - before <= 1


def test_attachments_of_a_large_mail_are_found_where_it_was_moved(
    desk: Desk, dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    film = _film(1, seed(), tmp_path / "film.eml")
    dovecot.deliver_file(imap_user, tmp_path / "film.eml")
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "Projects")
    desk.add(dovecot, imap_user, size_limit_bytes=100_000)
    desk.sync()
    [key] = desk.mails()
    [part] = [p for p in desk.core.services.views.head(key).parts if p.name]
    projects = desk.folder("Projects").key
    desk.do(Verb.MOVE, key, folder=projects)
    desk.sync()
    with desk.core.database.read() as view:
        synced = view.value("SELECT synced_down_to FROM folder WHERE key = ?", (projects,))
    assert synced == 0, "the folder it went to was never looked into"

    saved = desk.core.services.reading.fetch_part(key, part.section, tmp_path / "film.mp4").result(60)

    assert hashlib.sha256(saved.read_bytes()).digest() == film
