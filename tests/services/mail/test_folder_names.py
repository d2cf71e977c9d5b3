"""Names of folders: upper and lower case of every alphabet, parents, and homes for mails."""

from __future__ import annotations

import pytest

from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.operation import Verb
from desktop.services.mail.folders import FolderInvalid
from tests.desk import mail
from tests.shelf import LISTED, Shelf


def _paths(shelf: Shelf) -> list[str]:
    return [folder.path for folder in shelf.views.folder_tree().accounts[0].folders]


def test_a_folder_about_to_be_deleted_plays_no_role(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    archive = shelf.folder(Role.ARCHIVE)
    shelf.server_folders.delete(archive.key)

    shelf.do(Verb.ARCHIVE, *shelf.mails())

    with shelf.database.read() as view:
        targets = view.column("SELECT target_key FROM operation WHERE kind = 'move'")
    assert targets
    assert archive.key not in targets


def test_the_case_of_a_name_can_be_changed(shelf: Shelf) -> None:
    for before, after in (("work", "Work"), ("проекты", "Проекты")):
        key = shelf.server_folders.create(shelf.account, None, before)
        shelf.server_folders.rename(key, after)
        assert after in _paths(shelf)


def test_a_name_that_differs_in_case_alone_is_taken_in_every_alphabet(shelf: Shelf) -> None:
    shelf.server_folders.create(shelf.account, None, "Проекты")
    for name in ("проекты", "ПРОЕКТЫ"):
        with pytest.raises(FolderInvalid, match="There is already a folder"):
            shelf.server_folders.create(shelf.account, None, name)


@pytest.mark.parametrize("how", ["deleted", "renamed", "made and deleted", "made and renamed"])
def test_a_name_that_no_folder_has_any_more_is_free(shelf: Shelf, how: str) -> None:
    old = shelf.folder(Role.NONE).key
    if how.startswith("made"):
        shelf.server_folders.rename(old, "Old")
        old = shelf.server_folders.create(shelf.account, None, "Other")
    if how.endswith("deleted"):
        shelf.server_folders.delete(old)
    else:
        shelf.server_folders.rename(old, "Former")

    new = shelf.server_folders.create(shelf.account, None, "Other")

    assert [node.key for node in shelf.views.folder_tree().accounts[0].folders if node.path == "Other"] == [new]


def test_a_folder_made_where_a_deletion_was_refused_is_that_folder(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.NONE)
    old = shelf.folder(Role.NONE).key
    shelf.server_folders.delete(old)
    deletion = shelf.queue.next(shelf.account)
    assert deletion is not None
    shelf.queue.refused(deletion, "more in it than was told")
    shelf.server_folders.create(shelf.account, None, "Other")
    create = shelf.queue.next(shelf.account)
    assert create is not None

    shelf.queue.folder_done(create, b"Other")

    [node] = [node for node in shelf.views.folder_tree().accounts[0].folders if node.path == "Other"]
    assert (node.key, node.pending) == (old, False)


def test_folders_are_in_the_order_of_the_alphabet_whatever_their_case(shelf: Shelf) -> None:
    names = ("Ящик", "арбуз", "Берег", "ёж", "zebra", "Äpfel", "apple")
    for name in names:
        shelf.server_folders.create(shelf.account, None, name)

    assert [path for path in _paths(shelf) if path in names] == sorted(names, key=str.casefold)


def test_a_folder_lies_below_no_folder_of_another_account(shelf: Shelf) -> None:
    other = shelf.add("b@example.org")
    theirs = shelf.server_folders.create(other, None, "Theirs")
    mine = shelf.server_folders.create(shelf.account, None, "Mine")

    with pytest.raises(FolderInvalid, match="stays in its account"):
        shelf.server_folders.move(mine, theirs)
    with pytest.raises(FolderInvalid, match="stays in its account"):
        shelf.server_folders.create(shelf.account, theirs, "Inside")

    assert "Mine" in _paths(shelf)


def test_a_folder_made_here_and_by_another_program_is_one_with_its_mails(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    mine = shelf.server_folders.create(shelf.account, None, "X")
    shelf.server_folders.watch(mine, True, False)
    shelf.do(Verb.MOVE, *shelf.mails(), folder=mine)
    create = shelf.queue.next(shelf.account)
    assert create is not None
    shelf.mirror.folder_list(shelf.account, [*LISTED, ServerFolder(b"X", "X", "/", Role.NONE)])
    listed = next(folder for folder in shelf.mirror.folders(shelf.account) if folder.wire_name == b"X")
    shelf.fetched(listed, 1, mail(9))
    listed_now = shelf.mirror.folder(listed.key)

    shelf.queue.folder_done(create, b"X")

    [node] = [folder for folder in shelf.views.folder_tree().accounts[0].folders if folder.path == "X"]
    assert not node.pending
    assert node.watched, "what the person chose for his folder stays"
    assert not node.shows_in_inbox
    assert len(shelf.mails(node.key)) == 2
    assert node.counts.total == 2
    merged = shelf.mirror.folder(node.key)
    assert merged is not None
    assert listed_now is not None
    assert merged.uidvalidity == listed_now.uidvalidity, "what is known of the server's folder stays"
    operation = shelf.queue.next(shelf.account)
    assert operation is not None
    assert (operation.kind, operation.target_key) == ("move", node.key)
