"""A main window on a real profile, without the engine's threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.app.core import Core, build_core
from desktop.base.paths import Profile
from desktop.store.mail.blobs import Blobs
from desktop.ui.bridge import Bridge
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.window.main_window import MainWindow
from tests.ui import sample

DEADLINE_S = 20


@dataclass
class Desk:
    """A window and what it stands on."""

    core: Core
    window: MainWindow
    failures: list[object]
    accounts: tuple[int, ...] = ()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let the loop run until `condition` holds; fails at the deadline."""
        for _ in range(DEADLINE_S * 100):
            if condition():
                return
            await asyncio.sleep(0.01)
        pytest.fail("the window did not come to this in time")


@pytest.fixture
def empty_desk(tmp_path: Path, theme: Theme, qloop: asyncio.AbstractEventLoop, qtbot: QtBot) -> Iterator[Desk]:
    """A window over a new profile."""
    profile = Profile(tmp_path / "profile")
    core = build_core(profile, lambda _new: None)
    tasks, bridge = Tasks(qloop), Bridge(core.bus)
    window = MainWindow(core.services, tasks, bridge, theme, State(profile.root / "window.json"), profile.cache)
    failures: list[object] = []
    tasks.failed.connect(failures.append)
    yield Desk(core, window, failures)
    window.close()
    bridge.close()
    tasks.close()
    window.deleteLater()
    core.close()


@pytest.fixture
def desk(empty_desk: Desk) -> Desk:
    """A window over the sample mailbox."""
    blobs = Blobs(empty_desk.core.profile.raw)
    empty_desk.accounts = sample.fill(empty_desk.core.database, blobs)
    blobs.close()
    return empty_desk
