"""Finding and mending a damaged search index: SQLite's own check of a file does not look into it.

Everything derived is made anew: both indexes, and the kept lists.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from desktop.store.database import DatabaseDamaged, UnitOfWork, problem_of
from desktop.store.mail.listings import ListingWriter

_FORMAT = ("version", 4)
_CONFIG = {
    "email_search": (_FORMAT, ("automerge", 8), ("crisismerge", 64), ("hashsize", 16_777_216)),
    "email_trigram": (_FORMAT,),
}
"""What the indexes keep about themselves, as the first migration leaves it; without its format none can be opened."""
_EMPTY = ((1, b""), (10, bytes(7)))
"""The rows a new index of FTS5 has: its averages and its structure, without which it cannot even be opened."""


def damage(copy: Path) -> str:
    """Return what is wrong with the search indexes of a database nobody uses, "" when nothing is.

    It takes seconds for many mails and would keep all others from writing. Raises Problem.
    """
    connection = sqlite3.connect(str(copy), timeout=10, isolation_level=None)
    try:
        for index in _CONFIG:
            connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as error:
        problem = problem_of(error, copy)
        if isinstance(error, sqlite3.OperationalError) and not isinstance(problem, DatabaseDamaged):
            raise problem or error from error
        return str(error)
    finally:
        connection.close()
    return ""


def mend(work: UnitOfWork) -> None:
    """Make the search indexes and the kept lists anew from the mails."""
    for index, config in _CONFIG.items():
        work.many(f"INSERT OR REPLACE INTO {index}_config (k, v) VALUES (?, ?)", config)
        work.many(f"INSERT OR REPLACE INTO {index}_data (id, block) VALUES (?, ?)", _EMPTY)
        work.run(f"INSERT INTO {index} ({index}) VALUES ('rebuild')")
    ListingWriter(work).rebuild()
