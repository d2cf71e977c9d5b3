"""How to open a database file for reading only, also where nothing can be written beside it.

A file in write-ahead mode wants its index (`-shm`) made even by who only reads. On a full disk or a read-only one that
fails; when no log lies beside the file nobody is writing, and it may be read as it lies there (SQLite's `immutable`).
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote


def uri_path(path: Path) -> str:
    """Return the path for an SQLite URI: every octet that means something there is escaped."""
    return quote(str(path.absolute()).encode("utf-8", "surrogateescape"))


def readable_uri(path: Path) -> str:
    """Return the URI that reads an existing database file without changing it."""
    uri = f"file:{uri_path(path)}?mode=ro"
    log = path.with_name(path.name + "-wal")
    try:
        connection = sqlite3.connect(uri, uri=True)
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError:
        if not log.exists() or log.stat().st_size == 0:
            return f"{uri}&immutable=1"
    except sqlite3.Error:
        # not a database, or a damaged one: whoever opens it says so
        return uri
    return uri
