"""Faults of servers and networks: nothing lost, nothing twice, nothing under a wrong number, no storm of retries."""

from __future__ import annotations

import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from desktop.base import clock
from desktop.base.errors import Remedy
from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Activity, Cause, Endpoint, MailAccount, Security
from desktop.domain.mail.operation import Change, Verb
from desktop.engine.mail import account_runner, folder_sync
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.imap.reading import FlagSweep
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from desktop.store import backup
from tests.desk import Desk, mail, until
from tests.proof import rounds, seed
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.fault_proxy import FaultProxy
from tests.servers.scripted_imap import Answer, Answers, Command, Peer, ScriptedImap
from tests.servers.tls_certs import variants


def without(*names: str) -> Callable[[bytes], bytes]:
    """Return a change that takes capabilities away."""
    pattern = re.compile(rb"\b(?:" + "|".join(names).encode() + rb")\b ?")
    return lambda chunk: pattern.sub(b"", chunk) if b"CAPABILITY" in chunk else chunk


def server_subjects(dovecot: Dovecot, user: str, folder: str = "INBOX") -> Counter[str]:
    """Return the mails of a folder; what is marked as deleted, where it cannot be expunged, is gone."""
    text = dovecot.doveadm("fetch", "-u", user, "hdr.subject", "mailbox", folder, "undeleted")
    return Counter(line.partition(": ")[2] for line in text.splitlines() if line.startswith("hdr.subject"))


def _renumber(dovecot: Dovecot, user: str, folder: str = "INBOX") -> None:
    """Let the server forget the UIDs of a folder."""
    for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
        (dovecot.maildir(user, folder) / name).unlink(missing_ok=True)


def test_r01_another_uidvalidity_loses_nothing_and_fetches_nothing_again(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    count = rounds(300, 5000)
    mails = [mail(n, text="word " * 3000) for n in range(1, count + 1)]
    dovecot.deliver(imap_user, mails)
    arrived: list[events.MessagesArrived] = []
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    before = desk.mails()
    done = desk.do(Verb.STAR, before[0])
    desk.core.bus.subscribe(events.MessagesArrived, arrived.append)
    fetched = fault_proxy.passed["down"]
    _renumber(dovecot, imap_user)

    desk.sync()

    assert desk.mails() == before
    assert arrived == []
    assert fault_proxy.passed["down"] - fetched < 0.05 * sum(map(len, mails))
    assert done.keys == (before[0],)
    desk.sync()
    assert dovecot.doveadm("search", "-u", imap_user, "mailbox", "INBOX", "FLAGGED").strip() != ""


def test_r01_what_waits_for_a_renumbered_folder_nobody_follows_is_done(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.maildir(imap_user, "Projects")
    dovecot.deliver(imap_user, [mail(1), mail(2)])
    desk.add(dovecot, imap_user)
    desk.sync()
    two, one = desk.mails()
    desk.do(Verb.MOVE, one, folder=desk.folder("Projects").key)
    desk.sync()
    desk.do(Verb.STAR, one)
    desk.do(Verb.READ, two)
    _renumber(dovecot, imap_user, "Projects")

    desk.sync()

    assert desk.core.services.operations.waiting() == ()
    assert dovecot.doveadm("search", "-u", imap_user, "mailbox", "Projects", "FLAGGED").strip() != ""
    assert desk.unread() == 0


def test_r01_a_folder_that_is_numbered_anew_at_every_look_is_told(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    numbers = iter(range(2_000_000_000, 3_000_000_000))
    numbering = re.compile(rb"\[UIDVALIDITY \d+\]")
    fault_proxy.change(lambda chunk: numbering.sub(lambda _found: b"[UIDVALIDITY %d]" % next(numbers), chunk))
    desk.do(Verb.STAR, *desk.mails())

    desk.core.supervisor.sync_once()

    [waiting] = desk.core.services.operations.waiting()
    assert "new numbers again and again" in waiting.problem
    assert waiting.attempts == 1


@pytest.mark.parametrize(
    "missing",
    [
        (),
        ("QRESYNC",),
        ("QRESYNC", "CONDSTORE", "ENABLE"),
        ("QRESYNC", "CONDSTORE", "ENABLE", "MOVE", "ESEARCH", "IDLE"),
    ],
)
def test_r03_the_store_follows_the_server_with_and_without_extensions(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, missing: tuple[str, ...]
) -> None:
    chance = random.Random(seed())
    if missing:
        fault_proxy.change(without(*missing))
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 41)])
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    number = 40
    for _ in range(rounds(4, 60)):
        for _ in range(rounds(4, 30)):
            match chance.randrange(3):
                case 0:
                    uid = chance.randrange(1, number + 1)
                    verb = chance.choice(["add", "remove"])
                    flag = chance.choice(["\\Seen", "\\Flagged"])
                    dovecot.doveadm("flags", verb, "-u", imap_user, flag, "mailbox", "INBOX", "uid", str(uid))
                case 1:
                    uid = chance.randrange(1, number + 1)
                    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "uid", str(uid))
                case _:
                    number += 1
                    dovecot.deliver(imap_user, [mail(number)])
        desk.sync()
        assert Counter(desk.subjects()) == server_subjects(dovecot, imap_user)
        unseen = dovecot.doveadm("search", "-u", imap_user, "mailbox", "INBOX", "UNSEEN").split("\n")
        assert desk.unread() == len(unseen) - 1


