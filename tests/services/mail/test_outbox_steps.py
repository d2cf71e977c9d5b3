"""Steps of outgoing mails whose outcome is told late, wrongly or not at all: nothing is sent twice or forgotten."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.domain.events import ListsChanged
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery, SortBy
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Security
from desktop.domain.mail.message import Status
from desktop.domain.mail.outbox import MINUTE_MS, STALE_MS, Fate, Outgoing, Stage
from desktop.domain.mail.reminding import FollowUp
from desktop.services.mail import making
from desktop.services.mail.exporting import Exporting
from desktop.services.mail.making import SMALL_BYTES
from desktop.services.mail.outbox import TooLate
from desktop.services.mail.sending import Sending
from desktop.store.mail.accounts import AccountWriter
from tests.desk import Desk
from tests.store.damaging import back_up, start_damaged

BO, CY = "bo@example.org", "cy@example.org"
DRAFT = Draft(
    sender=Address("Ann", "ann@example.com"), to=(Address("", BO),), subject="Plan", is_html=False, text="first words"
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "profile")
    half = Endpoint("127.0.0.1", 1, Security.PLAIN, "ann")
    account = MailAccount(uuid.uuid4(), "ann@example.com", "Ann", imap=half, smtp=replace(half, port=2))
    made.core.services.accounts.add(account, "secret", "secret")
    yield made
    made.core.close()


def steps(desk: Desk) -> Sending:
    return desk.core.supervisor.senders._sending


def now(desk: Desk) -> Outgoing:
    [mail] = desk.core.services.outbox.all()
    return mail


def queued(desk: Desk, draft: Draft = DRAFT) -> Outgoing:
    """Return a mail whose bytes are made."""
    services = desk.core.services
    services.outbox.send(services.compose.save(draft), hold_s=0)
    steps(desk).make(now(desk))
    return now(desk)


def test_r20_the_copy_of_a_first_try_says_nothing_of_who_waited(desk: Desk) -> None:
    mail = queued(desk, replace(DRAFT, to=(Address("", BO), Address("", CY))))
    steps(desk).begin(mail)
    steps(desk).taken(mail, {CY: ("450 later", False)})
    mail = now(desk)
    steps(desk).begin(mail)
    steps(desk).lost(mail)

    steps(desk).looked(now(desk), True)

    mail = now(desk)
    assert (mail.stage, mail.asks, mail.waiting) == (Stage.UNKNOWN, True, (CY,))


def test_who_was_refused_is_asked_again_when_the_person_tries_again(desk: Desk) -> None:
    mail = queued(desk)
    steps(desk).begin(mail)
    steps(desk).taken(mail, {BO: ("552 mailbox full", True)})
    assert now(desk).stage is Stage.FAILED

    desk.core.services.outbox.send_now(mail.key)

    parcel = steps(desk).begin(now(desk))
    assert parcel is not None
    assert parcel.recipients == (BO,)


def test_r21_a_mail_given_up_for_some_still_has_its_copy(desk: Desk) -> None:
    mail = queued(desk, replace(DRAFT, to=(Address("", BO), Address("", CY))))
    steps(desk).begin(mail)
    steps(desk).taken(mail, {CY: ("450 later", False)})
    mail = replace(now(desk), queued_at_ms=clock.now() - 10 * STALE_MS)
    steps(desk).put_off(mail, Problem("no connection"))

    mail = now(desk)
    assert mail.stage is Stage.ACCEPTED, "its copy is filed now"
    assert {each.address: each.fate for each in mail.recipients} == {BO: Fate.ACCEPTED, CY: Fate.REFUSED}


def test_r23_a_try_that_was_missed_for_days_is_asked_about(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    mail = queued(desk)
    steps(desk).begin(mail)
    steps(desk).put_off(mail, Problem("no connection"))
    days_later = clock.now() + 5 * STALE_MS
    monkeypatch.setattr(clock, "now", lambda: days_later)

    assert steps(desk).next(now(desk).account_key or 0) is None
    assert now(desk).asks


def test_r23_to_try_everything_now_sends_nothing_that_is_late(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After sleep, on "Get mail", when an account was changed: what waits is tried, what is late asks."""
    mail = queued(desk)
    steps(desk).begin(mail)
    steps(desk).put_off(mail, Problem("no connection"))
    soon = clock.now() + MINUTE_MS // 2
    monkeypatch.setattr(clock, "now", lambda: soon)
    assert steps(desk).next(now(desk).account_key or 0) is None, "its time has not come"
    steps(desk).try_now()
    found = steps(desk).next(now(desk).account_key or 0)
    assert found is not None
    assert found.key == mail.key

    steps(desk).begin(found)
    steps(desk).put_off(found, Problem("no connection"))
    days_later = soon + 5 * STALE_MS
    monkeypatch.setattr(clock, "now", lambda: days_later)
    steps(desk).try_now()
    steps(desk).try_now(now(desk).account_key)

    assert steps(desk).next(now(desk).account_key or 0) is None
    assert now(desk).asks


