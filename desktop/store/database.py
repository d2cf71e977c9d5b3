"""The local truth: one SQLite file in WAL mode, with units of work and events after commit.

`read()` gives a consistent view on this thread's own connection; `write()` gives a unit of work that holds the
process-wide write lock from BEGIN IMMEDIATE to COMMIT, and publishes the events it collected only then. Neither is
ever held over network or parsing. Any thread may use both; a unit of work must not be nested. Writers take turns: one
that does much in many units of work lets every other in between.
"""

from __future__ import annotations

import errno
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import peewee

from desktop.base.bus import Bus
from desktop.base.errors import Bug, Problem, Remedy
from desktop.base.i18n import _
from desktop.base.paths import sync_file, sync_folder
from desktop.base.turns import Turns
from desktop.store.readable import readable_uri, uri_path

log = logging.getLogger(__name__)

_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA synchronous = NORMAL",
    "PRAGMA busy_timeout = 10000",
    "PRAGMA cache_size = -16000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA mmap_size = 268435456",
    "PRAGMA journal_size_limit = 67108864",
    # A profile file from elsewhere is data, not code. (Python 3.11 has no way to SQLITE_DBCONFIG_DEFENSIVE; without
    # trust in the schema, and with no SQL that is not ours, what it forbids has nobody to do it.)
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)
_INDEX_DAMAGED = 267
"""SQLITE_CORRUPT_VTAB: FTS5 found its tables wrong, while the pages they lie on are sound."""
_OTHER_FORMAT = "invalid fts5 file format"
"""What FTS5 says, as of a statement that is wrong, when the number of its format is lost or another."""
_NO_ROOM_BYTES = 1 << 20
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class DiskFull(Problem):
    remedy = Remedy.FREE_SPACE

    def __init__(self) -> None:
        super().__init__(_("The disk is full. Free some space; Rapport then goes on by itself."))


class DiskFailed(Problem):
    """A file could not be read or written, though there is room."""

    remedy = Remedy.NONE

    def __init__(self, details: str) -> None:
        text = _("The disk does not take or give what Rapport stores. Check the disk and the profile’s permissions.")
        super().__init__(text, details=details)

    @classmethod
    def of(cls, error: OSError) -> Problem:
        """Return what went wrong with a file."""
        return DiskFull() if error.errno in _NO_ROOM else cls(str(error))


class DatabaseDamaged(Problem):
    can_retry = False

    def __init__(self, details: str) -> None:
        super().__init__(_("The mail database is damaged."), details=details)


class SearchIndexDamaged(DatabaseDamaged):
    """The search index alone is damaged: it is derived from what is whole and can be built anew."""

    can_retry = True

    def __init__(self, details: str) -> None:
        super().__init__(details)
        self.text = _("The search index is damaged. Rapport builds it anew by itself; try again in a few minutes.")


class DatabaseClosed(Problem):
    """The file may not be opened or written."""

    remedy = Remedy.NONE

    def __init__(self, details: str) -> None:
        text = _("The mail database cannot be opened and written. Check the permissions of the profile folder.")
        super().__init__(text, details=details)


class DatabaseBusy(Problem):
    def __init__(self) -> None:
        super().__init__(_("Another program is holding the mail database."))


def fold(text: str) -> str:
    """Return a text without the difference of upper and lower case, in every alphabet; SQL knows it as `fold`."""
    return text.casefold()


def problem_of(error: Exception, file: Path | None = None) -> Problem | None:
    """Return what an SQLite error about a file means for the person, or None when it is our own fault."""
    text = str(error).lower()
    if "disk is full" in text:
        return DiskFull()
    if "disk i/o error" in text:
        # where the shared memory beside the log finds no room, SQLite says no more than this
        full = file is not None and shutil.disk_usage(file.parent).free < _NO_ROOM_BYTES
        return DiskFull() if full else DiskFailed(str(error))
    if getattr(error, "sqlite_errorcode", None) == _INDEX_DAMAGED or _OTHER_FORMAT in text:
        return SearchIndexDamaged(str(error))
    if ("malformed" in text and "json" not in text) or "not a database" in text or "corrupt" in text:
        return DatabaseDamaged(str(error))
    if "readonly database" in text or "unable to open" in text:
        return DatabaseClosed(str(error))
    if "locked" in text or "busy" in text:
        return DatabaseBusy()
    return None


