"""Finding and mending a damaged search index: SQLite's own check of a file does not look into it.

Everything derived is made anew: both indexes, and the kept lists.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from desktop.store.database import UnitOfWork, problem_of
from desktop.store.mail.listings import ListingWriter

_INDEXES = ("email_search", "email_trigram")
_EMPTY = ((1, b""), (10, bytes(7)))
"""The rows a new index of FTS5 has: its averages and its structure, without which it cannot even be opened."""


def damage(copy: Path) -> str:
    """Return what is wrong with the search indexes of a database nobody uses, "" when nothing is.

    It takes seconds for many mails and would keep all others from writing. Raises Problem.
    """
    connection = sqlite3.connect(str(copy), timeout=10, isolation_level=None)
    try:
        for index in _INDEXES:
            connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise problem_of(error, copy) or error from error
        return str(error)
    finally:
        connection.close()
    return ""


def mend(work: UnitOfWork) -> None:
    """Make the search indexes and the kept lists anew from the mails."""
    for index in _INDEXES:
        work.many(f"INSERT OR REPLACE INTO {index}_data (id, block) VALUES (?, ?)", _EMPTY)
        work.run(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
    ListingWriter(work).rebuild()
