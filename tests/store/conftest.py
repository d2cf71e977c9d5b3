"""A migrated store in a temporary folder, and a whole profile with mails of a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.base.bus import Bus
from desktop.base.paths import touch_private
from desktop.store import migrate
from desktop.store.database import Database
from desktop.store.mail.accounts import AccountWriter
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot


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


@pytest.fixture
def desk(dovecot: Dovecot, imap_user: str, tmp_path: Path) -> Desk:
    """A profile with three mails of a server; a backup is made by the test."""
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 4)])
    desk = Desk(tmp_path / "profile")
    desk.add(dovecot, imap_user)
    desk.sync()
    return desk
