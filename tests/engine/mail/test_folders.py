"""Folders on a real server: deleting no more than was told, and making the folder a role wants."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.listing import FolderContents
from desktop.domain.mail.operation import Verb
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot


def _listed(dovecot: Dovecot, user: str) -> list[str]:
    return dovecot.doveadm("mailbox", "list", "-u", user).split("\n")


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
