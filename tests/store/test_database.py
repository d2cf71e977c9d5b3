"""Units of work: all or nothing, one at a time, events only after commit."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop.base.bus import Bus
from desktop.base.errors import Bug
from desktop.store import backup
from desktop.store.database import (
    Database,
    DatabaseBusy,
    DatabaseClosed,
    DatabaseDamaged,
    DiskFailed,
    DiskFull,
    SearchIndexDamaged,
    problem_of,
)
from desktop.store.mail.blobs import Blobs
from tests.store.power import Disk, needs_names, reading


@dataclass(frozen=True)
class Happened:
    number: int


def test_events_are_published_after_commit_and_in_order(database: Database, bus: Bus) -> None:
    seen: list[tuple[int, int]] = []

    def look(event: Happened) -> None:
        with database.read() as view:
            seen.append((event.number, view.value("SELECT count(*) FROM setting")))

    bus.subscribe(Happened, look)
    with database.write() as work:
        work.emit(Happened(1))
        work.run("INSERT INTO setting (name, value) VALUES ('a', '1')")
        work.emit(Happened(2))
        assert seen == []

    assert seen == [(1, 1), (2, 1)]


def test_what_fails_changes_nothing_and_says_nothing(database: Database, bus: Bus) -> None:
    seen: list[Happened] = []
    bus.subscribe(Happened, seen.append)

    def fail() -> None:
        with database.write() as work:
            work.run("INSERT INTO setting (name, value) VALUES ('a', '1')")
            work.emit(Happened(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    with database.read() as view:
        assert view.value("SELECT count(*) FROM setting") == 0
    assert seen == []


def test_units_of_work_do_not_nest_and_a_handler_that_fails_is_contained(database: Database, bus: Bus) -> None:
    with database.write(), pytest.raises(Bug), database.write():
        pass

    def fail(event: Happened) -> None:
        raise ZeroDivisionError

    bus.subscribe(Happened, fail)
    with database.write() as work:
        work.emit(Happened(1))


def test_a_reader_keeps_its_view_while_a_writer_goes_on(database: Database) -> None:
    written = threading.Event()
    with database.read() as view:
        before = view.value("SELECT count(*) FROM setting")

        def write() -> None:
            with database.write() as work:
                work.run("INSERT INTO setting (name, value) VALUES ('a', '1')")
            database.close_thread()
            written.set()

        thread = threading.Thread(target=write)
        thread.start()
        assert written.wait(10)
        thread.join()
        assert view.value("SELECT count(*) FROM setting") == before

    with database.read() as view:
        assert view.value("SELECT count(*) FROM setting") == before + 1


def test_writers_take_turns(database: Database) -> None:
    def write(name: str) -> None:
        for number in range(20):
            with database.write() as work:
                work.run("INSERT INTO setting (name, value) VALUES (?, '1')", (f"{name}{number}",))
        database.close_thread()

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.read() as view:
        assert view.value("SELECT count(*) FROM setting") == 80


@needs_names
@pytest.mark.parametrize("logs", [1, 2])
def test_what_is_settled_outlives_a_loss_of_power_while_somebody_reads_an_older_state(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, logs: int
) -> None:
    disk = Disk(monkeypatch, database.path)
    for _ in range(logs):  # each time the log is begun anew
        with database.write() as work:
            work.run("INSERT INTO setting (name, value) VALUES (hex(randomblob(8)), '0')")
        database.settle()
        with closing(sqlite3.connect(database.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(FULL)")
    with reading(database.path):
        for settled in (True, False):
            with database.write() as work:
                work.run("INSERT INTO setting (name, value) VALUES (?, '0')", (f"settled: {settled}",))
            if settled:
                database.settle()
        found = disk.after_power_loss(tmp_path / "found")

    with closing(sqlite3.connect(found)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM setting")}
    assert len(names) == logs + 1
    assert "settled: True" in names
    assert backup.damage(found) == ""


def test_a_log_that_cannot_be_synced_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(descriptor: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)

    with pytest.raises(DiskFailed):
        database.settle()


def test_a_read_only_database_refuses_to_write(database: Database, bus: Bus) -> None:
    reader = Database(database.path, bus, read_only=True)
    with reader.read() as view:
        assert view.value("SELECT count(*) FROM user") == 1
    with pytest.raises(Bug), reader.write():
        pass
    reader.close()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("database or disk is full", DiskFull),
        ("database disk image is malformed", DatabaseDamaged),
        ("file is not a database", DatabaseDamaged),
        ("database is locked", DatabaseBusy),
        ("invalid fts5 file format (found 0, expected 4) - run 'rebuild'", SearchIndexDamaged),
    ],
)
def test_what_the_world_does_to_a_file_is_said_in_words(words: str, problem: type, tmp_path: Path) -> None:
    assert isinstance(problem_of(Exception(words), tmp_path / "x.db"), problem)
    assert problem_of(Exception("no such column: x"), tmp_path / "x.db") is None


def test_a_thread_that_could_not_open_the_database_can_write_when_it_is_there(tmp_path: Path, bus: Bus) -> None:
    database = Database(tmp_path / "later" / "rapport.db", bus)
    for _ in range(2):
        with pytest.raises(DatabaseClosed), database.write():
            pass
    (tmp_path / "later").mkdir()

    with database.write() as work:
        work.run("CREATE TABLE something (key INTEGER)")

    database.close()


@pytest.mark.parametrize("read_only", [False, True])
def test_c37_a_file_from_elsewhere_is_data_and_not_code(database: Database, read_only: bool) -> None:
    with database.write() as work:
        work.run("CREATE VIEW trap AS SELECT load_extension('x') AS told")
    opened = Database(database.path, Bus(), read_only=read_only)
    try:
        with opened.read() as view:
            assert view.value("PRAGMA trusted_schema") == 0
            assert view.value("PRAGMA cell_size_check") == 1
            with pytest.raises(sqlite3.OperationalError, match="unsafe use of load_extension"):
                view.all("SELECT * FROM trap")
    finally:
        opened.close()


def test_c37_the_file_of_sources_is_opened_as_data(tmp_path: Path) -> None:
    for read_only in (False, True):
        blobs = Blobs(tmp_path / "raw", read_only=read_only)
        assert blobs._connection.execute("PRAGMA trusted_schema").fetchone() == (0,)
        assert blobs._connection.execute("PRAGMA cell_size_check").fetchone() == (1,)
        blobs.close()