class View:
    """A consistent look at the store, valid inside its `with` block and on its thread."""

    __slots__ = ("connection", "peewee")

    def __init__(self, connection: sqlite3.Connection, database: peewee.SqliteDatabase) -> None:
        self.connection = connection
        self.peewee = database

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a query and return its rows."""
        return self.connection.execute(sql, values).fetchall()

    def first(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """Run a query and return its first row, None without one."""
        row: tuple[Any, ...] | None = self.connection.execute(sql, values).fetchone()
        return row

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Run a query and return the first column of its first row, None without one."""
        row = self.first(sql, values)
        return None if row is None else row[0]

    def column(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Run a query and return its first column."""
        return [row[0] for row in self.connection.execute(sql, values)]


class UnitOfWork(View):
    """A transaction. What it emits is published after commit, in order; after an error nothing is."""

    __slots__ = ("events",)

    def __init__(self, connection: sqlite3.Connection, database: peewee.SqliteDatabase) -> None:
        super().__init__(connection, database)
        self.events: list[object] = []

    def run(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement; the cursor has `lastrowid` and `rowcount`."""
        return self.connection.execute(sql, values)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row."""
        self.connection.executemany(sql, rows)

    def emit(self, event: object) -> None:
        """Publish `event` once this unit of work is committed."""
        self.events.append(event)


class Database:
    """Opens connections (one a thread) and hands out views and units of work."""

    def __init__(self, path: Path, bus: Bus, *, read_only: bool = False) -> None:
        self.path = path
        self.read_only = read_only
        self._bus = bus
        self._turns = Turns()
        self._writer: int | None = None
        uri = readable_uri(path) if read_only else f"file:{uri_path(path)}?mode=rwc"
        self.peewee = peewee.SqliteDatabase(uri, uri=True, timeout=10, thread_safe=True, autoconnect=False)
        self._generation = 0
        self.when_full: Callable[[], None] = lambda: None
        """Called when a write failed for lack of room, before its problem is raised."""
        self.when_damaged: Callable[[], None] = lambda: None
        """Called when the file turned out to be damaged, before its problem is raised."""
        self.when_index_damaged: Callable[[], None] = lambda: None
        """Called when the search index turned out to be damaged, before its problem is raised."""
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        if self.peewee.is_closed() or getattr(self._local, "generation", -1) != self._generation:
            if not self.peewee.is_closed():
                self.peewee.close()
            try:
                self.peewee.connect()
                connection: sqlite3.Connection = self.peewee.connection()
                if not self.read_only:
                    connection.execute("PRAGMA journal_mode = WAL")
                connection.create_function("fold", 1, fold, deterministic=True)
                for pragma in _PRAGMAS:
                    connection.execute(pragma)
            except (sqlite3.Error, peewee.PeeweeException) as error:
                self.peewee.close()
                raise problem_of(error, self.path) or error from error
            self._local.generation = self._generation
        return self.peewee.connection()  # type: ignore[no-any-return]

    @contextmanager
    def read(self) -> Iterator[View]:
        """Look at one consistent state. Raises DatabaseDamaged, DatabaseBusy."""
        connection = self._connection()
        if connection.in_transaction:
            # A service reading inside a reader's block shares its state.
            yield View(connection, self.peewee)
            return
        try:
            connection.execute("BEGIN")
            yield View(connection, self.peewee)
        except (sqlite3.Error, peewee.PeeweeException) as error:
            raise self._problem_of(error) or error from error
        finally:
            self._roll_back(connection)

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[UnitOfWork]:
        """Change the store in one transaction. Raises DiskFull, DatabaseDamaged, DatabaseBusy; then nothing changed.

        What is `durable` outlives a loss of power from the moment this returns, at the cost of some milliseconds (R22).
        """
        if self.read_only:
            raise Bug("a read-only database was asked to write")
        if self._writer == threading.get_ident():
            raise Bug("units of work must not be nested")
        with self._turns:
            connection = self._connection()
            work = UnitOfWork(connection, self.peewee)
            self._writer = threading.get_ident()
            try:
                if durable:
                    connection.execute("PRAGMA synchronous = FULL")
                connection.execute("BEGIN IMMEDIATE")
                yield work
                connection.execute("COMMIT")
            except (sqlite3.Error, peewee.PeeweeException) as error:
                self._roll_back(connection)
                problem = self._problem_of(error)
                if isinstance(problem, DiskFull):
                    self.when_full()
                raise problem or error from error
            except BaseException as error:
                self._roll_back(connection)
                if isinstance(error, DiskFull):
                    self.when_full()
                raise
            finally:
                self._writer = None
                if durable:
                    connection.execute("PRAGMA synchronous = NORMAL")
        for event in work.events:
            self._bus.publish(event)

    def publish(self, event: object) -> None:
        """Publish what is no change of rows, outside of any unit of work."""
        self._bus.publish(event)

    def _problem_of(self, error: Exception) -> Problem | None:
        problem = problem_of(error, self.path)
        if isinstance(problem, SearchIndexDamaged):
            self.when_index_damaged()
        elif isinstance(problem, DatabaseDamaged):
            self.when_damaged()
        return problem

    @staticmethod
    def _roll_back(connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            try:
                connection.execute("ROLLBACK")
            except sqlite3.Error:
                log.warning("roll back failed", exc_info=True)

    def settle(self) -> None:
        """See that what is committed outlives a loss of power, which a commit alone does not; some milliseconds.

        The write-ahead log is synced, whoever still reads an older state: SQLite reads it again after the loss, and has
        synced the file itself before a log is begun anew. Without a log all is in the file.
        Raises DiskFull, DiskFailed.
        """
        try:
            with suppress(FileNotFoundError):
                sync_file(self.path.with_name(f"{self.path.name}-wal"))
            sync_folder(self.path.parent)
        except OSError as error:
            raise DiskFailed.of(error) from error

    def close_thread(self) -> None:
        """Close this thread's connection. A pool thread calls it before it ends."""
        if not self.peewee.is_closed():
            self.peewee.close()

    def close(self) -> None:
        """Close this thread's connection and tidy the write-ahead log; other threads close theirs."""
        if not self.read_only and not self.peewee.is_closed():
            try:
                connection = self._connection()
                connection.execute("PRAGMA optimize")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.Error:
                log.info("checkpoint at close failed", exc_info=True)
        self.close_thread()
        self._generation += 1
