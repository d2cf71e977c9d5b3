"""Copies of one id with different texts: what is shown is there, the others are told of, no part comes from another."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Completeness, Flag, Message, Part
from desktop.domain.mail.mime_parse import parse
from desktop.domain.mail.operation import Verb
from desktop.services.mail.ingest import Fetched
from desktop.services.mail.mail_actions import TooLargeToMove
from desktop.services.mail.reading import PartUnreachable, Reading
from desktop.store.mail.messages import Messages
from tests.desk import mail
from tests.shelf import NoErrands, Shelf

FORGED, GENUINE = mail(1, text="pay to evil"), mail(1, text="pay to good")
LARGE = 50_000_000


def _source(shelf: Shelf, key: int, twin: int = 0) -> bytes:
    return Reading(shelf.database, shelf.blobs, None, NoErrands()).source(key, twin=twin)  # type: ignore[arg-type]


def _take(shelf: Shelf, raw: bytes, message: Message | None, role: Role = Role.INBOX, account: int = 0) -> int:
    """Let a mail over the size limit arrive; returns its UID."""
    folder = shelf.folder(role, account)
    home = shelf.mirror.home(folder, folder.uidvalidity)
    assert home is not None
    uid = shelf.uids[folder.key] = shelf.uids.get(folder.key, 0) + 1
    shelf.ingest.take(home, [Fetched(uid, Flag.NONE, 1_780_000_000_000, LARGE, raw, message, partial=True)])
    return uid


def test_r17_a_forged_copy_that_vanished_does_not_hide_the_genuine_one_that_comes_after(shelf: Shelf) -> None:
    uid = shelf.arrive(FORGED)
    shelf.mirror.vanished(shelf.folder(), 0, [uid])

    shelf.arrive(GENUINE)

    [key] = shelf.mails()
    head = shelf.views.head(key)
    assert (head.twins, head.snippet) == (0, "pay to good")
    assert _source(shelf, key) == GENUINE


def test_r17_a_forged_copy_that_vanishes_leaves_the_genuine_one_to_be_read(shelf: Shelf) -> None:
    uid = shelf.arrive(FORGED)
    shelf.arrive(GENUINE)
    [key] = shelf.mails()
    assert shelf.views.head(key).twins == 1
    assert (_source(shelf, key), _source(shelf, key, 1)) == (FORGED, GENUINE)

    shelf.mirror.vanished(shelf.folder(), 0, [uid])

    assert shelf.views.head(key).twins == 0
    assert _source(shelf, key) == GENUINE
    with shelf.database.read() as view:
        [(due, _digest)] = Messages(view).unreadable()
    shelf.ingest.read_again(due, GENUINE, parse(GENUINE))
    assert (due, shelf.views.head(key).snippet) == (key, "pay to good")
    with shelf.database.read() as view:
        assert Messages(view).unreadable() == []


def test_r17_twins_are_counted_and_numbered_among_copies_that_are_there(shelf: Shelf) -> None:
    shelf.arrive(GENUINE)
    marked = shelf.arrive(FORGED, flags=Flag.DELETED)
    third = mail(1, text="a third")
    shelf.arrive(third, Role.ARCHIVE)
    [key] = shelf.mails()

    assert shelf.views.head(key).twins == 1
    assert _source(shelf, key, 1) == third
    shelf.mirror.flags(shelf.folder(), 0, [(marked, Flag.NONE)])

    assert shelf.views.head(key).twins == 2
    assert [_source(shelf, key, twin) for twin in (1, 2)] == [FORGED, third]


def test_r17_a_forged_copy_in_full_does_not_take_the_place_of_a_large_mail(shelf: Shelf) -> None:
    message = replace(parse(GENUINE), parts=(Part("2", "a.pdf", "application/pdf", LARGE),))
    _take(shelf, GENUINE, message)
    [key] = shelf.mails()

    shelf.arrive(FORGED, Role.JUNK)

    head = shelf.views.head(key)
    assert (head.completeness, head.twins, head.snippet) == (Completeness.TEXT, 1, "pay to good")


def test_the_same_mail_in_full_and_without_its_parts_is_no_twin(shelf: Shelf) -> None:
    other = shelf.add("b@example.org")
    payload = base64.encodebytes(b"z" * 5000)
    raw = mail(1, text="hello")
    full = replace(parse(raw), parts=(Part("2", "a.pdf", "application/pdf", 5000),))
    part = Part("2", "a.pdf", "application/pdf", len(payload) * 3 // 4)
    assert part.size_bytes != 5000
    _take(shelf, raw, replace(full, parts=(part,)))
    home = shelf.mirror.home(shelf.folder(account=other), 0)
    assert home is not None

    whole = raw + b"the rest"
    shelf.ingest.take(home, [Fetched(1, Flag.NONE, 1_780_000_000_000, len(whole), whole, full)])

    [key] = shelf.mails()
    head = shelf.views.head(key)
    assert (head.twins, head.completeness) == (0, Completeness.FULL)
    forged = replace(full, parts=(replace(full.parts[0], size_bytes=4999),))
    shelf.ingest.take(home, [Fetched(2, Flag.NONE, 1_780_000_000_000, len(raw), raw, forged)])
    assert shelf.views.head(key).twins == 1, "another size of a part, where both are known, is another mail"


def test_parts_of_a_large_mail_are_fetched_from_a_copy_with_its_own_text(shelf: Shelf, tmp_path: Path) -> None:
    parts = (Part("2", "a.pdf", "application/pdf", LARGE),)
    uid = _take(shelf, GENUINE, replace(parse(GENUINE), parts=parts))
    _take(shelf, FORGED, replace(parse(FORGED), parts=parts), Role.JUNK)
    [key] = shelf.mails()
    fetched: list[int] = []

    class Errands(NoErrands):
        def fetch_part(self, part: object, to: Path, progress: object) -> None:
            fetched.append(part.folder_key)  # type: ignore[attr-defined]

    reading = Reading(shelf.database, shelf.blobs, None, Errands())  # type: ignore[arg-type]
    reading.fetch_part(key, "2", tmp_path / "a")
    assert fetched == [shelf.folder().key]
    # only known by its header, so that its number is not known
    done = shelf.do(Verb.ARCHIVE, key)
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    target = shelf.queue.folder(queued.target_key)
    assert target is not None
    shelf.queue.moved(queued, target, dict.fromkeys(queued.place_keys), 0)

    with pytest.raises(PartUnreachable):
        reading.fetch_part(key, "2", tmp_path / "b")
    assert (uid, done.keys) == (1, (key,))


def test_a_large_copy_with_another_text_is_fetched_as_a_whole_from_its_own_place(shelf: Shelf, tmp_path: Path) -> None:
    _take(shelf, GENUINE, parse(GENUINE))
    _take(shelf, FORGED, parse(FORGED), Role.JUNK)
    [key] = shelf.mails()
    fetched: list[tuple[int, str]] = []

    class Errands(NoErrands):
        def fetch_part(self, part: object, to: Path, progress: object) -> None:
            fetched.append((part.folder_key, part.section))  # type: ignore[attr-defined]

    reading = Reading(shelf.database, shelf.blobs, None, Errands())  # type: ignore[arg-type]

    assert not reading.is_whole(key)
    assert not reading.is_whole(key, twin=1)
    reading.fetch_source(key, tmp_path / "a")
    reading.fetch_source(key, tmp_path / "b", twin=1)
    assert fetched == [(shelf.folder().key, ""), (shelf.folder(Role.JUNK).key, "")]


def test_a_large_mail_that_cannot_be_read_is_not_moved_to_another_account(shelf: Shelf) -> None:
    other = shelf.add("b@example.org")
    _take(shelf, b"Subject: cut\r\n\r\nonly text", None)
    [key] = shelf.mails()

    with pytest.raises(TooLargeToMove):
        shelf.do(Verb.MOVE, key, folder=shelf.folder(Role.INBOX, other).key)

    assert shelf.operations.waiting() == ()
    raw = b"Subject: cut\r\nMessage-ID: <7@acme.example>\r\n\r\nonly text"
    shelf.ingest.read_again(key, raw, parse(raw))
    [key] = shelf.mails()
    assert shelf.views.head(key).completeness is Completeness.TEXT, "part of it is still on its server alone"
    with pytest.raises(TooLargeToMove):
        shelf.do(Verb.MOVE, key, folder=shelf.folder(Role.INBOX, other).key)
