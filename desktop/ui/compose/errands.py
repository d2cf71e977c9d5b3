"""What one window has under way on the threads of `ui.tasks`; with the window it ends. GUI thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from desktop.ui.tasks import Tasks

P = ParamSpec("P")
T = TypeVar("T")


class Errands:
    """As `Tasks`, but for one window: what it still waits for when it closes would touch widgets that are gone."""

    def __init__(self, tasks: Tasks) -> None:
        self._tasks = tasks
        self._under_way: set[asyncio.Future[Any]] = set()
        self.read = tasks.read

    def write(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Call `fn` on the writer thread, after all earlier verbs, also where nobody waits for it any more."""
        return asyncio.shield(self._tasks.write(fn, *args, **kwargs))

    def run(self, coroutine: Coroutine[Any, Any, object]) -> None:
        """Start a coroutine from a slot."""
        future = self._tasks.run(coroutine)
        self._under_way.add(future)
        future.add_done_callback(self._under_way.discard)

    def stop(self) -> None:
        """Wait for nothing any more; what a service was asked to write is written."""
        for future in tuple(self._under_way):
            future.cancel()
