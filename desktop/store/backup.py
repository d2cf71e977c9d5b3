"""Backups by SQLite's own backup, checked before they count, and the integrity checks of the profile.

A backup holds everything but the raw sources, which are written once and never changed. The newest seven of the daily
ones are kept, and beside them the newest made before each kind of step that changes much: none of these pushes a daily
one out, however many there are. `store.full_backup` writes those with sources. Any thread.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from desktop.base import clock
from desktop.base.paths import sync_folder, touch_private
from desktop.store.database import DatabaseDamaged, DiskFailed, problem_of
from desktop.store.readable import readable_uri, uri_path

log = logging.getLogger(__name__)

KEPT = 7
"""Daily ones."""
DAILY = "daily"
BEFORE_UPDATE = "before-update"
BEFORE_IMPORT = "before-import"
_BEFORE = "before-"
_DAY_MS = 86_400_000
_STAMP = "%Y%m%d-%H%M%S"
_LOOK_EVERY_STEPS = 10_000
"""Of SQLite's machine; a few milliseconds."""
_ORPHANS = "foreign keys: "
_MAGIC = b"SQLite format 3\0"
_one_at_a_time = threading.Lock()
"""What lies half-written beside the backups is then nobody's."""


def make(database: Path, folder: Path, *, why: str) -> Path:
    """Copy the database while it is in use; returns the checked copy. Raises DiskFull, DatabaseDamaged."""
    with _one_at_a_time:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / f"rapport-{_stamp()}-{why}.db"
        half = target.with_suffix(".half")
        _clear_halves(folder)
        try:
            copy(database, half)
        except BaseException:
            _clear_halves(folder)
            raise
        half.replace(target)
        sync_folder(folder)  # before any other goes
        for old in _no_longer_kept(_oldest_first(folder)):
            old.unlink(missing_ok=True)
    return target


