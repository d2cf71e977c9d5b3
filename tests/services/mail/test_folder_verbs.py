"""Verbs on folders: what is told before one is deleted, what stays when more came in, and how each is taken back."""

from __future__ import annotations

import pytest

from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.listing import FolderContents, FolderNode
from desktop.domain.mail.operation import Verb
from desktop.services.mail.folders import FolderInvalid
from tests.desk import mail
from tests.shelf import LISTED, Shelf


def _tree(shelf: Shelf) -> dict[str, FolderNode]:
    return {folder.path: folder for folder in shelf.views.folder_tree().accounts[0].folders}


def _verbs(shelf: Shelf) -> list[str]:
    return [operation.verb for operation in shelf.operations.waiting()]


def _synced(shelf: Shelf, role: Role = Role.NONE) -> None:
    folder = shelf.folder(role)
    count = len(shelf.mails(folder.key))
    shelf.mirror.progress(folder, uidvalidity=0, uidnext=count + 1, server_total=count)
    shelf.mirror.complete(folder, 0)


# what is told before


def test_a_folder_that_was_never_fetched_is_not_said_to_be_empty(shelf: Shelf) -> None:
    assert shelf.server_folders.contents(_tree(shelf)["Other"].key) == FolderContents(0, None, False)


def test_the_server_says_how_many_mails_are_in_a_folder_that_was_never_fetched(shelf: Shelf) -> None:
    shelf.mirror.folder_list(shelf.account, LISTED, totals={b"Other": 7, b"archive": 0})

    assert shelf.server_folders.contents(_tree(shelf)["Other"].key) == FolderContents(0, 7, False)
    assert shelf.server_folders.contents(_tree(shelf)["archive"].key) == FolderContents(0, 0, False)
    assert shelf.server_folders.contents(_tree(shelf)["junk"].key).mails is None


def test_of_a_folder_fetched_whole_the_number_is_told_and_of_those_below_it(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.NONE)
    shelf.arrive(mail(2), Role.NONE)
    _synced(shelf)
    other = _tree(shelf)["Other"].key
    inner = shelf.server_folders.create(shelf.account, other, "Inner")
    shelf.arrive(mail(3))
    shelf.do(Verb.MOVE, *shelf.mails(), folder=inner)

    assert shelf.server_folders.contents(other) == FolderContents(1, 3, True)


def test_a_folder_goes_with_those_below_it_the_deepest_first(shelf: Shelf) -> None:
    other = _tree(shelf)["Other"].key
    inner = shelf.server_folders.create(shelf.account, other, "Inner")
    shelf.server_folders.create(shelf.account, inner, "Deep")
    near = shelf.server_folders.create(shelf.account, None, "Other things")

    shelf.server_folders.delete(other, shelf.server_folders.contents(other))

    going = [o.folder_path for o in shelf.operations.waiting() if o.verb == "delete-folder"]
    assert going == ["Other/Inner/Deep", "Other/Inner", "Other"]
    assert {path for path in _tree(shelf) if path.startswith("Other")} == {"Other things"}
    assert near in {folder.key for folder in _tree(shelf).values()}


def test_a_folder_into_which_mail_came_after_the_question_stays(shelf: Shelf) -> None:
    _synced(shelf)
    other = _tree(shelf)["Other"].key
    said = shelf.server_folders.contents(other)
    shelf.arrive(mail(1), Role.NONE)

    with pytest.raises(FolderInvalid, match="not deleted"):
        shelf.server_folders.delete(other, said)

    assert said == FolderContents(0, 0, True)
    assert "Other" in _tree(shelf)
    assert shelf.operations.waiting() == ()


def test_a_folder_made_below_after_the_question_keeps_both(shelf: Shelf) -> None:
    other = _tree(shelf)["Other"].key
    said = shelf.server_folders.contents(other)
    shelf.server_folders.create(shelf.account, other, "Inner")

    with pytest.raises(FolderInvalid):
        shelf.server_folders.delete(other, said)

    assert {"Other", "Other/Inner"} <= _tree(shelf).keys()


