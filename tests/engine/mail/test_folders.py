"""Folders on a real server: deleting no more than was told, and making the folder a role wants."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.listing import FolderContents
from desktop.domain.mail.operation import Verb
from desktop.net import errors
from desktop.net.mail.imap.session import Session
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot


def _listed(dovecot: Dovecot, user: str) -> list[str]:
    return dovecot.doveadm("mailbox", "list", "-u", user).split("\n")


def _subscribed(dovecot: Dovecot, user: str) -> set[str]:
    return set(dovecot.doveadm("mailbox", "list", "-s", "-u", user).split("\n"))


def _subscribe(dovecot: Dovecot, user: str, *paths: str) -> None:
    dovecot.doveadm("mailbox", "subscribe", "-u", user, *paths)


def _opened(desk: Desk, path: str) -> int:
    """Fetch a folder as if a person had opened it; returns its key."""
    key = desk.folder(path).key
    with desk.core.database.write() as work:
        work.run("UPDATE folder SET opened = 1 WHERE key = ?", (key,))
    desk.sync()
    return key


def test_a_folder_nobody_opened_is_known_by_its_number(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1), mail(2)], "Old")
    dovecot.maildir(imap_user, "Empty")
    desk.add(dovecot, imap_user)
    desk.sync()
    folders = desk.core.services.folders

    assert folders.contents(desk.folder("Old").key) == FolderContents(0, 2, False)
    assert folders.contents(desk.folder("Empty").key) == FolderContents(0, 0, False)


def test_mail_that_came_after_the_question_keeps_a_folder(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1)], "Old")
    desk.add(dovecot, imap_user)
    desk.sync()
    key = desk.folder("Old").key
    folders = desk.core.services.folders
    folders.delete(key, folders.contents(key))
    dovecot.deliver(imap_user, [mail(2)], "Old")

    desk.sync()

    assert "Old" in _listed(dovecot, imap_user)
    [waiting] = desk.core.services.operations.waiting()
    assert waiting.parked
    assert "2 mails" in waiting.problem
    desk.core.services.operations.drop(waiting.key)
    assert desk.folder("Old").key == key


def test_mail_that_came_in_place_of_another_keeps_a_folder_too(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1)], "Old")
    desk.add(dovecot, imap_user)
    desk.sync()
    key = _opened(desk, "Old")
    folders = desk.core.services.folders
    said = folders.contents(key)
    folders.delete(key, said)
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "Old", "all")
    dovecot.deliver(imap_user, [mail(2)], "Old")

    desk.sync()

    assert said == FolderContents(0, 1, True)
    assert "Old" in _listed(dovecot, imap_user)


def test_what_was_told_goes_with_the_folders_below(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1), mail(2)], "Old")
    dovecot.deliver(imap_user, [mail(3)], "Old/Older")
    dovecot.deliver(imap_user, [mail(4)])
    desk.add(dovecot, imap_user)
    desk.sync()
    _opened(desk, "Old")
    _opened(desk, "Old/Older")
    key = desk.folder("Old").key
    desk.do(Verb.MOVE, *desk.mails(), folder=key)  # not on the server yet
    folders = desk.core.services.folders
    said = folders.contents(key)

    folders.delete(key, said)
    desk.sync()

    assert said == FolderContents(1, 4, True)
    assert [name for name in _listed(dovecot, imap_user) if name.startswith("Old")] == []
    assert desk.mails(Unified.ALL) == []
    assert desk.core.services.operations.waiting() == ()


def test_a_folder_made_and_taken_back_is_gone_from_the_server(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    account = desk.add(dovecot, imap_user)
    desk.sync()
    folders = desk.core.services.folders
    empty, filled = (folders.create(account.key, None, name) for name in ("Empty", "Filled"))
    desk.sync()
    dovecot.deliver(imap_user, [mail(1)], "Filled")

    for key in (empty, filled):
        folders.uncreate(key)
    desk.sync()

    assert "Empty" not in _listed(dovecot, imap_user)
    assert "Filled" in _listed(dovecot, imap_user), "another program put a mail into it"
    assert [o.parked for o in desk.core.services.operations.waiting()] == [True]


def test_a_renamed_folder_and_those_below_stay_subscribed_by_their_new_names(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    for path in ("Old", "Old/One", "Old/Two", "Older"):
        dovecot.maildir(imap_user, path)
    _subscribe(dovecot, imap_user, "Old", "Old/One", "Older")
    desk.add(dovecot, imap_user)
    desk.sync()

    back = desk.core.services.folders.rename(desk.folder("Old").key, "New")
    desk.sync()
    renamed = _subscribed(dovecot, imap_user)
    shown = {path: desk.folder(path).subscribed for path in ("New", "New/One", "New/Two", "Older")}
    assert back is not None
    back()
    desk.sync()

    names = {"Old", "Old/One", "Old/Two", "Older", "New", "New/One", "New/Two"}
    assert renamed & names == {"New", "New/One", "Older"}
    assert shown == {"New": True, "New/One": True, "New/Two": False, "Older": True}
    assert _subscribed(dovecot, imap_user) & names == {"Old", "Old/One", "Older"}
    assert desk.core.services.operations.waiting() == ()


def test_a_deleted_folder_and_those_below_are_subscribed_no_longer(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    for path in ("Old", "Old/One", "Older"):
        dovecot.maildir(imap_user, path)
    _subscribe(dovecot, imap_user, "Old", "Old/One", "Older")
    account = desk.add(dovecot, imap_user)
    desk.sync()
    folders = desk.core.services.folders
    made = folders.create(account.key, None, "Made")
    desk.sync()
    assert "Made" in _subscribed(dovecot, imap_user)

    folders.delete(desk.folder("Old").key)
    folders.uncreate(made)
    desk.sync()

    assert _subscribed(dovecot, imap_user) & {"Old", "Old/One", "Older", "Made"} == {"Older"}
    assert desk.core.services.operations.waiting() == ()


def test_a_rename_and_a_deletion_are_done_although_the_server_keeps_its_subscriptions(
    desk: Desk, dovecot: Dovecot, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("Old", "Gone"):
        dovecot.maildir(imap_user, path)
    _subscribe(dovecot, imap_user, "Old", "Gone")
    desk.add(dovecot, imap_user)
    desk.sync()
    asked: list[bytes] = []

    def refuse(_session: Session, wire_name: bytes) -> None:
        asked.append(wire_name)
        raise errors.ServerRefused("no subscriptions here")

    monkeypatch.setattr(Session, "subscribe", refuse)
    monkeypatch.setattr(Session, "unsubscribe", refuse)

    desk.core.services.folders.rename(desk.folder("Old").key, "New")
    desk.core.services.folders.delete(desk.folder("Gone").key)
    desk.sync()

    assert sorted(asked) == [b"Gone", b"New", b"Old"]
    listed = _listed(dovecot, imap_user)
    assert ("New" in listed, "Gone" in listed) == (True, False)
    assert desk.core.services.operations.waiting() == ()


@pytest.mark.parametrize("verb", [Verb.ARCHIVE, Verb.JUNK, Verb.TRASH])
def test_the_folder_a_verb_needs_is_made_subscribed_and_keeps_its_use(
    desk: Desk, dovecot_with: Callable[..., Dovecot], verb: Verb
) -> None:
    server = dovecot_with(special=("Sent",))
    user = server.new_user()
    server.deliver(user, [mail(1)])
    desk.add(server, user)
    desk.sync()
    role = Role(verb.value)
    name = role.value.capitalize()
    assert name not in _listed(server, user)

    desk.do(verb, *desk.mails())
    desk.sync()
    desk.sync()

    home = desk.folder(role)
    assert (home.path, home.pending, home.subscribed) == (name, False, True)
    assert desk.subjects(home.key) == ["Mail 1"]
    assert name in server.doveadm("mailbox", "list", "-s", "-u", user).split("\n")
    assert desk.core.services.operations.waiting() == ()


def test_a_name_that_holds_folders_only_is_left_to_them(desk: Desk, dovecot_with: Callable[..., Dovecot]) -> None:
    server = dovecot_with(special=("Sent",))
    user = server.new_user()
    server.deliver(user, [mail(1)])
    server.maildir(user, "Archive/2024")
    desk.add(server, user)
    desk.sync()
    assert not desk.folder("Archive").selectable

    desk.do(Verb.ARCHIVE, *desk.mails())
    desk.sync()

    home = desk.folder(Role.ARCHIVE)
    assert desk.subjects(home.key) == ["Mail 1"]
    assert desk.core.services.operations.waiting() == ()