def test_r03_changed_flags_are_asked_for_in_windows(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault_proxy.change(without("QRESYNC"))
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 31)])
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    desk.sync()
    dovecot.doveadm("flags", "add", "-u", imap_user, "\\Seen", "mailbox", "INBOX", "uid", "1,12,25:30")
    asked: list[tuple[int, int]] = []
    fetch_flags = Session.fetch_flags

    def fetch(
        self: Session, low: int, high: int, changed_since: int | None = None, *, labels: bool = False
    ) -> FlagSweep:
        if changed_since:
            asked.append((low, high))
        return fetch_flags(self, low, high, changed_since, labels=labels)

    monkeypatch.setattr(folder_sync, "SWEEP_WINDOW", 10)
    monkeypatch.setattr(Session, "fetch_flags", fetch)

    desk.sync()

    assert asked == [(1, 10), (11, 20), (21, 30)]
    assert desk.unread() == 22


@pytest.mark.parametrize("missing", [(), ("QRESYNC",)])
def test_r03_a_count_of_changes_that_began_anew_or_is_kept_no_more_misses_nothing(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, missing: tuple[str, ...]
) -> None:
    hide = without(*missing) if missing else bytes
    fault_proxy.change(hide)
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 11)])
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    for uid in range(1, 6):
        dovecot.doveadm("flags", "add", "-u", imap_user, "\\Flagged", "mailbox", "INBOX", "uid", str(uid))
    desk.sync()
    desk.sync()
    count = re.compile(rb"HIGHESTMODSEQ \d+")
    for number, lie in enumerate((b"HIGHESTMODSEQ 1", b"NOMODSEQ"), 1):
        fault_proxy.change(lambda chunk, lie=lie: count.sub(lie, hide(chunk)))  # type: ignore[misc]
        dovecot.doveadm("flags", "add", "-u", imap_user, "\\Seen", "mailbox", "INBOX", "uid", f"1:{number}")
        dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "uid", str(11 - number))

        desk.sync()
        desk.sync()

        assert Counter(desk.subjects()) == server_subjects(dovecot, imap_user)
        assert desk.unread() == 10 - 2 * number


def test_r06_a_connection_cut_anywhere_leaves_nothing_half_and_nothing_twice(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    chance = random.Random(seed())
    mails = [mail(n, text=f"body {n} " * chance.randrange(1, 400)) for n in range(1, 61)]
    dovecot.deliver(imap_user, mails)
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    for _ in range(rounds(8, 300)):
        fault_proxy.cut_after(chance.randrange(1, 120_000), reset=chance.random() < 0.5)
        desk.core.supervisor.sync_once()
        fault_proxy.heal()
        for key in desk.mails():
            head = desk.core.services.views.head(key)
            number = int(head.subject.removeprefix("Mail "))
            assert desk.core.services.reading.source(key) == mails[number - 1]
        if chance.random() < 0.2:
            dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "all")
            dovecot.deliver(imap_user, mails)

    desk.sync()

    assert Counter(desk.subjects()) == Counter(f"Mail {n}" for n in range(1, 61))


