"""Rows that point nowhere go, and what was to follow them does not wait for ever."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.operation import Verb
from desktop.services.mail.whole_folders import catch_up
from desktop.store import orphans
from desktop.store.database import Database
from tests.desk import mail
from tests.shelf import LISTED, Shelf


@pytest.mark.parametrize("table", ["folder", "mail_account"])
def test_a_mail_whose_copy_to_another_account_lost_its_target_is_there_again(
    database: Database, tmp_path: Path, table: str
) -> None:
    shelf = Shelf(database, tmp_path)
    other = shelf.add("other@example.org")
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    target = shelf.folder(Role.ARCHIVE, other).key
    shelf.do(Verb.MOVE, key, folder=target)
    assert shelf.mails(shelf.folder().key) == []
    with closing(sqlite3.connect(database.path)) as connection:
        connection.execute(f"DELETE FROM {table} WHERE key = ?", (target if table == "folder" else other,))
        if table == "mail_account":
            connection.execute("DELETE FROM folder WHERE account_key = ?", (other,))
        connection.commit()

    assert orphans.remove(database.path)
    catch_up(database)

    assert shelf.operations.waiting() == ()
    assert shelf.mails(shelf.folder().key) == [key]
    assert shelf.mails() == [key]


def test_a_mail_on_its_way_into_a_folder_that_is_lost_is_where_it_was(database: Database, tmp_path: Path) -> None:
    shelf = Shelf(database, tmp_path)
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    target = shelf.folder(Role.NONE).key
    shelf.do(Verb.MOVE, key, folder=target)
    assert shelf.mails(target) == [key]
    _lose_folder(database, target)

    assert orphans.remove(database.path)
    catch_up(database)

    assert shelf.mails(target) == []
    assert shelf.mails(shelf.folder().key) == [key]
    assert shelf.mails() == [key]


def test_a_mail_whose_folder_is_lost_is_on_no_list_of_it(database: Database, tmp_path: Path) -> None:
    shelf = Shelf(database, tmp_path)
    shelf.arrive(mail(1), Role.NONE)
    shelf.arrive(mail(1))
    shelf.arrive(mail(2), Role.NONE)
    folder = shelf.folder(Role.NONE).key
    [other, key] = shelf.mails(folder)
    _lose_folder(database, folder)

    assert orphans.remove(database.path)
    catch_up(database)

    assert shelf.mails(folder) == []
    assert shelf.mails(Unified.ALL) == shelf.mails(shelf.folder().key) == [key]
    shelf.mirror.folder_list(shelf.account, LISTED)
    shelf.arrive(mail(2), Role.NONE)
    assert shelf.mails(Unified.ALL) == [other, key], "it comes again with its folder"


def _lose_folder(database: Database, key: int) -> None:
    with closing(sqlite3.connect(database.path)) as connection:
        connection.execute("DELETE FROM folder WHERE key = ?", (key,))
        connection.commit()
