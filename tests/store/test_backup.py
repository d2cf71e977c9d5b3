"""Backups while the database is in use: whole or not there, and only as many as are kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from desktop.store import backup
from desktop.store.database import Database, DatabaseDamaged, DiskFull
from desktop.store.settings import SettingValues


def _settings(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    try:
        return dict(connection.execute("SELECT name, value FROM setting"))
    finally:
        connection.close()


def test_a_backup_holds_what_is_committed_and_nothing_of_what_is_not(database: Database, tmp_path: Path) -> None:
    with database.write() as work:
        SettingValues.put(work, "before", "1")
    with database.write() as work:
        SettingValues.put(work, "meanwhile", "1")
        made = backup.make(database.path, tmp_path / "backup", why="test")

    assert _settings(made) == {"before": "1"}
    assert made.stat().st_mode & 0o77 == 0
    assert backup.newest(tmp_path / "backup") == made


def test_a_backup_that_a_kill_cut_is_no_backup_and_goes_with_the_next(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / "rapport-20260101-000000-weekly.half").write_bytes(b"x" * 5000)
    assert backup.newest(folder) is None

    made = backup.make(database.path, folder, why="test")

    assert list(folder.iterdir()) == [made]


def test_a_damaged_database_gives_no_backup_and_costs_none(database: Database, tmp_path: Path) -> None:
    good = backup.make(database.path, tmp_path / "backup", why="good")
    database.close()
    with database.path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 30_000)

    with pytest.raises(DatabaseDamaged):
        backup.make(database.path, tmp_path / "backup", why="bad")

    assert list((tmp_path / "backup").iterdir()) == [good]


def test_a_backup_without_room_is_told_so_and_leaves_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(sqlite3.Connection):
        def backup(self, *_target: object, **_options: object) -> None:
            raise sqlite3.OperationalError("database or disk is full")

    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **options: connect(path, factory=Full, **options))

    with pytest.raises(DiskFull):
        backup.make(database.path, tmp_path / "backup", why="test")

    assert list((tmp_path / "backup").iterdir()) == []


def test_a_backup_that_cannot_be_read_is_passed_over(database: Database, tmp_path: Path) -> None:
    good = backup.make(database.path, tmp_path / "backup", why="good")
    (tmp_path / "backup" / f"{good.name[:15]}-999999-bad.db").write_bytes(b"no database" * 1000)

    assert backup.newest(tmp_path / "backup") == good