def test_r04_expunge_while_fetching_stores_no_body_under_a_wrong_number(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    mails = [mail(n, text=f"body {n} " * 200) for n in range(1, 401)]
    dovecot.deliver(imap_user, mails)
    desk.add(dovecot, imap_user)
    storm = subprocess.Popen(
        ["/usr/bin/doveadm", "-c", str(dovecot.root / "dovecot.conf"), "expunge", "-u", imap_user, "mailbox", "INBOX",
         "uid", "1:400:2,3,9,27,81,100:140,243"],
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    desk.sync()
    storm.wait()
    desk.sync()
    desk.sync()

    assert Counter(desk.subjects()) == server_subjects(dovecot, imap_user)
    for key in desk.mails():
        number = int(desk.core.services.views.head(key).subject.removeprefix("Mail "))
        assert desk.core.services.reading.source(key) == mails[number - 1]


def test_r10_a_refused_password_is_not_tried_again(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    account = desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.core.services.accounts.edit(account, imap_password="wrong")
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.TROUBLE)
    tries = fault_proxy.connections

    for _ in range(3):
        desk.core.supervisor._resumed()  # nor after sleep
        time.sleep(0.3)

    assert fault_proxy.connections == tries == 1


def test_r07_an_unreachable_host_is_waited_for_and_recovered_from(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    account = desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)

    fault_proxy.cut_after(0)
    fault_proxy.drop()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.WAITING)
    status = desk.core.services.accounts.status(account.key)
    assert status.problem
    assert status.retry_at_ms
    assert desk.subjects() == ["Mail 1"], "what is here can be read"
    dovecot.deliver(imap_user, [mail(2)])
    fault_proxy.heal()

    until(lambda: desk.subjects() == ["Mail 2", "Mail 1"])


def test_r07_a_line_that_fell_silent_is_noticed_and_left(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert account_runner.SILENCE_S <= 60
    monkeypatch.setattr(account_runner, "SILENCE_S", 1.0)
    dovecot.deliver(imap_user, [mail(1)])
    account = desk.add(dovecot, imap_user, port=fault_proxy.port, interval_s=3600)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    fault_proxy.black_hole()

    desk.core.services.accounts.sync_now(account.key)

    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.WAITING, 15)
    dovecot.deliver(imap_user, [mail(2)])
    fault_proxy.heal()
    until(lambda: desk.subjects() == ["Mail 2", "Mail 1"], 10)


def test_r08_after_sleep_a_sign_in_over_a_dead_line_is_begun_anew(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    fault_proxy.black_hole()
    account = desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.core.start()
    until(lambda: fault_proxy.connections == 1)

    desk.core.supervisor._resumed()

    until(lambda: fault_proxy.connections == 2, 10)
    fault_proxy.heal()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE, 10)


def _scripted_account(desk: Desk, server: ScriptedImap) -> int:
    return desk.add(cast("Dovecot", SimpleNamespace(imap_port=server.port)), "me@example.org").key


@pytest.mark.parametrize("security", [Security.TLS, Security.PLAIN])
@pytest.mark.parametrize("command", ["LIST", "IDLE", "UID FETCH"])
def test_r05_an_alert_reaches_the_person_once_and_only_over_tls(
    desk: Desk, scripted: Callable[..., ScriptedImap], tmp_path: Path, command: str, security: Security
) -> None:
    alert = b"* OK [ALERT] The building is closing\r\n"

    def idle(peer: Peer, given: Command) -> None:
        peer.send(b"+ idling\r\n", alert if command == "IDLE" else b"")
        peer.line()
        peer.send(given.tag, b" OK done\r\n")

    answers: dict[str, Answer] = {
        "LIST": (alert if command == "LIST" else b"") + b'* LIST () "/" INBOX\r\nTAG OK done\r\n',
        "UID SEARCH": b"* SEARCH 1 2 3\r\nTAG OK done\r\n",
        "UID FETCH": (alert + b"* BYE\r\n") if command == "UID FETCH" else b"TAG OK done\r\n",
        "IDLE": idle,
    }
    context = variants().good.server_context() if security is Security.TLS else None
    server = scripted(Answers(answers, capabilities=b"IMAP4rev1 IDLE"), tls=context)
    (tmp_path / "ca.pem").write_bytes(variants().ca)
    endpoint = Endpoint("localhost", server.port, security, "me")
    account = MailAccount(uuid.uuid4(), "me@example.org", imap=endpoint, ca_file=str(tmp_path / "ca.pem"))
    key = desk.core.services.accounts.add(account, PASSWORD).key
    told: list[str] = []

    def listen(event: events.MailAccountStatusChanged) -> None:
        words = desk.core.services.accounts.status(event.account_key).alert
        if words and words not in told[-1:]:
            told.append(words)

    desk.core.bus.subscribe(events.MailAccountStatusChanged, listen)
    desk.core.start()

    until(lambda: server.names.count("IDLE") or server.connections > 1)
    if command == "IDLE":
        desk.core.services.accounts.sync_now(key)
        until(lambda: server.names.count("IDLE") >= 2)
    if security is Security.TLS:
        until(lambda: told)
    assert told == (["The building is closing"] if security is Security.TLS else [])


def test_r08_after_sleep_a_pause_of_the_network_ends(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account_runner.pacing, "pause_s", lambda *_: 600.0)
    fault_proxy.cut_after(0)
    account = desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.WAITING)
    fault_proxy.heal()

    desk.core.supervisor._resumed()

    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE, 10)


