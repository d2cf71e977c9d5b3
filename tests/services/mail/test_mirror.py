"""What servers say, brought into the store: numbers that are given anew, and mails met again."""

from __future__ import annotations

import re
import threading
from dataclasses import replace

import pytest

from desktop.domain import events
from desktop.domain.mail.folder import Role, ServerFolder, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Verb
from desktop.services.mail import mirror
from desktop.store.mail import places
from desktop.store.mail.places import Copy, Places
from tests.desk import mail
from tests.shelf import LISTED, Shelf


def test_r02_after_uidnext_fell_no_number_is_believed(shelf: Shelf) -> None:
    for number in (1, 2, 3):
        shelf.arrive(mail(number))
    folder = shelf.folder()
    three, two, one = shelf.mails()

    shelf.mirror.renumbered(folder, 0)

    assert shelf.mirror.known(folder, 0, 1, 10) == {}, "a number may be another mail's by now"
    assert shelf.mails() == [three, two, one]
    shelf.fetched(folder, 1, mail(4))
    shelf.fetched(folder, 2, mail(1))
    shelf.mirror.complete(folder, 0)
    assert shelf.subjects() == ["Mail 4", "Mail 1"]
    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM place") == 2


def test_r17_a_twin_takes_the_place_of_its_own_text(shelf: Shelf) -> None:
    texts = [mail(1, text="the first one"), mail(1, text="the second")]
    for raw in texts:
        shelf.arrive(raw)
    folder = shelf.folder()
    [key] = shelf.mails()
    shelf.mirror.renumbered(folder, 0)
    home = shelf.mirror.home(folder, 0)
    assert home is not None
    assert shelf.mirror.is_expecting(home)
    assert shelf.mirror.expected(home, [key, key + 1]) == {key: [len(raw) for raw in texts]}

    shelf.ingest.attach(home, [Copy(8, key, Flag.NONE, len(texts[1]), 1)])
    shelf.fetched(folder, 9, mail(1, text="a third, which came meanwhile"))
    shelf.mirror.complete(folder, 0)

    with shelf.database.read() as view:
        sources = {uid: shelf.blobs.get(bytes(digest)) for uid, digest in view.all("SELECT uid, raw_digest FROM place")}
    assert sources == {8: texts[1], 9: mail(1, text="a third, which came meanwhile")}
    assert shelf.mails(Unified.ALL) == [key]


def test_what_is_expected_in_a_folder_is_found_without_reading_the_folder(shelf: Shelf) -> None:
    with shelf.database.read() as view:
        plan = [row[3] for row in view.all(f"EXPLAIN QUERY PLAN {places._EXPECTING}", (1, 1) * 3)]
    seeks = [line for line in plan if line.startswith("SEARCH")]
    assert len(seeks) == 3
    assert all(re.search(r"folder_key=\? AND uidvalidity[<>=]", line) for line in seeks), plan


def test_what_a_server_says_of_many_mails_is_stored_in_portions(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mirror, "PORTION", 3)
    uids = [shelf.arrive(mail(number)) for number in range(1, 9)]
    folder = shelf.folder()
    portions: list[int] = []

    def meanwhile(event: events.MessagesChanged) -> None:
        portions.append(len(event.keys))
        other = threading.Thread(target=_write, args=(shelf,))
        other.start()
        other.join(5)
        assert not other.is_alive(), "others write in between"

    shelf.database._bus.subscribe(events.MessagesChanged, meanwhile)

    assert shelf.mirror.flags(folder, 0, [(uid, Flag.SEEN) for uid in uids]) == 8
    assert shelf.mirror.alive(folder, 0, 1, 100, uids[:4]) == 4
    assert portions == [3, 3, 2, 3, 1]
    assert shelf.views.counts([Unified.INBOX])[Unified.INBOX].unread == 0
    shelf.mirror.renumbered(folder, 7)
    shelf.mirror.complete(folder, 7)
    assert portions[5:] == [3, 1]
    assert shelf.mails(Unified.ALL) == []
    [now] = [f for f in shelf.mirror.folders(shelf.account) if f.key == folder.key]
    assert now.complete


def _write(shelf: Shelf) -> None:
    with shelf.database.write():
        pass
    shelf.database.close_thread()


def test_a_copy_of_a_mail_deleted_a_moment_ago_is_not_attached_and_so_fetched(shelf: Shelf) -> None:
    raw = mail(1)
    shelf.arrive(raw, account=shelf.add("archive@example.org", Mode.ARCHIVE_ONLY))
    shelf.arrive(mail(2))
    two, one = shelf.mails()
    home = shelf.mirror.home(shelf.folder(Role.ARCHIVE), 0)
    assert home is not None
    shelf.do(Verb.DELETE, one)

    attached = shelf.ingest.attach(home, [Copy(uid, key, Flag.NONE, 1, 1) for uid, key in ((7, one), (8, two))])

    assert attached == {8}
    assert set(shelf.mirror.known(shelf.folder(Role.ARCHIVE), 0, 1, 9)) == {8}