@pytest.mark.parametrize("ends", ["lost", "put_off", "fail"])
def test_r18_a_mail_under_way_when_its_account_goes_is_asked_about(desk: Desk, ends: str) -> None:
    mail = queued(desk)
    steps(desk).begin(mail)
    assert mail.account_key is not None
    desk.core.services.accounts.remove(mail.account_key)
    if ends == "lost":
        steps(desk).lost(mail)
    else:
        getattr(steps(desk), ends)(mail, Problem("no connection"))

    left = now(desk)
    assert (left.stage, left.asks, left.may_be_taken_back) == (Stage.UNKNOWN, True, False)


def test_what_was_taken_back_meanwhile_stays_a_draft(desk: Desk) -> None:
    services = desk.core.services
    services.outbox.send(services.compose.save(DRAFT), hold_s=0)
    mail = now(desk)
    services.outbox.take_back(mail.key)
    steps(desk).fail(mail, Problem("a file is gone"))

    [key] = desk.mails(Unified.DRAFTS)
    assert services.reading.head(key).status is Status.DRAFT


def test_a_mail_that_cannot_be_made_is_told_of_and_holds_up_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = desk.core.services
    for subject in ("Plan", "Offer"):
        services.outbox.send(services.compose.save(replace(DRAFT, subject=subject)), hold_s=0)
    made = making.as_mail

    def fails(draft: Draft, *rest: Any) -> making.Made:
        if draft.subject == "Plan":
            raise RuntimeError("an error nobody thought of")
        return made(draft, *rest)

    monkeypatch.setattr(making, "as_mail", fails)
    account = services.outbox.all()[0].account_key or 0
    while (mail := steps(desk).next(account)) is not None and mail.stage is Stage.HELD:
        steps(desk).make(mail)

    assert {mail.subject: mail.stage for mail in services.outbox.all()} == {
        "Plan": Stage.FAILED,
        "Offer": Stage.QUEUED,
    }


def test_a_discarded_draft_can_be_brought_back_with_its_files(desk: Desk) -> None:
    compose = desk.core.services.compose
    file = compose.attach_octets("offer.pdf", "application/pdf", b"precious" * 1000)
    key = compose.save(replace(DRAFT, enclosures=(file,)))
    kept = compose.draft(key).draft
    compose.discard(key)
    again = compose.save(kept)
    compose.save(replace(kept, enclosures=()), again)
    compose.save(kept, again)

    assert compose.content(file) == b"precious" * 1000


def test_a_draft_is_saved_and_exported_with_all_its_files(desk: Desk, tmp_path: Path) -> None:
    core = desk.core
    compose, reading = core.services.compose, core.services.reading
    octets = random.Random(4).randbytes(SMALL_BYTES + 1)
    compose.save(replace(DRAFT, enclosures=(compose.attach_octets("plan.bin", "application/octet-stream", octets),)))
    [key] = desk.mails(Unified.DRAFTS)

    exported = Exporting(core.database, steps(desk)._blobs).run(
        [key], ExportForm.EML, tmp_path / "out", lambda _progress: None, lambda: False
    )
    [file] = exported.path.iterdir()

    assert (exported.mails, exported.partial) == (1, 0)
    assert reading.is_whole(key)
    for raw in (file.read_bytes(), reading.source(key)):
        [part] = [part for part in message_from_bytes(raw).walk() if part.get_filename() == "plan.bin"]
        assert part.get_payload(decode=True) == octets