def test_r14_a_folder_deleted_in_the_midst_of_a_fetch_is_looked_for_again(
    desk: Desk, scripted: Callable[..., ScriptedImap]
) -> None:
    server = scripted(
        Answers(
            {
                "LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n',
                "UID SEARCH": b"* SEARCH 1 2 3\r\nTAG OK done\r\n",
                "UID FETCH": b"TAG NO [NONEXISTENT] Mailbox was deleted\r\n",
            }
        )
    )
    key = _scripted_account(desk, server)
    desk.core.start()

    until(lambda: desk.core.services.accounts.status(key).activity is Activity.WAITING)
    until(lambda: server.names.count("LIST") == 2)


@pytest.mark.parametrize(
    "answer",
    [
        b"TAG NO [THROTTLED] slow down\r\n",
        b"TAG NO [UNAVAILABLE] backend is busy\r\n",
        b"TAG NO [OVERQUOTA] Account exceeded command or bandwidth limits\r\n",
        b"TAG NO [ALERT] Too many simultaneous connections. (Failure)\r\n",
        b"* BYE [UNAVAILABLE] Too many simultaneous connections\r\n",
    ],
)
@pytest.mark.parametrize("command", ["LOGIN", "LIST", "SELECT", "UID FETCH"])
def test_r09_a_server_that_asks_for_a_pause_gets_one(
    desk: Desk, scripted: Callable[..., ScriptedImap], command: str, answer: bytes
) -> None:
    answers: dict[str, Answer] = {
        "LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n',
        "UID SEARCH": b"* SEARCH 1 2 3\r\nTAG OK done\r\n",
    }
    server = scripted(Answers(answers | {command: answer}))
    key = _scripted_account(desk, server)
    began_ms = clock.now()
    desk.core.start()

    until(lambda: desk.core.services.accounts.status(key).activity is Activity.WAITING)

    assert desk.core.services.accounts.status(key).retry_at_ms >= began_ms + 90_000
    assert desk.core.services.accounts.status(key).cause in (Cause.ASKED_TO_WAIT, Cause.SIGN_IN_LATER)
    assert server.connections == 1