def test_what_of_a_batch_is_expected_is_found_by_its_mails_alone(shelf: Shelf) -> None:
    statements: list[str] = []
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    with shelf.database.read() as view:
        view.connection.set_trace_callback(statements.append)
        Places(view).waiting(1, 1, [key])
        view.connection.set_trace_callback(None)
        [plan] = [row[3] for row in view.all(f"EXPLAIN QUERY PLAN {statements[-1]}") if "place" in row[3]]
    assert "place_email" in plan


def _move_unnumbered(shelf: Shelf, verb: Verb, key: int, told: int = 0) -> None:
    """Let the server move a mail and tell no new UID."""
    shelf.do(verb, key)
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    shelf.queue.begin(queued)
    target = shelf.queue.folder(queued.target_key)
    assert target is not None
    shelf.queue.moved(queued, target, dict.fromkeys(queued.place_keys), told)


def test_a_copy_that_waited_for_its_number_and_never_came_is_gone_after_a_reconcile(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    shelf.mirror.complete(shelf.folder(Role.TRASH), 0)
    _move_unnumbered(shelf, Verb.TRASH, key)
    assert shelf.mails(Unified.TRASH) == [key]

    shelf.mirror.reconciled(shelf.folder(Role.TRASH))

    assert shelf.mails(Unified.TRASH) == []


def test_a_copy_kept_for_an_operation_is_gone_after_the_next_reconcile(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    shelf.do(Verb.READ, key)
    shelf.mirror.renumbered(shelf.folder(), 9)
    shelf.mirror.complete(shelf.folder(), 9)
    assert shelf.mails() == [key], "the operation on it still waits"
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    shelf.queue.nothing_left(queued)

    shelf.mirror.reconciled(shelf.folder())

    assert shelf.mails() == []


def test_a_folder_not_yet_read_to_its_end_loses_nothing_by_a_reconcile(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    _move_unnumbered(shelf, Verb.TRASH, key)

    shelf.mirror.reconciled(shelf.folder(Role.TRASH))

    assert shelf.mails(Unified.TRASH) == [key]


def test_a_mail_older_than_the_day_fetched_from_stays_though_it_was_not_met(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    shelf.accounts.edit(replace(shelf.accounts.get(shelf.account), fetch_since="2026-09-01"))
    shelf.mirror.complete(shelf.folder(Role.TRASH), 0)
    _move_unnumbered(shelf, Verb.TRASH, key)

    shelf.mirror.reconciled(shelf.folder(Role.TRASH))

    assert shelf.mails(Unified.TRASH) == [key]


def test_a_folder_never_synced_takes_the_numbers_of_what_is_moved_there(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    shelf.do(Verb.ARCHIVE, key)
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    target = shelf.queue.folder(queued.target_key)
    assert target is not None

    shelf.queue.moved(queued, target, dict.fromkeys(queued.place_keys, 5), 77)

    archive = shelf.folder(Role.ARCHIVE)
    assert archive.uidvalidity == 77
    with shelf.database.read() as view:
        assert Places(view).on_server(key) == (shelf.account, archive.key, 77, 5)


def test_numbers_told_under_another_numbering_are_not_believed(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    shelf.mirror.renumbered(shelf.folder(Role.ARCHIVE), 70)
    shelf.do(Verb.ARCHIVE, key)
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    target = shelf.queue.folder(queued.target_key)
    assert target is not None

    shelf.queue.moved(queued, target, dict.fromkeys(queued.place_keys, 5), 77)

    assert shelf.folder(Role.ARCHIVE).uidvalidity == 70
    with shelf.database.read() as view:
        assert Places(view).on_server(key) is None
    assert shelf.mails(Unified.ARCHIVE) == [key]


@pytest.mark.parametrize("how", ["renumbered", "renamed", "moved", "moved, first seen gone"])
def test_a_mail_deleted_for_good_in_an_archive_does_not_come_back(shelf: Shelf, how: str) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    uid = shelf.arrive(mail(1))
    shelf.arrive(mail(2), Role.NONE)
    shelf.do(Verb.DELETE, *shelf.mails())
    other = shelf.folder(Role.NONE)

    match how:
        case "renumbered":
            shelf.mirror.renumbered(shelf.folder(), 9)
            shelf.fetched(shelf.folder(), 7, mail(1))
            shelf.mirror.complete(shelf.folder(), 9)
        case "renamed":
            renamed = ServerFolder(b"New", "New", "/", Role.NONE)
            shelf.mirror.folder_list(shelf.account, [*(f for f in LISTED if f.role is not Role.NONE), renamed])
            shelf.fetched(shelf.folder(Role.NONE), 7, mail(2))
        case "moved":
            shelf.fetched(other, 7, mail(1))
            shelf.mirror.vanished(shelf.folder(), 0, [uid])
        case _:
            shelf.mirror.vanished(shelf.folder(), 0, [uid])
            shelf.fetched(other, 7, mail(1))

    assert shelf.mails(Unified.ALL) == []
    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM email") == 0
        assert view.value("SELECT count(*) FROM place WHERE uid = 7 AND email_key IS NULL") == 1, "not fetched again"


def test_a_mail_deleted_for_good_in_an_archive_comes_in_by_another_account(shelf: Shelf) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    other = shelf.add("other@example.org")
    shelf.arrive(mail(1))
    shelf.do(Verb.DELETE, *shelf.mails())

    shelf.arrive(mail(1), account=other)

    assert len(shelf.mails()) == 1
