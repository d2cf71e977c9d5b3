"""R14: what waited for a folder that is gone from its server goes on, is reported, or has no meaning any more."""

from __future__ import annotations

import pytest

from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import WaitingOperation
from desktop.domain.mail.operation import Aftermath, Verb, after_folder_is_gone
from desktop.services.mail.replay import ReplayQueue
from tests.desk import mail
from tests.shelf import LISTED, Shelf

WITHOUT_OTHER = tuple(folder for folder in LISTED if folder.role is not Role.NONE)


def _other_is_gone(shelf: Shelf, how: str) -> None:
    if how == "listed":
        shelf.mirror.folder_list(shelf.account, WITHOUT_OTHER)
    else:
        shelf.mirror.lost(shelf.folder(Role.NONE))


def _waiting(shelf: Shelf) -> list[WaitingOperation]:
    return list(shelf.operations.waiting())


def _assert_nothing_hangs(shelf: Shelf) -> None:
    """No place waits for an operation that is no more, and lists are as derived from nothing."""
    with shelf.database.read() as view:
        hanging = view.all(
            "SELECT key FROM place WHERE (pending_add OR pending_remove OR pending_gone OR pending_folder_key) "
            "AND key NOT IN (SELECT place_key FROM operation_place)"
        )
        orphans = view.all("SELECT key FROM operation WHERE folder_key IS NULL AND NOT parked")
    assert (hanging, orphans) == ([], [])


@pytest.mark.parametrize(
    ("kind", "gone", "elsewhere", "aftermath"),
    [
        ("flags", 2, 0, Aftermath(goes_on=False, is_told=False)),
        ("flags", 2, 1, Aftermath(goes_on=True, is_told=False)),
        ("expunge", 1, 0, Aftermath(goes_on=False, is_told=False)),
        ("move", 1, 0, Aftermath(goes_on=False, is_told=True)),
        ("move", 1, 1, Aftermath(goes_on=True, is_told=True)),
        ("move", 0, 1, Aftermath(goes_on=True, is_told=False)),
        ("move", 0, 0, Aftermath(goes_on=False, is_told=False)),
        ("append", 1, 0, Aftermath(goes_on=False, is_told=True)),
        ("create-folder", 0, 0, Aftermath(goes_on=False, is_told=True)),
        ("rename-folder", 0, 0, Aftermath(goes_on=False, is_told=True)),
        ("delete-folder", 3, 0, Aftermath(goes_on=False, is_told=False)),
        ("subscribe-folder", 0, 0, Aftermath(goes_on=False, is_told=False)),
    ],
)
def test_r14_what_becomes_of_an_operation(kind: str, gone: int, elsewhere: int, aftermath: Aftermath) -> None:
    assert after_folder_is_gone(kind, gone, elsewhere) == aftermath


@pytest.mark.parametrize("how", ["listed", "selected"])
def test_r14_a_move_out_of_a_folder_that_is_gone_is_reported(shelf: Shelf, how: str) -> None:
    shelf.arrive(mail(1), Role.NONE)
    shelf.arrive(mail(2), Role.NONE)
    shelf.do(Verb.ARCHIVE, *shelf.mails(Unified.ALL))

    _other_is_gone(shelf, how)

    [report] = _waiting(shelf)
    assert (report.verb, report.parked, report.can_retry) == ("move", True, False)
    assert (report.folder_path, report.target_path, report.mails) == ("Other", "archive", 2)
    assert "no longer on the server" in report.problem
    shelf.operations.retry(report.key)
    assert shelf.queue.next(shelf.account) is None, "there is nothing to try"
    assert _waiting(shelf) == [report]
    shelf.operations.drop(report.key)
    assert _waiting(shelf) == []
    _assert_nothing_hangs(shelf)


def test_r14_a_mark_on_mails_that_went_with_their_folder_has_no_meaning_any_more(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.NONE)
    shelf.arrive(mail(2), Role.NONE)
    shelf.do(Verb.STAR, *shelf.mails(Unified.ALL))
    shelf.do(Verb.DELETE, shelf.mails(Unified.ALL)[0])

    _other_is_gone(shelf, "listed")

    assert _waiting(shelf) == []
    _assert_nothing_hangs(shelf)


