"""A migrated store in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.base.bus import Bus
from desktop.base.paths import touch_private
from desktop.store import migrate
from desktop.store.database import Database
from desktop.store.mail.accounts import AccountWriter


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def database(tmp_path: Path, bus: Bus) -> Iterator[Database]:
    path = tmp_path / "rapport.db"
    touch_private(path)
    made = Database(path, bus)
    migrate.migrate(made, lambda: None)
    with made.write() as work:
        AccountWriter(work).ensure_user()
    yield made
    made.close()