@pytest.mark.parametrize("command", ["LOGIN", "LIST", "SELECT"])
def test_r09_a_mailbox_that_a_server_does_not_open_is_told_and_tried_later(
    desk: Desk, scripted: Callable[..., ScriptedImap], command: str
) -> None:
    """Exchange Online says so where IMAP is off for a mailbox, and also for a while where it is not."""
    answer = b"TAG BAD User is authenticated but not connected.\r\n"
    server = scripted(Answers({"LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n', command: answer}))
    key = _scripted_account(desk, server)
    began_ms = clock.now()
    desk.core.start()

    until(lambda: desk.core.services.accounts.status(key).activity is Activity.WAITING)

    status = desk.core.services.accounts.status(key)
    assert status.retry_at_ms >= began_ms + 90_000
    assert (status.remedy, status.cause) == (Remedy.SETTINGS.value, Cause.REFUSED)
    assert "does not open the mailbox" in status.problem
    assert server.connections == 1


@pytest.mark.parametrize("answer", [b"* BYE good night\r\n", b"TAG BAD not in the mood\r\n"])
def test_r09_a_server_that_ends_every_session_is_no_reason_to_sign_in_again_and_again(
    desk: Desk, scripted: Callable[..., ScriptedImap], answer: bytes
) -> None:
    server = scripted(Answers({"LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n', "SELECT": answer}))
    _scripted_account(desk, server)
    began = clock.monotonic()
    desk.core.start()

    until(lambda: server.connections == 4)

    assert clock.monotonic() - began > 1.5, "the pauses grow although each sign-in goes well"


def test_r09_a_full_mailbox_keeps_no_mail_from_coming(desk: Desk, dovecot_with: Callable[..., Dovecot]) -> None:
    server = dovecot_with(
        extra="mail_plugins = quota\nplugin {\n  quota = maildir:User quota\n  quota_rule = *:storage=20K\n}\n"
    )
    first, second = server.new_user(), server.new_user()
    server.deliver(first, [mail(1, text="x" * 30_000)])
    desk.add(server, first)
    other = desk.add(server, second)
    desk.sync()
    tree = desk.core.services.views.folder_tree()
    [target] = [f for a in tree.accounts if a.key == other.key for f in a.folders if f.path == "Archive"]
    desk.do(Verb.MOVE, *desk.mails(), folder=target.key)
    server.deliver(second, [mail(2)])

    desk.sync()

    assert "Mail 2" in desk.subjects()
    [copy] = [o for o in desk.core.services.operations.waiting() if o.account_key == other.key]
    assert copy.problem
    assert not copy.parked
    at_ms = desk.core.supervisor._means.queue.next_try_at(other.key)
    assert at_ms is not None
    assert at_ms > clock.now() + 80_000
    assert server_subjects(server, first) == Counter({"Mail 1": 1}), "what was not copied is not removed"


def test_r38_an_operation_that_ends_every_session_keeps_no_mail_from_coming(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()

    def hang_up(chunk: bytes) -> bytes:
        if b"UID MOVE" in chunk:
            fault_proxy.drop()
        return chunk

    fault_proxy.change(hang_up, "up")
    desk.do(Verb.ARCHIVE, *desk.mails())
    for _ in range(3):
        [problem] = desk.core.supervisor.sync_once().values()
        assert isinstance(problem, errors.ConnectionLost)
    dovecot.deliver(imap_user, [mail(2)])

    desk.sync()

    assert desk.subjects() == ["Mail 2"]
    fault_proxy.heal()
    [operation] = desk.core.services.operations.waiting()
    desk.core.services.operations.retry(operation.key)
    desk.sync()
    assert server_subjects(dovecot, imap_user, "Archive") == Counter({"Mail 1": 1})


def test_r16_a_mail_much_larger_than_announced_comes_with_its_text(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    size = re.compile(rb"RFC822\.SIZE \d{7}\b")
    fault_proxy.change(lambda chunk: size.sub(b"RFC822.SIZE 1234567", chunk))
    large = EmailMessage()
    large["From"], large["Subject"], large["Message-ID"] = "anna@acme.example", "The film", "<film@acme.example>"
    large["Date"] = "Mon, 1 Jun 2026 10:00:00 +0000"
    large.set_content("See the film.")
    large.add_attachment(bytes(4 << 20), maintype="video", subtype="mp4", filename="film.mp4")
    dovecot.deliver(imap_user, [mail(1), large.as_bytes().replace(b"\n", b"\r\n"), mail(2)])
    desk.add(dovecot, imap_user, port=fault_proxy.port)

    desk.sync()

    assert sorted(desk.subjects()) == ["Mail 1", "Mail 2", "The film"]
    [film] = [key for key in desk.mails() if desk.core.services.views.head(key).subject == "The film"]
    assert "See the film" in desk.core.services.reading.document(film).html


def test_r14_a_folder_that_vanishes_reports_what_waited_for_it(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1), mail(2)])
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "Projects")
    desk.add(dovecot, imap_user)
    desk.sync()
    projects = desk.folder("Projects")
    two, one = desk.mails()
    desk.do(Verb.MOVE, one, folder=projects.key)
    dovecot.doveadm("mailbox", "delete", "-u", imap_user, "Projects")

    desk.core.supervisor.sync_once()

    assert server_subjects(dovecot, imap_user) == Counter({"Mail 1": 1, "Mail 2": 1}), "no mail is lost"
    waiting = desk.core.services.operations.waiting()
    assert all(operation.parked for operation in waiting)
    desk.do(Verb.READ, two)
    desk.core.supervisor.sync_once()
    assert not [o for o in desk.core.services.operations.waiting() if not o.parked], "others go on"


def test_r14_mails_that_were_to_leave_a_folder_that_vanishes_are_told_of(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1), mail(2)], "Projects")
    desk.add(dovecot, imap_user)
    desk.sync()
    projects = desk.folder("Projects")
    desk.core.services.folders.watch(projects.key, on=True)
    desk.sync()
    desk.do(Verb.ARCHIVE, *desk.mails(projects.key))
    dovecot.doveadm("mailbox", "delete", "-u", imap_user, "Projects")

    desk.sync()
    desk.sync()

    [report] = desk.core.services.operations.waiting()
    assert (report.verb, report.parked, report.mails, report.folder_path) == ("move", True, 2, "Projects")
    assert report.problem
    assert not [f for f in desk.core.services.views.folder_tree().accounts[0].folders if f.path == "Projects"]


def test_a_folder_is_kept_on_the_server_while_mails_still_have_to_leave_it(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)], "Projects")
    desk.add(dovecot, imap_user)
    desk.sync()
    projects = desk.folder("Projects")
    desk.core.services.folders.watch(projects.key, on=True)
    desk.sync()
    desk.do(Verb.ARCHIVE, *desk.mails(projects.key))
    with desk.core.database.write() as work:
        work.run("UPDATE operation SET parked = 1")
    desk.core.services.folders.delete(projects.key)

    desk.sync()

    assert server_subjects(dovecot, imap_user, "Projects") == Counter({"Mail 1": 1})
    move, deletion = desk.core.services.operations.waiting()
    assert deletion.parked
    assert deletion.problem
    for operation in (move, deletion):
        desk.core.services.operations.retry(operation.key)
    desk.core.supervisor.sync_once()  # the server ends a session whose selected folder goes
    desk.sync()
    assert server_subjects(dovecot, imap_user, "Archive") == Counter({"Mail 1": 1})
    assert desk.core.services.operations.waiting() == ()
    assert "Projects" not in dovecot.doveadm("mailbox", "list", "-u", imap_user)


def _numbering(desk: Desk) -> int:
    folder = desk.core.supervisor._means.mirror.folder(desk.folder(Role.INBOX).key)
    assert folder is not None
    return folder.uidvalidity


def test_r02_a_server_without_uidvalidity_is_followed_and_told(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    numbering = re.compile(rb"\* OK \[UIDVALIDITY[^\r]*\r\n|UIDVALIDITY \d+ ?| UIDPLUS")
    fault_proxy.change(lambda chunk: numbering.sub(b"", chunk))
    dovecot.deliver(imap_user, [mail(1), mail(2)])
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    two, one = desk.mails()
    before = _numbering(desk)
    desk.sync()
    assert _numbering(desk) > before, "no number is believed in another session"

    desk.do(Verb.STAR, one)
    desk.do(Verb.ARCHIVE, two)
    desk.sync()
    desk.sync()

    assert desk.core.services.operations.waiting() == ()
    assert server_subjects(dovecot, imap_user, "Archive") == Counter({"Mail 2": 1})
    assert dovecot.doveadm("search", "-u", imap_user, "mailbox", "INBOX", "FLAGGED").strip() != ""
    assert (desk.mails(), desk.mails(Unified.ARCHIVE)) == ([one], [two])


def test_r14_a_folder_renamed_by_another_program_is_the_same_folder(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(n, text="x" * 20_000) for n in range(1, 6)], "Projects")
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "Projects/Old")
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    projects = desk.folder("Projects")
    desk.core.services.folders.watch(projects.key, on=True)
    desk.sync()
    keys = desk.mails(projects.key)
    assert len(keys) == 5
    desk.do(Verb.STAR, keys[0])
    dovecot.doveadm("mailbox", "rename", "-u", imap_user, "Projects", "Beruf")
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "Andere")
    before = fault_proxy.passed["down"]

    desk.sync()
    desk.sync()

    renamed = desk.folder("Beruf")
    assert (renamed.key, renamed.watched) == (projects.key, True)
    assert desk.mails(projects.key) == keys
    assert fault_proxy.passed["down"] - before < 50_000, "no mail is fetched again"
    assert desk.core.services.operations.waiting() == ()
    assert dovecot.doveadm("search", "-u", imap_user, "mailbox", "Beruf", "FLAGGED").strip() != ""


