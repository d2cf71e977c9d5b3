"""Lists kept step by step equal lists derived from nothing, whatever happens in whatever order."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.base.bus import Bus
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery, SortBy
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Change, Verb
from desktop.services.mail.operations import Operations
from desktop.services.mail.reminders import CannotFollowUp, CannotSnooze
from desktop.store import migrate
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail.listings import Listings, ListingWriter
from desktop.store.mail.outbox import SentMails
from tests.desk import mail
from tests.proof import rounds, seed
from tests.shelf import ROLES, Shelf


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Shelf:
    return Shelf(database, tmp_path)


def _contents(database: Database) -> tuple[list[object], ...]:
    with database.read() as view:
        return (
            view.all("SELECT * FROM listing_entry ORDER BY list_id, email_key"),
            view.all("SELECT * FROM listing_conversation ORDER BY list_id, latest_key"),
            view.all("SELECT * FROM listing_count WHERE total > 0 ORDER BY list_id"),
        )


def _put_off(store: Shelf, chance: random.Random, key: int) -> None:
    """Snooze or follow up a mail, let it come back, or end that; a few are then undone."""
    now = clock.now()
    with suppress(CannotSnooze, CannotFollowUp):
        match chance.randrange(4):
            case 0:
                done = store.reminders.snooze([key], now - 1, even_if_answered=chance.random() < 0.5)
            case 1:
                done = store.reminders.follow_up([key], now - 1)
            case 2:
                done = store.reminders.end([key])
            case _:
                store.reminders.bring_back()
                return
        if chance.random() < 0.4:
            store.reminders.undo(done)


def test_lists_kept_step_by_step_equal_lists_derived_from_nothing(store: Shelf) -> None:
    chance = random.Random(seed())
    for step in range(rounds(60, 2000)):
        keys = store.views.open_list(ListQuery(chance.choice([*Unified]), conversations=False)).keys
        what = chance.random()
        if what < 0.5 or not keys:
            number = chance.randrange(1, 40)
            answer_to = chance.randrange(1, 40)
            raw = mail(number, In_Reply_To=f"<{answer_to}@acme.example>" if chance.random() < 0.6 else "")
            store.arrive(raw, chance.choice(ROLES), Flag(chance.choice([0, 1, 2, 3, 4])))
        elif what < 0.6:
            _put_off(store, chance, chance.choice(keys))
        elif what < 0.9:
            verb = chance.choice([v for v in Verb if v is not Verb.MOVE])
            chosen, whole = [chance.choice(keys)], chance.random() < 0.3
            done = store.actions.apply(Change(verb), [] if whole else chosen, conversations=chosen if whole else [])
            if chance.random() < 0.4:
                store.actions.undo(done)
        else:
            role = chance.choice(ROLES)
            store.mirror.vanished(store.folder(role), 0, [chance.randrange(1, 10)])
        if step % 10 == 0 or step > 50:
            kept = _contents(store.database)
            with store.database.write() as work:
                _derive_anew(work)
            assert kept == _contents(store.database)


def _derive_anew(work: UnitOfWork) -> None:
    """Make every list from nothing."""
    for table in ("listing_entry", "listing_conversation", "listing_count"):
        work.run(f"DELETE FROM {table}")
    ListingWriter(work).refresh(work.column("SELECT key FROM email"))


def test_conversations_are_the_same_whatever_the_order_of_arrival(tmp_path: Path, store: Shelf) -> None:
    chance = random.Random(seed())
    mails = [mail(1)] + [
        mail(n, References=" ".join(f"<{chance.randrange(1, n)}@acme.example>" for _ in range(chance.randrange(0, 3))))
        for n in range(2, 30)
    ]
    shuffled = mails[:]
    chance.shuffle(shuffled)
    for raw in shuffled:
        store.arrive(raw)

    partition = _partition(store.database)

    other = Database(tmp_path / "other.db", Bus())
    migrate.migrate(other, lambda: None)
    second = Shelf(other, tmp_path / "second")
    for raw in mails:
        second.arrive(raw)
    assert _partition(other) == partition
    other.close()


def _partition(database: Database) -> set[frozenset[str]]:
    with database.read() as view:
        groups: dict[int, set[str]] = {}
        for conversation, message_id in view.all("SELECT conversation_key, message_id FROM email"):
            groups.setdefault(conversation, set()).add(message_id)
    return {frozenset(group) for group in groups.values()}


def test_a_list_is_sorted_and_filtered(store: Shelf) -> None:
    store.arrive(mail(1, subject="beta", From="Zoe <z@x.example>"))
    store.arrive(mail(2, subject="Alpha", From="anna@x.example"), flags=Flag.SEEN)
    store.arrive(mail(3, subject="gamma 100%", From="Bob <b@x.example>"), flags=Flag.FLAGGED)

    def subjects(**how: object) -> list[str]:
        query = ListQuery(Unified.INBOX, conversations=False, **how)  # type: ignore[arg-type]
        return [row.subject for row in store.views.rows(store.views.open_list(query).keys, conversations=False)]

    assert subjects() == ["gamma 100%", "Alpha", "beta"]
    assert subjects(descending=False) == ["beta", "Alpha", "gamma 100%"]
    assert subjects(sort_by=SortBy.SUBJECT, descending=False) == ["Alpha", "beta", "gamma 100%"]
    assert subjects(sort_by=SortBy.SENDER, descending=False) == ["Alpha", "gamma 100%", "beta"]
    assert subjects(unread=True) == ["gamma 100%", "beta"]
    assert subjects(starred=True) == ["gamma 100%"]
    assert subjects(contains="ALPHA") == ["Alpha"]
    assert subjects(contains="0%") == ["gamma 100%"], "a percent sign is a percent sign"


def test_dropping_an_operation_shows_what_the_server_has(store: Shelf) -> None:
    store.arrive(mail(1))
    [key] = store.views.open_list(ListQuery(Unified.INBOX)).keys
    store.actions.apply(Change(Verb.DELETE), [key])
    assert not store.views.open_list(ListQuery(Unified.ALL)).keys
    operations = Operations(store.database)

    operations.drop(operations.waiting()[0].key)

    assert list(store.views.open_list(ListQuery(Unified.INBOX)).keys) == [key]


def test_the_same_batch_twice_changes_nothing(store: Shelf) -> None:
    store.arrive(mail(1))
    store.uids.clear()
    before = _contents(store.database)
    store.arrive(mail(1))
    assert _contents(store.database) == before


def test_c36_wild_text_is_stored_as_it_is(store: Shelf) -> None:
    wild = "'; DROP TABLE email; -- \" * ( ) NEAR/3 \\ % _ \u202e \U0001f600"
    store.arrive(mail(1, subject=wild, text=wild))
    [row] = store.views.rows(store.views.open_list(ListQuery(Unified.INBOX)).keys, conversations=True)
    assert "DROP TABLE" in row.subject


def test_what_came_back_is_found_by_its_reminder_however_long_the_list(store: Shelf) -> None:
    statements: list[str] = []
    with store.database.read() as view:
        view.connection.set_trace_callback(statements.append)
        Listings(view).keys(ListQuery(Unified.INBOX))
        view.connection.set_trace_callback(None)
        [asked] = [statement for statement in statements if "reminder" in statement]
        plan = [row[3] for row in view.all(f"EXPLAIN QUERY PLAN {asked}")]
    assert "SEARCH l USING PRIMARY KEY (list_id=? AND email_key=?)" in plan


def test_mails_sent_in_a_second_are_found_without_reading_an_account(store: Shelf) -> None:
    statements: list[str] = []
    with store.database.read() as view:
        view.connection.set_trace_callback(statements.append)
        SentMails(view).of_second(store.account, clock.now())
        view.connection.set_trace_callback(None)
        plan = [row[3] for row in view.all(f"EXPLAIN QUERY PLAN {statements[0]}")]
    assert "SEARCH p USING INDEX place_email (email_key=?)" in plan
