"""Mails deleted for good: what goes at once, what waits for the servers, and what comes back when that is given up."""

from __future__ import annotations

import pytest

from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Verb
from desktop.services.mail.purging import purge
from desktop.store.mail.blobs import SourceMissing, digest_of
from desktop.store.mail.messages import DELETED_AT_MS
from tests.desk import mail
from tests.shelf import Shelf


@pytest.fixture
def archive(shelf: Shelf) -> int:
    """Return an account that is only archived, beside the two-way one: one mail lies in both."""
    key = shelf.add("team@example.org", Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1))
    shelf.arrive(mail(1), account=key)
    return key


def _expunge(shelf: Shelf) -> None:
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    shelf.queue.begin(queued)
    shelf.queue.expunged(queued, queued.place_keys)


def _purge(shelf: Shelf) -> int:
    return purge(shelf.database, shelf.blobs, DELETED_AT_MS + 1)


def test_a_deletion_that_is_given_up_leaves_the_archived_copy_as_it_was(shelf: Shelf, archive: int) -> None:
    [key] = shelf.mails()
    shelf.do(Verb.DELETE, key)
    assert shelf.mails(Unified.ALL) == []
    [waiting] = shelf.operations.waiting()

    shelf.operations.drop(waiting.key)

    assert shelf.mails() == [key]
    shelf.mirror.vanished(shelf.folder(), 0, [1])
    shelf.mirror.vanished(shelf.folder(account=archive), 0, [1])
    assert _purge(shelf) == 0
    assert shelf.mails() == [key], "what an archive had stays"
    shelf.arrive(mail(1), account=archive)
    assert len(shelf.mails(shelf.folder(account=archive).key)) == 1, "the archive takes it again"


@pytest.mark.parametrize("news", ["flags", "fetched again"])
def test_what_the_archive_says_meanwhile_does_not_bring_a_deleted_mail_back(
    shelf: Shelf, archive: int, news: str
) -> None:
    shelf.do(Verb.DELETE, *shelf.mails())

    if news == "flags":
        shelf.mirror.flags(shelf.folder(account=archive), 0, [(1, Flag.SEEN)])
    else:
        shelf.arrive(mail(1), account=archive)

    assert shelf.mails(Unified.ALL) == []
    _expunge(shelf)
    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM email") == 0


def test_a_deleted_mail_that_its_server_loses_goes_from_the_archive_too(shelf: Shelf, archive: int) -> None:
    shelf.do(Verb.DELETE, *shelf.mails())
    shelf.mirror.vanished(shelf.folder(), 0, [1])

    assert _purge(shelf) == 1

    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM email") == 0
        assert view.value("SELECT count(*) FROM place WHERE skipped_by IS NOT NULL") == 1, "never fetched again"


def test_a_deleted_mail_that_a_person_puts_back_on_a_server_is_there_again(shelf: Shelf, archive: int) -> None:
    [key] = shelf.mails()
    shelf.do(Verb.DELETE, key)
    shelf.arrive(mail(1), Role.NONE)

    _expunge(shelf)

    assert shelf.mails(shelf.folder(Role.NONE).key) == [key]
    assert shelf.mails(shelf.folder(account=archive).key) == [key]


def test_an_archive_that_becomes_two_way_keeps_what_was_deleted_elsewhere_only(shelf: Shelf, archive: int) -> None:
    [key] = shelf.mails()
    shelf.do(Verb.DELETE, key)
    shelf.become(Mode.TWO_WAY, archive)

    _expunge(shelf)

    assert shelf.mails(shelf.folder(account=archive).key) == [key]


@pytest.mark.parametrize("mode", list(Mode))
def test_the_sources_of_twins_go_with_the_mail(shelf: Shelf, mode: Mode) -> None:
    texts = [mail(1, text="one"), mail(1, text="another")]
    shelf.become(mode)
    for raw in texts:
        shelf.arrive(raw)

    shelf.do(Verb.DELETE, *shelf.mails())
    if mode is Mode.TWO_WAY:
        _expunge(shelf)

    for raw in texts:
        with pytest.raises(SourceMissing):
            shelf.blobs.get(digest_of(raw))