def test_mails_are_not_archived_into_a_folder_that_goes(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    shelf.server_folders.delete(_tree(shelf)["archive"].key)

    shelf.do(Verb.ARCHIVE, *shelf.mails())

    [home] = [folder for folder in _tree(shelf).values() if folder.role is Role.ARCHIVE]
    assert home.pending
    assert len(shelf.mails(home.key)) == 1


def _server_does(shelf: Shelf, wire_name: bytes) -> None:
    """Let the server do the next operation, which is about a folder."""
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    shelf.queue.begin(queued)
    shelf.queue.folder_done(queued, wire_name)


def test_a_folder_renamed_and_then_deleted_is_not_back_between_the_two(shelf: Shelf) -> None:
    other = _tree(shelf)["Other"].key
    shelf.server_folders.rename(other, "Renamed")
    shelf.server_folders.delete(other)

    _server_does(shelf, b"Renamed")

    assert not {"Other", "Renamed"} & _tree(shelf).keys()
    assert _verbs(shelf) == ["delete-folder"]


def test_a_folder_deleted_before_it_was_made_goes_when_its_creation_is_given_up(shelf: Shelf) -> None:
    shelf.server_folders.delete(shelf.server_folders.create(shelf.account, None, "New"))
    creation, *_deletion = shelf.operations.waiting()

    shelf.operations.drop(creation.key)

    assert "New" not in _tree(shelf)
    assert shelf.operations.waiting() == ()


def test_a_new_folder_whose_deletion_is_given_up_is_made_all_the_same(shelf: Shelf) -> None:
    new = shelf.server_folders.create(shelf.account, None, "New")
    shelf.server_folders.delete(new)
    [deletion] = [operation for operation in shelf.operations.waiting() if operation.verb == "delete-folder"]
    shelf.operations.drop(deletion.key)

    shelf.mirror.folder_list(shelf.account, LISTED)

    assert _tree(shelf)["New"].pending
    _server_does(shelf, b"New")
    assert not _tree(shelf)["New"].pending


# taking back


def test_the_creation_of_a_folder_is_withdrawn(shelf: Shelf) -> None:
    key = shelf.server_folders.create(shelf.account, None, "New")

    shelf.server_folders.uncreate(key)

    assert "New" not in _tree(shelf)
    assert shelf.operations.waiting() == ()


@pytest.mark.parametrize("totals", [{b"New": 0}, {}], ids=["counted", "not counted"])
def test_a_folder_that_the_server_has_made_is_deleted_again_while_it_is_empty(
    shelf: Shelf, totals: dict[bytes, int]
) -> None:
    key = shelf.server_folders.create(shelf.account, None, "New")
    creation = shelf.queue.next(shelf.account)
    assert creation is not None
    shelf.queue.begin(creation)
    shelf.queue.folder_done(creation, b"New")
    shelf.mirror.folder_list(shelf.account, (*LISTED, ServerFolder(b"New", "New", "/")), totals=totals)

    shelf.server_folders.uncreate(key)

    assert "New" not in _tree(shelf)
    deletion = shelf.queue.next(shelf.account)
    assert deletion is not None
    assert (deletion.kind, deletion.argument["mails"]) == ("delete-folder", 0)


def test_a_new_folder_that_holds_something_by_now_stays(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    filled = shelf.server_folders.create(shelf.account, None, "Filled")
    shelf.do(Verb.MOVE, *shelf.mails(), folder=filled)
    above = shelf.server_folders.create(shelf.account, None, "Above")
    shelf.server_folders.create(shelf.account, above, "Below")

    for key in (filled, above):
        with pytest.raises(FolderInvalid, match="no longer empty"):
            shelf.server_folders.uncreate(key)

    assert {"Filled", "Above", "Above/Below"} <= _tree(shelf).keys()
    assert len(shelf.mails(filled)) == 1


def test_a_new_name_and_a_new_place_are_taken_back(shelf: Shelf) -> None:
    other = _tree(shelf)["Other"]
    shelf.server_folders.create(shelf.account, other.key, "Inner")
    inner = _tree(shelf)["Other/Inner"]
    renamed = shelf.server_folders.rename(other.key, "Renamed")
    moved = shelf.server_folders.move(inner.key, None)
    assert renamed is not None
    assert moved is not None
    assert {"Renamed", "Inner"} <= _tree(shelf).keys()

    moved()
    assert "Renamed/Inner" in _tree(shelf)
    renamed()

    assert {"Other", "Other/Inner"} <= _tree(shelf).keys()
    assert _verbs(shelf) == ["create-folder"], "what had not begun was withdrawn"


def test_a_new_name_the_server_knows_already_is_given_back_to_it(shelf: Shelf) -> None:
    other = _tree(shelf)["Other"]
    back = shelf.server_folders.rename(other.key, "Renamed")
    renaming = shelf.queue.next(shelf.account)
    assert back is not None
    assert renaming is not None
    shelf.queue.begin(renaming)
    shelf.queue.folder_done(renaming, b"Renamed")

    back()

    again = shelf.queue.next(shelf.account)
    assert "Other" in _tree(shelf)
    assert again is not None
    assert (again.kind, again.argument) == ("rename-folder", {"from": "Renamed", "path": "Other"})


def test_subscription_watching_and_use_are_taken_back(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.NONE)
    before = _tree(shelf)
    other, archive = before["Other"], before["archive"]
    back = [
        shelf.server_folders.subscribe(other.key, False),
        shelf.server_folders.watch(other.key, True, True),
        shelf.server_folders.set_role(other.key, Role.ARCHIVE),
    ]
    between = _tree(shelf)
    assert not between["Other"].subscribed
    assert between["Other"].watched
    assert not between["Other"].shows_in_inbox
    assert (between["Other"].role, between["archive"].role) == (Role.ARCHIVE, Role.NONE)
    assert shelf.mails() == [], "its mail stands in the Archive"

    for step in reversed(back):
        assert step is not None
        step()

    after = _tree(shelf)
    assert (after["Other"], after["archive"]) == (other, archive)
    assert shelf.mails() == []
    assert shelf.operations.waiting() == ()


def test_what_changes_nothing_is_not_told(shelf: Shelf) -> None:
    other = _tree(shelf)["Other"]

    assert shelf.server_folders.rename(other.key, "Other") is None
    assert shelf.server_folders.subscribe(other.key, other.subscribed) is None
