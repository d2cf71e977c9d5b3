"""One row of a damaged file that makes no sense costs that row: not the others, and no start."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desktop.app import recovery
from desktop.base.bus import Bus
from desktop.domain import settings
from desktop.domain.mail.operation import Verb
from desktop.domain.settings import Theme
from desktop.services.mail.mirror import Mirror
from desktop.services.mail.operations import Operations
from desktop.services.mail.views import MailViews
from desktop.services.settings import Settings
from desktop.store import backup, restoration
from desktop.store.damaged_rows import one_row
from desktop.store.database import Database, DatabaseDamaged, DiskFull, problem_of
from desktop.store.mail.accounts import Accounts
from desktop.store.rescue import rescue
from desktop.store.space import Space
from tests.desk import Desk
from tests.store.damaging import back_up, start_damaged

CELLS = [
    ("setting", "name", b"\xff\0x"),
    ("setting", "name", 7),
    ("setting", "value", None),
    ("setting", "value", b"x"),
    ("setting", "value", '"a'),
    ("mail_account", "identities", "[1]"),
    ("mail_account", "identities", "7"),
    ("mail_account", "mode", "nonsense"),
    ("mail_account", "imap_port", -1),
    ("mail_account", "interval_s", 0),
    ("mail_account", "id", None),
    ("folder", "role", "nonsense"),
    ("folder", "path", None),
    ("operation", "argument", "[1]"),
    ("operation", "argument", "no JSON"),
    ("operation", "argument", None),
    ("operation", "kind", "nonsense"),
    ("operation", "add_flags", 1 << 40),
    ("operation", "created_at_ms", 1 << 62),
    ("operation_place", "place_key", "x"),
    ("email_address", "address", None),
    ("email_user", "important", 7),
    ("email", "id", None),
]


def put(database: Path, table: str, column: str, value: object) -> None:
    """Let the first row of a table hold what its column cannot, as after a bit was flipped."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(replace(replace(sql, 'STRICT, WITHOUT', 'WITHOUT'), "
            "') STRICT', ')'), ' NOT NULL', '') WHERE name = ?",
            (table,),
        )
        connection.commit()
    with closing(sqlite3.connect(database)) as connection:
        first = f"SELECT min({column}) FROM {table}"
        connection.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ({first})", (value,))
        connection.commit()


@pytest.fixture
def damaged(desk: Desk, tmp_path: Path) -> Path:
    """A file with rows in every table that is taken over from; a backup older than these is made."""
    services = desk.core.services
    [account] = services.accounts.all()
    services.folders.create(account.key, None, "Before")
    back_up(desk)
    services.settings.set(settings.THEME, Theme.DARK.value)
    services.folders.create(account.key, None, "Kept")
    desk.do(Verb.STAR, *desk.mails())
    services.reading.allow_images_from("anna@acme.example")
    desk.close()
    return desk.profile.database


def test_r28_a_cell_that_makes_no_sense_costs_its_row(desk: Desk, damaged: Path, tmp_path: Path) -> None:
    good = backup.newest(desk.profile.backup)
    assert good is not None
    for number, (table, column, value) in enumerate(CELLS):
        odd, new = (tmp_path / f"{name}-{number}.db" for name in ("odd", "new"))
        shutil.copyfile(damaged, odd)
        shutil.copyfile(good, new)
        put(odd, table, column, value)
        database = Database(new, Bus())

        assert rescue(database, odd, recovery._follow), (table, column, value)

        Operations(database).waiting()
        MailViews(database).folder_tree()
        mirror = Mirror(database, Space(tmp_path))
        for account in mirror.accounts():
            mirror.folders(account.key)
        with database.read() as view:
            Accounts(view).own_addresses()
        if table != "setting":
            assert Settings(database).get(settings.THEME) == Theme.DARK.value
        database.close()


def test_r28_a_full_disk_puts_the_rescue_off_to_the_next_start(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    back_up(desk)
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)
    images = recovery.rescue._images

    def full(old: object, work: object) -> int:
        work.run(f"PRAGMA max_page_count = {work.value('PRAGMA page_count')}")  # type: ignore[attr-defined]
        with one_row(work):  # type: ignore[arg-type]
            work.run("INSERT INTO setting (name, value) VALUES ('large', ?)", ("x" * 3_000_000,))  # type: ignore[attr-defined]
        return 0

    monkeypatch.setattr(recovery.rescue, "_images", full)
    with pytest.raises(DiskFull):
        start_damaged(desk)
    noted = restoration.read(desk.profile.root)
    assert noted is not None
    assert noted.rescued is None
    monkeypatch.setattr(recovery.rescue, "_images", images)

    desk = Desk(desk.profile.root)

    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    desk.close()


def test_json_that_makes_no_sense_is_no_damage_of_the_file() -> None:
    assert problem_of(ValueError("malformed JSON")) is None
    assert isinstance(problem_of(ValueError("database disk image is malformed")), DatabaseDamaged)
