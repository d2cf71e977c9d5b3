"""Mails whose source was lost with a damaged file, while something else waits for them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desktop.domain import events
from desktop.domain.mail.folder import Role
from desktop.domain.mail.operation import Verb
from desktop.store.mail.blobs import SourceMissing
from desktop.store.mail.lost_sources import note_lost
from desktop.store.mail.places import Places
from tests.desk import mail
from tests.shelf import Shelf


def _lose_sources(shelf: Shelf, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "raw" / "blobs.db")) as connection:
        connection.execute("DELETE FROM blob")
        connection.commit()
    with shelf.database.write() as work:
        note_lost(work, set())


@pytest.mark.parametrize("queued_before", [True, False])
def test_a_copy_to_another_account_goes_on_when_its_source_was_fetched_again(
    shelf: Shelf, tmp_path: Path, queued_before: bool
) -> None:
    other = shelf.add("other@example.org")
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    if not queued_before:
        _lose_sources(shelf, tmp_path)
    shelf.do(Verb.MOVE, key, folder=shelf.folder(Role.ARCHIVE, other).key)
    if queued_before:
        _lose_sources(shelf, tmp_path)
    queued = shelf.queue.next(other)
    assert queued is not None
    with pytest.raises(SourceMissing):
        shelf.queue.to_append(queued)
    shelf.queue.refused(queued, "no source")
    assert shelf.queue.next(other) is None
    told: list[object] = []
    shelf.database._bus.subscribe(events.OperationsChanged, told.append)

    shelf.fetched(shelf.folder(), 1, mail(1))

    queued = shelf.queue.next(other)
    assert queued is not None
    appendix = shelf.queue.to_append(queued)
    assert appendix is not None
    assert (appendix.raw, appendix.is_whole) == (mail(1), True)
    assert told == [events.OperationsChanged(other)]


def test_what_reads_otherwise_than_a_lost_copy_is_not_copied_for_it(shelf: Shelf, tmp_path: Path) -> None:
    other = shelf.add("other@example.org")
    shelf.arrive(mail(1))
    shelf.do(Verb.MOVE, *shelf.mails(), folder=shelf.folder(Role.ARCHIVE, other).key)
    _lose_sources(shelf, tmp_path)
    shelf.fetched(shelf.folder(), 1, mail(1))
    with shelf.database.write() as work:
        work.run("UPDATE email SET text_digest = x'01'")

    queued = shelf.queue.next(other)
    assert queued is not None
    with pytest.raises(SourceMissing):
        shelf.queue.to_append(queued)


def test_the_size_of_a_copy_outlives_its_source_and_does_not_pass_for_one(shelf: Shelf, tmp_path: Path) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    shelf.do(Verb.ARCHIVE, key)

    _lose_sources(shelf, tmp_path)

    folder = shelf.folder()
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    [target] = shelf.queue.targets(queued)[folder.key]
    assert target.size_bytes == len(mail(1))
    with shelf.database.read() as view:
        assert Places(view).expected(folder.key, folder.uidvalidity + 1, [key]) == {key: [0]}


def test_parts_of_a_mail_are_not_fetched_from_a_twin_because_both_lost_their_sources(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.arrive(mail(1, text="forged"), Role.ARCHIVE)
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    with shelf.database.write() as work:
        work.run(
            "UPDATE email SET text_digest = p.text_digest, raw_digest = p.raw_digest FROM place p "
            "WHERE p.folder_key = ?",
            (shelf.folder().key,),
        )

    _lose_sources(shelf, tmp_path)

    with shelf.database.read() as view:
        found = Places(view).on_server(key)
    assert found is not None
    assert found[1] == shelf.folder().key