def copy(database: Path, to: Path) -> None:
    """Copy a database that may be in use into a new private file, and read the copy through.

    Raises DiskFull, DiskFailed, DatabaseDamaged; what was written then stays.
    """
    try:
        os.close(os.open(to, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
        with (
            closing(sqlite3.connect(readable_uri(database), uri=True, timeout=10)) as source,
            closing(sqlite3.connect(str(to), timeout=10)) as target,
        ):
            # in one step: SQLite begins a backup anew whenever another connection writes between two steps
            source.backup(target, pages=-1)
            target.execute("PRAGMA journal_mode = DELETE")
        if found := _found_wrong(to):
            raise sqlite3.DatabaseError(f"malformed backup: {found}")
    except sqlite3.Error as error:
        raise problem_of(error, to) or error from error
    except OSError as error:
        raise DiskFailed.of(error) from error


def _found_wrong(path: Path) -> str:
    """Open a database nobody works with and read it through; returns "" when it is whole."""
    if is_empty(path):
        return "it is empty"  # SQLite takes it for a sound one that holds nothing
    with closing(sqlite3.connect(f"file:{uri_path(path)}?mode=ro", uri=True)) as connection:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    return "" if found == "ok" else found


def _no_longer_kept(oldest_first: list[Path]) -> list[Path]:
    """Return the backups that make room: all but the newest daily ones and the newest of each other kind."""
    kinds: dict[str, list[Path]] = {}
    for path in oldest_first:
        reason = path.stem[len("rapport-00000000-000000-") :]
        kinds.setdefault(reason if reason.startswith(_BEFORE) else DAILY, []).append(path)
    return [path for kind, paths in kinds.items() for path in paths[: -(KEPT if kind == DAILY else 1)]]


def is_due(folder: Path) -> bool:
    """Say whether a day has passed since the last backup that a step of the person's did not cause."""
    made = (made_at_ms(path) for path in folder.glob("rapport-*.db") if f"-{_BEFORE}" not in path.name)
    now = clock.now()
    return all(abs(now - at_ms) >= _DAY_MS for at_ms in made)


def _clear_halves(folder: Path) -> None:
    """Delete what a kill or a failure left, with its log; only one backup is ever made at a time."""
    for left in folder.glob("rapport-*.half*"):
        left.unlink(missing_ok=True)


def _oldest_first(folder: Path) -> list[Path]:
    """Return the backups in order of age; one from a day still to come was made by a wrong clock, and counts as old."""
    now = _stamp()
    return sorted(folder.glob("rapport-*.db"), key=lambda path: (path.name[8:23] <= now, path.name))


def _stamp() -> str:
    return clock.to_datetime(clock.now()).strftime(_STAMP)


def made_at_ms(path: Path) -> int:
    """Return when a backup was made, by its name; by its file where the name does not say."""
    try:
        made = datetime.strptime(path.name[len("rapport-") :][:15], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return int(path.stat().st_mtime * 1000)
    return int(made.timestamp() * 1000)


def newest(folder: Path) -> Path | None:
    """Return the newest backup that opens and is whole, None when there is none."""
    for path in reversed(_oldest_first(folder)):
        try:
            if not _found_wrong(path):
                return path
        except sqlite3.Error:
            log.warning("a backup cannot be read")
    return None


class Stopped(Exception):
    """An integrity check was broken off; nothing is known."""


def damage(database: Path, stop: Callable[[], bool] = lambda: False) -> str:
    """Return what an integrity check finds wrong, "" when all is well. Reads the whole file.

    `stop` is asked now and then and breaks the check off. Raises Stopped, and the Problem that kept the file from being
    read where that is not damage.
    """
    try:
        connection = sqlite3.connect(str(database), timeout=10)
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.set_progress_handler(stop, _LOOK_EVERY_STEPS)
            if stop():
                raise Stopped
            found = connection.execute("PRAGMA quick_check(5)").fetchall()
            if [row[0] for row in found] != ["ok"]:
                return "; ".join(str(row[0]) for row in found)
            if orphans := connection.execute("PRAGMA foreign_key_check").fetchmany(5):
                return f"{_ORPHANS}{orphans}"
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if str(error) == "interrupted":
            raise Stopped from error
        problem = problem_of(error, database)
        if problem is not None and not isinstance(problem, DatabaseDamaged):
            raise problem from error
        return str(error)
    return ""


def is_orphans_only(found: str) -> bool:
    """Say whether what `damage` found are rows that point nowhere, in a file that is whole."""
    return found.startswith(_ORPHANS)


def set_suspect(database: Path, *, suspect: bool) -> None:
    """Note beside the database whether the next start must check it before anything opens it."""
    note = database.with_suffix(".suspect")
    if suspect:
        touch_private(note)
    else:
        note.unlink(missing_ok=True)


def is_suspect(database: Path) -> bool:
    """Say whether damage was found while the database was in use."""
    return database.with_suffix(".suspect").exists()


def exists(folder: Path) -> bool:
    """Say whether there is any backup, whole or not."""
    return any(folder.glob("rapport-*.db"))


def damage_at_sight(database: Path) -> str:
    """Return what is wrong with the first pages of a database, "" when they make sense; a new one's do."""
    try:
        connection = sqlite3.connect(str(database), timeout=10)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        return str(error) if isinstance(problem_of(error, database), DatabaseDamaged) else ""
    return ""


def is_database(path: Path) -> bool:
    """Say whether a file begins as a database does; an empty one will be one."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) in (_MAGIC, b"")


def is_empty(database: Path) -> bool:
    """Say whether a database is missing or has no octet: SQLite then begins a new one, and deletes its log."""
    return not database.exists() or not database.stat().st_size


def name_aside(database: Path, at_ms: int) -> str:
    """Return the name a database gets that is found damaged now; no file has it yet."""
    stem = f"{database.stem}-damaged-{clock.to_datetime(at_ms).strftime(_STAMP)}"
    names = (f"{stem}{f'-{number}' if number > 1 else ''}.db" for number in count(1))
    return next(name for name in names if not any(database.parent.glob(f"{name}*")))


def files_aside(database: Path) -> list[Path]:
    """Return the damaged databases that were set aside and nobody has deleted yet, oldest first."""
    return sorted(database.parent.glob(f"{database.stem}-damaged-*.db"), key=lambda path: path.stem)


def move_aside(database: Path, name: str) -> Path:
    """Take a damaged database out of the way, with its log; returns where it lies now."""
    aside = database.with_name(name)
    for suffix in ("-wal", "-shm"):
        companion = database.with_name(database.name + suffix)
        if companion.exists():
            companion.replace(aside.with_name(aside.name + suffix))
    if database.exists():
        database.replace(aside)
    return aside


def move_back(database: Path, name: str) -> bool:
    """Bring back the log of a database that was to get this name, where the move was broken off between the two.

    Without its log the database would pass for sound and lack what was last written. Returns whether there was one.
    """
    aside = database.with_name(name)
    away, log_file = (path.with_name(f"{path.name}-wal") for path in (aside, database))
    written_since = log_file.exists() and log_file.stat().st_size > 0
    if aside.exists() or not away.exists() or not database.exists() or written_since:
        return False
    for path in (aside, database):
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    away.replace(log_file)
    return True
