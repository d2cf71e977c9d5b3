"""Damage to the database of a profile, as a dying disk does it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from desktop.store import backup
from tests.desk import Desk


def back_up(desk: Desk) -> None:
    """Make a backup of the profile."""
    backup.make(desk.profile.database, desk.profile.backup, why="test")


def destroy(database: Path, *tables: str) -> None:
    """Overwrite the first page of each of these tables with zeros."""
    with closing(sqlite3.connect(database)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        pages = [
            connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
            for name in tables
        ]
    with database.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(bytes(size))


def start_damaged(desk: Desk, *tables: str) -> Desk:
    """Close the profile, destroy the first page of these tables, and open it again as after a crash."""
    desk.core.close()
    destroy(desk.profile.database, *(tables or ("email_search_data",)))
    return Desk(desk.profile.root, after_crash=True)


def start_without(desk: Desk, left: bytes | None) -> Desk:
    """Close the profile, lose its database but for these octets, and open it again as after a clean end."""
    desk.core.close()
    for end in ("-wal", "-shm"):
        desk.profile.database.with_name(desk.profile.database.name + end).unlink(missing_ok=True)
    desk.profile.database.unlink(missing_ok=True)
    if left is not None:
        desk.profile.database.write_bytes(left)
    return Desk(desk.profile.root)
