"""Migrations: backup first, never half, never downwards; models, migrations and query plans agree."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from desktop.base.bus import Bus
from desktop.base.paths import touch_private
from desktop.store import backup, migrate
from desktop.store.database import Database
from desktop.store.mail.messages import Messages
from desktop.store.mail.places import Places
from desktop.store.tables import mail as tables


def test_r32_a_newer_file_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "rapport.db"
    connection = sqlite3.connect(path)
    connection.executescript(f"CREATE TABLE x (y); PRAGMA user_version = 999; PRAGMA application_id = {0x52415050}")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(migrate.NewerFile, match="newer Rapport"):
        migrate.migrate(Database(path, Bus()), lambda: None)

    assert path.read_bytes() == before


def test_r32_somebody_elses_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rapport.db"
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE x (y)")
    connection.close()
    with pytest.raises(migrate.ForeignFile):
        migrate.version_of(path)
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(migrate.ForeignFile):
        migrate.version_of(path)


def test_r32_a_step_that_fails_leaves_the_old_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = tmp_path / "migrations"
    steps.mkdir()
    (steps / "0001_first.py").write_text("def up(migrator, db):\n    db.execute_sql('CREATE TABLE a (x)')\n")
    monkeypatch.setattr(migrate, "DIRECTORY", steps)
    path = tmp_path / "rapport.db"
    database = Database(path, Bus())
    assert migrate.migrate(database, lambda: None) == 1
    (steps / "0002_second.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('CREATE TABLE b (x)')\n    db.execute_sql('nonsense')\n"
    )
    backups: list[int] = []

    with pytest.raises(Exception, match="nonsense"):
        migrate.migrate(database, lambda: backups.append(1))

    assert backups == [1]
    assert migrate.version_of(path) == 1
    with database.read() as view:
        assert view.column("SELECT name FROM sqlite_master WHERE type = 'table'") == ["a"]
    database.close()


def test_a_profile_of_the_first_schema_keeps_its_mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tmp_path / "first"
    first.mkdir()
    shutil.copy(migrate.DIRECTORY / "0001_initial.py", first)
    path = tmp_path / "rapport.db"
    touch_private(path)
    database = Database(path, Bus())
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "DIRECTORY", first)
        assert migrate.migrate(database, lambda: None) == 1
    with database.write() as work:
        work.run("INSERT INTO user (key, id, is_me) VALUES (1, x'01', 1)")
        work.run("INSERT INTO mail_account (key, id, owner_key, address) VALUES (1, x'01', 1, 'me@example.org')")
        work.run("INSERT INTO folder (key, account_key, wire_name, path) VALUES (1, 1, x'41', 'A')")
        work.many(
            "INSERT INTO email (key, id, conversation_key, date_ms, received_ms, completeness, size_bytes, "
            "raw_digest, parser_version) VALUES (?, ?, 8193, 1, 1, ?, ?, x'01', 1)",
            [(4096, b"1", "full", 9), (4097, b"2", "text", 9), (4098, b"3", "cannot-show", 99_000_000)],
        )
        work.many(
            "INSERT INTO place (account_key, folder_key, uidvalidity, uid, email_key, raw_digest, text_digest) "
            "VALUES (1, 1, 1, ?, ?, x'01', x'02')",
            [(1, 4096), (2, 4097), (3, 4098)],
        )
        work.run("INSERT INTO conversation_member (message_hash, conversation_key) VALUES (7, 8193)")

    migrate.migrate(database, lambda: None)

    with database.read() as view:
        assert view.all("SELECT key, partial, text_digest FROM email") == [
            (4096, 0, None),
            (4097, 1, None),
            (4098, 1, None),
        ]
        assert view.all("SELECT uid, partial, text_digest FROM place") == [(1, 0, None), (2, 1, None), (3, 1, None)]
        assert Messages(view).free_keys([2]) == [8194], "the key of a mail that is gone, though its conversation is not"
        assert Places(view).twins([4096, 4097]) == {}
    database.close()


def test_models_and_migrations_agree(database: Database) -> None:
    rows = (tables.MailAccountRow, tables.FolderRow, tables.OperationRow, tables.SettingRow)
    with database.read() as view:
        for model in rows:
            name = model._meta.table_name
            columns = {row[1]: (row[2], row[3]) for row in view.all(f"PRAGMA table_info({name})")}
            fields = {field.column_name for field in model._meta.sorted_fields}
            assert fields == set(columns), name


def test_every_table_is_strict(database: Database) -> None:
    with database.read() as view:
        loose = [row[1] for row in view.all("PRAGMA table_list") if row[2] == "table" and not row[5]]
    assert [name for name in loose if not name.startswith(("sqlite_", "email_search", "email_trigram"))] == []


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("SELECT email_key FROM listing_entry WHERE list_id = 1 ORDER BY email_key DESC", "PRIMARY KEY"),
        ("SELECT latest_key FROM listing_conversation WHERE list_id = 1 ORDER BY latest_key DESC", "PRIMARY KEY"),
        ("SELECT key FROM email WHERE id IN (x'00', x'01')", "sqlite_autoindex_email_1"),
        ("SELECT uid FROM place WHERE folder_key = 1 AND uidvalidity = 1 AND uid BETWEEN 1 AND 9", "autoindex_place"),
        ("SELECT 1 FROM listing_entry WHERE email_key IN (1, 2)", "listing_entry_email"),
        (
            "SELECT 1 FROM email r WHERE r.in_reply_to = 'x' AND r.outgoing AND r.in_reply_to <> ''",
            "email_reply",
        ),
        ("SELECT address_key FROM email_person WHERE address_key = 1", "email_person_address"),
    ],
)
def test_hot_queries_use_their_index_and_never_sort(database: Database, sql: str, index: str) -> None:
    with database.read() as view:
        plan = " ".join(row[3] for row in view.all(f"EXPLAIN QUERY PLAN {sql}"))
    assert index in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


def test_r29_a_backup_is_whole_while_the_store_is_written(database: Database, tmp_path: Path) -> None:
    for number in range(backup.KEPT + 2):
        with database.write() as work:
            work.run("INSERT INTO setting (name, value) VALUES (?, 'x')", (str(number),))
        made = backup.make(database.path, tmp_path / "backup", why=f"test-{number}")
        assert backup.damage(made) == ""
    kept = list((tmp_path / "backup").glob("*.db"))
    assert len(kept) == backup.KEPT
    newest = backup.newest(tmp_path / "backup")
    assert newest is not None
    assert newest.stat().st_mode & 0o77 == 0


def test_r29_a_backup_ends_however_busily_the_store_is_written(database: Database, tmp_path: Path) -> None:
    with database.write() as work:
        rows = ((f"big {number}", "x" * 4000) for number in range(12_000))
        work.many("INSERT INTO setting (name, value) VALUES (?, ?)", rows)
    end = threading.Event()

    def keep_writing() -> None:
        number = 0
        while not end.wait(0.01):
            number += 1
            with database.write() as work:
                work.run("UPDATE setting SET value = ? WHERE name = 'big 1'", (str(number),))
        database.close_thread()

    writer = threading.Thread(target=keep_writing)
    maker = threading.Thread(target=backup.make, args=(database.path, tmp_path / "backup"), kwargs={"why": "test"})
    writer.start()
    maker.start()

    maker.join(10)
    ended = not maker.is_alive()
    end.set()
    writer.join()
    maker.join()

    assert ended
    assert backup.newest(tmp_path / "backup") is not None


def test_r28_damage_is_found(database: Database) -> None:
    with database.write() as work:
        work.many("INSERT INTO setting (name, value) VALUES (?, ?)", [(f"n{i}", "v" * 200) for i in range(500)])
    database.close()
    assert backup.damage(database.path) == ""
    raw = bytearray(database.path.read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 8192] = bytes(8192)
    database.path.write_bytes(bytes(raw))
    assert backup.damage(database.path) != ""
