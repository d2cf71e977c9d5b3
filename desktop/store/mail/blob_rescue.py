"""Examines the database of raw sources before it is opened, and replaces a damaged one by what can be read of it.

A row counts as readable when its source has the digest it is kept under. The damaged file stays beside the new one
until the person deletes it; a note says that sources may be missing until whoever names them has been told
(`store.mail.lost_sources`). Killed at any point, it is gone on with by the next start.
"""

from __future__ import annotations

import logging
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path

from desktop.base import clock
from desktop.base.paths import sync_folder, touch_private
from desktop.store import backup
from desktop.store.database import DatabaseDamaged, problem_of
from desktop.store.mail.blobs import CODECS, FILE_NAME, FOLDERS, LOST_NOTE, WHOLE, Blobs, digest_of
from desktop.store.readable import readable_uri

log = logging.getLogger(__name__)

_MOST_ROWS = 100_000
"""So many row numbers are tried at the least where neither index nor table says which there are."""
_ROWS_A_PAGE = 64
_AS_DATA = ("PRAGMA query_only = ON", "PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON")
_BATCH = 200


def examine(folder: Path, after_crash: bool, stop: Callable[[], bool] = lambda: False) -> None:
    """Replace the database of sources in `folder` where it is damaged; of one that is not there all may be missing.

    The whole file is read only where there is a reason to. Raises backup.Stopped when `stop` says so meanwhile,
    DiskFull when there is no room for a copy of what is readable.
    """
    database = folder / FILE_NAME
    waiting = database.with_suffix(".new")
    if waiting.exists():  # killed before it took its place
        for name in _names_without_file(folder):
            if backup.move_back(database, name):
                break
        if not database.exists() or _is_whole(waiting, stop):
            _take_place(waiting, database)
    else:
        for name in _names_without_file(folder):
            for left in folder.glob(f"{name}-*"):
                left.unlink()  # the log of a file somebody deleted; it must not come to that of another
    for left in folder.glob("blobs.copying*"):
        left.unlink()
    waiting.unlink(missing_ok=True)
    if backup.is_empty(database):
        touch_private(_note(folder))
        backup.set_suspect(database, suspect=False)
        return
    if after_crash:
        backup.set_suspect(database, suspect=True)
    if backup.is_suspect(database) or not _is_readable(database):
        found = backup.damage(database, stop)
        if found:
            log.error("the sources are damaged: %s", found)
            _replace(database, waiting)
    backup.set_suspect(database, suspect=False)