def test_r14_a_folder_renamed_while_its_operation_was_cut_is_the_same_folder(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)], "Projects")
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    projects = desk.folder("Projects").key
    desk.core.services.folders.watch(projects, on=True)
    desk.sync()
    [key] = desk.mails(projects)
    desk.do(Verb.STAR, key)
    with desk.core.database.write() as work:
        work.run("UPDATE operation SET attempts = 1, started = 1")
    dovecot.doveadm("mailbox", "rename", "-u", imap_user, "Projects", "Beruf")

    desk.sync()
    desk.sync()

    assert desk.core.services.operations.waiting() == ()
    assert dovecot.doveadm("search", "-u", imap_user, "mailbox", "Beruf", "FLAGGED").strip() != ""


def test_r38_what_the_server_always_refuses_is_parked_and_others_go_on(
    desk: Desk, dovecot_with: Callable[..., Dovecot]
) -> None:
    server = dovecot_with(extra="plugin {\n  quota = maildir:User quota\n}\n")
    user = server.new_user()
    server.deliver(user, [mail(1), mail(2)])
    account = desk.add(server, user)
    desk.sync()
    two, one = desk.mails()
    [inbox] = [f for f in desk.core.services.views.folder_tree().accounts[0].folders if f.role is Role.INBOX]
    key = desk.core.services.folders.create(account.key, inbox.key, "x" * 250)
    desk.do(Verb.MOVE, one, folder=key)
    desk.do(Verb.READ, two)

    for _ in range(8):
        for operation in desk.core.services.operations.waiting():
            if not operation.parked:
                desk.core.services.operations.retry(operation.key)
        desk.core.supervisor.sync_once()

    assert server_subjects(server, user) == Counter({"Mail 1": 1, "Mail 2": 1})
    waiting = desk.core.services.operations.waiting()
    assert waiting
    assert all(operation.parked and operation.problem for operation in waiting)
    assert server.doveadm("search", "-u", user, "mailbox", "INBOX", "SEEN").strip() != ""
    for operation in waiting:
        desk.core.services.operations.drop(operation.key)
    assert sorted(desk.subjects()) == ["Mail 1", "Mail 2"]


