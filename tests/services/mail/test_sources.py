"""Sources nobody names are collected, and never one that somebody names, or is about to."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
from desktop.services.mail.ingest import Fetched
from desktop.services.mail.sources import LEFT_ALONE_MS, collect_unnamed
from desktop.services.mail.upkeep import CHECK_EVERY_MS, Upkeep
from desktop.store import backup
from desktop.store.database import View
from desktop.store.mail.blobs import FILE_FROM_BYTES, Blobs, SourceMissing, digest_of
from desktop.store.replacement import DATABASE
from desktop.store.space import Space
from tests.desk import mail, until
from tests.proof import rounds
from tests.shelf import Shelf

LARGE = os.urandom(FILE_FROM_BYTES + 1000)


def _leave(shelf: Shelf, *sources: bytes) -> list[bytes]:
    """Leave sources as a kill does between them and the rows that were to name them."""
    digests = [digest_of(raw) for raw in sources]
    shelf.blobs.keep(Blobs.pack(zip(digests, sources, strict=True)))
    return digests


def _is_here(shelf: Shelf, digest: bytes) -> bool:
    try:
        shelf.blobs.get(digest)
    except SourceMissing:
        return False
    return True


def _collect(shelf: Shelf, after_ms: int = 0) -> int:
    with clock.frozen(clock.now() + after_ms):
        return collect_unnamed(shelf.database, shelf.blobs)


def test_sources_without_a_name_go_once_they_have_been_met_so_twice_a_day_apart(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    shelf.arrive(mail(2, text=LARGE.hex()), Role.ARCHIVE)
    named = [digest_of(mail(1)), digest_of(mail(2, text=LARGE.hex()))]
    stray = _leave(shelf, b"small", LARGE)

    assert _collect(shelf) == 0
    assert _collect(shelf, LEFT_ALONE_MS - 60_000) == 0
    assert all(_is_here(shelf, digest) for digest in stray), "none younger than a day"
    assert _collect(shelf, LEFT_ALONE_MS + 60_000) == 2

    assert not any(_is_here(shelf, digest) for digest in stray)
    assert all(_is_here(shelf, digest) for digest in named)
    assert _collect(shelf, 3 * LEFT_ALONE_MS) == 0


def test_a_source_that_was_given_a_name_meanwhile_stays(shelf: Shelf) -> None:
    _leave(shelf, mail(1))
    _collect(shelf)
    shelf.arrive(mail(1))

    assert _collect(shelf, 2 * LEFT_ALONE_MS) == 0

    assert shelf.blobs.get(digest_of(mail(1))) == mail(1)
    assert shelf.blobs.unnamed_since(clock.now() + 9 * LEFT_ALONE_MS, 10) == []


def test_sources_stay_as_long_as_a_database_that_was_replaced_is_kept(shelf: Shelf, upkeep: Upkeep) -> None:
    """Who puts the replaced one back wants its mails to be whole, also those that were deleted since."""
    aside = shelf.database.path.parent / "replaced-20260101-120000"
    aside.mkdir()
    (aside / DATABASE).touch()
    shelf.arrive(mail(1))

    shelf.accounts.remove(shelf.account, purge_mails=True)
    for days in (1, 3, 40):
        with clock.frozen(clock.now() + days * LEFT_ALONE_MS):
            upkeep.run()
    kept = _is_here(shelf, digest_of(mail(1)))
    (aside / DATABASE).unlink()
    for days in (50, 60):
        with clock.frozen(clock.now() + days * LEFT_ALONE_MS):
            upkeep.run()

    assert kept
    assert not _is_here(shelf, digest_of(mail(1)))


def test_a_clock_that_ran_ahead_does_not_keep_a_source_for_ever(shelf: Shelf) -> None:
    [stray] = _leave(shelf, b"stray")
    _collect(shelf, 365 * LEFT_ALONE_MS)
    _collect(shelf)

    _collect(shelf, LEFT_ALONE_MS + 60_000)

    assert not _is_here(shelf, stray)


def test_a_source_that_an_import_is_about_to_name_stays(shelf: Shelf) -> None:
    [digest] = _leave(shelf, mail(1))
    _collect(shelf)
    with clock.frozen(clock.now() + 2 * LEFT_ALONE_MS):
        collector = threading.Thread(target=_in_thread, args=(shelf,))
        with shelf.database.write() as work:
            collector.start()
            until(lambda: shelf.database._turns._waiting)
            work.run(
                "INSERT INTO email (key, id, conversation_key, date_ms, received_ms, raw_digest) "
                "VALUES (1, x'00', 1, 1, 1, ?)",
                (digest,),
            )
        collector.join()

    assert _is_here(shelf, digest)


def _in_thread(shelf: Shelf) -> None:
    collect_unnamed(shelf.database, shelf.blobs)
    shelf.database.close_thread()


def test_collecting_beside_an_import_leaves_every_mail_its_source(shelf: Shelf) -> None:
    folder = shelf.folder()
    home = shelf.mirror.home(folder, folder.uidvalidity)
    assert home is not None
    uid = 0
    with clock.frozen(clock.now() + 10 * LEFT_ALONE_MS):
        for turn in range(rounds(10, 300)):
            raws = [mail(turn * 10 + n, text="x" * n) for n in range(6)]
            digests = _leave(shelf, *raws)
            shelf.blobs.note_unnamed(digests, 1)
            batches = [
                [Fetched(uid + n, Flag.NONE, 1_780_000_000_000, len(raw), raw, parse(raw))]
                for n, raw in enumerate(raws[:4], 1)
            ]
            uid += len(batches)
            gate = threading.Barrier(2)

            def collect(gate: threading.Barrier = gate) -> None:
                gate.wait(10)
                _in_thread(shelf)

            collector = threading.Thread(target=collect)
            collector.start()
            gate.wait(10)
            for batch in batches:
                shelf.ingest.take(home, batch)
            collector.join()

            assert [shelf.blobs.get(digest) for digest in digests[:4]] == raws[:4]
            assert not any(_is_here(shelf, digest) for digest in digests[4:])
    assert len(shelf.mails(Unified.ALL)) == uid


def test_what_a_kill_left_half_written_goes_when_it_is_old(shelf: Shelf, tmp_path: Path) -> None:
    [digest] = _leave(shelf, LARGE)
    folder = tmp_path / "raw" / digest.hex()[:2]
    halves = [folder / f"{digest.hex()[2:]}.{number}-7" for number in (1, 2)]
    for half in halves:
        half.write_bytes(b"half")
    os.utime(halves[0], (1, 1))

    _collect(shelf)

    assert [half.exists() for half in halves] == [False, True]
    assert _is_here(shelf, digest)


@pytest.fixture
def upkeep(shelf: Shelf, tmp_path: Path) -> Upkeep:
    return Upkeep(shelf.database, shelf.blobs, shelf.ingest, Space(tmp_path), tmp_path / "backup")


def test_damage_is_told_once_and_the_file_not_read_again_every_hour(
    shelf: Shelf, upkeep: Upkeep, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[Path] = []
    told: list[object] = []
    shelf.database._bus.subscribe(events.DamageFound, told.append)

    def damage(database: Path) -> str:
        checks.append(database)
        return "a page is broken"

    monkeypatch.setattr(backup, "damage", damage)
    upkeep.run()
    assert told == [events.DamageFound()]
    for _hour in range(3):
        upkeep.run()

    assert len(checks) == 1
    assert len(told) == 1


def test_housekeeping_collects_once_a_week_after_a_clean_check(shelf: Shelf, upkeep: Upkeep) -> None:
    [stray] = _leave(shelf, b"stray")
    upkeep.run()
    assert _is_here(shelf, stray)

    with clock.frozen(clock.now() + CHECK_EVERY_MS):
        upkeep.run()

    assert not _is_here(shelf, stray)


def test_nothing_is_collected_while_the_database_is_damaged(
    shelf: Shelf, upkeep: Upkeep, monkeypatch: pytest.MonkeyPatch
) -> None:
    [stray] = _leave(shelf, b"stray")
    upkeep.run()
    monkeypatch.setattr(backup, "damage", lambda path: "damaged")

    with clock.frozen(clock.now() + CHECK_EVERY_MS):
        upkeep.run()

    assert _is_here(shelf, stray)


def test_a_source_that_is_named_a_moment_after_the_look_is_not_noted(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    _leave(shelf, mail(1))
    read = shelf.database.read

    @contextmanager
    def read_before_it_arrives() -> Iterator[View]:
        with read() as view:
            yield view
        monkeypatch.undo()
        shelf.arrive(mail(1))

    monkeypatch.setattr(shelf.database, "read", read_before_it_arrives)

    _collect(shelf)

    assert shelf.blobs.unnamed_since(clock.now() + LEFT_ALONE_MS, 10) == []
