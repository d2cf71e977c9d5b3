"""Which folders a person has watched, and which of them fill the unified Inbox."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.app.core import Core, build_core
from desktop.base.paths import Profile
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.listing import FolderNode
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security

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


def test_what_the_person_set_stays_when_another_folder_is_picked(core: Core) -> None:
    account = _added(core, "INBOX", "Lists")
    core.services.folders.watch(_folders(core)["Lists"].key, True, False)

    core.services.accounts.edit(account, watched=("INBOX", "Lists", "Archive"))

    folders = _folders(core)
    assert folders["Archive"].watched
    assert not folders["Lists"].shows_in_inbox
