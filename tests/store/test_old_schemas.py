"""Files of older versions: migrated they are what a new file is, with everything that was in them, also after a KILL.

`old_schemas` keeps a profile of every schema there was, as SQL. One more migration than there is makes sure that
something is migrated.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from desktop.base.bus import Bus
from desktop.domain import settings
from desktop.domain.settings import Theme
from desktop.store import backup, migrate
from desktop.store.database import Database
from tests.corpora import PROJECT
from tests.desk import Desk
from tests.proof import rounds, seed

DUMPS = sorted((Path(__file__).parent / "old_schemas").glob("*.sql"))
ONE_MORE = """
def up(migrator, db):
    db.execute_sql("CREATE TABLE one_more (key INTEGER PRIMARY KEY, subject TEXT NOT NULL) STRICT")
    db.execute_sql("INSERT INTO one_more (key, subject) SELECT key, subject FROM email")
    db.execute_sql("ALTER TABLE folder ADD COLUMN one_more TEXT NOT NULL DEFAULT 'x'")
    db.execute_sql("CREATE INDEX one_more_subject ON one_more (subject)")
    db.execute_sql("UPDATE folder SET one_more = 'y'")
"""


def build(dump: Path, path: Path) -> Path:
    """Make the file an older version left."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))
    path.chmod(0o600)
    return path


def brought_up_to_date(path: Path) -> None:
    database = Database(path, Bus())
    migrate.migrate(database, lambda: None)
    database.close()


def schema(path: Path) -> set[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return set(connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master"))


REWRITTEN = {
    "user_address": (),
    "place": ("text_digest",),
    "mail_account": ("aliases",),
    "email_user": ("snoozed_until_ms",),
}
"""What a migration changes or drops on purpose, by table; nothing named means all of it."""


def lasting(columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the columns of tables that every migration leaves as they are."""
    return {
        table: [name for name in names if name not in REWRITTEN.get(table, ())]
        for table, names in columns.items()
        if REWRITTEN.get(table) != ()
    }


def contents(path: Path, columns: dict[str, list[str]] | None = None) -> tuple[dict[str, list[str]], dict[str, object]]:
    """Return the columns of every ordinary table, and the rows; of `columns` alone where they are given."""
    with closing(sqlite3.connect(path)) as connection:
        if columns is None:
            listed = connection.execute("PRAGMA table_list").fetchall()
            names = [row[1] for row in listed if row[2] == "table" and not row[1].startswith("sqlite_")]
            columns = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in names}
        rows = {name: sorted(connection.execute(f"SELECT {', '.join(columns[name])} FROM {name}")) for name in columns}
    return columns, dict(rows)


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of migrations with one behind the last."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.DIRECTORY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / f"{migrate.latest() + 1:04d}_one_more.py").write_text(ONE_MORE)
    monkeypatch.setattr(migrate, "DIRECTORY", folder)
    return folder


def test_every_schema_before_this_one_is_kept() -> None:
    kept = {int(dump.stem) for dump in DUMPS}

    assert kept >= {1, *range(1, migrate.latest())}


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: f"schema {dump.stem}")
def test_a_migrated_old_file_has_the_schema_of_a_new_one(dump: Path, tmp_path: Path) -> None:
    old, new = build(dump, tmp_path / "old.db"), tmp_path / "new.db"

    brought_up_to_date(old)
    brought_up_to_date(new)

    assert schema(old) == schema(new)
    assert migrate.version_of(old) == migrate.latest()
    assert backup.damage(old) == ""


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: f"schema {dump.stem}")
def test_one_migration_more_changes_an_old_file_as_a_new_one_and_loses_nothing(
    dump: Path, tmp_path: Path, one_more: Path
) -> None:
    old, new = build(dump, tmp_path / "old.db"), tmp_path / "new.db"
    columns = lasting(contents(old)[0])
    before = contents(old, columns)[1]

    brought_up_to_date(old)
    brought_up_to_date(new)

    assert schema(old) == schema(new)
    assert "one_more" in contents(old)[0]
    assert contents(old, columns)[1] == before
    assert backup.damage(old) == ""


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: f"schema {dump.stem}")
def test_the_program_works_with_what_was_in_an_old_file(dump: Path, tmp_path: Path) -> None:
    build(dump, tmp_path / "profile" / "rapport.db")

    desk = Desk(tmp_path / "profile")

    assert desk.subjects() == ["Mail 3", "Mail 1"]
    assert [hit.row.subject for hit in desk.core.services.search.search("письмо").hits] == ["Re: Mail 1"]
    assert len(desk.core.services.operations.waiting()) == 2
    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert desk.core.services.accounts.all()[0].address == "boris@example.org"
    desk.close()
    kept = backup.newest(tmp_path / "profile" / "backup")
    assert kept is not None
    assert backup.damage(kept) == ""
    with closing(sqlite3.connect(kept)) as before:
        assert before.execute("PRAGMA user_version").fetchone()[0] == int(dump.stem)
        assert before.execute("SELECT count(*) FROM email").fetchone()[0] > 1


def test_aliases_become_identities(tmp_path: Path) -> None:
    build(DUMPS[1], tmp_path / "profile" / "rapport.db")

    desk = Desk(tmp_path / "profile")

    [account] = desk.core.services.accounts.all()
    assert [each.address for each in account.identities] == ["boris@example.org", "sales@example.org"]
    assert account.aliases == ("sales@example.org",)
    desk.close()


CHILD = """
import os, signal, sqlite3, sys
from pathlib import Path
from desktop.base.bus import Bus
from desktop.store import backup, migrate
from desktop.store.database import Database

path, backups, migrate.DIRECTORY, at = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
steps = 0

def step(statement):
    global steps
    steps += 1
    if steps == at:
        os.kill(os.getpid(), signal.SIGKILL)

connect = sqlite3.connect

def watched(*arguments, **options):
    connection = connect(*arguments, **options)
    connection.set_trace_callback(step)
    return connection

sqlite3.connect = watched
database = Database(path, Bus())
migrate.migrate(database, lambda: backup.make(path, backups, why="before-update"))
database.close()
print(steps)
"""


@pytest.mark.skipif(os.name != "posix", reason="KILL is of POSIX")
def test_r32_a_migration_killed_in_any_step_leaves_the_old_or_the_new_file(tmp_path: Path, one_more: Path) -> None:
    dump, new = DUMPS[0], tmp_path / "new.db"
    brought_up_to_date(new)

    def run(folder: Path, at: int) -> subprocess.CompletedProcess[str]:
        path = build(dump, folder / "rapport.db")
        command = [sys.executable, "-c", CHILD, path, folder / "backup", one_more, str(at)]
        return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=60, check=False)

    whole = run(tmp_path / "whole", 0)
    assert whole.returncode == 0, whole.stderr
    steps = int(whole.stdout)
    not_migrated = build(dump, tmp_path / "before.db")
    columns = lasting(contents(not_migrated)[0])
    before = contents(not_migrated, columns)[1]
    many = rounds(4, 30)
    found = set()
    for at in sorted(random.Random(seed()).sample(range(1, steps + 1), min(many, steps))):
        folder = tmp_path / f"killed-{at}"

        killed = run(folder, at)

        path = folder / "rapport.db"
        assert killed.returncode == -signal.SIGKILL, (at, killed)
        assert backup.damage(path) == ""
        found.add(migrate.version_of(path))
        brought_up_to_date(path)
        assert schema(path) == schema(new), at
        assert contents(path, columns)[1] == before, at
    assert found <= set(range(int(dump.stem), migrate.latest() + 1))