@pytest.mark.parametrize("sent_again", [True, False])
def test_r28_what_was_written_anew_since_the_backup_is_not_sent_as_it_was(desk: Desk, sent_again: bool) -> None:
    services, due = desk.core.services, clock.now() + 3 * STALE_MS
    services.outbox.send(services.compose.save(DRAFT), due)
    back_up(desk)
    key = services.outbox.take_back(now(desk).key)
    services.compose.save(replace(DRAFT, to=(Address("", CY),), text="better words"), key)
    if sent_again:
        services.outbox.send(key, due)

    desk = start_damaged(desk)

    old = now(desk)
    assert (old.waiting, old.asks) == ((BO,), True), "the person is asked"
    found = [desk.core.services.compose.of_email(key) for key in desk.mails(Unified.DRAFTS)]
    assert [kept.draft.text for kept in found if kept is not None] == ["better words"]
    desk.core.close()


def test_r21_another_server_may_file_sent_mail_or_not(desk: Desk) -> None:
    accounts = desk.core.services.accounts
    [account] = accounts.all()
    with desk.core.database.write() as work:
        AccountWriter(work).set_files_sent(account.key, FilesSent.BY_ITSELF)
    [account] = accounts.all()
    assert account.smtp is not None

    accounts.edit(replace(account, display_name="Ann B."))
    assert accounts.get(account.key).files_sent is FilesSent.BY_ITSELF
    accounts.edit(replace(accounts.get(account.key), smtp=replace(account.smtp, host="smtp.example.net")))
    assert accounts.get(account.key).files_sent is FilesSent.UNKNOWN


def test_a_mail_on_its_way_shows_when_one_will_be_reminded_of_it(desk: Desk) -> None:
    services = desk.core.services
    key = services.outbox.send(services.compose.save(replace(DRAFT, follow_up=FollowUp(3))), hold_s=60)
    mail = services.outbox.get(key)
    assert mail is not None

    assert services.reading.head(mail.email_key).follow_up == FollowUp(3)


def test_a_mail_that_waits_is_given_another_time_and_the_list_its_order(desk: Desk) -> None:
    services = desk.core.services
    half = Endpoint("127.0.0.1", 1, Security.PLAIN, "bea")
    services.accounts.add(MailAccount(uuid.uuid4(), "bea@example.com", "Bea", smtp=half), "secret", "secret")
    at = clock.now() + 3_600_000
    keys = {}
    for subject, sender, hours in (
        ("second", "ann@example.com", 2),
        ("third", "bea@example.com", 3),
        ("first", "ann@example.com", 1),
    ):
        draft = replace(DRAFT, subject=subject, sender=Address("", sender))
        keys[subject] = services.outbox.send(services.compose.save(draft), at + hours * 3_600_000)

    def shown() -> list[tuple[str, bool]]:
        query = ListQuery(Unified.OUTBOX, conversations=False, sort_by=SortBy.DUE, descending=False)
        rows = services.views.rows(services.views.open_list(query).keys, conversations=False)
        return [(row.subject, row.way is not None and row.way.scheduled) for row in rows]

    assert shown() == [("first", True), ("second", True), ("third", True)]
    heard: list[object] = []
    desk.core.bus.subscribe(ListsChanged, heard.append)
    services.outbox.put_off(keys["first"], at + 10 * 3_600_000)
    assert [subject for subject, _ in shown()] == ["second", "third", "first"]
    assert heard == [ListsChanged((int(Unified.OUTBOX),))]
    mail = services.outbox.get(keys["first"])
    assert mail is not None
    assert (mail.due_at_ms, mail.scheduled, mail.stage) == (at + 10 * 3_600_000, True, Stage.HELD)


def test_what_is_on_its_way_gets_no_other_time(desk: Desk) -> None:
    mail = queued(desk)
    with pytest.raises(TooLate):
        desk.core.services.outbox.put_off(mail.key, clock.now() + 3_600_000)
    assert now(desk) == mail
