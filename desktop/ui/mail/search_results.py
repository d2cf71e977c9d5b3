"""Finds mails as one types and shows them in the message list, page after page. GUI thread.

An older search is stopped by its event, which interrupts its SQL; only the newest may show its hits.
"""

from __future__ import annotations

import asyncio
import threading

from PySide6.QtCore import QObject

from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.search_result import Cancelled, Hit, SearchResult
from desktop.services.mail.search import Search, searched_sentence
from desktop.ui import dates
from desktop.ui.bridge import Bridge
from desktop.ui.line_texts import one_line
from desktop.ui.mail.list_line import HitMarks
from desktop.ui.mail.list_pane import ListPane
from desktop.ui.tasks import Tasks
from desktop.ui.widgets.throttle import Throttle

PAGE = 50
_HITS = ListQuery(int(Unified.ALL), conversations=False)
_AGAIN_WAIT_MS, _AGAIN_MOST_MS = 400, 2_000


class SearchResults(QObject):
    """Lives with the list pane; `text` is "" while no search is shown."""

    def __init__(self, search: Search, pane: ListPane, tasks: Tasks, bridge: Bridge) -> None:
        super().__init__(pane)
        self._service = search
        self._pane = pane
        self._tasks = tasks
        self.text = ""
        self._hits: tuple[Hit, ...] = ()
        self._complete = True
        self._to_first = False
        """The search under way is to put the cursor on its first hit."""
        self._cancel = threading.Event()
        self._running: asyncio.Future[object] | None = None
        self._again = Throttle(self._refresh, _AGAIN_WAIT_MS, _AGAIN_MOST_MS, self)
        pane.view.end_reached.connect(self.more)
        bridge.lists_changed.connect(lambda _lists: self._again.call() if self.text else None)

    def search(self, text: str) -> None:
        """Show what matches; an older search is given up."""
        self.text = text
        self._to_first = False
        self._start(limit=PAGE)

    def stop(self) -> None:
        """Give up; the caller shows a folder."""
        self.text = ""
        self._to_first = False
        self._cancel.set()
        self._again.cancel()
        self._hits, self._complete = (), True

    def go_to_first(self) -> None:
        """Put the cursor on the first hit, at once or when the search under way has found it."""
        self._to_first = not self._is_idle
        if not self._to_first:
            self._show_first()

    def more(self) -> None:
        """Find the next page, when there is one and no search is under way."""
        if self.text and not self._complete and self._is_idle:
            self._start(limit=PAGE, before=self._hits[-1].row.key)

    def _refresh(self) -> None:
        if self.text and self._is_idle:
            self._start(limit=max(PAGE, len(self._hits)), quiet=True)

    @property
    def _is_idle(self) -> bool:
        return self._running is None or self._running.done()

    def _start(self, *, limit: int, before: int | None = None, quiet: bool = False) -> None:
        self._cancel.set()
        self._cancel = threading.Event()
        self._to_first = False
        self._running = self._tasks.run(self._search(self.text, limit, before, quiet, self._cancel))

    async def _search(self, text: str, limit: int, before: int | None, quiet: bool, cancel: threading.Event) -> None:
        try:
            result = await self._tasks.read(self._service.search, text, limit=limit, before_key=before, cancel=cancel)
        except Cancelled:
            return
        if cancel.is_set() or text != self.text:
            return
        self._hits = self._hits + result.hits if before is not None else result.hits
        self._complete = result.complete
        marks = {hit.row.key: HitMarks(hit.subject_marks, hit.snippet, hit.snippet_marks) for hit in self._hits}
        rows = [hit.row for hit in self._hits]
        self._pane.loader.show_hits(_HITS, rows, marks, more=quiet or before is not None)
        self._pane.show_search(found_sentence(len(rows), result), _searched(result))
        if self._to_first:
            self._to_first = False
            self._show_first()

    def _show_first(self) -> None:
        if self._hits:
            self._pane.view.show_key(self._hits[0].row.key)


def found_sentence(count: int, result: SearchResult) -> str:
    """Return the line above the hits: how many, in which order, what was searched, what was not understood.

    Of no hits the empty list says what was searched; only what was not understood stands above it.
    """
    number = dates.locale().toString(count)
    if result.complete:
        found = n_("{n} mail, newest first.", "{n} mails, newest first.", count).format(n=number)
    else:
        found = n_("The newest {n} mail, more below.", "The newest {n} mails, more below.", count).format(n=number)
    parts = [found, _searched(result)] if count else []
    if result.unknown:
        words = ", ".join(one_line(word) for word in result.unknown)
        parts.insert(1, _("Not understood: {words}.").format(words=words))
    return " ".join(parts)


def _searched(result: SearchResult) -> str:
    return one_line(searched_sentence(result.searched, dates.locale().toString))
