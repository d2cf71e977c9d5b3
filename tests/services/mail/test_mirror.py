"""What servers say, brought into the store: numbers that are given anew, and mails met again."""

from __future__ import annotations

import re
import threading

import pytest

from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Verb
from desktop.services.mail import mirror
from desktop.store.mail import places
from desktop.store.mail.places import Copy
from tests.desk import mail
from tests.shelf import Shelf


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
    assert shelf.mirror.expected(home) == {key: [len(raw) for raw in texts]}

    shelf.ingest.attach(home, [Copy(8, key, Flag.NONE, len(texts[1]), 1)])
    shelf.fetched(folder, 9, mail(1, text="a third, which came meanwhile"))
    shelf.mirror.complete(folder, 0)

    with shelf.database.read() as view:
        sources = {uid: shelf.blobs.get(bytes(digest)) for uid, digest in view.all("SELECT uid, raw_digest FROM place")}
    assert sources == {8: texts[1], 9: mail(1, text="a third, which came meanwhile")}
    assert shelf.mails(Unified.ALL) == [key]


def test_what_is_expected_in_a_folder_is_found_without_reading_the_folder(shelf: Shelf) -> None:
    with shelf.database.read() as view:
        plan = [row[3] for row in view.all(f"EXPLAIN QUERY PLAN {places._WAITING}", (1, 1) * 3)]
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
