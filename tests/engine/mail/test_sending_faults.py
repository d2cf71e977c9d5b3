"""Kills and cut connections while mails leave: nothing lost, nothing sent twice unasked (R18, R19, R22)."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain.mail import mime_parse, outbox
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Security
from desktop.domain.mail.message import Status
from desktop.domain.mail.outbox import Stage
from tests.desk import Desk
from tests.engine.mail import killed_sender
from tests.proof import rounds, seed
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.fault_proxy import FaultProxy
from tests.servers.smtp_receiver import SmtpReceiver

pytestmark = pytest.mark.server


def account_of(dovecot: Dovecot, user: str, smtp_port: int) -> MailAccount:
    return MailAccount(
        id=uuid.uuid4(),
        address=user,
        imap=Endpoint("127.0.0.1", dovecot.imap_port, Security.PLAIN, user),
        smtp=Endpoint("127.0.0.1", smtp_port, Security.PLAIN, user),
        files_sent=FilesSent.NOT,
    )


def subjects(receiver: SmtpReceiver) -> Counter[str]:
    return Counter(mime_parse.parse(each.raw).subject for each in receiver.received)


@pytest.mark.timeout(3000)
def test_r18_r22_kills_while_sending_lose_nothing_and_send_nothing_twice(
    tmp_path: Path, smtp_receiver: Callable[..., SmtpReceiver], dovecot: Dovecot, imap_user: str
) -> None:
    chance = random.Random(seed())
    receiver = smtp_receiver(passwords={imap_user: PASSWORD})
    folder = tmp_path / "profile"
    desk = Desk(folder)
    desk.core.services.accounts.add(account_of(dovecot, imap_user, receiver.port), PASSWORD, PASSWORD)
    desk.sync()
    desk.close()
    promised: list[str] = []
    kills = rounds(4, 500)
    while kills:
        first = len(promised) + 1_000 * kills
        command = [sys.executable, "-m", killed_sender.__name__, str(folder), str(first), "20"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0, 0.6))
            child.send_signal(signal.SIGKILL)
            said = child.stdout.read().split("\n")
        promised += [f"Mail {line.split()[1]}" for line in said if line.startswith("sent ")]
        kills -= "end" not in said

    desk = Desk(folder, after_crash=True)
    senders = desk.core.supervisor.senders
    senders.start()
    [account] = desk.core.services.accounts.all()
    try:
        before, deadline = None, 0.0
        while waiting := [(mail.key, mail.stage) for mail in desk.core.services.outbox.all() if not mail.asks]:
            if waiting != before:  # thousands may wait: it must go on, however long it takes
                before, deadline = waiting, time.monotonic() + 120
            assert time.monotonic() < deadline, waiting
            with desk.core.database.write() as work:  # 30 s are not waited for
                work.run("UPDATE outbox SET due_at_ms = ? WHERE stage = 'unknown'", (clock.now(),))
            senders.wake(account.key)
            time.sleep(0.05 + len(waiting) / 2000)  # who looks at thousands holds up who sends them
    finally:
        senders.close()
    left = desk.core.services.outbox.all()
    unknown = {mail.subject for mail in left}
    taken = subjects(receiver)
    shown = Counter(desk.subjects(Unified.SENT))
    desk.close()
    assert {mail.stage for mail in left} <= {Stage.UNKNOWN}
    assert {subject: count for subject, count in taken.items() if count > 1} == {}
    assert [subject for subject in promised if not taken[subject] and subject not in unknown] == [], "lost"
    assert {subject: count for subject, count in shown.items() if count > 1} == {}
    assert set(shown) == set(taken) - unknown


@pytest.mark.timeout(1500)
def test_r19_cuts_around_the_final_dot_are_unknown_and_never_sent_again_by_themselves(
    desk: Desk, smtp_receiver: Callable[..., SmtpReceiver], dovecot: Dovecot, imap_user: str
) -> None:
    chance = random.Random(seed())
    receiver = smtp_receiver(passwords={imap_user: PASSWORD})
    with FaultProxy(receiver.port) as proxy:
        account = desk.core.services.accounts.add(account_of(dovecot, imap_user, proxy.port), PASSWORD, PASSWORD)
        desk.sync()
        services, senders = desk.core.services, desk.core.supervisor.senders
        for number in range(rounds(12, 100)):
            draft = Draft(
                sender=Address("", imap_user),
                to=(Address("", "bo@example.org"),),
                subject=f"Mail {number}",
                is_html=False,
                text="word " * 50,
            )
            before = proxy.passed["up"]
            key = services.outbox.send(services.compose.save(replace(draft, subject="Whole")), hold_s=0)
            senders.send_once(account.key)
            whole = proxy.passed["up"] - before
            assert services.outbox.get(key) is None
            # the whole session but its goodbye, give and take some octets around the dot
            cut = whole - len("QUIT\r\n") + chance.randrange(-12, 4)
            if chance.random() < 0.5:
                proxy.cut_after(cut, "up")
            else:
                proxy.cut_after(chance.randrange(200, 420), "down")
            key = services.outbox.send(services.compose.save(draft), hold_s=0)
            senders.send_once(account.key)
            proxy.heal()
            mail = services.outbox.get(key)
            taken = subjects(receiver)[draft.subject]
            assert taken <= 1
            if mail is None:
                assert taken == 1
                continue
            if mail.stage is Stage.QUEUED:
                assert taken == 0, "what was surely not taken waits for the next try"
                senders.retry(account.key)
                senders.send_once(account.key)
                assert subjects(receiver)[draft.subject] == 1
                continue
            assert mail.stage is Stage.UNKNOWN
            for _look in range(outbox.LOOKS + 1):
                if (waiting := services.outbox.get(key)) is not None:
                    with clock.frozen(waiting.due_at_ms + 1):
                        senders.send_once(account.key)
            assert subjects(receiver)[draft.subject] == taken, "nothing is sent again by itself"
            waiting = services.outbox.get(key)
            assert waiting is not None
            assert waiting.asks
            services.outbox.was_sent(key) if taken else services.outbox.send_again(key)
            senders.send_once(account.key)
            assert subjects(receiver)[draft.subject] == 1
        assert services.outbox.all() == ()
        rows = services.views.rows(desk.mails(Unified.SENT), conversations=False)
        assert {row.status for row in rows} == {Status.SENT}
