"""The main screens as pictures: the window goes through them by itself, light and dark. GUI thread.

Each picture is of the real thing, with what the engine has fetched; a screen that does not come in time is a Problem.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.paths import shown
from desktop.domain import settings
from desktop.domain.mail.folder import Unified
from desktop.services.mail.answers import Answer
from desktop.ui.actions import Do
from desktop.ui.compose.compose_window import ComposeWindow
from desktop.ui.preferences.dialog import Preferences
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.window.main_window import MainWindow

SIZE = (1440, 900)
WRITTEN = "Hi Anna,\nyes to both: the lines are separate now, and the price for each evening stays the same."
_WITHIN_S = 60.0
_SETTLE_S = 1.2
"""A browser's picture travels to the window after its last paint, and a toast goes."""
_LOOK_EVERY_S = 0.05
_THEMES = (("light", settings.Theme.LIGHT), ("dark", settings.Theme.DARK))


class TourFailed(Problem):
    """A picture could not be taken."""

    remedy = Remedy.NONE
    can_retry = True


async def take(window: MainWindow, tasks: Tasks, theme: Theme, folder: Path, fill: Callable[[], None]) -> None:
    """Write `first-run-light.png` and so on into a folder; `fill` brings the sample in, on the writer thread.

    Raises TourFailed.
    """
    window.resize(*SIZE)
    tour = _Tour(window, theme, folder)
    await tour.until(lambda: window.middle.page is not None)
    await tour.pictures("first-run", window)
    await tasks.write(fill)
    await tour.settled()
    for name, subject in (("newsletter", "The Weekly Foyer"), ("mail", "Harbour hall: the evening plan")):  # not words
        await tour.open(subject)
        await tour.pictures(name, window)
    window.writing.answer(Answer.REPLY, window.room.list.view.current_key)
    composer = await tour.composer()
    composer.editor.textCursor().insertText(WRITTEN)
    await tour.pictures("composer", composer)
    composer.close()
    await tour.until(lambda: not window.writing.windows)
    window.room.browser.show_list(Unified.OUTBOX)
    await tour.until(lambda: window.room.list.shows_list and window.room.list.model.query.list_id == Unified.OUTBOX)
    await tour.open("Atelier Nord")  # not words
    await tour.pictures("outbox", window)
    window.actions_[Do.PREFERENCES].trigger()
    await tour.pictures("preferences", window.findChild(Preferences))


class _Tour:
    def __init__(self, window: MainWindow, theme: Theme, folder: Path) -> None:
        self._window, self._theme, self._folder = window, theme, folder
        self._painted: set[int] = set()
        window.room.reader.painted.connect(self._painted.add)

    async def until(self, condition: Callable[[], object]) -> None:
        deadline = clock.monotonic() + _WITHIN_S
        while not condition():
            if clock.monotonic() > deadline:
                raise TourFailed(_("A screen for the pictures did not come within a minute."))
            await asyncio.sleep(_LOOK_EVERY_S)

    async def settled(self) -> None:
        """Wait until there are mails and no more of them come."""
        before = -1
        while before != (before := len(self._window.room.list.model.keys)) or not before:
            await asyncio.sleep(2 * _SETTLE_S)
            await self.until(lambda: len(self._window.room.list.model.keys))

    async def open(self, subject: str) -> None:
        """Show the first mail of the list whose subject holds these words."""
        await self.until(lambda: self._key_of(subject))
        key = self._key_of(subject)
        self._painted.clear()
        self._window.room.list.view.show_key(key)
        await self.until(lambda: self._painted)

    def _key_of(self, subject: str) -> int:
        model = self._window.room.list.model
        rows = (model.row(key) for key in model.keys)
        return next((row.key for row in rows if row is not None and subject in row.subject), 0)

    async def composer(self) -> ComposeWindow:
        await self.until(lambda: any(each.is_ready for each in self._window.writing.windows))
        return self._window.writing.windows[-1]

    async def pictures(self, name: str, widget: QWidget | None) -> None:
        """Write a picture of a window in both themes."""
        for suffix, theme in _THEMES:
            self._theme.choose(theme)
            await asyncio.sleep(_SETTLE_S)
            path = self._folder / f"{name}-{suffix}.png"
            with contextlib.suppress(OSError):  # what cannot be made cannot be written to either
                self._folder.mkdir(parents=True, exist_ok=True)
            if widget is None or not widget.grab().save(str(path), "PNG"):
                raise TourFailed(_("The picture {path} cannot be written.").format(path=shown(path)))
        self._theme.choose(_THEMES[0][1])
