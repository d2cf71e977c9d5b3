"""A composer over services in memory."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.mail.draft import Draft
from desktop.domain.mail.spelling_words import Alphabet
from desktop.ui.compose.compose_window import ComposeWindow
from desktop.ui.compose.dictionaries import Found
from desktop.ui.compose.ports import Examine
from desktop.ui.compose.speller import Speller
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from tests.ui.compose.fakes import MemoryCompose, MemoryOutbox, nothing_to_say

DEADLINE_S = 20


class AtOnce(Executor):
    """A dictionary of a few words, asked in this process."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        if fn.__name__ == "unknown":
            _path, words = args
            self.asked += words
            done.set_result(tuple(word for word in words if word.startswith(("zz", "щщ"))))
        else:
            done.set_result(("better", "best"))
        return done


DICTIONARIES = (
    Found("en", Path("en.zip"), Alphabet.LATIN),
    Found("de_AT", Path("de.zip"), Alphabet.LATIN),
    Found("ru", Path("ru.zip"), Alphabet.CYRILLIC),
)


@dataclass
class Desk:
    """What a test of the composer stands on."""

    tasks: Tasks
    theme: Theme
    speller: Speller
    words: AtOnce
    compose: MemoryCompose = field(default_factory=MemoryCompose)
    outbox: MemoryOutbox = field(init=False)
    windows: list[ComposeWindow] = field(default_factory=list)
    failures: list[object] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.outbox = MemoryOutbox(self.compose)

    async def open(self, draft: Draft, key: int | None = None, examine: Examine = nothing_to_say) -> ComposeWindow:
        """Return a window that shows a draft and is ready."""
        window = ComposeWindow(self.compose, self.outbox, self.tasks, self.theme, self.speller, examine, draft, key)
        self.windows.append(window)
        ready: list[bool] = []
        window.ready.connect(lambda: ready.append(True))
        window.show()
        window.activateWindow()
        await until(lambda: bool(ready))
        return window


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until `condition` holds; fails at the deadline."""
    for _ in range(DEADLINE_S * 100):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("the composer did not come to this in time")


@pytest.fixture
def speller(tmp_path: Path, tasks: Tasks) -> Iterator[Speller]:
    """Three dictionaries that know every word that begins with neither zz nor щщ."""
    words = AtOnce()
    made = Speller(tmp_path / "words", tasks, found=DICTIONARIES, process=lambda: words)
    made.setProperty("words", words)
    yield made
    made.close()


@pytest.fixture
def desk(tmp_path: Path, theme: Theme, tasks: Tasks, qtbot: QtBot) -> Iterator[Desk]:
    """No window yet."""
    words = AtOnce()
    speller = Speller(tmp_path / "words", tasks, found=DICTIONARIES, process=lambda: words)
    made = Desk(tasks, theme, speller, words)
    tasks.failed.connect(made.failures.append)
    yield made
    from shiboken6 import isValid

    for window in made.windows:
        if isValid(window):
            window._let_go()
    speller.close()
    gc.collect()


def host_of(qtbot: QtBot, widgets: Sequence[QWidget]) -> QWidget:
    """Return a window that holds widgets, shown and active."""
    from PySide6.QtWidgets import QVBoxLayout

    host = QWidget()
    column = QVBoxLayout(host)
    for each in widgets:
        column.addWidget(each)
    column.addStretch(1)
    host.resize(600, 500)
    qtbot.addWidget(host)
    host.show()
    host.activateWindow()
    return host
