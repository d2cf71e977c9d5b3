"""Verbs on whole folders: done in portions that let others write in between, taken back as one."""

from __future__ import annotations

import threading

import pytest

from desktop.base.errors import Problem
from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Change, Verb
from desktop.services.mail import mail_actions
from desktop.services.mail.mail_actions import TooLargeToMove
from desktop.store.database import DatabaseBusy
from desktop.store.mail.listings import ListingWriter
from tests.desk import mail
from tests.shelf import Shelf

MAILS = 25


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_actions, "PORTION", 10)


@pytest.fixture
def full(shelf: Shelf) -> Shelf:
    for number in range(1, MAILS + 1):
        shelf.arrive(mail(number))
    return shelf


def _lists(shelf: Shelf) -> list[object]:
    with shelf.database.read() as view:
        return [
            view.all("SELECT * FROM listing_entry ORDER BY list_id, email_key"),
            view.all("SELECT * FROM listing_conversation ORDER BY list_id, latest_key"),
            view.all("SELECT * FROM listing_count WHERE total > 0 ORDER BY list_id"),
        ]


def _assert_lists_are_right(shelf: Shelf) -> None:
    kept = _lists(shelf)
    with shelf.database.write() as work:
        ListingWriter(work).rebuild()
    assert kept == _lists(shelf)


def _fail_at_operation(shelf: Shelf, number: int) -> None:
    with shelf.database.write() as work:
        work.run(
            "CREATE TRIGGER stopped BEFORE INSERT ON operation "
            f"WHEN (SELECT count(*) FROM operation) >= {number} BEGIN SELECT RAISE(ABORT, 'database is locked'); END"
        )


def test_others_write_between_the_portions_of_a_verb(full: Shelf) -> None:
    operations: list[int] = []

    def write() -> None:
        with full.database.write() as work:
            operations.append(work.value("SELECT count(*) FROM operation"))
        full.database.close_thread()

    def meanwhile(_event: object) -> None:
        other = threading.Thread(target=write)
        other.start()
        other.join(5)
        assert not other.is_alive()

    full.database._bus.subscribe(events.MessagesChanged, meanwhile)

    done = full.actions.mark_list_read(Unified.INBOX)

    assert operations == [1, 2, 3]
    assert len(done.keys) == MAILS
    assert [o.mails for o in full.operations.waiting()] == [10, 10, 5]
    assert full.views.counts([Unified.INBOX])[Unified.INBOX].unread == 0
    _assert_lists_are_right(full)


@pytest.mark.parametrize("verb", [Verb.READ, Verb.ARCHIVE, Verb.TRASH, Verb.STAR])
def test_all_portions_are_taken_back_together(full: Shelf, verb: Verb) -> None:
    before = _lists(full)
    done = full.do(verb, *full.mails())
    queued = full.queue.next(full.account)
    assert queued is not None
    full.queue.begin(queued)  # the first is on its way already

    full.actions.undo(done)

    assert _lists(full) == before
    assert [o.mails for o in full.operations.waiting()] == [10, 10], "its opposite follows the one that was begun"


def test_what_was_done_before_a_problem_is_told_and_can_be_taken_back(full: Shelf) -> None:
    before = _lists(full)
    _fail_at_operation(full, 2)

    done = full.do(Verb.ARCHIVE, *full.mails())

    assert isinstance(done.problem, DatabaseBusy)
    assert len(done.keys) == 20
    assert len(full.mails()) == 5
    assert len(full.mails(Unified.ARCHIVE)) == 20
    _assert_lists_are_right(full)
    full.actions.undo(done)
    assert _lists(full) == before
    assert full.operations.waiting() == ()


def test_a_verb_of_which_nothing_could_be_done_says_so(full: Shelf) -> None:
    before = _lists(full)
    _fail_at_operation(full, 0)

    with pytest.raises(Problem):
        full.do(Verb.ARCHIVE, *full.mails())

    assert _lists(full) == before


def test_only_what_was_in_the_trash_and_still_is_goes_when_it_is_emptied(full: Shelf) -> None:
    full.do(Verb.TRASH, *full.mails())
    doomed = full.mails(Unified.TRASH)
    rescued, late = doomed[0], mail(99)  # the oldest go first
    waiting = iter([True])

    def meanwhile(_event: object) -> None:
        if next(waiting, False):
            full.do(Verb.INBOX, rescued)
            full.arrive(late, Role.TRASH)

    full.database._bus.subscribe(events.MessagesRemoved, meanwhile)

    done = full.actions.empty_trash()

    assert set(done.keys) == set(doomed) - {rescued}
    assert full.mails() == [rescued]
    assert full.subjects(Unified.TRASH) == ["Mail 99"]
    _assert_lists_are_right(full)


def test_sources_go_with_each_portion(full: Shelf) -> None:
    archive = full.add("archive@example.org", Mode.ARCHIVE_ONLY)
    for number in range(100, 125):
        full.arrive(mail(number), account=archive)
    with full.database.read() as view:
        digests = view.column("SELECT raw_digest FROM email WHERE subject >= 'Mail 100' AND length(subject) = 8")
    keys = [key for key in full.mails() if len(full.views.head(key).subject) == 8]
    assert len(keys) == len(digests) == 25

    done = full.do(Verb.DELETE, *keys)

    assert not done.can_undo
    assert full.blobs._connection.execute("SELECT count(*) FROM blob").fetchone()[0] == MAILS


def test_a_mail_too_large_to_be_moved_stops_the_others_before_the_first(full: Shelf) -> None:
    other = full.add("other@example.org")
    keys = full.mails()
    with full.database.write() as work:
        work.run("UPDATE email SET partial = 1 WHERE key = ?", (keys[-1],))

    with pytest.raises(TooLargeToMove):
        full.actions.apply(Change(Verb.MOVE, full.folder(account=other).key), keys)

    assert full.operations.waiting() == ()
    assert full.mails(full.folder().key) == keys


def test_a_folder_of_read_mails_needs_nothing(shelf: Shelf) -> None:
    shelf.arrive(mail(1), flags=Flag.SEEN)

    done = shelf.actions.mark_list_read(Unified.INBOX)

    assert done.keys == ()
    assert shelf.operations.waiting() == ()
