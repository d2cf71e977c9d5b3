"""Loss of power: of the write-ahead log of the main database only that is left which was synced before."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

needs_names = pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="the system does not tell the names of open files"
)
_HEADER = 32
"""Octets at the beginning of a log, with a salt of its own."""


class Disk:
    """Watches what we let reach the disk of a log; what SQLite syncs of it by itself counts as lost with the rest."""

    def __init__(self, patch: pytest.MonkeyPatch, database: Path) -> None:
        self._database = database
        self._log = database.with_name(f"{database.name}-wal")
        self._synced = b""
        self._fsync = os.fsync
        patch.setattr(os, "fsync", self._sync)

    def _sync(self, descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink() == self._log:
            self._synced = self._log.read_bytes()
        self._fsync(descriptor)

    def after_power_loss(self, to: Path) -> Path:
        """Copy the folder of the database as it would be found again; returns where the database lies in it."""
        folder = self._database.parent
        shutil.copytree(folder, to, ignore=shutil.ignore_patterns(f"{self._database.name}-*", to.name))
        found = to / self._database.name
        # a log that was begun anew since, under another header, held nothing that is not in the file by now
        if self._synced and self._log.exists() and self._log.read_bytes()[:_HEADER] == self._synced[:_HEADER]:
            found.with_name(self._log.name).write_bytes(self._synced + bytes(5000))  # it may have grown already
        return found


@contextmanager
def reading(database: Path) -> Iterator[None]:
    """Read the state of now all the time, which keeps SQLite from copying the whole log into the file."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM email").fetchone()
        yield
