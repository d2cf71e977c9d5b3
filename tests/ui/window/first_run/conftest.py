"""A window over a new profile whose first run is shown; what would ask the network is a stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.app.core import Core, build_core
from desktop.base.paths import Profile
from desktop.ui.bridge import Bridge
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.window.first_run.first_run import FirstRun
from desktop.ui.window.first_run.set_up import SetUp
from desktop.ui.window.main_window import MainWindow
from tests.desk import PASSPHRASE
from tests.ui.found_servers import StandIn

DEADLINE_S = 20
PAUSE_MS = 40


@dataclass
class Guide:
    """The first run and what it stands on."""

    core: Core
    window: MainWindow
    stand_in: StandIn
    failures: list[object]
    passphrases: list[str | None]
    """What is answered when one is asked for, the last time and again."""

    @property
    def page(self) -> FirstRun:
        assert self.window.middle.page is not None
        return self.window.middle.page

    @property
    def set_up(self) -> SetUp:
        return self.page.set_up

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the loop run until `condition` holds; fails at the deadline."""
        for _ in range(DEADLINE_S * 100):
            if condition():
                return
            await asyncio.sleep(0.01)
        pytest.fail("the window did not come to this in time")

    async def open(self) -> None:
        """Show the window and wait for the first step."""
        self.window.restore()
        self.window.resize(1440, 900)
        self.window.show()
        self.window.activateWindow()
        await self.until(lambda: self.window.middle.page is not None)
        await self.until(self.window.isActiveWindow)
        self.set_up.search._pause.setInterval(PAUSE_MS)

    async def write_address(self, address: str = "jan@firm.example") -> None:
        """Write an address and wait until its servers are looked for."""
        before = len(self.stand_in.searches)
        self.set_up.address.address.setText(address)
        await self.until(lambda: len(self.stand_in.searches) > before)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is."""
        QTest.keyClick(self.focused, key, modifiers)

    @property
    def focused(self) -> QWidget:
        return QApplication.focusWidget() or self.window


@pytest.fixture
def guide(tmp_path: Path, theme: Theme, qloop: asyncio.AbstractEventLoop, qtbot: QtBot) -> Iterator[Guide]:
    profile = Profile(tmp_path / "profile")
    answers: list[str | None] = [PASSPHRASE]
    core = build_core(profile, lambda _asked: answers.pop(0) if len(answers) > 1 else answers[0])
    stand_in = StandIn()
    errands = core.services.accounts._errands
    errands.discover, errands.test_account = stand_in.discover, stand_in.test_account  # type: ignore[method-assign]
    tasks, bridge = Tasks(qloop), Bridge(core.bus)
    window = MainWindow(core.services, tasks, bridge, theme, State(profile.root / "window.json"), profile.cache)
    failures: list[object] = []
    tasks.failed.connect(failures.append)
    yield Guide(core, window, stand_in, failures, answers)
    window.close()
    bridge.close()
    tasks.close()
    window.deleteLater()
    core.close()
    assert failures == []
