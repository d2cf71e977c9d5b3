"""What every test of the window stands on: one application, one qasync loop for `async def` tests, one light theme."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from desktop.domain import settings
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.web import chromium, scheme

ASYNC_DEADLINE_S = 30


class LastingApplication(QApplication):
    """Is never about to quit: each stop of a qasync loop would say so, and Chromium does not survive the second."""

    def exec(self) -> int:
        self._loop = QEventLoop()
        return self._loop.exec()

    def exit(self, code: int = 0) -> None:
        self._loop.exit(code)


@pytest.fixture(autouse=True)
def _garbage_on_the_gui_thread() -> Iterator[None]:
    """Collect what a test leaves behind here: on a reader thread Qt objects must not die (`ui.garbage`)."""
    gc.disable()
    gc.freeze()  # only what this test makes is looked at, which takes no time
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """Prepare Chromium, which must happen before the application is made."""
    chromium.prepare()
    scheme.register()
    return LastingApplication


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    """The light theme, whatever the system prefers."""
    made = Theme(settings.Theme.LIGHT)
    yield made
    made.deleteLater()


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """The loop that awaits results on the GUI thread."""
    import qasync

    loop = qasync.QEventLoop(qapp, already_running=False)
    asyncio.set_event_loop(loop)
    yield loop
    pending = [task for task in asyncio.all_tasks(loop) if not task.done()]
    for task in pending:
        task.cancel()
    if pending:
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def tasks(qloop: asyncio.AbstractEventLoop) -> Iterator[Tasks]:
    """Reader pool and writer of a window."""
    made = Tasks(qloop)
    yield made
    made.close()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an `async def` test on the loop of `qloop`."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    loop = pyfuncitem._request.getfixturevalue("qloop")
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    loop.run_until_complete(asyncio.wait_for(pyfuncitem.obj(**arguments), ASYNC_DEADLINE_S))
    return True
