"""Verbs on folders with many mails: the lists follow in portions, after a kill too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.operation import Verb
from desktop.services.mail import whole_folders
from desktop.services.mail.ingest import look_again
from desktop.services.mail.upkeep import Upkeep
from desktop.store.database import DatabaseBusy, UnitOfWork
from desktop.store.mail.folders import FolderWriter
from desktop.store.mail.listings import ListingWriter
from desktop.store.space import Space
from tests.desk import mail
from tests.shelf import Shelf

MAILS = 8


@pytest.fixture
def full(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.setattr(whole_folders, "PORTION", 3)
    for number in range(1, MAILS + 1):
        shelf.arrive(mail(number), Role.NONE)
    return shelf


def _portions(shelf: Shelf) -> list[int]:
    portions: list[int] = []
    shelf.database._bus.subscribe(events.MessagesChanged, lambda event: portions.append(len(event.keys)))
    return portions


def _assert_nothing_is_behind(shelf: Shelf) -> None:
    with shelf.database.write() as work:
        kept = work.all("SELECT * FROM listing_entry ORDER BY list_id, email_key")
        ListingWriter(work).rebuild()
        assert kept == work.all("SELECT * FROM listing_entry ORDER BY list_id, email_key")
        assert work.value("SELECT count(*) FROM setting WHERE name LIKE 'folder-behind%'") == 0


def test_a_large_folder_that_is_watched_comes_into_the_inbox_in_portions(full: Shelf) -> None:
    portions = _portions(full)

    full.server_folders.watch(full.folder(Role.NONE).key, True)

    assert portions == [3, 3, 2]
    assert len(full.mails()) == MAILS
    full.server_folders.watch(full.folder(Role.NONE).key, False)
    assert full.mails() == []
    _assert_nothing_is_behind(full)


def test_the_mails_of_a_folder_follow_its_new_role_in_portions(full: Shelf) -> None:
    portions = _portions(full)

    full.server_folders.set_role(full.folder(Role.NONE).key, Role.TRASH)

    assert portions == [3, 3, 2]
    assert len(full.mails(Unified.TRASH)) == MAILS
    _assert_nothing_is_behind(full)


def test_the_mails_of_a_folder_that_is_deleted_leave_in_portions(full: Shelf) -> None:
    portions = _portions(full)

    full.server_folders.delete(full.folder(Role.NONE).key)

    assert portions == [3, 3, 2]
    assert full.mails(Unified.ALL) == []
    _assert_nothing_is_behind(full)


def test_the_mails_of_a_folder_that_is_gone_leave_in_portions(full: Shelf) -> None:
    full.do(Verb.ARCHIVE, full.mails(Unified.ALL)[0])
    folder = full.folder(Role.NONE)
    portions = _portions(full)

    full.mirror.lost(folder)

    assert portions == [1, 3, 3, 1], "the one that was to be moved out is seen to at once"
    assert full.mails(Unified.ALL) == []
    _assert_nothing_is_behind(full)
    with full.database.read() as view:
        assert view.value("SELECT count(*) FROM listing_count WHERE list_id = ?", (folder.key,)) == 0


def test_the_mails_of_a_folder_whose_deletion_is_given_up_are_back_in_portions(full: Shelf) -> None:
    full.server_folders.delete(full.folder(Role.NONE).key)
    [deletion] = full.operations.waiting()
    portions = _portions(full)

    full.operations.drop(deletion.key)

    assert portions == [3, 3, 2]
    assert len(full.mails(Unified.ALL)) == MAILS
    _assert_nothing_is_behind(full)


def test_a_mail_that_never_came_into_a_folder_is_back_too_when_its_deletion_is_given_up(full: Shelf) -> None:
    full.arrive(mail(20))
    [key] = full.mails()
    folder = full.folder(Role.NONE).key
    full.do(Verb.MOVE, key, folder=folder)
    full.server_folders.delete(folder)
    move, deletion = full.operations.waiting()
    full.operations.drop(move.key)

    full.operations.drop(deletion.key)

    assert full.mails() == [key]
    _assert_nothing_is_behind(full)


def test_nothing_is_left_to_do_when_the_server_has_deleted_a_folder(full: Shelf) -> None:
    full.server_folders.delete(full.folder(Role.NONE).key)
    deletion = full.queue.next(full.account)
    assert deletion is not None
    portions = _portions(full)

    full.queue.folder_done(deletion)

    assert portions == []
    assert full.mails(Unified.ALL) == []
    _assert_nothing_is_behind(full)


def test_the_mails_of_an_account_that_becomes_archive_only_follow_in_portions(full: Shelf) -> None:
    keys = full.mails(Unified.ALL)
    for key in keys:
        full.do(Verb.STAR, key)
    portions = _portions(full)

    full.become(Mode.ARCHIVE_ONLY)

    assert portions == [3, 3, 2]
    assert full.operations.waiting() == ()
    _assert_nothing_is_behind(full)


def test_lists_left_behind_by_a_kill_follow_with_the_next_upkeep(full: Shelf, tmp_path: Path) -> None:
    with full.database.write() as work:
        work.run(
            "CREATE TRIGGER stopped BEFORE INSERT ON listing_entry WHEN new.list_id = -1 AND "
            "(SELECT count(*) FROM listing_entry WHERE list_id = -1) >= 3 "
            "BEGIN SELECT RAISE(ABORT, 'database is locked'); END"
        )
    folder = full.folder(Role.NONE).key
    with pytest.raises(DatabaseBusy):
        full.server_folders.watch(folder, True)
    assert 0 < len(full.mails()) < MAILS
    with full.database.write() as work:
        work.run("DROP TRIGGER stopped")

    Upkeep(full.database, full.blobs, full.ingest, Space(tmp_path), tmp_path / "backup").run()

    assert len(full.mails()) == MAILS
    _assert_nothing_is_behind(full)


def test_a_note_that_was_left_again_meanwhile_stays(full: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verb may come between the last portion and the end of a catching up that did not see it."""
    key = full.folder(Role.NONE).key
    portions: list[int] = []

    def watched_meanwhile(work: UnitOfWork, keys: Sequence[int]) -> None:
        look_again(work, keys)
        portions.append(len(keys))
        if sum(portions) == MAILS:
            FolderWriter(work).set(key, watched=1, shows_in_inbox=1)
            whole_folders.note_behind(work, key)

    with full.database.write() as work:
        whole_folders.note_behind(work, key)
    with monkeypatch.context() as patched:
        patched.setattr(whole_folders, "look_again", watched_meanwhile)
        whole_folders.catch_up(full.database)

    whole_folders.catch_up(full.database)

    assert len(full.mails()) == MAILS
    _assert_nothing_is_behind(full)
