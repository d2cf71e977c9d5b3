"""Large mailboxes and large mails: newest first, memory bounded, attachments in chunks that go on after a cut."""

from __future__ import annotations

import hashlib
import random
import threading
from email.message import EmailMessage
from pathlib import Path

import psutil

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.domain import events
from desktop.domain.mail.mail_account import Activity
from desktop.domain.mail.operation import Verb
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


def test_r11_a_large_attachment_comes_in_chunks_and_goes_on_after_a_cut(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, tmp_path: Path
) -> None:
    chance = random.Random(seed())
    size = rounds(6, 100) << 20
    content = chance.randbytes(1 << 20) * (size >> 20)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "anna@acme.example", "me@example.org", "The film"
    message["Message-ID"], message["Date"] = "<film@acme.example>", "Mon, 1 Jun 2026 10:00:00 +0000"
    message.set_content("See the film.")
    message.add_attachment(content, maintype="video", subtype="mp4", filename="film.mp4")
    dovecot.deliver(imap_user, [message.as_bytes().replace(b"\n", b"\r\n")])
    desk.add(dovecot, imap_user, port=fault_proxy.port, size_limit_bytes=1_000_000)
    desk.sync()
    [key] = desk.mails()
    assert fault_proxy.passed["down"] < 1_000_000, "the attachment stays on the server"
    [part] = [p for p in desk.core.services.views.head(key).parts if p.name]
    folder = tmp_path / "saved"
    folder.mkdir()
    before = psutil.Process().memory_info().rss
    peak = before

    def watch(done: int, total: int) -> None:
        nonlocal peak
        peak = max(peak, psutil.Process().memory_info().rss)

    for _ in range(3):
        fault_proxy.cut_after(size // 4)
        future = desk.core.services.reading.fetch_part(key, part.section, folder / "film.mp4", watch)
        assert isinstance(future.exception(60), Problem)
        fault_proxy.heal()
    down = fault_proxy.passed["down"]
    saved = desk.core.services.reading.fetch_part(key, part.section, folder / "film.mp4", watch).result(120)

    assert hashlib.sha256(saved.read_bytes()).digest() == hashlib.sha256(content).digest()
    assert fault_proxy.passed["down"] - down < size, "what was here was not fetched again"
    assert [path.name for path in folder.iterdir()] == ["film.mp4"]
    assert peak - before < 50 << 20


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
    pool = desk.core.services.reading._errands._pool  # type: ignore[attr-defined]
    pool.submit(lambda: None).result(20)
    pool.shutdown()

    assert fault_proxy.passed["down"] - down < 2 << 20
    assert not (tmp_path / "film.mp4").exists()
