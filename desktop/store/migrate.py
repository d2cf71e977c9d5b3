"""Brings a profile's file to this program's schema: backup first, one transaction a step, never downwards.

A file written by a newer Rapport is refused with a sentence and not touched.
"""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

from playhouse.migrations import Runner

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.store.database import Database, problem_of
from desktop.store.readable import readable_uri

log = logging.getLogger(__name__)

DIRECTORY = Path(__file__).parent / "migrations"
APPLICATION_ID = 0x52415050
"""PRAGMA application_id of our files: "RAPP"."""


class NewerFile(Problem):
    """The file's schema is from a later version."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("This profile was used by a newer Rapport. Please update Rapport, then start it again."))


class ForeignFile(Problem):
    """The file is somebody else's database."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("The file rapport.db in this profile is not a mail database of Rapport."))


def latest() -> int:
    """Return the schema number this program knows."""
    return max(int(m.group()) for m in (re.match(r"\d+", p.name) for p in DIRECTORY.glob("[0-9]*.py")) if m)


def version_of(path: Path) -> int:
    """Return the schema number of a file, 0 for a new one. Raises NewerFile, ForeignFile, DatabaseDamaged."""
    if not path.exists() or path.stat().st_size == 0:
        return 0
    try:
        connection = sqlite3.connect(readable_uri(path), uri=True, timeout=10)
        try:
            connection.execute("PRAGMA query_only = ON")
            number = int(connection.execute("PRAGMA user_version").fetchone()[0])
            application = int(connection.execute("PRAGMA application_id").fetchone()[0])
            tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        if "not a database" in str(error):
            raise ForeignFile from error
        raise problem_of(error, path) or error from error
    if tables and application != APPLICATION_ID:
        raise ForeignFile
    if number > latest():
        raise NewerFile
    return number


def migrate(database: Database, back_up: Callable[[], None]) -> int:
    """Apply what is missing and return the schema number. `back_up` runs first when the file holds anything.

    Raises NewerFile, ForeignFile, DiskFull. Killed at any point, the file has either the old or the new schema.
    """
    number = version_of(database.path)
    if number == latest():
        return number
    if number:
        back_up()
    with database.read():
        pass  # opens this thread's connection with its pragmas
    runner = Runner(database.peewee, str(DIRECTORY))
    for migration in runner.migrations():
        if migration.idx <= number:
            continue
        log.info("migrating to schema %d", migration.idx)
        module = migration.load()
        with database.write() as work:
            module.up(runner.migrator, database.peewee)
            work.run(f"PRAGMA user_version = {migration.idx}")
            work.run(f"PRAGMA application_id = {APPLICATION_ID}")
        number = migration.idx
    return number
