"""A store with accounts, on a server that exists in our words only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.base.bus import Bus
from desktop.base.paths import touch_private
from desktop.store import migrate
from desktop.store.database import Database
from tests.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    path = tmp_path / "rapport.db"
    touch_private(path)
    database = Database(path, Bus())
    migrate.migrate(database, lambda: None)
    made = Shelf(database, tmp_path)
    yield made
    made.blobs.close()
    database.close()
