"""Rows of a damaged database file, as many as can be read, and the guard under which one of them is taken over."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from desktop.base.errors import Bug, Problem
from desktop.store.database import UnitOfWork, problem_of
from desktop.store.readable import readable_uri

log = logging.getLogger(__name__)

PLACE = ("account_key", "folder_key", "uidvalidity", "uid")
"""What says where a copy of a mail lies."""
LARGEST_KEY = 1 << 48
"""A key beyond was never given; what takes the last one there is leaves no room for the next."""


def setting(damaged: Path, name: str) -> str | None:
    """Return a value that is stored under this name in a damaged database; None when none can be read."""
    try:
        with closing(open_damaged(damaged)) as connection:
            row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else str(row[0])


def open_damaged(damaged: Path) -> sqlite3.Connection:
    """Open a damaged file for reading; the caller closes it. Raises sqlite3.Error."""
    connection = sqlite3.connect(readable_uri(damaged), uri=True, timeout=10)
    # octets that are no text are read all the same; the row they are in cannot be written here
    connection.text_factory = lambda octets: octets.decode("utf-8", "surrogateescape")
    try:
        for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class Damaged:
    """A file of which parts can be read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, table: str, columns: Sequence[str], key: str) -> tuple[list[tuple[Any, ...]], bool]:
        """Return the readable rows of a table in the order of `key`, and whether these are all."""
        found: dict[Any, tuple[Any, ...]] = {}
        for order in ("ASC", "DESC"):  # what lies behind the damage is read from the other end
            try:
                cursor = self._connection.execute(f"SELECT {key}, {', '.join(columns)} FROM {table} ORDER BY 1 {order}")
                for first, *rest in cursor:
                    found[first] = tuple(rest)
                return [found[first] for first in sorted(found, key=_in_order)], True
            except sqlite3.Error as error:
                log.info("a part of the table %s cannot be read: %s", table, error)
        return [found[first] for first in sorted(found, key=_in_order)], False

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table; none when it cannot be read."""
        try:
            return [row[1] for row in self._connection.execute(f"PRAGMA table_info({table})")]
        except sqlite3.Error:
            return []


def _in_order(value: Any) -> tuple[str, Any]:
    """Return what orders values of a column, in which damage may leave any kind."""
    return type(value).__name__, value


def columns_of(work: UnitOfWork, table: str) -> list[str]:
    """Return the columns of a table of the database rows are taken over into."""
    return [row[1] for row in work.all(f"PRAGMA table_info({table})")]


@contextmanager
def one_row(work: UnitOfWork) -> Iterator[None]:
    """Take over one row in a savepoint: one that makes no sense here is left out, and nothing else."""
    work.run("SAVEPOINT one_row")
    try:
        yield
    except (Problem, Bug):
        raise
    except Exception as error:
        if (problem := problem_of(error)) is not None:
            raise problem from error
        if not work.connection.in_transaction:
            raise  # SQLite has taken everything back
        work.run("ROLLBACK TO one_row")
        log.info("a row of the damaged database makes no sense: %s", error)
    if work.connection.in_transaction:
        work.run("RELEASE one_row")


def check_key(key: Any) -> None:
    """Fail on what cannot be the key of a row."""
    if not isinstance(key, int) or not 0 < key < LARGEST_KEY:
        raise ValueError("no key that was ever given")
