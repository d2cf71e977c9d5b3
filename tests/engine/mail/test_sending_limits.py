"""Servers that let one person send so much: nothing fails for good, nothing hammers, all of it goes later (R9, R20).

The refusals are those of Exchange Online (3 connections, 30 mails a minute, recipients a day) and Gmail (500 a day).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from desktop.base import clock
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Security
from desktop.domain.mail.outbox import Stage
from tests.desk import Desk
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_receiver import SmtpReceiver

pytestmark = pytest.mark.server

THREADS = "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"
CONCURRENT = (
    "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information."
)
A_MINUTE = "421 4.4.2 Message submission rate for this client has exceeded the configured limit"
GMAIL_A_DAY = "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to https://support.google.com/a/answer/166852"
EXCHANGE_A_DAY = "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients"


@pytest.fixture
def receiver(smtp_receiver: Callable[..., SmtpReceiver], imap_user: str) -> SmtpReceiver:
    return smtp_receiver(passwords={imap_user: PASSWORD})


@pytest.fixture
def account(desk: Desk, dovecot: Dovecot, imap_user: str, receiver: SmtpReceiver) -> MailAccount:
    return desk.core.services.accounts.add(
        MailAccount(
            id=uuid.uuid4(),
            address=imap_user,
            imap=Endpoint("127.0.0.1", dovecot.imap_port, Security.PLAIN, imap_user),
            smtp=Endpoint("127.0.0.1", receiver.port, Security.PLAIN, imap_user),
            files_sent=FilesSent.BY_ITSELF,
        ),
        PASSWORD,
        PASSWORD,
    )


def send(desk: Desk, account: MailAccount, count: int) -> None:
    """Put mails into the outbox, all due, and do what can be done."""
    services = desk.core.services
    for number in range(count):
        made = Draft(
            sender=Address("", account.address),
            to=(Address("", "bo@example.org"), Address("", "cy@example.org")),
            subject=f"Mail {number}",
            is_html=False,
            text="Hello",
        )
        services.outbox.send(services.compose.save(made), hold_s=60)
    services.outbox.let_go()
    desk.core.supervisor.senders.send_once(account.key)


def send_later(desk: Desk, account: MailAccount) -> None:
    """Let time go by until everything is due, and do it."""
    last_ms = max(mail.due_at_ms for mail in desk.core.services.outbox.all())
    with clock.frozen(last_ms + 1):
        desk.core.supervisor.senders.send_once(account.key)


@pytest.mark.parametrize("place", ["AUTH", "MAIL", "DATA", "DOT"])
@pytest.mark.parametrize("words", [THREADS, CONCURRENT, A_MINUTE])
def test_r09_what_exchange_puts_off_goes_later_and_all_of_it_waits(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, words: str, place: str
) -> None:
    receiver.answer(place, words, times=1)

    send(desk, account, 3)

    waiting = desk.core.services.outbox.all()
    assert [mail.stage for mail in waiting].count(Stage.FAILED) == 0
    assert len(waiting) + len(receiver.received) == 3
    assert receiver.connections == 1, "the other mails are not tried on the server that has just refused one"
    assert receiver.received == []
    assert all(mail.due_at_ms >= clock.now() + 85_000 for mail in waiting)
    assert all(words[4:40] in mail.details for mail in waiting)
    send_later(desk, account)
    assert sorted(each.raw.count(b"Subject: Mail") for each in receiver.received) == [1, 1, 1]
    assert desk.core.services.outbox.all() == ()


@pytest.mark.parametrize("place", ["MAIL", "RCPT", "RCPT cy@example.org", "DATA", "DOT"])
@pytest.mark.parametrize("words", [GMAIL_A_DAY, EXCHANGE_A_DAY])
def test_r20_the_limit_of_a_day_is_told_in_a_clear_sentence_and_fails_nothing(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, words: str, place: str
) -> None:
    receiver.answer(place, words, times=1)

    send(desk, account, 2)

    waiting = desk.core.services.outbox.all()
    assert [mail.stage for mail in waiting] == [Stage.QUEUED, Stage.QUEUED]
    for mail in waiting:
        assert "sends no more mails for you today" in mail.problem
        assert words[4:40] in mail.details
        assert mail.due_at_ms >= clock.now() + 3_500_000
    assert receiver.received == []
    send_later(desk, account)
    assert [each.recipients for each in receiver.received] == [["bo@example.org", "cy@example.org"]] * 2


def test_r10_a_wrong_password_is_tried_once_however_much_waits(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    receiver.passwords.clear()

    send(desk, account, 4)

    assert receiver.connections == 1
    assert {mail.remedy for mail in desk.core.services.outbox.all()} == {"sign-in"}


def test_r20_a_mail_that_is_put_off_alone_holds_up_no_other(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    receiver.answer("DATA", "451 4.7.1 Greylisted", times=1)

    send(desk, account, 3)

    assert len(receiver.received) == 2
    assert len(desk.core.services.outbox.all()) == 1
