"""A damaged database loses no draft and sends no mail a second time (R18, R28)."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.outbox import Stage
from desktop.store import full_backup, replacement
from tests.desk import Desk
from tests.engine.mail.test_sending import account, draft, receiver
from tests.servers.smtp_receiver import SmtpReceiver
from tests.store.damaging import back_up, start_damaged, start_without

__all__ = ["account", "receiver"]  # fixtures

pytestmark = pytest.mark.server


def drafts(desk: Desk) -> list[str]:
    compose = desk.core.services.compose
    found = [compose.of_email(key) for key in desk.mails(Unified.DRAFTS)]
    return [f"{kept.draft.subject}: {kept.draft.text}" for kept in found if kept is not None]


def test_r28_what_was_written_since_the_backup_is_a_draft_again(desk: Desk, account: MailAccount) -> None:
    compose = desk.core.services.compose
    old = compose.save(draft(account, subject="Old", text="first words"))
    back_up(desk)
    compose.save(draft(account, subject="Old", text="last words"), old)
    file = compose.attach_octets("offer.txt", "text/plain", b"one, two")
    compose.save(draft(account, subject="New", text="all of it", enclosures=(file,)))

    desk = start_damaged(desk)

    assert sorted(drafts(desk)) == ["New: all of it", "Old: last words"]
    [new] = [key for key in desk.mails(Unified.DRAFTS) if desk.core.services.reading.head(key).subject == "New"]
    kept = desk.core.services.compose.of_email(new)
    assert kept is not None
    assert [desk.core.services.compose.content(each) for each in kept.draft.enclosures] == [b"one, two"]
    desk.close()

    desk = Desk(desk.profile.root)
    assert len(drafts(desk)) == 2, "another start brings nothing twice"
    desk.close()


def test_r18_what_left_after_the_backup_does_not_leave_again(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    services = desk.core.services
    key = services.outbox.send(services.compose.save(draft(account)), hold_s=0)
    back_up(desk)
    desk.core.supervisor.senders.send_once(account.key)
    assert len(receiver.received) == 1

    desk = start_damaged(desk)

    [mail] = desk.core.services.outbox.all()
    assert (mail.key, mail.asks) == (key, True)
    desk.core.supervisor.senders.send_once(account.key)
    assert len(receiver.received) == 1
    desk.core.services.outbox.send_now(key)
    desk.core.supervisor.senders.send_once(account.key)
    assert len(receiver.received) == 2, "unless the person wants that"
    desk.close()


def test_r18_with_nothing_but_the_backup_the_person_is_asked_too(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    services = desk.core.services
    services.outbox.send(services.compose.save(draft(account)), hold_s=0)
    back_up(desk)

    desk = start_without(desk, b"")

    assert [mail.asks for mail in desk.core.services.outbox.all()] == [True]
    desk.core.supervisor.senders.send_once(account.key)
    assert receiver.received == []
    desk.close()


def test_r28_what_still_waits_in_the_damaged_file_goes_on(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    services = desk.core.services
    services.outbox.send(services.compose.save(draft(account)), hold_s=0)
    services.outbox.send(services.compose.save(draft(account, subject="Later")), clock.now() + 86_400_000)
    back_up(desk)

    desk = start_damaged(desk)

    assert [(mail.stage, mail.asks) for mail in desk.core.services.outbox.all()] == [(Stage.HELD, False)] * 2
    desk.core.supervisor.senders.send_once(account.key)
    assert len(receiver.received) == 1
    desk.close()


def test_r28_what_was_to_go_and_the_backup_does_not_have_is_a_draft(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    back_up(desk)
    services = desk.core.services
    services.outbox.send(services.compose.save(draft(account)), clock.now() + 86_400_000)

    desk = start_damaged(desk)

    assert desk.core.services.outbox.all() == ()
    assert drafts(desk) == ["Hello: How are you?"]
    assert receiver.received == []
    desk.close()


@pytest.mark.parametrize("table", ["draft", "outbox", "outbox_recipient"])
def test_r28_damage_to_these_tables_alone_sends_nothing_twice(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, table: str
) -> None:
    services = desk.core.services
    services.outbox.send(services.compose.save(draft(account)), hold_s=0)
    back_up(desk)
    desk.core.supervisor.senders.send_once(account.key)

    desk = start_damaged(desk, table, "email_search_data")

    desk.core.supervisor.senders.send_once(account.key)
    assert len(receiver.received) == 1
    desk.close()


def test_r18_a_backup_put_in_place_by_the_person_sends_nothing_unasked(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver, tmp_path: Path
) -> None:
    services = desk.core.services
    services.outbox.send(services.compose.save(draft(account)), hold_s=0)
    full_backup.write(desk.profile.database, desk.profile.raw, tmp_path / "kept")
    desk.core.supervisor.senders.send_once(account.key)
    desk.core.close()

    replacement.restore(desk.profile.root, tmp_path / "kept", replace=True)

    desk = Desk(desk.profile.root)
    assert [mail.asks for mail in desk.core.services.outbox.all()] == [True]
    desk.core.supervisor.senders.send_once(account.key)
    assert len(receiver.received) == 1
    desk.close()
