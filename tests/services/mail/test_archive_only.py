"""Accounts that are only archived: no verb of folders or mails ever queues a change of their servers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.base.errors import Bug
from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.operation import Verb
from desktop.services.mail.folders import FolderInvalid
from desktop.store.mail.operations import OperationWriter
from tests.desk import mail
from tests.shelf import Shelf


@pytest.mark.parametrize(
    "verb",
    [
        lambda folders, key: folders.create(key.account_key, None, "New"),
        lambda folders, key: folders.rename(key.key, "New"),
        lambda folders, key: folders.move(key.key, None),
        lambda folders, key: folders.delete(key.key),
        lambda folders, key: folders.subscribe(key.key, False),
    ],
    ids=["create", "rename", "move", "delete", "subscribe"],
)
def test_no_verb_changes_the_folders_of_a_server_that_is_only_archived(
    shelf: Shelf, verb: Callable[..., object]
) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    before = shelf.views.folder_tree()

    with pytest.raises(FolderInvalid, match=r"^me@example\.org is archived only: Rapport changes nothing"):
        verb(shelf.server_folders, shelf.folder(Role.NONE))

    assert shelf.queue.next(shelf.account) is None
    assert shelf.views.folder_tree() == before


def test_what_concerns_this_computer_alone_can_be_set(shelf: Shelf) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    other = shelf.folder(Role.NONE)

    shelf.server_folders.watch(other.key, True)
    shelf.server_folders.set_role(other.key, Role.ARCHIVE)

    assert shelf.queue.next(shelf.account) is None
    assert shelf.folder(Role.ARCHIVE).key == other.key


def test_no_mail_is_moved_to_an_account_that_is_only_archived(shelf: Shelf) -> None:
    archive = shelf.add("b@example.org", Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1))

    with pytest.raises(FolderInvalid, match=r"^b@example\.org is archived only"):
        shelf.do(Verb.MOVE, *shelf.mails(), folder=shelf.folder(Role.NONE, archive).key)

    assert shelf.queue.next(archive) is None
    assert shelf.queue.next(shelf.account) is None
    assert len(shelf.mails()) == 1


def test_no_mail_is_moved_inside_an_account_that_is_only_archived(shelf: Shelf) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1))

    with pytest.raises(FolderInvalid, match="archived only"):
        shelf.do(Verb.MOVE, *shelf.mails(), folder=shelf.folder(Role.NONE).key)

    assert len(shelf.mails()) == 1


def test_undo_queues_nothing_for_an_account_that_has_become_an_archive(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    done = shelf.do(Verb.READ, *shelf.mails())
    operation = shelf.queue.next(shelf.account)
    assert operation is not None
    shelf.queue.begin(operation)
    shelf.become(Mode.ARCHIVE_ONLY)

    shelf.actions.undo(done)

    assert shelf.queue.next(shelf.account) is None


def test_the_queue_itself_refuses_a_change_of_an_archived_server(shelf: Shelf) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    folder = shelf.folder()

    with pytest.raises(Bug), shelf.database.write() as work:
        OperationWriter(work).queue_folder(shelf.account, "subscribe-folder", folder.key, {"on": True})

    assert shelf.queue.next(shelf.account) is None


def test_an_archive_that_becomes_two_way_takes_changes_again(shelf: Shelf) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    shelf.accounts.edit(replace(shelf.accounts.get(shelf.account), mode=Mode.TWO_WAY))

    shelf.server_folders.create(shelf.account, None, "New")

    operation = shelf.queue.next(shelf.account)
    assert operation is not None
    assert operation.kind == "create-folder"
