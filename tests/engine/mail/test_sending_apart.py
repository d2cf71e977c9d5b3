"""One account sends, and the mailbox of another keeps the copy: on a real SMTP server and Dovecot."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Identity
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Security
from desktop.domain.mail.outbox import Stage
from desktop.services.mail.answers import Answer
from tests.desk import Desk, mail
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_receiver import SmtpReceiver

pytestmark = pytest.mark.server

RELAY_USER = "relay@firm.example"


@pytest.fixture
def receiver(smtp_receiver: Callable[..., SmtpReceiver], dovecot: Dovecot) -> SmtpReceiver:
    return smtp_receiver(lmtp_port=dovecot.lmtp_port, passwords={RELAY_USER: PASSWORD})


@pytest.fixture
def mailbox(desk: Desk, dovecot: Dovecot, imap_user: str) -> MailAccount:
    added = desk.add(dovecot, imap_user, display_name="Ann", files_sent=FilesSent.BY_ITSELF)
    desk.sync()
    return added


def add_relay(desk: Desk, receiver: SmtpReceiver, *addresses: str, **changes: object) -> MailAccount:
    """Add an account that only sends, under these addresses."""
    relay = MailAccount(
        uuid.uuid4(),
        addresses[0],
        smtp=Endpoint("127.0.0.1", receiver.port, Security.PLAIN, RELAY_USER),
        identities=tuple(Identity(each, "Ann") for each in addresses),
        **changes,  # type: ignore[arg-type]
    )
    return desk.core.services.accounts.add(relay, None, PASSWORD)


def add_other(desk: Desk) -> None:
    """Add an account that only sends, and stands before those that are added later."""
    half = Endpoint("127.0.0.1", 1, Security.PLAIN, "other")
    desk.core.services.accounts.add(MailAccount(uuid.uuid4(), "other@example.org", smtp=half), None, PASSWORD)


def send(desk: Desk, by: MailAccount, draft: Draft) -> int:
    """Send without delay and do what is due; returns the key in the outbox."""
    services = desk.core.services
    key = services.outbox.send(services.compose.save(draft), hold_s=0)
    step(desk, by)
    return key


def step(desk: Desk, by: MailAccount) -> None:
    desk.core.supervisor.senders.send_once(by.key)


def until_filed(desk: Desk, by: MailAccount, key: int) -> None:
    """Let time go by from step to step until the mail is out of the outbox."""
    while (waiting := desk.core.services.outbox.get(key)) is not None:
        assert (waiting.stage, waiting.problem) == (Stage.ACCEPTED, "")
        with clock.frozen(waiting.due_at_ms + 1):
            step(desk, by)


def draft(address: str, **changes: object) -> Draft:
    made = Draft(
        sender=Address("Ann", address), to=(Address("Bo", address),), subject="Hello", is_html=False, text="Hi"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def copies(dovecot: Dovecot, user: str) -> list[bytes]:
    """Return the mails that lie in Sent on the server."""
    box = dovecot.maildir(user, "Sent")
    return [path.read_bytes() for part in ("cur", "new") for path in (box / part).glob("*") if path.is_file()]


@pytest.mark.parametrize("habit", FilesSent)
def test_r21_that_a_mailbox_files_what_its_own_server_sends_says_nothing_of_another(
    desk: Desk, mailbox: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot, habit: FilesSent
) -> None:
    relay = add_relay(desk, receiver, RELAY_USER, mailbox.address, files_sent=habit)

    until_filed(desk, relay, send(desk, relay, draft(mailbox.address)))

    assert [each.sender for each in receiver.received] == [mailbox.address]
    assert len(copies(dovecot, mailbox.address)) == 1
    desk.sync()
    assert len(desk.mails(Unified.SENT)) == 1
    accounts = desk.core.services.accounts
    assert accounts.get(mailbox.key).files_sent is FilesSent.BY_ITSELF
    learned = FilesSent.NOT if habit is FilesSent.UNKNOWN else habit
    assert accounts.get(relay.key).files_sent is learned


@pytest.mark.parametrize("habit", [FilesSent.UNKNOWN, FilesSent.BY_ITSELF])
def test_r21_a_copy_that_the_other_server_files_stays_the_only_one(
    desk: Desk, mailbox: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot, habit: FilesSent, tmp_path: Path
) -> None:
    desk.core.services.accounts.edit(replace(mailbox, files_sent=FilesSent.NOT))
    relay = add_relay(desk, receiver, RELAY_USER, mailbox.address, files_sent=habit)
    key = send(desk, relay, draft(mailbox.address))
    assert copies(dovecot, mailbox.address) == [], "it is given time"
    path = tmp_path / "copy"
    path.write_bytes(receiver.received[0].raw)
    dovecot.deliver_file(mailbox.address, path, "Sent")

    until_filed(desk, relay, key)

    assert len(copies(dovecot, mailbox.address)) == 1
    assert desk.core.services.accounts.get(relay.key).files_sent is FilesSent.BY_ITSELF


def test_a_mailbox_and_an_account_that_only_sends_may_have_one_address(
    desk: Desk, mailbox: MailAccount, receiver: SmtpReceiver, dovecot: Dovecot
) -> None:
    services, address = desk.core.services, mailbox.address
    add_other(desk)
    sender = add_relay(desk, receiver, address)
    dovecot.deliver(address, [mail(1)])
    desk.sync()
    [original] = desk.mails()
    assert [each.address for _key, each in services.compose.identities()] == ["other@example.org", address]
    answer = services.answers.begin(Answer.REPLY, original, "today").draft
    assert answer.sender.address == address, "the mailbox it lies in has no server to send, its address has"

    until_filed(desk, sender, send(desk, sender, replace(answer, to=(Address("Bo", address),))))

    [received] = receiver.received
    assert (received.sender, received.recipients) == (address, [address])
    assert len(copies(dovecot, address)) == 1
    assert services.reading.head(original).answered
    desk.sync()
    assert len(desk.mails(Unified.SENT)) == 1
    assert services.reading.head(desk.mails(Unified.SENT)[0]).twins == 0
    names = [
        path.name for path in (dovecot.maildir(address) / "cur").iterdir() if b"Subject: Mail 1" in path.read_bytes()
    ]
    assert ["R" in name.rpartition(",")[2] for name in names] == [True], "the server knows that it is answered"
