"""Mails that are snoozed and sent ones that are followed up: where they stand, what ends it, what undo does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.base import clock
from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.reminding import Cause, Kind, Reminder
from desktop.services.mail.reminders import CannotFollowUp, CannotSnooze
from tests.desk import mail
from tests.shelf import ARRIVED_MS, Shelf

HOUR_MS = 3_600_000
NOW = ARRIVED_MS + HOUR_MS
DUE = NOW + 24 * HOUR_MS
ME = "Me <me@example.org>"


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def _reminder(shelf: Shelf, key: int) -> Reminder | None:
    return shelf.views.head(key).reminder


def _come_back(shelf: Shelf, at_ms: int = DUE) -> tuple[int, ...]:
    with clock.frozen(at_ms):
        return shelf.reminders.bring_back()


def _one(shelf: Shelf, **headers: str) -> int:
    shelf.arrive(mail(1, **headers), flags=Flag.SEEN)
    [key] = shelf.mails()
    return key


def _sent(shelf: Shelf) -> int:
    """Let a mail to Anna be in Sent; returns its key."""
    shelf.arrive(mail(1, From=ME, To="anna@acme.example"), Role.SENT, Flag.SEEN)
    [key] = shelf.mails(Unified.SENT)
    return key


def _answer(shelf: Shelf, number: int = 9, role: Role = Role.INBOX, **headers: str) -> None:
    """Let an answer to the first mail come an hour from now."""
    raw = mail(number, **({"In_Reply_To": "<1@acme.example>"} | headers))
    shelf.arrive(raw, role, received_ms=NOW + HOUR_MS)


def test_a_snoozed_mail_leaves_the_inbox_and_its_counts_and_is_found_elsewhere(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    inbox = shelf.folder().key

    shelf.reminders.snooze([key], DUE)

    assert shelf.mails() == []
    assert shelf.mails(inbox) == []
    counts = shelf.views.counts([Unified.INBOX, inbox, Unified.SNOOZED])
    assert [(counts[each].total, counts[each].unread) for each in (Unified.INBOX, inbox)] == [(0, 0), (0, 0)]
    assert shelf.mails(Unified.SNOOZED) == [key]
    assert shelf.mails(Unified.ALL) == [key]
    assert shelf.operations.waiting() == (), "the server is told nothing"
    assert _reminder(shelf, key) == Reminder(Kind.SNOOZE, DUE, NOW)


def test_it_comes_back_on_top_of_newer_mails_and_unread(shelf: Shelf) -> None:
    key = _one(shelf)
    shelf.reminders.snooze([key], DUE)
    shelf.arrive(mail(5))
    heard: list[tuple[int, ...]] = []
    shelf.database._bus.subscribe(events.MessagesBack, lambda event: heard.append(event.keys))

    assert _come_back(shelf, DUE - 1) == ()
    assert _come_back(shelf) == (key,)

    assert heard == [(key,)]
    assert shelf.subjects() == ["Mail 1", "Mail 5"]
    shown = shelf.views.open_list(ListQuery(Unified.INBOX))
    assert (shown.keys[0], shown.back) == (key, 1)
    assert shelf.views.open_list(ListQuery(shelf.folder().key)).keys[0] == key
    [row] = shelf.views.rows([key], conversations=True)
    assert row.unread
    assert row.reminder == Reminder(Kind.SNOOZE, DUE, NOW, back_at_ms=DUE)
    assert len(shelf.operations.waiting()) == 1, "the server is told that it is unread"
    assert _come_back(shelf, DUE + HOUR_MS) == (), "once"
    assert shelf.mails(Unified.SNOOZED) == []


def test_the_last_to_come_back_stands_first_and_what_is_done_with_at_its_date(shelf: Shelf) -> None:
    for number in (1, 2, 3):
        shelf.arrive(mail(number))
    three, two, one = shelf.mails()
    shelf.reminders.snooze([one], DUE)
    shelf.reminders.snooze([two], DUE + HOUR_MS)
    _come_back(shelf)
    _come_back(shelf, DUE + HOUR_MS)

    assert shelf.mails() == [two, one, three]
    shelf.reminders.end([two])
    assert shelf.mails() == [one, three, two]
    ascending = shelf.views.open_list(ListQuery(Unified.INBOX, conversations=False, descending=False))
    assert list(ascending.keys) == [one, two, three]


def test_what_was_not_there_to_come_back_in_time_is_late(shelf: Shelf) -> None:
    key = _one(shelf)
    shelf.reminders.snooze([key], DUE)

    _come_back(shelf, DUE + 5 * HOUR_MS)

    reminder = _reminder(shelf, key)
    assert reminder is not None
    assert reminder.is_late


def test_a_conversation_is_snoozed_and_comes_back_as_one_row(shelf: Shelf) -> None:
    shelf.arrive(mail(1), flags=Flag.SEEN)
    shelf.arrive(mail(2, In_Reply_To="<1@acme.example>"), flags=Flag.SEEN)
    shelf.arrive(mail(3))
    three, two, one = shelf.mails()

    shelf.reminders.snooze([], DUE, conversations=[two], list_id=Unified.INBOX)
    assert shelf.mails() == [three]
    _come_back(shelf)

    shown = shelf.views.open_list(ListQuery(Unified.INBOX))
    assert (list(shown.keys), shown.back) == ([two, three], 1)
    assert {row.key: row.unread for row in shelf.views.rows([two, one], conversations=False)} == {two: True, one: False}


def test_an_answer_brings_a_snoozed_mail_back_at_once(shelf: Shelf) -> None:
    key = _one(shelf)
    shelf.reminders.snooze([key], DUE)

    _answer(shelf)

    assert shelf.subjects() == ["Mail 1", "Mail 9"]
    reminder = _reminder(shelf, key)
    assert reminder is not None
    assert reminder.cause is Cause.ANSWERED
    assert _come_back(shelf) == ()


def test_it_stays_snoozed_whoever_answers_where_that_was_wished(shelf: Shelf) -> None:
    key = _one(shelf)
    shelf.reminders.snooze([key], DUE, even_if_answered=True)

    _answer(shelf)

    assert shelf.subjects() == ["Mail 9"]
    assert shelf.mails(Unified.SNOOZED) == [key]
    assert _come_back(shelf) == (key,)


@pytest.mark.parametrize(
    "verb", [Verb.ARCHIVE, Verb.TRASH, Verb.JUNK, Verb.DELETE], ids=["archived", "trashed", "junk", "deleted"]
)
def test_a_snooze_ends_silently_with_what_is_done_to_its_mail(shelf: Shelf, verb: Verb) -> None:
    key = _one(shelf)
    shelf.reminders.snooze([key], DUE)

    shelf.do(verb, key)

    assert _come_back(shelf) == ()
    assert shelf.mails(Unified.SNOOZED) == []
    assert shelf.reminders.next_at() is None


def test_it_ends_when_another_device_moves_or_deletes_the_mail(shelf: Shelf) -> None:
    moved, deleted = (shelf.arrive(mail(number), flags=Flag.SEEN) for number in (1, 2))
    two, one = shelf.mails()
    shelf.reminders.snooze([one, two], DUE)

    shelf.mirror.vanished(shelf.folder(), 0, [deleted])
    shelf.arrive(mail(1), Role.ARCHIVE)
    shelf.mirror.vanished(shelf.folder(), 0, [moved])

    assert _come_back(shelf) == ()
    assert shelf.mails() == []
    assert shelf.mails(Unified.SNOOZED) == []
    assert shelf.mails(Unified.ARCHIVE) == [one]
    assert shelf.reminders.next_at() is None


def test_it_ends_with_its_account(shelf: Shelf) -> None:
    key = _one(shelf)
    shelf.reminders.snooze([key], DUE)

    shelf.accounts.remove(shelf.account)

    assert _come_back(shelf) == ()
    assert shelf.mails(Unified.SNOOZED) == []


def test_undoing_what_ended_a_snooze_brings_the_snooze_back_too(shelf: Shelf) -> None:
    key = _one(shelf)
    shelf.reminders.snooze([key], DUE)
    done = shelf.do(Verb.ARCHIVE, key)

    shelf.actions.undo(done)

    assert shelf.mails() == []
    assert shelf.mails(Unified.SNOOZED) == [key]
    assert _come_back(shelf) == (key,)


def test_a_snooze_is_taken_back_and_another_time_is_undone_to_the_first(shelf: Shelf) -> None:
    key = _one(shelf)
    first = shelf.reminders.snooze([key], DUE)
    second = shelf.reminders.snooze([key], DUE + HOUR_MS)

    shelf.reminders.undo(second)
    assert shelf.reminders.next_at() == DUE
    shelf.reminders.undo(first)

    assert shelf.mails() == [key]
    assert shelf.reminders.next_at() is None


def test_undo_leaves_what_was_snoozed_anew_meanwhile(shelf: Shelf) -> None:
    key = _one(shelf)
    first = shelf.reminders.snooze([key], DUE)
    shelf.reminders.snooze([key], DUE + HOUR_MS)

    shelf.reminders.undo(first)

    assert shelf.reminders.next_at() == DUE + HOUR_MS


def test_an_archived_mail_is_moved_to_the_inbox_to_come_back_and_undo_takes_it_back_there(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.ARCHIVE, Flag.SEEN)
    [key] = shelf.mails(Unified.ARCHIVE)

    done = shelf.reminders.snooze([key], DUE)
    assert shelf.mails(Unified.SNOOZED) == [key]
    assert shelf.mails(Unified.ARCHIVE) == []
    shelf.reminders.undo(done)

    assert shelf.mails(Unified.ARCHIVE) == [key]
    assert shelf.mails(Unified.SNOOZED) == []
    assert shelf.operations.waiting() == ()


@pytest.mark.parametrize("role", [Role.TRASH, Role.JUNK, Role.DRAFTS])
def test_what_cannot_come_back_to_the_inbox_is_not_snoozed(shelf: Shelf, role: Role) -> None:
    shelf.arrive(mail(1), role)
    [key] = shelf.mails(shelf.folder(role).key)

    with pytest.raises(CannotSnooze):
        shelf.reminders.snooze([key], DUE)


def test_a_mail_that_is_only_archived_is_snoozed_like_any_other(shelf: Shelf) -> None:
    archive = shelf.add("team@example.org", Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1), account=archive)
    [key] = shelf.mails()

    shelf.reminders.snooze([key], DUE)
    assert shelf.mails() == []

    assert _come_back(shelf) == (key,)
    assert shelf.mails() == [key]
    assert shelf.operations.waiting() == ()


def test_a_sent_mail_nobody_answers_comes_to_the_top_of_the_inbox(shelf: Shelf) -> None:
    key = _sent(shelf)
    shelf.arrive(mail(5))

    shelf.reminders.follow_up([key], DUE)
    assert shelf.subjects() == ["Mail 5"]
    assert shelf.mails(Unified.AWAITED) == [key]

    assert _come_back(shelf) == (key,)
    assert shelf.mails()[0] == key
    assert shelf.mails(Unified.AWAITED) == [key]
    assert shelf.mails(Unified.SENT) == [key]
    assert shelf.operations.waiting() == (), "one's own mail does not become unread"


def test_a_mail_one_got_stands_for_the_last_one_sent_in_its_conversation(shelf: Shelf) -> None:
    key = _sent(shelf)
    _answer(shelf)
    [answer] = shelf.mails()

    shelf.reminders.follow_up([answer], DUE)

    assert shelf.mails(Unified.AWAITED) == [key]


_ANSWERS = {
    "a person": ({}, Role.INBOX, True),
    "by References": ({"In_Reply_To": "", "References": "<0@x.example> <1@acme.example>"}, Role.INBOX, True),
    "oneself": ({"From": ME}, Role.SENT, False),
    "out of office": ({"Auto_Submitted": "auto-replied"}, Role.INBOX, False),
    "a bounce": ({"From": "mailer-daemon@mx.example"}, Role.INBOX, False),
    "a stranger in Junk": ({"From": "x@spam.example"}, Role.JUNK, False),
    "another conversation": ({"In_Reply_To": "<7@acme.example>"}, Role.INBOX, False),
}


@pytest.mark.parametrize("name", _ANSWERS)
def test_who_ends_the_wait_for_an_answer(shelf: Shelf, name: str) -> None:
    headers, role, ends = _ANSWERS[name]
    key = _sent(shelf)
    shelf.reminders.follow_up([key], DUE)

    _answer(shelf, role=role, **headers)

    assert shelf.mails(Unified.AWAITED) == ([] if ends else [key])
    assert bool(_come_back(shelf)) is not ends


def test_an_old_answer_that_is_fetched_only_now_ends_nothing(shelf: Shelf) -> None:
    key = _sent(shelf)
    shelf.reminders.follow_up([key], DUE)

    shelf.arrive(mail(9, In_Reply_To="<1@acme.example>"), received_ms=NOW - 24 * HOUR_MS)

    assert _come_back(shelf) == (key,)


def test_an_answer_after_it_has_come_up_takes_it_away_again(shelf: Shelf) -> None:
    key = _sent(shelf)
    shelf.reminders.follow_up([key], DUE)
    _come_back(shelf)

    _answer(shelf)

    assert shelf.subjects() == ["Mail 9"]
    assert shelf.mails(Unified.AWAITED) == []


def test_writing_on_from_anywhere_is_following_up(shelf: Shelf) -> None:
    key = _sent(shelf)
    shelf.reminders.follow_up([key], DUE)
    _come_back(shelf)

    _answer(shelf, role=Role.SENT, From=ME, To="anna@acme.example")

    assert shelf.mails() == []


def test_archiving_what_nobody_answered_is_being_done_with_it_and_its_copy_stays_in_sent(shelf: Shelf) -> None:
    key = _sent(shelf)
    shelf.reminders.follow_up([key], DUE)
    _come_back(shelf)

    done = shelf.do(Verb.ARCHIVE, key)

    assert done.keys == (key,)
    assert shelf.mails() == []
    assert shelf.mails(Unified.SENT) == [key]
    assert shelf.operations.waiting() == ()
    shelf.actions.undo(done)
    assert shelf.mails() == [key]


def test_snoozing_what_nobody_answered_waits_on(shelf: Shelf) -> None:
    key = _sent(shelf)
    shelf.reminders.follow_up([key], DUE)
    _come_back(shelf)

    with clock.frozen(DUE):
        shelf.reminders.snooze([], DUE + HOUR_MS, conversations=[key], list_id=Unified.INBOX)

    assert shelf.mails() == []
    reminder = _reminder(shelf, key)
    assert reminder is not None
    assert (reminder.kind, reminder.due_at_ms) == (Kind.FOLLOW_UP, DUE + HOUR_MS)


def test_a_follow_up_ends_with_its_mail_and_is_set_for_sent_mails_alone(shelf: Shelf) -> None:
    key = _sent(shelf)
    shelf.reminders.follow_up([key], DUE)
    shelf.do(Verb.TRASH, key)
    assert _come_back(shelf) == ()

    shelf.arrive(mail(5))
    with pytest.raises(CannotFollowUp):
        shelf.reminders.follow_up(shelf.mails(), DUE)


def test_what_is_due_is_found_by_its_index_however_many_wait(shelf: Shelf) -> None:
    with shelf.database.read() as view:
        for sql in (
            "SELECT min(due_at_ms) FROM reminder WHERE back_at_ms IS NULL",
            "SELECT email_key FROM reminder r WHERE r.back_at_ms IS NULL AND r.due_at_ms <= 5",
        ):
            [plan] = view.all(f"EXPLAIN QUERY PLAN {sql}")
            assert "reminder_due" in plan[-1]
