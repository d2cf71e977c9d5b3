"""The queue of server operations: done in pieces, dropped, undone when what they were about is gone."""

from __future__ import annotations

from desktop.base import clock
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.operation import Verb
from desktop.store.mail.folders import Folders
from tests.desk import mail
from tests.shelf import LISTED, Shelf


def test_an_operation_over_two_folders_is_over_with_the_second(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    shelf.arrive(mail(2))
    two, one = shelf.mails()
    shelf.do(Verb.READ, one, two)
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    first, second = queued.place_keys

    shelf.queue.flags_stored(queued, [first])
    again = shelf.queue.next(shelf.account)

    assert again is not None, "a kill between the two folders loses nothing"
    assert (again.key, again.place_keys) == (queued.key, (second,))
    assert shelf.views.counts([Unified.INBOX])[Unified.INBOX].unread == 0
    shelf.queue.flags_stored(queued, [second])
    assert shelf.queue.next(shelf.account) is None
    assert shelf.views.counts([Unified.INBOX])[Unified.INBOX].unread == 0


def test_undo_passes_over_mails_the_server_lost_meanwhile(shelf: Shelf) -> None:
    uids = [shelf.arrive(mail(1)), shelf.arrive(mail(2))]
    two, one = shelf.mails()
    done = shelf.do(Verb.READ, one, two)
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    shelf.queue.begin(queued)
    shelf.queue.flags_stored(queued, queued.place_keys)
    shelf.mirror.vanished(shelf.folder(), 0, uids[:1])

    shelf.actions.undo(done)

    [waiting] = shelf.operations.waiting()
    assert (waiting.verb, waiting.mails) == ("flags", 1)
    assert shelf.views.counts([Unified.INBOX])[Unified.INBOX].unread == 1


def test_undo_passes_over_a_folder_that_is_gone(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.NONE)
    [key] = shelf.mails(Unified.ALL)
    done = shelf.do(Verb.TRASH, key)
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    shelf.queue.begin(queued)
    shelf.queue.moved(queued, shelf.queue.folder(queued.target_key), dict.fromkeys(queued.place_keys, 7), 0)  # type: ignore[arg-type]
    shelf.mirror.lost(shelf.folder(Role.NONE))

    shelf.actions.undo(done)

    assert shelf.mails(Unified.TRASH) == [key]
    assert shelf.operations.waiting() == ()


def test_a_deletion_of_a_folder_that_is_given_up_shows_folder_and_mails_again(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.NONE)
    shelf.arrive(mail(2), Role.NONE)
    two, one = shelf.mails(Unified.ALL)
    other = shelf.folder(Role.NONE)
    shelf.do(Verb.ARCHIVE, two, folder=None)
    shelf.do(Verb.MOVE, two, folder=shelf.folder(Role.ARCHIVE).key)
    shelf.server_folders.delete(other.key)
    assert shelf.mails(Unified.ALL) == [two], "what was moved out before is not deleted"

    shelf.mirror.folder_list(shelf.account, LISTED)
    assert "Other" not in [f.path for f in shelf.views.folder_tree().accounts[0].folders]
    [deletion] = [o for o in shelf.operations.waiting() if o.verb == "delete-folder"]
    assert deletion.mails == 1
    shelf.do(Verb.STAR, two)
    shelf.operations.drop(deletion.key)

    assert shelf.mails(Unified.ALL) == [two, one]
    assert shelf.mails(other.key) == [one]
    assert "Other" in [f.path for f in shelf.views.folder_tree().accounts[0].folders]


def test_a_folder_that_could_not_be_made_goes_when_that_is_given_up(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    new = shelf.server_folders.create(shelf.account, None, "New")
    shelf.do(Verb.MOVE, key, folder=new)
    creation, _move = shelf.operations.waiting()

    shelf.operations.drop(creation.key)

    assert "New" not in [f.path for f in shelf.views.folder_tree().accounts[0].folders]
    assert shelf.mails() == [key]


def test_a_folder_whose_new_name_is_given_up_has_its_old_one(shelf: Shelf) -> None:
    other = shelf.folder(Role.NONE)
    child = shelf.server_folders.create(shelf.account, other.key, "Child")
    shelf.server_folders.rename(other.key, "Renamed")
    paths = {f.key: f.path for f in shelf.views.folder_tree().accounts[0].folders}
    assert (paths[other.key], paths[child]) == ("Renamed", "Renamed/Child")
    [renaming] = [o for o in shelf.operations.waiting() if o.verb == "rename-folder"]

    shelf.operations.drop(renaming.key)

    paths = {f.key: f.path for f in shelf.views.folder_tree().accounts[0].folders}
    assert (paths[other.key], paths[child]) == ("Other", "Other/Child")


def test_an_archive_folder_without_its_role_is_used_and_not_made_again(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    archive = shelf.folder(Role.ARCHIVE)
    shelf.server_folders.set_role(archive.key, Role.NONE)

    shelf.do(Verb.ARCHIVE, *shelf.mails())

    assert [o.verb for o in shelf.operations.waiting()] == ["move"]
    assert shelf.subjects(archive.key) == ["Mail 1"]
    assert shelf.subjects(Unified.ARCHIVE) == ["Mail 1"]


def test_r08_an_operation_that_waits_is_not_held_back_by_a_clock_that_was_set_back(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    shelf.do(Verb.READ, *shelf.mails())
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    shelf.queue.postponed(queued, clock.now() + 60_000, "later")
    assert shelf.queue.next(shelf.account) is None

    with clock.frozen(clock.now() - 86_400_000):
        assert shelf.queue.next(shelf.account) is not None


def test_one_folder_is_read_as_it_stands_in_the_tree(shelf: Shelf) -> None:
    child = shelf.server_folders.create(shelf.account, shelf.folder(Role.NONE).key, "Child")
    shelf.server_folders.create(shelf.account, child, "Grandchild")
    shelf.arrive(mail(1), Role.NONE)

    with shelf.database.read() as view:
        folders = Folders(view)
        assert [folders.get(node.key) for node in folders.nodes()] == folders.nodes()
        assert folders.get(12345) is None
