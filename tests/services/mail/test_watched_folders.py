"""Which folders a person has watched, and which of them fill the unified Inbox."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.app.core import Core, build_core
from desktop.base.paths import Profile
from desktop.domain.mail.folder import Role, ServerFolder, Unified
from desktop.domain.mail.listing import FolderNode
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.operation import Verb
from tests.desk import mail
from tests.shelf import Shelf

LISTED = tuple(
    ServerFolder(path.encode(), path, "/", role)
    for path, role in (
        ("INBOX", Role.INBOX),
        ("Archive", Role.ARCHIVE),
        ("Trash", Role.TRASH),
        ("Junk", Role.JUNK),
        ("Drafts", Role.DRAFTS),
        ("Sent", Role.SENT),
        ("Lists", Role.NONE),
    )
)


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    made = build_core(Profile(tmp_path / "profile"), lambda _new: "a passphrase of tests")
    yield made
    made.close()


def _folders(core: Core) -> dict[str, FolderNode]:
    (account,) = core.services.views.folder_tree().accounts
    return {folder.path: folder for folder in account.folders}


def _added(core: Core, *watched: str) -> MailAccount:
    account = MailAccount(
        id=uuid.uuid4(), address="jan@firm.example", imap=Endpoint("127.0.0.1", 1, Security.PLAIN, "jan")
    )
    return core.services.accounts.add(account, None, folders=LISTED, watched=watched)


def test_a_watched_special_folder_does_not_fill_the_inbox(core: Core) -> None:
    _added(core, *(folder.path for folder in LISTED))

    folders = _folders(core)

    assert all(folder.watched for folder in folders.values())
    assert {path for path, folder in folders.items() if folder.shows_in_inbox} == {"INBOX", "Lists"}


@pytest.mark.parametrize("how", ["chosen with the account", "chosen of the folder", "made by a verb"])
def test_a_folder_that_becomes_a_special_one_leaves_the_inbox(shelf: Shelf, how: str) -> None:
    other = shelf.folder(Role.NONE)
    shelf.server_folders.watch(other.key, True)
    shelf.arrive(mail(1), Role.NONE)
    shelf.arrive(mail(2))
    two, one = shelf.mails()
    if how == "chosen with the account":
        shelf.accounts.edit(shelf.accounts.get(shelf.account), roles={Role.ARCHIVE: other.path})
    elif how == "chosen of the folder":
        shelf.server_folders.set_role(other.key, Role.ARCHIVE)
    else:
        archive = shelf.folder(Role.ARCHIVE)
        shelf.server_folders.set_role(archive.key, Role.NONE)
        shelf.server_folders.watch(archive.key, True)

    shelf.do(Verb.ARCHIVE, two)

    assert two not in shelf.mails()
    assert shelf.mails(Unified.ARCHIVE) == ([two, one] if how != "made by a verb" else [two])


def test_a_role_that_is_chosen_with_the_account_decides_over_watching(core: Core) -> None:
    account = MailAccount(
        id=uuid.uuid4(), address="jan@firm.example", imap=Endpoint("127.0.0.1", 1, Security.PLAIN, "jan")
    )
    core.services.accounts.add(account, None, folders=LISTED, watched=("INBOX", "Lists"), roles={Role.ARCHIVE: "Lists"})

    assert _folders(core)["Lists"].watched
    assert not _folders(core)["Lists"].shows_in_inbox


def test_a_role_taken_back_puts_the_folder_into_the_inbox_again(shelf: Shelf) -> None:
    other = shelf.folder(Role.NONE)
    shelf.server_folders.watch(other.key, True)
    shelf.arrive(mail(1), Role.NONE)
    back = shelf.server_folders.set_role(other.key, Role.JUNK)
    assert shelf.mails() == []

    back()

    assert len(shelf.mails()) == 1


def test_the_mails_of_a_folder_that_a_verb_makes_the_archive_are_archived(shelf: Shelf) -> None:
    archive = shelf.folder(Role.ARCHIVE)
    shelf.server_folders.set_role(archive.key, Role.NONE)
    shelf.arrive(mail(2))
    shelf.fetched(archive, 9, mail(1))
    assert shelf.mails(Unified.ARCHIVE) == []

    shelf.do(Verb.ARCHIVE, *shelf.mails())

    assert len(shelf.mails(Unified.ARCHIVE)) == 2


def test_what_the_person_set_stays_when_another_folder_is_picked(core: Core) -> None:
    account = _added(core, "INBOX", "Lists")
    core.services.folders.watch(_folders(core)["Lists"].key, True, False)

    core.services.accounts.edit(account, watched=("INBOX", "Lists", "Archive"))

    folders = _folders(core)
    assert folders["Archive"].watched
    assert not folders["Lists"].shows_in_inbox
