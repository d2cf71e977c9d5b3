"""Settings: defaults, limits, and what is read while one is stored or could not be."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.base.bus import Bus
from desktop.base.paths import touch_private
from desktop.domain import events
from desktop.domain.settings import ALL, THEME, UNDO_SENDING_S, Theme
from desktop.services.settings import Settings
from desktop.store import migrate
from desktop.store.database import Database, DiskFull, UnitOfWork
from desktop.store.settings import SettingValues


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def database(tmp_path: Path, bus: Bus) -> Iterator[Database]:
    touch_private(tmp_path / "rapport.db")
    made = Database(tmp_path / "rapport.db", bus)
    migrate.migrate(made, lambda: None)
    yield made
    made.close()


def test_what_is_set_is_read_at_once_and_by_the_next_start(database: Database) -> None:
    settings = Settings(database)
    assert settings.get(THEME) == Theme.SYSTEM

    settings.set(THEME, Theme.DARK)

    assert settings.get(THEME) == Theme.DARK
    assert Settings(database).get(THEME) == Theme.DARK


def test_every_setting_has_its_default_in_a_new_profile_and_keeps_what_it_is_given(database: Database) -> None:
    settings = Settings(database)
    assert settings.get(UNDO_SENDING_S) == 10
    for setting in ALL:
        assert settings.get(setting) == setting.default
        settings.set(setting, setting.default)
    again = Settings(database)
    for setting in ALL:
        assert again.get(setting) == setting.default


@pytest.mark.parametrize("stored", ["no json", '"blue"', "3", "[]", "null", "true"])
def test_a_stored_value_that_makes_no_sense_is_the_default(database: Database, stored: str) -> None:
    with database.write() as work:
        SettingValues.put(work, THEME.name, stored)

    assert Settings(database).get(THEME) == THEME.default


def test_a_value_a_setting_cannot_have_is_refused_and_changes_nothing(database: Database) -> None:
    settings = Settings(database)
    settings.set(THEME, Theme.DARK)

    with pytest.raises(ValueError, match="blue"):
        settings.set(THEME, "blue")  # type: ignore[arg-type]

    assert settings.get(THEME) == Theme.DARK


def test_who_hears_of_a_change_reads_it(database: Database, bus: Bus) -> None:
    settings = Settings(database)
    heard: list[object] = []
    bus.subscribe(events.SettingsChanged, lambda _event: heard.append(settings.get(THEME)))

    settings.set(THEME, Theme.LIGHT)
    settings.set(THEME, Theme.DARK)

    assert heard == [Theme.LIGHT, Theme.DARK]


def test_a_value_read_between_storing_and_commit_does_not_stay(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(database)
    write = database.write

    @contextmanager
    def slow() -> Iterator[UnitOfWork]:
        with write() as work:
            yield work
            reader = threading.Thread(target=settings.get, args=(THEME,))
            reader.start()
            reader.join()

    monkeypatch.setattr(database, "write", slow)

    settings.set(THEME, Theme.DARK)

    assert settings.get(THEME) == Theme.DARK


def test_a_value_that_could_not_be_stored_is_not_read(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(database)
    settings.set(THEME, Theme.LIGHT)
    write = database.write

    @contextmanager
    def full() -> Iterator[UnitOfWork]:
        with write() as work:
            yield work
            raise DiskFull

    with monkeypatch.context() as patched:
        patched.setattr(database, "write", full)
        with pytest.raises(DiskFull):
            settings.set(THEME, Theme.DARK)

    assert settings.get(THEME) == Theme.LIGHT
