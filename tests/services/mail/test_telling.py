"""Which mails a person is told of, as the store knows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.base.bus import Bus
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.telling import NewMail
from desktop.services.mail.telling import Telling
from desktop.store import migrate
from desktop.store.database import Database
from desktop.store.mail.accounts import AccountWriter
from tests.desk import mail
from tests.shelf import Shelf

ARRIVED_MS = 1_780_000_000_000
DAY_MS = 86_400_000


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    database = Database(tmp_path / "rapport.db", Bus())
    migrate.migrate(database, lambda: None)
    with database.write() as work:
        AccountWriter(work).ensure_user()
    made = Shelf(database, tmp_path)
    with clock.frozen(ARRIVED_MS + 60_000):
        yield made
    made.blobs.close()
    database.close()


def _worth(shelf: Shelf, *keys: int, told: tuple[int, ...] = ()) -> list[NewMail]:
    return list(Telling(shelf.database).worth_telling(keys, told))


def _arrived(shelf: Shelf, number: int, role: Role = Role.INBOX, flags: Flag = Flag.NONE, **headers: str) -> int:
    before = set(shelf.mails(Unified.ALL)) | set(shelf.mails(Unified.JUNK)) | set(shelf.mails(Unified.TRASH))
    shelf.arrive(mail(number, **headers), role, flags)
    after = set(shelf.mails(Unified.ALL)) | set(shelf.mails(Unified.JUNK)) | set(shelf.mails(Unified.TRASH))
    [key] = after - before
    return key


def test_a_mail_of_the_inbox_is_told_with_its_sender_and_subject(shelf: Shelf) -> None:
    key = _arrived(shelf, 1)

    [told] = _worth(shelf, key)

    assert (told.key, told.sender_name, told.subject, told.in_inbox) == (key, "Anna Keller", "Mail 1", True)
    assert _worth(shelf) == []
    assert _worth(shelf, key + 1) == []


@pytest.mark.parametrize("role", [Role.JUNK, Role.TRASH, Role.SENT, Role.DRAFTS, Role.ARCHIVE, Role.NONE])
def test_other_folders_are_not_told_of_by_themselves(shelf: Shelf, role: Role) -> None:
    assert _worth(shelf, _arrived(shelf, 1, role)) == []


def test_own_mails_read_mails_and_drafts_are_not_told(shelf: Shelf) -> None:
    own = _arrived(shelf, 1, From="me@example.org")
    read = _arrived(shelf, 2, flags=Flag.SEEN)
    draft = _arrived(shelf, 3, flags=Flag.DRAFT)

    assert _worth(shelf, own, read, draft) == []


def test_what_came_days_ago_is_not_told_but_what_was_told_stays(shelf: Shelf) -> None:
    key = _arrived(shelf, 1)
    with clock.frozen(ARRIVED_MS + 3 * DAY_MS):
        assert _worth(shelf, key) == []
        assert [told.key for told in _worth(shelf, told=(key,))] == [key]


@pytest.mark.parametrize("verb", [Verb.READ, Verb.ARCHIVE, Verb.TRASH, Verb.JUNK, Verb.DELETE])
def test_what_a_person_has_dealt_with_is_told_no_longer(shelf: Shelf, verb: Verb) -> None:
    key, other = _arrived(shelf, 1), _arrived(shelf, 2)

    shelf.do(verb, key)

    assert [told.key for told in _worth(shelf, told=(key, other))] == [other]


def test_what_is_gone_from_its_server_is_told_no_longer(shelf: Shelf) -> None:
    key = _arrived(shelf, 1)
    folder = shelf.folder()

    shelf.mirror.vanished(folder, folder.uidvalidity, [1])

    assert _worth(shelf, told=(key,)) == []


def test_a_folder_is_told_of_when_the_person_wants_it(shelf: Shelf) -> None:
    other, inbox = shelf.folder(Role.NONE).key, shelf.folder().key
    there, here = _arrived(shelf, 1, Role.NONE), _arrived(shelf, 2)

    undo_other = shelf.server_folders.notify(other, True)
    undo_inbox = shelf.server_folders.notify(inbox, False)

    [told] = _worth(shelf, there, here)
    assert (told.key, told.in_inbox, [copy.folder_key for copy in told.copies]) == (there, False, [other])
    assert shelf.folder(Role.NONE).watched, "to be told of mail is to have it fetched"
    undo_other()
    undo_inbox()
    assert [each.key for each in _worth(shelf, there, here)] == [here]
    assert not shelf.folder(Role.NONE).watched


def test_to_take_back_what_was_said_of_a_folder_that_went_meanwhile_is_no_fault(shelf: Shelf) -> None:
    other = shelf.folder(Role.NONE).key
    undo = shelf.server_folders.notify(other, True)
    with shelf.database.write() as work:
        work.run("DELETE FROM folder WHERE key = ?", (other,))

    undo()

    assert all(folder.key != other for folder in shelf.mirror.folders(shelf.account))