@pytest.mark.parametrize("trouble", ["no source", "only a part"])
def test_a_mail_that_cannot_be_copied_to_another_account_stays_where_it_is_and_others_go_on(
    desk: Desk, dovecot: Dovecot, imap_user: str, trouble: str
) -> None:
    other = dovecot.new_user()
    dovecot.deliver(imap_user, [mail(1)])
    dovecot.deliver(other, [mail(2)])
    desk.add(dovecot, imap_user)
    desk.add(dovecot, other)
    desk.sync()
    two, one = desk.mails()
    target = next(f for f in desk.core.services.views.folder_tree().accounts[1].folders if f.role is Role.INBOX)
    desk.do(Verb.MOVE, one, folder=target.key)
    desk.do(Verb.STAR, two)
    if trouble == "no source":
        connection = sqlite3.connect(desk.profile.raw / "blobs.db")
        connection.execute("DELETE FROM blob")
        connection.commit()
        connection.close()
    else:
        with desk.core.database.write() as work:
            work.run("UPDATE place SET partial = 1 WHERE email_key = ?", (one,))

    desk.sync()
    desk.sync()

    assert server_subjects(dovecot, imap_user) == Counter({"Mail 1": 1})
    assert dovecot.doveadm("search", "-u", other, "mailbox", "INBOX", "FLAGGED").strip() != ""
    copy, removal = desk.core.services.operations.waiting()
    assert (copy.verb, copy.parked, removal.parked) == ("append", True, False)
    assert copy.problem
    desk.core.services.operations.drop(copy.key)
    assert desk.core.services.operations.waiting() == ()
    assert one in desk.mails(desk.folder(Role.INBOX).key)


@pytest.mark.parametrize("copied", [False, True])
@pytest.mark.parametrize("missing", [("MOVE",), ("MOVE", "UIDPLUS")])
def test_r36_a_kill_around_the_copy_of_a_move_loses_and_doubles_nothing(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, missing: tuple[str, ...], copied: bool
) -> None:
    fault_proxy.change(without(*missing))
    dovecot.deliver(imap_user, [mail(1)])
    # its Message-ID holds that of the other, and SEARCH finds parts of a header
    dovecot.deliver(imap_user, [mail(11)], "Archive")
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    desk.do(Verb.ARCHIVE, *desk.mails())
    if copied:
        dovecot.doveadm("copy", "-u", imap_user, "Archive", "mailbox", "INBOX", "uid", "1")
    with desk.core.database.write() as work:
        work.run("UPDATE operation SET started = 1")

    desk.sync()

    assert server_subjects(dovecot, imap_user, "Archive") == Counter({"Mail 11": 1, "Mail 1": 1})
    assert desk.mails() == []
    desk.sync()
    assert desk.subjects(Unified.ARCHIVE) == ["Mail 11", "Mail 1"]
    assert server_subjects(dovecot, imap_user) == Counter()


