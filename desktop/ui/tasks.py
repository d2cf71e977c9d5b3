"""Calls of services from the GUI thread: `await tasks.read(fn, ...)` in a coroutine that a slot started with `run`.

Reads go to a pool of four threads, verbs one after the other to one writer thread, so two clicks are done in the
order they were made. Results arrive on the qasync loop. Whatever a coroutine raises is told in one place: the
`failed` signal, and for what is not a `Problem` also the crash hook. Nothing of a closed `Tasks` runs on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, ParamSpec, TypeVar

from PySide6.QtCore import QObject, Signal

from desktop.base.errors import Problem

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
_LAST_READS_S = 2.0
"""So long closing waits for reads under way; most take milliseconds."""


class Tasks(QObject):
    """Lives as long as the window. `crash` is told of every error that is ours."""

    failed = Signal(object)
    """An exception nobody awaited; a `Problem` holds a sentence for the person."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        crash: Callable[[BaseException], None] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._loop = loop
        self._crash = crash
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="ui-reader")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="ui-writer")
        self._running: set[asyncio.Task[Any]] = set()
        self._reads: set[Future[Any]] = set()
        self._closed = False

    def read(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Call `fn` on a reader thread; cancelling the future drops a call that has not begun."""
        return self._submit(self._readers, fn, *args, **kwargs)

    def write(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Call `fn` on the writer thread, after all earlier verbs."""
        return self._submit(self._writer, fn, *args, **kwargs)

    def errand(self, future: Future[T]) -> asyncio.Future[T]:
        """Await what the engine does for us; cancelling this cancels the errand."""
        if self._closed:
            future.cancel()
        return asyncio.wrap_future(future, loop=self._loop)

    def run(self, coroutine: Coroutine[Any, Any, object]) -> asyncio.Future[Any]:
        """Start a coroutine from a slot. Cancel what is returned to forget it; after `close` it is already."""
        if self._closed:
            coroutine.close()
            return self._cancelled()
        task = self._loop.create_task(coroutine)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def close(self) -> None:
        """Cancel what is awaited, drop waiting reads, finish the verbs a person already called.

        Reads under way are waited for, within reason: the last reference to a coroutine, and by it to widgets, must
        not go on a reader thread, where Qt objects cannot die.
        """
        self._closed = True
        for task in tuple(self._running):
            task.cancel()
        self._readers.shutdown(wait=False, cancel_futures=True)
        self._writer.shutdown(wait=True)
        wait(tuple(self._reads), _LAST_READS_S)

    def _submit(
        self, pool: ThreadPoolExecutor, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        if self._closed:
            return self._cancelled()
        call = pool.submit(fn, *args, **kwargs)
        if pool is self._readers:
            self._reads.add(call)
            call.add_done_callback(self._reads.discard)
        return asyncio.wrap_future(call, loop=self._loop)

    def _cancelled(self) -> asyncio.Future[Any]:
        """Return a future nobody has to await; the loop may be closed by now."""
        nothing: asyncio.Future[Any] = asyncio.Future(loop=self._loop)
        nothing.cancel()
        return nothing

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if task.cancelled() or self._closed:
            return
        error = task.exception()
        if error is None:
            return
        if not isinstance(error, Problem):
            log.error("a task of the window failed", exc_info=error)
            if self._crash is not None:
                self._crash(error)
        self.failed.emit(error)