def test_r14_a_mark_on_a_mail_that_was_on_its_way_there_is_still_made(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    shelf.do(Verb.MOVE, key, folder=shelf.folder(Role.NONE).key)
    shelf.do(Verb.STAR, key)

    _other_is_gone(shelf, "listed")

    assert shelf.mails() == [key]
    move, star = _waiting(shelf)
    assert (move.verb, move.target_path) == ("move", "Other")
    assert (star.verb, star.parked, star.folder_path) == ("flags", False, "inbox")
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    shelf.queue.refused(queued, "gone")
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    assert queued.kind == "flags"
    assert list(shelf.queue.targets(queued)) == [shelf.folder().key]
    shelf.queue.flags_stored(queued, queued.place_keys)
    assert shelf.mails(Unified.IMPORTANT) == [key]
    _assert_nothing_hangs(shelf)


def test_r14_a_mail_moved_on_from_a_folder_that_is_gone_goes_where_it_was_to_go(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    shelf.arrive(mail(2), Role.NONE)
    two, one = shelf.mails(Unified.ALL)
    other = shelf.folder(Role.NONE).key
    shelf.do(Verb.MOVE, one, folder=other)
    shelf.do(Verb.MOVE, one, two, folder=shelf.folder(Role.ARCHIVE).key)

    _other_is_gone(shelf, "listed")

    assert shelf.mails(Unified.ARCHIVE) == [one]
    first, on, report = _waiting(shelf)
    assert (on.verb, on.parked, on.mails, on.target_path) == ("move", False, 1, "archive")
    assert (report.parked, report.mails, report.folder_path) == (True, 1, "Other")
    assert not first.parked
    _assert_nothing_hangs(shelf)


def test_r14_a_folder_that_went_last_does_not_hide_where_a_mail_goes_first(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    shelf.do(Verb.ARCHIVE, key)
    shelf.do(Verb.MOVE, key, folder=shelf.folder(Role.NONE).key)

    _other_is_gone(shelf, "listed")

    assert shelf.mails(Unified.ARCHIVE) == [key], "so it is once the first move is done"


def test_r14_a_mail_on_its_way_to_another_account_stays_where_it_was(shelf: Shelf) -> None:
    other = shelf.add("other@example.org")
    shelf.arrive(mail(1), account=other)
    [key] = shelf.mails()
    shelf.do(Verb.MOVE, key, folder=shelf.folder(Role.NONE).key)
    assert len(_waiting(shelf)) == 2

    _other_is_gone(shelf, "selected")

    [report] = _waiting(shelf)
    assert (report.verb, report.parked, report.mails, report.folder_path) == ("append", True, 1, "Other")
    assert shelf.mails() == [key]
    _assert_nothing_hangs(shelf)


def test_r14_a_new_name_for_a_folder_that_is_gone_is_reported(shelf: Shelf) -> None:
    other = shelf.folder(Role.NONE)
    shelf.server_folders.rename(other.key, "Renamed")
    shelf.server_folders.subscribe(other.key, False)
    assert [(o.folder_path, o.target_path) for o in _waiting(shelf)] == [("Other", "Renamed"), ("Renamed", "")]

    _other_is_gone(shelf, "listed")

    [report] = _waiting(shelf)
    assert (report.verb, report.parked, report.problem) == ("rename-folder", True, "This folder is no longer there.")
    assert (report.folder_path, report.target_path) == ("Other", "Renamed")


def test_a_report_goes_when_what_it_is_about_is_taken_back(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.NONE)
    done = shelf.do(Verb.ARCHIVE, *shelf.mails(Unified.ALL))
    _other_is_gone(shelf, "listed")

    shelf.actions.undo(done)

    assert _waiting(shelf) == []


def test_an_account_that_is_removed_takes_its_queue_with_it(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    shelf.do(Verb.STAR, *shelf.mails())
    with shelf.database.write() as work:
        work.run("DELETE FROM mail_account WHERE key = ?", (shelf.account,))

    assert _waiting(shelf) == []


def test_a_folder_is_not_deleted_while_mails_have_to_be_moved_out_of_it(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.NONE)
    shelf.do(Verb.ARCHIVE, *shelf.mails(Unified.ALL))
    move = shelf.queue.next(shelf.account)
    assert move is not None
    shelf.queue.refused(move, "no")
    shelf.server_folders.delete(shelf.folder(Role.NONE).key)
    deletion = shelf.queue.next(shelf.account)
    assert deletion is not None
    assert deletion.kind == "delete-folder"

    assert shelf.queue.must_stay(deletion)

    shelf.operations.drop(move.key)
    assert not ReplayQueue(shelf.database, shelf.blobs).must_stay(deletion)