def test_r36_a_copy_that_is_marked_as_deleted_is_not_the_mail(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    fault_proxy.change(without("MOVE", "UIDPLUS"))
    dovecot.deliver(imap_user, [mail(1)])
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    (key,) = desk.mails()
    for verb in (Verb.ARCHIVE, Verb.INBOX):
        desk.do(verb, key)
        desk.sync()
    # without UIDPLUS the copy in Archive is still there, marked; the next move is cut before its COPY
    desk.do(Verb.ARCHIVE, key)
    with desk.core.database.write() as work:
        work.run("UPDATE operation SET started = 1")

    desk.sync()

    assert server_subjects(dovecot, imap_user, "Archive") == Counter({"Mail 1": 1})
    desk.sync()
    assert desk.subjects(Unified.ARCHIVE) == ["Mail 1"]


@pytest.mark.parametrize("missing", [(), ("MOVE",), ("MOVE", "UIDPLUS")])
def test_r35_random_schedules_end_where_the_model_says(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, missing: tuple[str, ...]
) -> None:
    chance = random.Random(seed())
    if missing:
        fault_proxy.change(without(*missing))
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 13)])
    desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    keys = {desk.core.services.views.head(key).subject: key for key in desk.mails()}
    model = dict.fromkeys(keys, "INBOX")
    homes = {Verb.ARCHIVE: "Archive", Verb.TRASH: "Trash", Verb.JUNK: "Junk", Verb.INBOX: "INBOX"}
    for _ in range(rounds(3, 300)):
        for _ in range(chance.randrange(1, 8)):
            subject = chance.choice(list(model))
            verb = chance.choice(list(homes))
            before = model[subject]
            done = desk.do(verb, keys[subject])
            if verb is not Verb.ARCHIVE or before != "Archive":
                model[subject] = homes[verb]
            if chance.random() < 0.3:
                desk.core.services.actions.undo(done)
                model[subject] = before
        if chance.random() < 0.7:
            if chance.random() < 0.3:
                fault_proxy.cut_after(chance.randrange(1, 3000), chance.choice(["up", "down"]))
                desk.core.supervisor.sync_once()
                fault_proxy.heal()
                if missing:
                    fault_proxy.change(without(*missing))
            desk.sync()
    desk.sync()
    desk.sync()

    lists = {"INBOX": Unified.INBOX, "Archive": Unified.ARCHIVE, "Trash": Unified.TRASH, "Junk": Unified.JUNK}
    for folder, list_id in lists.items():
        wanted = Counter(subject for subject, where in model.items() if where == folder)
        assert Counter(desk.subjects(list_id)) == wanted, folder
        assert server_subjects(dovecot, imap_user, folder) == wanted, folder


def test_r26_a_kill_at_any_moment_costs_at_most_the_batch_under_way(
    dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    chance = random.Random(seed())
    mails = [mail(n, text=f"body {n} " * 50) for n in range(1, 601)]
    dovecot.deliver(imap_user, mails)
    profile = tmp_path / "profile"
    desk = Desk(profile)
    desk.add(dovecot, imap_user)
    desk.close()
    here = 0
    for _ in range(rounds(4, 500)):
        child = subprocess.Popen([sys.executable, "-c", SYNC, str(profile)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == b"begin\n"
        time.sleep(chance.random() * 0.8)
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert backup.damage(profile / "rapport.db") == ""
        desk = Desk(profile, after_crash=True)
        assert len(desk.mails()) >= here, "what was stored stays"
        here = len(desk.mails())
        with desk.core.database.read() as view:
            assert view.value("SELECT count(*) FROM email WHERE raw_digest IS NULL") == 0
        for key in desk.mails()[:20]:
            number = int(desk.core.services.views.head(key).subject.removeprefix("Mail "))
            assert desk.core.services.reading.source(key) == mails[number - 1]
        if here == len(mails):
            for key in desk.mails():
                desk.core.services.actions.apply(Change(Verb.DELETE), [key])
            desk.sync()
            dovecot.deliver(imap_user, mails)
            here = 0
        desk.close()

    desk = Desk(profile, after_crash=True)
    desk.sync()
    assert Counter(desk.subjects()) == Counter(f"Mail {n}" for n in range(1, 601))
    desk.close()


SYNC = """
import sys
from pathlib import Path
from tests.desk import Desk
if __name__ == "__main__":
    desk = Desk(Path(sys.argv[1]), after_crash=True)
    print("begin", flush=True)
    desk.sync()
"""


def test_r09_too_many_connections_is_waited_out(desk: Desk, dovecot_with: Callable[..., Dovecot]) -> None:
    server = dovecot_with(max_connections=1)
    user = server.new_user()
    server.deliver(user, [mail(1)])
    other = Session.open(
        ImapEndpoint("127.0.0.1", server.imap_port, Security.PLAIN, user), Password(PASSWORD), TlsPolicy()
    )
    account = desk.add(server, user)

    problem = desk.core.supervisor.sync_once()[account.key]

    assert isinstance(problem, errors.TooManyConnections)
    other.close()
    desk.sync()
    assert desk.subjects() == ["Mail 1"]
