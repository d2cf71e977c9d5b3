"""Damage that a clean end left unseen is found by the start that meets it, and mended by the same start."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktop.app import doctor
from desktop.app.arguments import Examine
from desktop.app.console import Console
from desktop.base.paths import Profile
from desktop.domain import settings
from desktop.domain.settings import Theme
from desktop.store import backup
from desktop.store.migrate import ForeignFile
from tests.desk import Desk
from tests.store.damaging import back_up, destroy


def _users(database: Path) -> None:
    destroy(database, "user")


def _before_an_update(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 1")
    destroy(database, "email_user")


def _first_page(database: Path) -> None:
    with database.open("r+b") as file:
        file.write(bytes(4096))


@pytest.mark.parametrize("damage", [_users, _before_an_update, _first_page])
def test_damage_met_by_a_start_after_a_clean_end_is_mended_by_it(desk: Desk, damage: Callable[[Path], None]) -> None:
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)
    back_up(desk)
    desk.close()
    damage(desk.profile.database)

    desk = Desk(desk.profile.root)

    assert desk.core.restored is not None
    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert len(desk.mails()) == 3
    assert not backup.is_suspect(desk.profile.database)
    desk.close()
    desk = Desk(desk.profile.root)
    assert desk.core.restored is None
    desk.close()


def test_a_file_of_somebody_else_stays_where_it_is(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "profile")
    profile.create()
    profile.database.write_bytes(b"no database" * 1000)

    with pytest.raises(ForeignFile):
        Desk(profile.root)

    assert profile.database.read_bytes() == b"no database" * 1000


def test_damage_found_by_the_doctor_is_mended_by_the_next_start_as_it_says(
    desk: Desk,
) -> None:
    back_up(desk)
    desk.close()
    destroy(desk.profile.database, "email_user")

    said: list[str] = []
    assert doctor.run(Examine(as_json=True), desk.profile, Console(lambda octets: None, said.append)) == 1
    assert any("damaged" in line for line in said)
    assert backup.is_suspect(desk.profile.database)

    desk = Desk(desk.profile.root)
    assert desk.core.restored is not None
    assert backup.damage(desk.profile.database) == ""
    desk.close()
