"""Journeys: the whole program on a real mail server, from the wire to the painted row."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Theme
from tests.journeys.program import Program
from tests.ui.conftest import _garbage_on_the_gui_thread, qapp_cls, qloop, theme

__all__ = ["_garbage_on_the_gui_thread", "pytest_pyfunc_call", "qapp_cls", "qloop", "start", "theme"]

ASYNC_DEADLINE_S = 100


@pytest.fixture
def start(
    tmp_path: Path, qapp: QApplication, theme: Theme, qloop: asyncio.AbstractEventLoop, qtbot: QtBot
) -> Iterator[Callable[..., Program]]:
    """Start the program on one profile; called again, it starts once more on the same one."""
    started: list[Program] = []

    def start(*, asks_in_window: bool = False) -> Program:
        started.append(Program(tmp_path / "profile", theme, qloop, asks_in_window=asks_in_window))
        return started[-1]

    yield start
    for program in started:
        program.quit()
    assert [failure for program in started for failure in program.failures] == []


@pytest.fixture
def program(start: Callable[[], Program]) -> Program:
    """The program on a new profile, without any account."""
    return start()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an `async def` test on the loop of `qloop`."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    loop = pyfuncitem._request.getfixturevalue("qloop")
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    loop.run_until_complete(asyncio.wait_for(pyfuncitem.obj(**arguments), ASYNC_DEADLINE_S))
    return True
