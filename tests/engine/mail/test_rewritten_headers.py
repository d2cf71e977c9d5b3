"""Servers that change the header of what they send: the copy they keep is still the mail that was sent from here.

Exchange rewrites Message-IDs, Gmail a From it has not verified (R18, R21).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.base import clock
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.provider import Provider
from desktop.services.mail import making
from tests.desk import Desk, mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_receiver import SmtpReceiver

pytestmark = pytest.mark.server


@pytest.fixture
def receiver(smtp_receiver: Callable[..., SmtpReceiver], imap_user: str) -> SmtpReceiver:
    return smtp_receiver(passwords={imap_user: PASSWORD})


@pytest.fixture
def add(desk: Desk, dovecot: Dovecot, imap_user: str, receiver: SmtpReceiver) -> Callable[[], MailAccount]:
    def add() -> MailAccount:
        account = desk.core.services.accounts.add(
            MailAccount(
                id=uuid.uuid4(),
                address=imap_user,
                imap=Endpoint("localhost", dovecot.imap_port, Security.PLAIN, imap_user),
                smtp=Endpoint("localhost", receiver.port, Security.PLAIN, imap_user),
            ),
            PASSWORD,
            PASSWORD,
        )
        desk.sync()
        return account

    return add


def send(desk: Desk, account: MailAccount, text: str = "How are you?") -> int:
    """Send a mail and do what is due; return its key in the outbox."""
    made = Draft(
        sender=Address("Ann", account.address),
        to=(Address("Bo", "bo@example.org"),),
        subject="Hello",
        is_html=False,
        text=text,
    )
    key = desk.core.services.outbox.send(desk.core.services.compose.save(made), hold_s=0)
    desk.core.supervisor.senders.send_once(account.key)
    return key


def with_header(raw: bytes, name: str, value: str, more: str = "") -> bytes:
    changed, count = re.subn(rb"(?m)^%s: .*(\r\n[ \t].*)*\r$" % name.encode(), f"{name}: {value}{more}\r".encode(), raw)
    assert count == 1
    return changed


def copies(dovecot: Dovecot, user: str) -> int:
    return len(dovecot.doveadm("search", "-u", user, "mailbox", "Sent", "all").split("\n")) - 1


def test_r21_a_copy_with_another_message_id_is_the_mail_that_was_sent(
    desk: Desk,
    add: Callable[[], MailAccount],
    receiver: SmtpReceiver,
    dovecot: Dovecot,
    kept_by: Callable[..., Provider],
) -> None:
    kept_by("microsoft")
    account = add()
    send(desk, account)
    assert desk.core.services.outbox.all() == ()
    rewritten = with_header(receiver.received[0].raw, "Message-ID", "<AM0PR01@eurprd01.prod.exchangelabs.example>")
    dovecot.deliver(account.address, [rewritten], "Sent", flags="S")
    answer = mail(1, subject="Re: Hello", In_Reply_To="<AM0PR01@eurprd01.prod.exchangelabs.example>")
    dovecot.deliver(account.address, [answer])

    desk.sync()
    desk.sync()

    [key] = desk.mails(Unified.SENT)
    head = desk.core.services.reading.head(key)
    assert (head.subject, head.twins, head.gone) == ("Hello", 0, False)
    assert head.account_keys == (account.key,)
    [reply] = desk.mails()
    assert desk.core.services.reading.head(reply).conversation_key == head.conversation_key
    assert copies(dovecot, account.address) == 1, "and no second one is filed"


def test_r18_an_unknown_mail_is_found_though_its_copy_has_another_message_id(
    desk: Desk,
    add: Callable[[], MailAccount],
    receiver: SmtpReceiver,
    dovecot: Dovecot,
    kept_by: Callable[..., Provider],
) -> None:
    kept_by("microsoft")
    account = add()
    receiver.answer("DOT", "421 4.3.2 shutting down", times=1)
    key = send(desk, account)
    waiting = desk.core.services.outbox.get(key)
    assert waiting is not None
    with desk.core.database.write() as work:  # as a kill in the midst of it leaves it
        work.run("UPDATE outbox SET stage = 'unknown', looks = 0, due_at_ms = ? WHERE key = ?", (clock.now(), key))
    source = desk.core.services.reading.source(waiting.email_key)
    dovecot.deliver(account.address, [with_header(source, "Message-ID", "<AM0PR02@exchangelabs.example>")], "Sent")

    desk.core.supervisor.senders.send_once(account.key)
    desk.core.supervisor.senders.send_once(account.key)

    assert desk.core.services.outbox.all() == ()
    assert receiver.received == [], "it is never sent a second time"
    desk.sync()
    assert len(desk.mails(Unified.SENT)) == 1
    assert copies(dovecot, account.address) == 1


def test_r18_another_mail_of_the_same_second_is_not_taken_for_it(
    desk: Desk,
    add: Callable[[], MailAccount],
    receiver: SmtpReceiver,
    dovecot: Dovecot,
    kept_by: Callable[..., Provider],
) -> None:
    kept_by("microsoft")
    account = add()
    key = send(desk, account)
    assert desk.core.services.outbox.get(key) is None
    others = (("Subject", "Another"), ("To", "cy@example.org"), ("Date", "Mon, 01 Jun 2026 10:00:00 +0000"))
    for name, value in others:
        raw = with_header(receiver.received[0].raw, "Message-ID", f"<{name}@exchangelabs.example>")
        dovecot.deliver(account.address, [with_header(raw, name, value)], "Sent")

    desk.sync()

    assert len(desk.mails(Unified.SENT)) == 4


def test_of_two_mails_alike_each_gets_the_copy_with_its_text(
    desk: Desk,
    add: Callable[[], MailAccount],
    receiver: SmtpReceiver,
    dovecot: Dovecot,
    kept_by: Callable[..., Provider],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept_by("microsoft")
    account = add()
    moment = making.stamp("")
    monkeypatch.setattr(making, "stamp", lambda message_id, _at_ms=None: replace(moment, message_id=message_id))
    for text in ("First words", "Other words"):
        send(desk, account, text)
    for number, sent in enumerate(reversed(receiver.received)):
        raw = with_header(sent.raw, "Message-ID", f"<{number}@exchangelabs.example>")
        dovecot.deliver(account.address, [raw], "Sent", flags="S")

    desk.sync()

    first, other = sorted(desk.mails(Unified.SENT))
    with desk.core.database.read() as view:
        uids = dict(view.all("SELECT email_key, uid FROM place"))
    assert uids[first] > uids[other]


def test_a_forged_copy_at_a_provider_that_rewrites_nothing_stays_apart(
    desk: Desk,
    add: Callable[[], MailAccount],
    receiver: SmtpReceiver,
    dovecot: Dovecot,
    kept_by: Callable[..., Provider],
) -> None:
    kept_by("gmx")
    account = add()
    send(desk, account)
    raw = with_header(receiver.received[0].raw, "Message-ID", "<forged@evil.example>")
    dovecot.deliver(account.address, [raw], "Sent")

    desk.sync()

    assert len(desk.mails(Unified.SENT)) == 2


def test_r21_a_copy_with_another_from_is_the_mail_that_was_sent(
    desk: Desk,
    add: Callable[[], MailAccount],
    receiver: SmtpReceiver,
    dovecot: Dovecot,
    kept_by: Callable[..., Provider],
) -> None:
    kept_by("google")
    account = add()
    send(desk, account)
    original = f"\r\nX-Google-Original-From: Ann <{account.address}>"
    raw = with_header(receiver.received[0].raw, "From", "Ann <ann.main@gmail.com>", original)
    dovecot.deliver(account.address, [raw], "Sent", flags="S")

    desk.sync()

    [key] = desk.mails(Unified.SENT)
    head = desk.core.services.reading.head(key)
    assert (head.sender.address, head.twins) == (account.address, 0)
