"""Backups while the database is in use: whole or not there, and only as many as are kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from desktop.app.core import build_core
from desktop.base import clock
from desktop.base.paths import Profile
from desktop.store import backup
from desktop.store.database import Database, DatabaseDamaged, DiskFull
from desktop.store.settings import SettingValues
from tests.desk import PASSPHRASE


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


@pytest.mark.parametrize("written", [b"no database" * 1000, b""])
def test_a_backup_that_cannot_be_read_or_holds_nothing_is_passed_over(
    database: Database, tmp_path: Path, written: bytes
) -> None:
    now = clock.now()
    with clock.frozen(now - 60_000):
        good = backup.make(database.path, tmp_path / "backup", why="good")
    with clock.frozen(now):
        bad = backup.make(database.path, tmp_path / "backup", why="bad")
    bad.write_bytes(written)

    assert backup.newest(tmp_path / "backup") == good


def test_no_older_one_goes_before_the_new_one_is_sure_to_stay(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backup"
    old = backup.make(database.path, folder, why=backup.BEFORE_IMPORT)
    seen: list[list[Path]] = []
    monkeypatch.setattr(backup, "sync_folder", lambda path: seen.append(sorted(path.iterdir())))

    with clock.frozen(clock.now() + 60_000):
        new = backup.make(database.path, folder, why=backup.BEFORE_IMPORT)

    assert seen == [[old, new]]
    assert list(folder.iterdir()) == [new]


def test_seven_daily_ones_are_kept_and_the_newest_before_each_kind_of_step(database: Database, tmp_path: Path) -> None:
    day_ms = 86_400_000
    folder = tmp_path / "backup"
    for day in range(10):
        with clock.frozen(1_780_000_000_000 + day * day_ms):
            backup.make(database.path, folder, why=backup.DAILY)
        for hour in (1, 2):
            with clock.frozen(1_780_000_000_000 + day * day_ms + hour * 3_600_000):
                backup.make(database.path, folder, why=backup.BEFORE_UPDATE)

    kept = sorted(path.name for path in folder.iterdir())

    assert len([name for name in kept if name.endswith("-daily.db")]) == 7
    [before] = [name for name in kept if name.endswith("-before-update.db")]
    assert before == kept[-1], "the newest of all"
    assert len(kept) == 8


def test_a_daily_backup_is_due_after_a_day_whatever_was_made_before_an_update(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "backup"
    now = clock.now()
    with clock.frozen(now):
        assert backup.is_due(folder)
        backup.make(database.path, folder, why=backup.DAILY)
        assert not backup.is_due(folder)
    with clock.frozen(now + 86_400_000 + 1000):
        backup.make(database.path, folder, why=backup.BEFORE_UPDATE)
        assert backup.is_due(folder)
    with clock.frozen(now - 3 * 86_400_000):
        assert backup.is_due(folder), "the clock ran ahead when the last was made"


def test_housekeeping_backs_up_once_a_day(tmp_path: Path) -> None:
    core = build_core(Profile(tmp_path / "profile"), lambda new: PASSPHRASE)
    upkeep = core.supervisor._housekeeping._upkeep
    now = clock.now()
    for hours in (0, 1, 23, 25, 26, 50):
        with clock.frozen(now + hours * 3_600_000):
            upkeep.run()

    assert len(list(core.profile.backup.glob("*-daily.db"))) == 3
    core.close()