def damage(folder: Path) -> str:
    """Return what is wrong with the database of sources, "" when all is well; reads the whole file, changes nothing.

    Raises the Problem that kept it from being read where that is not damage.
    """
    database = folder / FILE_NAME
    if not database.exists():
        return ""
    try:
        with closing(sqlite3.connect(readable_uri(database), uri=True, timeout=10)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA quick_check(5)")]
    except sqlite3.Error as error:
        problem = problem_of(error, database)
        if problem is not None and not isinstance(problem, DatabaseDamaged):
            raise problem from error
        return str(error)
    return "" if found == ["ok"] else "; ".join(found)


def holds_any(folder: Path) -> bool:
    """Say whether there is any source, be it one that cannot be read."""
    if any(folder.glob(f"{FOLDERS}/*.z")):
        return True
    database = folder / FILE_NAME
    if backup.is_empty(database):
        return False
    try:
        with closing(sqlite3.connect(readable_uri(database), uri=True, timeout=10)) as connection:
            return connection.execute("SELECT 1 FROM blob LIMIT 1").fetchone() is not None
    except sqlite3.Error as error:
        return problem_of(error, database) is not None  # else it has not got its table yet


def set_suspect(folder: Path) -> None:
    """Let the next start examine the database of sources."""
    backup.set_suspect(folder / FILE_NAME, suspect=True)


def may_miss(folder: Path) -> bool:
    """Say whether sources may have been lost that are not noted yet; where there never were any, none are."""
    return _note(folder).exists()


def missing_noted(folder: Path) -> None:
    """Note that the lost sources are noted where they were named."""
    _note(folder).unlink(missing_ok=True)


def damaged_files(folder: Path) -> list[Path]:
    """Return the damaged files that were set aside and nobody has deleted yet."""
    return [*backup.files_aside(folder / FILE_NAME), *sorted(folder.glob("source-damaged-*.z"))]


def _names_without_file(folder: Path) -> list[str]:
    """Return the names of damaged files that are not there, newest first, of which the log or its index is."""
    names = {path.name.rpartition("-")[0] for path in folder.glob("blobs-damaged-*.db-*")}
    return sorted((name for name in names if not (folder / name).exists()), key=lambda name: Path(name).stem)[::-1]


def _note(folder: Path) -> Path:
    return folder / LOST_NOTE


def _is_readable(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(readable_uri(database), uri=True, timeout=10)) as connection:
            connection.execute("SELECT digest FROM blob LIMIT 1").fetchone()
    except sqlite3.Error as error:
        return not isinstance(problem_of(error, database), DatabaseDamaged)
    return True


def _replace(database: Path, waiting: Path) -> None:
    half = database.with_name("blobs.copying")
    touch_private(half)
    kept = _copy(database, half)
    half.replace(waiting)
    _take_place(waiting, database)
    log.warning("%d sources are taken over from the damaged file", kept)


def _take_place(waiting: Path, database: Path) -> None:
    """Put the copy in the place of the damaged file, which gets a name of its own, as its log does."""
    touch_private(_note(database.parent))
    sync_folder(database.parent)
    backup.move_aside(database, backup.name_aside(database, clock.now()))
    waiting.replace(database)
    sync_folder(database.parent)


def _is_whole(copy: Path, stop: Callable[[], bool]) -> bool:
    """Say whether all of a copy reached the disk; SQLite takes an empty file for a database."""
    return not backup.is_empty(copy) and not backup.damage(copy, stop)


def _copy(damaged: Path, to: Path) -> int:
    """Copy the sources that can be read into a new database; returns how many these are, once they are on the disk."""
    kept = 0
    try:
        with closing(sqlite3.connect(str(to), timeout=10, isolation_level=None)) as new:
            new.execute("PRAGMA synchronous = FULL")
            Blobs.make_tables(new)
            new.execute("BEGIN")
            for row in _readable_rows(damaged):
                new.execute("INSERT OR IGNORE INTO blob (digest, codec, data) VALUES (?, ?, ?)", row)
                kept += 1
                if kept % _BATCH == 0:
                    new.execute("COMMIT")
                    new.execute("BEGIN")
            new.executemany("INSERT OR IGNORE INTO unnamed (digest, since_ms) VALUES (?, ?)", _noted_unnamed(damaged))
            new.execute("COMMIT")
    except sqlite3.Error as error:
        raise problem_of(error, to) or error from error
    return kept


def _readable_rows(damaged: Path) -> Iterator[tuple[bytes, int, bytes]]:
    """Yield the rows of which the source is what it was; each is looked up alone, so that damage costs no neighbour.

    The table takes every row that is yielded: where the codec makes no sense the source counts as whole.
    """
    with closing(sqlite3.connect(readable_uri(damaged), uri=True, timeout=10)) as connection:
        try:
            for pragma in _AS_DATA:
                connection.execute(pragma)
            numbers = _numbers(connection)
        except sqlite3.Error:
            log.warning("nothing can be read of the damaged sources", exc_info=True)
            return
        for number in numbers:
            try:
                row = connection.execute("SELECT digest, codec, data FROM blob WHERE rowid = ?", (number,)).fetchone()
                if row is None or digest_of(zlib.decompress(row[2])) != row[0]:
                    continue
            except (sqlite3.Error, zlib.error, TypeError, MemoryError):
                continue
            digest, codec, data = row
            yield digest, codec if codec in CODECS else WHOLE, data


def _noted_unnamed(damaged: Path) -> Iterator[tuple[bytes, int]]:
    """Yield which sources were noted as unnamed, and since when, as far as that can be read."""
    try:
        with closing(sqlite3.connect(readable_uri(damaged), uri=True, timeout=10)) as connection:
            for pragma in _AS_DATA:
                connection.execute(pragma)
            for digest, since_ms in connection.execute("SELECT digest, since_ms FROM unnamed"):
                if isinstance(digest, bytes) and isinstance(since_ms, int):
                    yield digest, since_ms
    except sqlite3.Error:
        log.info("not all that is noted of the damaged sources can be read")


def _numbers(connection: sqlite3.Connection) -> Iterable[int]:
    """Return the numbers of all rows: as the index has them, or, where that is damaged, all up to the greatest."""
    try:
        index = "SELECT rowid FROM blob INDEXED BY sqlite_autoindex_blob_1"
        return sorted(int(row[0]) for row in connection.execute(index))
    except sqlite3.Error:
        log.info("the index of the damaged sources cannot be read")
    pages = int(connection.execute("PRAGMA page_count").fetchone()[0])
    most = max(_MOST_ROWS, pages * _ROWS_A_PAGE)
    try:
        most = min(int(connection.execute("SELECT coalesce(max(rowid), 0) FROM blob").fetchone()[0]), most)
    except sqlite3.Error:
        log.info("the last of the damaged sources cannot be read")
    return range(1, most + 1)
