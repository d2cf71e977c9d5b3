"""The real window on a profile, inside the process that measures it, put together as `app.gui` does it.

`measure` can be called once in a process: it makes the application.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import qasync
from PySide6.QtCore import QEvent, QObject, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QApplication, QWidget

from desktop.app.core import Core, build_core
from desktop.app.gui import SWITCH_INTERVAL_S
from desktop.base.paths import Profile
from desktop.domain import settings
from desktop.ui.bridge import Bridge
from desktop.ui.garbage import GarbageCollector
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.web import chromium
from desktop.ui.window.main_window import MainWindow
from tests.benchmarks.options import PASSPHRASE

T = TypeVar("T")
DEADLINE_S = 120.0


@dataclass(frozen=True, slots=True)
class Open:
    """A window that is on the screen; its engine is not started yet."""

    core: Core
    window: MainWindow
    loop: asyncio.AbstractEventLoop


def measure(root: Path, figures: Callable[[Open], Awaitable[T]]) -> T:
    """Open the window of a profile, let `figures` work in its loop, and take everything apart."""
    chromium.prepare()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    core = build_core(Profile(root), lambda _new: PASSPHRASE)
    tasks, bridge = Tasks(loop), Bridge(core.bus)
    state = State(root / "window.json")
    window = MainWindow(core.services, tasks, bridge, Theme(settings.Theme.LIGHT), state, core.profile.cache)
    tasks.failed.connect(lambda error: print("failed:", repr(error), file=sys.stderr))
    window.restore()
    window.resize(1440, 900)
    window.show()
    collector = GarbageCollector()
    collector.start()
    try:
        return loop.run_until_complete(figures(Open(core, window, loop)))
    finally:
        collector.close()
        window.close()
        bridge.close()
        tasks.close()
        window.deleteLater()
        core.close()


async def signal_of(signal: SignalInstance, loop: asyncio.AbstractEventLoop, act: Callable[[], object]) -> None:
    """Do something and wait until the signal comes."""
    come: asyncio.Future[None] = loop.create_future()

    def tell(*_values: object) -> None:
        if not come.done():
            come.set_result(None)

    signal.connect(tell)
    try:
        act()
        await asyncio.wait_for(come, DEADLINE_S)
    finally:
        signal.disconnect(tell)


async def until(holds: Callable[[], object]) -> None:
    """Wait until it holds."""
    for _turn in range(round(DEADLINE_S * 100)):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError("it never came true")


async def until_elsewhere(opened: Open, holds: Callable[[], object]) -> None:
    """Wait until it holds; it is looked at seldom and by the readers, so that the window has no part in it."""
    for _turn in range(round(DEADLINE_S * 2)):
        if await opened.window._tasks.read(holds):
            return
        await asyncio.sleep(0.5)
    raise TimeoutError("it never came true")


class PaintWatch(QObject):
    """Tells when a widget has been painted: in the first turn of the loop after its paint event."""

    painted = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            QTimer.singleShot(0, self.painted)
        return False
