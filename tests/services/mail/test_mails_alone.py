"""Mails that are made of a source alone: what the person did to them before holds."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag, identity
from desktop.domain.mail.mime_parse import parse
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.state import UserState
from desktop.services.mail.ingest import Fetched
from desktop.services.mail.sources import collect_unnamed
from desktop.services.mail.strays import Strays
from desktop.store import restoration
from desktop.store.mail.blobs import Blobs, digest_of
from desktop.store.mail.late_views import LateViews
from desktop.store.mail.life import Life
from desktop.store.mail.states import States
from tests.desk import mail
from tests.shelf import Shelf

STARRED_IN_TRASH = (False, True, False, False, False, False, False, True)
"""A view as the columns of UserState."""


def _alone(shelf: Shelf, raw: bytes, *, readable: bool = True) -> int | None:
    message = parse(raw) if readable else None
    mail = Fetched(0, Flag.SEEN, 1_780_000_000_000, len(raw), raw, message)
    return shelf.ingest.take_alone(mail, until_found=True)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (None, UserState(read=True)),
        (STARRED_IN_TRASH, UserState(important=True, in_trash=True)),
    ],
)
def test_a_mail_alone_has_the_view_that_waits_for_it_or_is_read(
    shelf: Shelf, view: tuple[bool, ...] | None, expected: UserState
) -> None:
    raw = mail(1)
    if view is not None:
        with shelf.database.write() as work:
            LateViews(work).keep({identity(parse(raw)): view})

    key = _alone(shelf, raw)

    assert key is not None
    with shelf.database.read() as look:
        assert States(look).of([key]) == {key: expected}
    assert shelf.mails(Unified.TRASH) == ([key] if expected.in_trash else [])


def test_a_mail_that_was_deleted_for_good_is_not_made_again(shelf: Shelf) -> None:
    archive = shelf.add("archive@example.org", Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1), account=archive)
    shelf.do(Verb.DELETE, *shelf.mails())

    assert _alone(shelf, mail(1)) is None

    assert shelf.mails(Unified.ALL) == []
    assert _alone(shelf, mail(2)) is not None


def _delete_on_a_bad_disk(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Delete all mails for good while the disk does not say that it has their deletion."""

    def fails(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fails)
        shelf.do(Verb.DELETE, *shelf.mails())


def test_a_source_that_had_no_name_before_the_damage_is_no_stray(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1))
    _delete_on_a_bad_disk(shelf, monkeypatch)
    assert shelf.blobs.get(digest_of(mail(1))) == mail(1), "it goes later"
    _leave(shelf, mail(2))
    collect_unnamed(shelf.database, shelf.blobs)
    with clock.frozen(clock.now() + 1):
        restoration.write(tmp_path, restoration.Restoration(clock.now(), "rapport-damaged.db", None, rescued=0))
    _leave(shelf, mail(3))

    found = list(Strays(shelf.database, shelf.blobs, shelf.ingest, tmp_path).sources())

    assert found == [mail(3)]


def test_a_source_whose_deletion_is_put_off_is_noted_at_once(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1))

    _delete_on_a_bad_disk(shelf, monkeypatch)

    assert shelf.mails(Unified.ALL) == []
    assert shelf.blobs.unnamed_since(clock.now(), 10) == [digest_of(mail(1))]


@pytest.mark.parametrize("found", ["before it is read", "after it is read"])
def test_a_mail_alone_that_can_be_read_later_still_follows_its_server(shelf: Shelf, found: str) -> None:
    raw = mail(1)
    key = _alone(shelf, raw, readable=False)
    assert key is not None

    if found == "before it is read":
        shelf.arrive(raw)
    shelf.ingest.read_again(key, raw, parse(raw))
    if found == "after it is read":
        shelf.arrive(raw)

    [new] = shelf.mails(Unified.ALL)
    with shelf.database.read() as view:
        assert view.value("SELECT kept FROM email WHERE key = ?", (new,)) == 0


def test_a_mail_alone_that_turns_out_to_be_a_kept_one_stays_kept(shelf: Shelf) -> None:
    raw = mail(1)
    key = _alone(shelf, raw, readable=False)
    assert key is not None
    shelf.arrive(raw)
    with shelf.database.write() as work:
        Life(work).keep(shelf.mails())

    shelf.ingest.read_again(key, raw, parse(raw))
    shelf.arrive(raw, Role.ARCHIVE)

    [new] = shelf.mails(Unified.ALL)
    with shelf.database.read() as view:
        assert view.value("SELECT kept FROM email WHERE key = ?", (new,)) == 1


def _leave(shelf: Shelf, raw: bytes) -> None:
    shelf.blobs.keep(Blobs.pack([(digest_of(raw), raw)]))
