"""The sample's mailbox: folders, mails and flags outlive the program, and nobody else may read them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from desktop.app.demo.mailbox import Mailbox


def test_what_is_in_it_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "mailbox.db"
    first = Mailbox(path)
    first.create("INBOX")
    inbox = first.folder("inbox")
    assert inbox is not None
    uid = first.add(inbox.id, b"Subject: one\r\n\r\n", 1000, ["\\Seen"])
    first.close()

    again = Mailbox(path)

    assert again.folder("INBOX") is not None
    assert [(mail.uid, mail.flags, mail.size_bytes) for mail in again.mails(inbox.id)] == [(uid, {"\\Seen"}, 16)]
    assert again.raw(inbox.id, uid) == b"Subject: one\r\n\r\n"
    again.close()


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_it_is_private(mailbox: Mailbox, tmp_path: Path) -> None:
    assert (tmp_path / "mailbox.db").stat().st_mode & 0o777 == 0o600


def test_no_number_is_given_twice(mailbox: Mailbox) -> None:
    inbox, projects = mailbox.folder("INBOX"), mailbox.folder("Projects")
    assert inbox is not None
    assert projects is not None
    first = mailbox.add(inbox.id, b"a", 0)
    mailbox.remove(inbox.id, [first])
    mailbox.delete(projects)
    mailbox.create("Projects")
    later = mailbox.folder("Projects")

    assert mailbox.add(inbox.id, b"b", 0) > first
    assert later is not None
    assert later.id > projects.id


def test_a_folder_is_renamed_with_its_children_or_not_at_all(mailbox: Mailbox) -> None:
    mailbox.create("Projects/Hall")
    mailbox.create("Work/Hall")
    projects = mailbox.folder("Projects")
    assert projects is not None

    refused = mailbox.rename(projects, "Work")
    after_refusal = {folder.name for folder in mailbox.folders()}
    done = mailbox.rename(projects, "Done")

    assert (refused, done) == (False, True)
    assert {"Projects", "Projects/Hall", "Work/Hall"} <= after_refusal
    assert {"Done", "Done/Hall"} <= {folder.name for folder in mailbox.folders()}


def test_who_listens_hears_of_each_change(mailbox: Mailbox) -> None:
    heard: list[int] = []
    mailbox.listeners.add(lambda: heard.append(1))
    inbox = mailbox.folder("INBOX")
    assert inbox is not None

    uid = mailbox.add(inbox.id, b"a", 0)
    mailbox.set_flags(inbox.id, uid, ["\\Seen"])
    mailbox.remove(inbox.id, [uid])

    assert len(heard) == 3
