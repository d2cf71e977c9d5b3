"""The main window on a real display while its first HTML mail is shown: is it the same window afterwards?

Run by `test_window_surface` in a process of its own, as the tests' own application paints on no screen. Writes one line
of JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from desktop.ui.web import chromium

WITHIN_S = 60


async def look(folder: Path, loop: asyncio.AbstractEventLoop) -> dict[str, object]:
    """Show the window, then a text mail and the first HTML mail, and compare."""
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    from desktop.app.core import build_core
    from desktop.base.paths import Profile
    from desktop.domain import settings
    from desktop.store.mail.blobs import Blobs
    from desktop.ui.bridge import Bridge
    from desktop.ui.state import State
    from desktop.ui.tasks import Tasks
    from desktop.ui.theme import Theme
    from desktop.ui.window.main_window import MainWindow
    from tests.ui import sample

    profile = Profile(folder / "profile")
    core = build_core(profile, lambda _new: None)
    blobs = Blobs(profile.raw)
    sample.fill(core.database, blobs)
    blobs.close()
    tasks, bridge = Tasks(loop), Bridge(core.bus)
    window = MainWindow(
        core.services, tasks, bridge, Theme(settings.Theme.LIGHT), State(folder / "window.json"), profile.cache
    )
    window.restore()
    window.resize(1440, 900)
    window.show()
    window.activateWindow()
    room = window.room
    await _until(lambda: window.isActiveWindow() and len(room.list.model.keys) > 0)
    await _until(lambda: all(room.list.model.row(key) for key in room.list.model.keys[:3]))
    room.list.view.setFocus()
    handle = window.windowHandle()
    before = (int(window.winId()), QApplication.focusWidget() is room.list.view)

    class Events(QObject):
        seen: list[str] = []

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() in (QEvent.Type.Hide, QEvent.Type.WinIdChange, QEvent.Type.WindowDeactivate):
                self.seen.append(event.type().name)
            return False

    events = Events()
    window.installEventFilter(events)
    browser_before = room.reader.page.body.web.page is not None
    painted: list[object] = []
    room.reader.painted.connect(painted.append)
    room.list.view.next()  # the newest mail of the sample is HTML
    await _until(lambda: bool(painted))
    answer: dict[str, object] = {
        "browser": (browser_before, room.reader.page.body.web.page is not None),
        "had_focus": before[1],
        "same_window": (int(window.winId()), window.windowHandle()) == (before[0], handle),
        "has_focus": QApplication.focusWidget() is room.list.view and window.isActiveWindow(),
        "events": list(events.seen),
    }
    window.close()
    bridge.close()
    tasks.close()
    core.close()
    return answer


async def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, "the window did not come to this in time"
        await asyncio.sleep(0.01)


def main() -> None:
    """Write what was seen."""
    chromium.prepare()
    import qasync
    from PySide6.QtWidgets import QApplication

    app = QApplication(sys.argv[:1])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder:
        answer = loop.run_until_complete(look(Path(folder), loop))
    print(json.dumps(answer), flush=True)
    os._exit(0)  # no Python teardown of a browser that has done its work


if __name__ == "__main__":
    main()
