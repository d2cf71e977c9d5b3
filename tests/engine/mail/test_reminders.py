"""Snoozed mails and follow-ups on a real server: over a restart, over an answer, and from the outbox on."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest

from desktop.base import clock
from desktop.domain import events
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Security
from desktop.domain.mail.reminding import FollowUp, Kind
from desktop.services.mail.answers import Answer
from tests.desk import Desk, mail, until
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_receiver import SmtpReceiver

pytestmark = pytest.mark.server
HOUR_MS = 3_600_000


def _account(desk: Desk, dovecot: Dovecot, user: str, smtp_receiver: Callable[..., SmtpReceiver]) -> None:
    # taken by the receiver and delivered nowhere: the mail goes to somebody else
    receiver = smtp_receiver(passwords={user: PASSWORD})
    desk.core.services.accounts.add(
        MailAccount(
            id=uuid.uuid4(),
            address=user,
            imap=Endpoint("127.0.0.1", dovecot.imap_port, Security.PLAIN, user),
            smtp=Endpoint("127.0.0.1", receiver.port, Security.PLAIN, user),
            files_sent=FilesSent.NOT,
        ),
        PASSWORD,
        PASSWORD,
    )
    desk.sync()


def _send(desk: Desk, user: str, follow_up: FollowUp | None) -> int:
    """Send a mail to Anna; returns its key in Sent."""
    services = desk.core.services
    draft = Draft(
        sender=Address("Ann", user),
        to=(Address("Anna", "anna@acme.example"),),
        subject="The offer",
        is_html=False,
        text="What do you think of it?",
        follow_up=follow_up,
    )
    kept = services.compose.save(draft)
    assert services.compose.draft(kept).draft.follow_up == follow_up, "it is kept with the draft"
    outbox = services.outbox.send(kept, hold_s=0)
    [account] = services.accounts.all()
    desk.core.supervisor.senders.send_once(account.key)
    assert services.outbox.get(outbox) is None
    [key] = desk.mails(Unified.SENT)
    return key


def _now_date() -> str:
    return format_datetime(datetime.now(UTC))


def test_a_snooze_survives_a_restart_and_comes_back_late_saying_so(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1), mail(2)])
    desk.add(dovecot, imap_user)
    desk.sync()
    [_two, one] = desk.mails()
    desk.core.services.reminders.snooze([one], clock.now() + HOUR_MS)
    desk.sync()
    assert desk.subjects() == ["Mail 2"], "it lies in INBOX on the server all the same"
    desk.core.close()

    again = Desk(desk.profile.root)
    try:
        assert again.subjects() == ["Mail 2"]
        back: list[tuple[int, ...]] = []
        again.core.bus.subscribe(events.MessagesBack, lambda event: back.append(event.keys))
        with clock.frozen(clock.now() + 3 * HOUR_MS):
            again.core.start()
            until(lambda: back)
        assert back == [(one,)]
        assert again.subjects() == ["Mail 1", "Mail 2"]
        reminder = again.core.services.views.head(one).reminder
        assert reminder is not None
        assert reminder.is_late
    finally:
        again.close()


def test_the_timer_brings_back_what_falls_due_while_it_ticks(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    desk.add(dovecot, imap_user)
    desk.sync()
    [key] = desk.mails()
    desk.core.start()

    desk.core.services.reminders.snooze([key], clock.now() + 300)
    assert desk.mails() == []

    until(lambda: desk.mails() == [key])


def test_an_answer_fetched_from_the_server_brings_a_snoozed_mail_back(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    desk.add(dovecot, imap_user)
    desk.sync()
    [key] = desk.mails()
    desk.core.services.reminders.snooze([key], clock.now() + 24 * HOUR_MS)

    away = mail(2, In_Reply_To="<1@acme.example>", Auto_Submitted="auto-replied", Subject="Out of office")
    dovecot.deliver(imap_user, [away])
    desk.sync()
    assert desk.subjects() == ["Out of office"]
    dovecot.deliver(imap_user, [mail(3, In_Reply_To="<1@acme.example>")])
    desk.sync()

    assert desk.subjects()[0] == "Mail 1"
    assert desk.mails(Unified.SNOOZED) == []


def test_a_sent_mail_waits_from_the_moment_it_left_until_somebody_answers(
    desk: Desk, dovecot: Dovecot, imap_user: str, smtp_receiver: Callable[..., SmtpReceiver]
) -> None:
    _account(desk, dovecot, imap_user, smtp_receiver)
    key = _send(desk, imap_user, FollowUp(days=3))
    desk.sync()

    head = desk.core.services.views.head(key)
    assert head.reminder is not None
    assert head.reminder.kind is Kind.FOLLOW_UP
    assert 2.9 * 24 * HOUR_MS < head.reminder.due_at_ms - clock.now() < 3.1 * 24 * HOUR_MS
    assert desk.mails(Unified.AWAITED) == [key]

    dovecot.deliver(imap_user, [mail(7, In_Reply_To=f"<{head.message_id}>", Date=_now_date())])
    desk.sync()

    assert desk.mails(Unified.AWAITED) == []
    with clock.frozen(clock.now() + 5 * 24 * HOUR_MS):
        assert desk.core.services.reminders.bring_back() == ()


def test_a_mail_without_an_answer_is_followed_up_with_the_same_people(
    desk: Desk, dovecot: Dovecot, imap_user: str, smtp_receiver: Callable[..., SmtpReceiver]
) -> None:
    _account(desk, dovecot, imap_user, smtp_receiver)
    key = _send(desk, imap_user, FollowUp(days=1))
    with clock.frozen(clock.now() + 2 * 24 * HOUR_MS):
        assert desk.core.services.reminders.bring_back() == (key,)
    assert desk.mails() == [key]

    draft = desk.core.services.answers.begin(Answer.REPLY_ALL, key, "today").draft
    assert [each.address for each in draft.to] == ["anna@acme.example"]
    services = desk.core.services
    services.outbox.send(services.compose.save(draft), hold_s=0)
    [account] = services.accounts.all()
    desk.core.supervisor.senders.send_once(account.key)

    assert desk.mails() == [], "it is followed up"
