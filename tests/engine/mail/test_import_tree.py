"""A tree of folders that is imported into an account: its folders come below the target, also on the server."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from desktop.domain.mail import mbox
from desktop.domain.mail.folder import Role
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.server


def boxed(*numbers: int) -> bytes:
    return b"".join(mbox.boxed(mail(number), "", 1_780_000_000_000) for number in numbers)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What Thunderbird makes: a file for each folder, and beside it a directory for those below."""
    root = tmp_path / "Mail"
    (root / "Work.sbd" / "Deep.sbd").mkdir(parents=True)
    (root / "Work").write_bytes(boxed(1, 2))
    (root / "Work.sbd" / "Offers").write_bytes(boxed(3))
    (root / "Work.sbd" / "Deep.sbd" / "Привет * 50%").write_bytes(boxed(4))
    (root / "single.eml").write_bytes(mail(5))
    return root


def imported(desk: Desk, root: Path, into: int | None) -> int:
    done = desk.core.services.transfers.import_files([root], into, lambda _told: None, threading.Event()).result(60)
    assert done.problem is None
    return done.taken


def test_folders_of_the_tree_are_folders_of_the_account(
    desk: Desk, dovecot: Dovecot, imap_user: str, tree: Path
) -> None:
    desk.add(dovecot, imap_user)
    desk.sync()

    assert imported(desk, tree, desk.folder(Role.ARCHIVE).key) == 5
    for _ in range(2):
        desk.sync()

    inside = {path: sorted(desk.subjects(desk.folder(path).key)) for path in ("Archive", "Archive/Work")}
    assert inside == {"Archive": ["Mail 5"], "Archive/Work": ["Mail 1", "Mail 2"]}
    assert desk.subjects(desk.folder("Archive/Work/Offers").key) == ["Mail 3"]
    assert desk.subjects(desk.folder("Archive/Work/Deep/Привет 50").key) == ["Mail 4"]
    assert desk.core.services.operations.waiting() == ()
    listed = dovecot.doveadm("mailbox", "list", "-u", imap_user)
    assert {"Archive/Work", "Archive/Work/Offers", "Archive/Work/Deep/Привет 50"} <= set(listed.splitlines())
    assert dovecot.doveadm("mailbox", "status", "-u", imap_user, "messages", "Archive/Work").split()[-1] == "messages=2"


def test_the_same_tree_again_makes_and_adds_nothing(desk: Desk, dovecot: Dovecot, imap_user: str, tree: Path) -> None:
    desk.add(dovecot, imap_user)
    desk.sync()
    key = desk.folder(Role.ARCHIVE).key
    imported(desk, tree, key)
    before = desk.core.services.views.folder_tree()

    assert imported(desk, tree, key) == 0
    assert [len(each.folders) for each in desk.core.services.views.folder_tree().accounts] == [
        len(each.folders) for each in before.accounts
    ]


def test_mails_that_stay_here_alone_make_no_folders(desk: Desk, dovecot: Dovecot, imap_user: str, tree: Path) -> None:
    desk.add(dovecot, imap_user)
    desk.sync()
    before = desk.core.services.views.folder_tree()

    assert imported(desk, tree, None) == 5
    assert desk.core.services.views.folder_tree().accounts == before.accounts


@pytest.mark.parametrize("name", ["a\\\\b", "x\ny", "....", "   ", "%*", "z" * 240, "\u202eevil"])
def test_names_of_files_are_cleaned(desk: Desk, dovecot: Dovecot, imap_user: str, tmp_path: Path, name: str) -> None:
    desk.add(dovecot, imap_user)
    desk.sync()
    root = tmp_path / "Mail"
    root.mkdir()
    (root / name).write_bytes(boxed(9))

    assert imported(desk, root, desk.folder(Role.ARCHIVE).key) == 1
    for _ in range(2):
        desk.sync()
    assert desk.core.services.operations.waiting() == ()
    [account] = desk.core.services.views.folder_tree().accounts
    found = [each for each in account.folders if "Mail 9" in desk.subjects(each.key)]
    assert len(found) == 1
    assert found[0].path.startswith("Archive")
    assert found[0].name.isprintable()
    assert len(found[0].name) <= 100
