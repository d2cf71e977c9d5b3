"""Finds the newest mails for what is typed into the palette. An older search is interrupted. GUI thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from desktop.base import clock
from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.search_result import Cancelled, SearchResult
from desktop.ui import dates
from desktop.ui.mail import row_texts
from desktop.ui.tasks import Tasks
from desktop.ui.widgets.throttle import Throttle
from desktop.ui.window.palette_entries import Entry

MOST = 6
_LEAST_LETTERS = 2
_WAIT_MS, _MOST_MS = 100, 300


class Finds(Protocol):
    """The service of search."""

    def search(self, text: str, *, limit: int, cancel: threading.Event) -> SearchResult:
        """Return the newest mails that match; raises Cancelled."""


class PaletteMails(QObject):
    """`found` tells that there are other `entries`; they are for `words`."""

    found = Signal()

    def __init__(
        self, service: Finds, tasks: Tasks, show: Callable[[ListId, int], object], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._service, self._tasks, self._show_mail = service, tasks, show
        self.words = ""
        self.entries: tuple[Entry, ...] = ()
        self._cancel = threading.Event()
        self._soon = Throttle(self._start, _WAIT_MS, _MOST_MS, self)

    def look_for(self, words: str) -> None:
        """Find mails for these words soon; "" for none."""
        if words == self.words:
            return
        self._cancel.set()
        self.words, self.entries = words, ()
        if len(words) >= _LEAST_LETTERS:
            self._soon.call()
        else:
            self._soon.cancel()

    def _start(self) -> None:
        self._cancel = threading.Event()
        self._tasks.run(self._find(self.words, self._cancel))

    async def _find(self, words: str, cancel: threading.Event) -> None:
        try:
            result = await self._tasks.read(self._service.search, words, limit=MOST, cancel=cancel)
        except Cancelled:
            return
        if not cancel.is_set() and words == self.words:
            self.entries = tuple(self._entries(result))
            self.found.emit()

    def _entries(self, result: SearchResult) -> Iterator[Entry]:
        within = result.searched.lists or (Unified.ALL,)
        for row in (hit.row for hit in result.hits):
            date = dates.row_date(row.date_ms, clock.now(), dates.zone())
            note = f"{row_texts.correspondent(row)}, {date}"
            act = partial(self._show_mail, within[0], row.key)
            yield Entry(row_texts.subject(row), "mail" if row.unread else "mail-open", note, act)
