"""From a draft to the server and the copy in Sent: stages of an outgoing mail, on a real SMTP server and Dovecot."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Origin, Relation
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Security
from desktop.domain.mail.message import Status
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.mail.outbox import Outgoing, Stage
from desktop.services.mail.leaving import CannotSend, NoServerToSend
from desktop.services.mail.mail_actions import OnItsWay
from desktop.services.mail.outbox import TooLate
from desktop.store.mail.messages import Messages
from tests.desk import Desk, mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_receiver import SmtpReceiver

pytestmark = pytest.mark.server


@pytest.fixture
def receiver(smtp_receiver: Callable[..., SmtpReceiver], dovecot: Dovecot, imap_user: str) -> SmtpReceiver:
    return smtp_receiver(lmtp_port=dovecot.lmtp_port, passwords={imap_user: PASSWORD})


@pytest.fixture
def account(desk: Desk, dovecot: Dovecot, imap_user: str, receiver: SmtpReceiver) -> MailAccount:
    smtp = Endpoint("127.0.0.1", receiver.port, Security.PLAIN, imap_user)
    added = desk.core.services.accounts.add(
        MailAccount(
            id=uuid.uuid4(),
            address=imap_user,
            display_name="Ann",
            imap=Endpoint("127.0.0.1", dovecot.imap_port, Security.PLAIN, imap_user),
            smtp=smtp,
            files_sent=FilesSent.NOT,
        ),
        PASSWORD,
        PASSWORD,
    )
    desk.sync()
    return added


def draft(account: MailAccount, **changes: object) -> Draft:
    to = (Address("Bo", account.address),)
    made = Draft(sender=Address("Ann", account.address), to=to, subject="Hello", is_html=False, text="How are you?")
    return replace(made, **changes)  # type: ignore[arg-type]


def send(desk: Desk, draft: Draft) -> Outgoing | None:
    """Send without delay, do what is due, and return what is in the outbox then."""
    services = desk.core.services
    key = services.outbox.send(services.compose.save(draft), hold_s=0)
    [account] = services.accounts.all()
    desk.core.supervisor.senders.send_once(account.key)
    return services.outbox.get(key)


def test_a_mail_is_delivered_and_its_copy_lies_in_sent_once(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot
) -> None:
    left = send(desk, draft(account))

    assert left is None
    [received] = receiver.received
    assert (received.sender, received.recipients) == (account.address, [account.address])
    [key] = desk.mails(Unified.SENT)
    head = desk.core.services.reading.head(key)
    assert (head.status, head.subject, head.unread) == (Status.SENT, "Hello", False)
    assert (desk.mails(Unified.DRAFTS), desk.mails(Unified.OUTBOX)) == ([], [])
    desk.sync()
    assert desk.mails(Unified.SENT) == [key]
    assert len(copies(dovecot, account.address)) == 1


def copies(dovecot: Dovecot, user: str, folder: str = "Sent") -> list[bytes]:
    """Return the mails that lie in a folder on the server."""
    box = dovecot.maildir(user, folder)
    return [path.read_bytes() for part in ("cur", "new") for path in (box / part).glob("*") if path.is_file()]


def step(desk: Desk) -> None:
    """Do what is due."""
    [account] = desk.core.services.accounts.all()
    desk.core.supervisor.senders.send_once(account.key)


def later(desk: Desk, key: int) -> None:
    """Let time go by until the next step of a mail is due, and do it."""
    waiting = desk.core.services.outbox.get(key)
    assert waiting is not None
    with clock.frozen(waiting.due_at_ms + 1):
        step(desk)


def status_of(desk: Desk, email_key: int) -> Status:
    return desk.core.services.reading.head(email_key).status


def outgoing(desk: Desk) -> Outgoing:
    [mail] = desk.core.services.outbox.all()
    return mail


def test_what_is_held_can_be_taken_back_and_sent_again(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    services = desk.core.services
    kept = services.compose.save(draft(account))
    key = services.outbox.send(kept, hold_s=10)
    step(desk)

    assert (len(desk.mails(Unified.OUTBOX)), desk.mails(Unified.DRAFTS), receiver.received) == (1, [], [])
    assert services.outbox.take_back(key) == kept
    assert (desk.mails(Unified.OUTBOX), len(desk.mails(Unified.DRAFTS))) == ([], 1)
    with pytest.raises(TooLate):
        services.outbox.take_back(key)

    services.outbox.send(kept, hold_s=0)
    step(desk)
    assert len(receiver.received) == 1
    assert desk.mails(Unified.DRAFTS) == []


def test_a_mail_for_later_waits_for_its_time(desk: Desk, account: MailAccount, receiver: SmtpReceiver) -> None:
    services = desk.core.services
    at_ms = clock.now() + 3_600_000
    services.outbox.send(services.compose.save(draft(account)), at_ms)
    step(desk)
    assert receiver.received == []
    with clock.frozen(at_ms + 1000):
        step(desk)

    [received] = receiver.received
    assert desk.core.services.outbox.all() == ()
    assert b"\nDate: " in b"\n" + received.raw


def test_r23_a_late_mail_is_asked_about_and_not_sent(desk: Desk, account: MailAccount, receiver: SmtpReceiver) -> None:
    services = desk.core.services
    at_ms = clock.now() + 60_000
    key = services.outbox.send(services.compose.save(draft(account)), at_ms)

    with clock.frozen(at_ms + 3_600_000):
        step(desk)
        waiting = services.outbox.get(key)
        assert waiting is not None
        assert (waiting.asks, waiting.stage, receiver.received) == (True, Stage.HELD, [])
        step(desk)
        assert receiver.received == []
        services.outbox.send_now(key)
        step(desk)

    assert len(receiver.received) == 1


def test_r22_what_was_to_be_taken_back_goes_when_the_program_ends(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    services = desk.core.services
    services.outbox.send(services.compose.save(draft(account)), hold_s=60)
    services.outbox.send(services.compose.save(draft(account, subject="Tomorrow")), clock.now() + 86_400_000)

    services.outbox.let_go()
    step(desk)

    [received] = receiver.received
    assert b"Subject: Hello" in received.raw
    assert outgoing(desk).subject == "Tomorrow"


def test_r20_a_server_that_puts_it_off_is_tried_again_and_gets_it_once(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    receiver.answer("RCPT", "451 4.7.1 Greylisted", times=2)
    key = outgoing_key(desk, draft(account))
    waiting = outgoing(desk)
    assert (waiting.stage, waiting.attempts) == (Stage.QUEUED, 1)
    assert 55_000 < waiting.due_at_ms - clock.now() <= 60_000
    assert "Greylisted" in waiting.details

    later(desk, key)
    assert outgoing(desk).due_at_ms - waiting.due_at_ms > 4 * 60_000
    assert receiver.received == []
    later(desk, key)

    assert len(receiver.received) == 1
    assert desk.core.services.outbox.all() == ()


def outgoing_key(desk: Desk, draft: Draft) -> int:
    """Send, expecting that the mail stays in the outbox; returns its key."""
    left = send(desk, draft)
    assert left is not None
    return left.key


def test_r20_those_who_got_it_do_not_get_it_again(desk: Desk, account: MailAccount, receiver: SmtpReceiver) -> None:
    receiver.lmtp_port = 0
    receiver.answer("RCPT busy@example.org", "450 4.2.1 Mailbox busy", times=1)
    receiver.answer("RCPT gone@example.org", "550 5.1.1 No such user")
    people = tuple(Address("", f"{name}@example.org") for name in ("here", "busy", "gone"))

    key = outgoing_key(desk, draft(account, to=people))

    assert [each.recipients for each in receiver.received] == [["here@example.org"]]
    assert status_of(desk, outgoing(desk).email_key) is Status.SENDING
    later(desk, key)
    assert [each.recipients for each in receiver.received] == [["here@example.org"], ["busy@example.org"]]
    failed = outgoing(desk)
    assert (failed.stage, [each.address for each in failed.refused]) == (Stage.FAILED, ["gone@example.org"])
    assert "No such user" in failed.details
    with pytest.raises(TooLate):
        desk.core.services.outbox.take_back(key)
    desk.core.services.outbox.dismiss(key)
    assert status_of(desk, failed.email_key) is Status.SENT


@pytest.mark.parametrize("place", ["MAIL", "DATA", "DOT"])
def test_r20_what_is_refused_stays_with_the_words_of_the_server(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, place: str
) -> None:
    services = desk.core.services
    receiver.answer(place, "554 5.7.1 We do not like it")

    key = outgoing_key(desk, draft(account))

    failed = outgoing(desk)
    assert (failed.stage, "We do not like it" in failed.details) == (Stage.FAILED, True)
    assert status_of(desk, failed.email_key) is Status.FAILED
    assert desk.mails(Unified.OUTBOX) == [failed.email_key]
    receiver.as_usual()
    kept = services.outbox.take_back(key)
    assert (len(desk.mails(Unified.DRAFTS)), desk.mails(Unified.OUTBOX)) == (1, [])
    services.outbox.send(services.compose.save(draft(account, subject="Better"), kept), hold_s=0)
    step(desk)
    assert [b"Subject: Better" in each.raw for each in receiver.received] == [True]


def test_a_failed_mail_can_be_tried_again_as_it_is(desk: Desk, account: MailAccount, receiver: SmtpReceiver) -> None:
    receiver.answer("DOT", "554 5.3.4 Not now", times=1)
    key = outgoing_key(desk, draft(account))

    desk.core.services.outbox.send_now(key)
    step(desk)

    assert len(receiver.received) == 1
    assert desk.core.services.outbox.all() == ()


def test_a_wrong_password_is_no_try_and_the_mail_goes_once_it_is_right(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    right = dict(receiver.passwords)
    receiver.passwords[account.address] = "another"

    outgoing_key(desk, draft(account))

    waiting = outgoing(desk)
    assert (waiting.stage, waiting.attempts, waiting.remedy) == (Stage.QUEUED, 0, "sign-in")
    receiver.passwords.update(right)
    desk.core.supervisor.senders.retry(account.key)
    step(desk)
    assert len(receiver.received) == 1


def test_without_a_connection_it_waits(desk: Desk, account: MailAccount, receiver: SmtpReceiver) -> None:
    assert account.smtp is not None
    desk.core.services.accounts.edit(replace(account, smtp=replace(account.smtp, port=1)))
    outgoing_key(desk, draft(account))
    waiting = outgoing(desk)
    assert (waiting.stage, waiting.attempts, waiting.asks) == (Stage.QUEUED, 0, False)
    assert waiting.problem

    with clock.frozen(waiting.queued_at_ms + 25 * 3_600_000):
        step(desk)
        assert outgoing(desk).asks, "after a day the person is asked: it is not sent late unasked"


def test_r18_after_a_kill_an_unknown_mail_is_found_in_sent(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot, tmp_path: Path
) -> None:
    key = interrupted(desk, account)
    mail = outgoing(desk)
    raw = desk.core.services.reading.source(mail.email_key)
    path = tmp_path / "copy"
    path.write_bytes(raw)
    dovecot.deliver_file(account.address, path, "Sent")

    step(desk)

    assert desk.core.services.outbox.get(key) is None
    assert status_of(desk, mail.email_key) is Status.SENT
    assert (receiver.received, len(copies(dovecot, account.address))) == ([], 1)


def interrupted(desk: Desk, account: MailAccount) -> int:
    """Let the program die while a server is taking a mail; returns the key of the mail after the next start."""
    services = desk.core.services
    key = services.outbox.send(services.compose.save(draft(account)), hold_s=0)
    sending = desk.core.supervisor.senders._sending
    sending.make(outgoing(desk))
    assert sending.begin(outgoing(desk)) is not None
    sending.recover()
    return key


def test_r18_what_is_nowhere_to_be_found_is_asked_about_and_never_sent_by_itself(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    services = desk.core.services
    key = interrupted(desk, account)
    step(desk)
    assert (outgoing(desk).stage, outgoing(desk).asks) == (Stage.UNKNOWN, False)
    later(desk, key)
    assert (outgoing(desk).stage, outgoing(desk).asks) == (Stage.UNKNOWN, True)
    step(desk)
    with pytest.raises(TooLate):
        services.outbox.take_back(key)
    assert receiver.received == []

    services.outbox.send_again(key)
    step(desk)

    assert len(receiver.received) == 1
    assert services.outbox.all() == ()


def test_r18_the_person_may_say_that_it_was_sent(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot
) -> None:
    key = interrupted(desk, account)
    desk.core.services.outbox.was_sent(key)
    step(desk)

    assert (receiver.received, desk.core.services.outbox.all()) == ([], ())
    assert len(copies(dovecot, account.address)) == 1


def test_r21_a_server_that_files_by_itself_is_found_out_and_has_one_copy(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot, tmp_path: Path
) -> None:
    desk.core.services.accounts.edit(replace(account, files_sent=FilesSent.UNKNOWN))
    key = outgoing_key(desk, draft(account))
    assert outgoing(desk).stage is Stage.ACCEPTED
    path = tmp_path / "copy"
    path.write_bytes(receiver.received[0].raw)
    dovecot.deliver_file(account.address, path, "Sent")

    later(desk, key)

    assert desk.core.services.outbox.all() == ()
    assert desk.core.services.accounts.get(account.key).files_sent is FilesSent.BY_ITSELF
    assert send(desk, draft(account, subject="Second")) is None
    assert len(copies(dovecot, account.address)) == 1, "nothing is put there any more"


def test_r21_a_server_that_does_not_file_gets_our_copy_in_the_end(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot
) -> None:
    desk.core.services.accounts.edit(replace(account, files_sent=FilesSent.UNKNOWN))
    key = outgoing_key(desk, draft(account))
    while desk.core.services.outbox.get(key) is not None:
        assert copies(dovecot, account.address) == []
        later(desk, key)

    assert len(copies(dovecot, account.address)) == 1
    assert desk.core.services.accounts.get(account.key).files_sent is FilesSent.NOT
    assert send(desk, draft(account, subject="Second")) is None
    assert len(copies(dovecot, account.address)) == 2


def test_r21_a_copy_that_cannot_be_filed_is_tried_again_and_the_mail_is_sent_once(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot
) -> None:
    imap = account.imap
    assert imap is not None
    desk.core.services.accounts.edit(replace(account, imap=replace(imap, port=1)))

    key = outgoing_key(desk, draft(account))

    waiting = outgoing(desk)
    assert (waiting.stage, len(receiver.received)) == (Stage.ACCEPTED, 1)
    assert status_of(desk, waiting.email_key) is Status.SENT
    desk.core.services.accounts.edit(account)
    later(desk, key)
    assert (len(copies(dovecot, account.address)), len(receiver.received)) == (1, 1)


def test_who_gets_it_unseen_is_told_to_the_own_copy_alone(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot
) -> None:
    receiver.lmtp_port = 0
    assert send(desk, draft(account, bcc=(Address("Кто", "hidden@example.org"),))) is None

    [received] = receiver.received
    assert set(received.recipients) == {account.address, "hidden@example.org"}
    assert b"hidden" not in received.raw
    [copy] = copies(dovecot, account.address)
    assert b"hidden@example.org" in copy
    desk.sync()
    [key] = desk.mails(Unified.SENT)
    head = desk.core.services.reading.head(key)
    assert ([each.address for each in head.bcc], head.twins) == (["hidden@example.org"], 0)


def test_the_mail_it_answers_is_marked(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot
) -> None:
    dovecot.deliver(account.address, [mail(1)])
    desk.sync()
    [key] = desk.mails()
    original = desk.core.services.reading.head(key)
    with desk.core.database.read() as view:
        email_id = Messages(view).ids_of([key])[key]

    left = send(desk, draft(account, in_reply_to=original.message_id, origin=Origin(Relation.REPLY, email_id)))

    assert left is None
    assert desk.core.services.reading.head(key).answered
    desk.sync()
    [inbox] = [
        path.name for path in (dovecot.maildir(account.address) / "cur").iterdir() if b"Mail 1" in path.read_bytes()
    ]
    assert "R" in inbox.rpartition(",")[2], "the server knows it too"


def test_a_mail_leaves_under_own_addresses_alone(desk: Desk, account: MailAccount, receiver: SmtpReceiver) -> None:
    services = desk.core.services
    kept = services.compose.save(draft(account, sender=Address("Boss", "boss@example.org")))
    with pytest.raises(NoServerToSend, match=r"boss@example\.org"):
        services.outbox.send(kept, hold_s=0)
    services.accounts.edit(services.accounts.get(account.key).known_as(["boss@example.org"]))

    services.outbox.send(kept, hold_s=0)
    step(desk)

    assert [each.sender for each in receiver.received] == ["boss@example.org"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": ()}, "Nobody"),
        ({"to": (Address("", "no address"),)}, "no address"),
        ({"to": (Address("bad", ""),)}, "“bad”"),
    ],
)
def test_what_cannot_leave_is_told_at_once(
    desk: Desk, account: MailAccount, changes: dict[str, object], words: str
) -> None:
    services = desk.core.services
    kept = services.compose.save(draft(account, **changes))
    with pytest.raises(CannotSend, match=words):
        services.outbox.send(kept, hold_s=0)
    assert len(desk.mails(Unified.DRAFTS)) == 1


def test_a_mail_whose_account_was_removed_is_told_of_and_not_lost(desk: Desk, account: MailAccount) -> None:
    services = desk.core.services
    key = services.outbox.send(services.compose.save(draft(account)), hold_s=60)

    services.accounts.remove(account.key)

    failed = services.outbox.get(key)
    assert failed is not None
    assert (failed.stage, failed.account_key) == (Stage.FAILED, None)
    assert desk.core.services.compose.draft(services.outbox.take_back(key)).draft.text == "How are you?"


def test_files_go_along_whole_and_are_known_from_the_own_copy(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, tmp_path: Path
) -> None:
    big, small = tmp_path / "big.bin", tmp_path / "Отчёт.txt"
    big.write_bytes(bytes(range(256)) * 4000)
    small.write_text("Всё хорошо", encoding="utf-8")
    files = tuple(desk.core.services.compose.attach(path) for path in (big, small))

    assert send(desk, draft(account, enclosures=files)) is None

    desk.sync()
    [key] = desk.mails(Unified.SENT)
    head = desk.core.services.reading.head(key)
    assert [(part.name, part.size_bytes) for part in head.parts] == [("big.bin", 1_024_000), ("Отчёт.txt", 19)]
    assert desk.core.services.reading.part(key, head.parts[0].section) == big.read_bytes()
    assert head.twins == 0, "the copy on the server is the same mail"


def test_verbs_leave_alone_what_is_on_its_way(desk: Desk, account: MailAccount) -> None:
    services = desk.core.services
    services.outbox.send(services.compose.save(draft(account)), hold_s=60)
    [key] = desk.mails(Unified.OUTBOX)

    for verb in (Verb.TRASH, Verb.DELETE, Verb.ARCHIVE):
        with pytest.raises(OnItsWay):
            services.actions.apply(Change(verb), [key])

    assert desk.mails(Unified.OUTBOX) == [key]
