"""The bus: how layers below the ui tell others what happened. Inside the ui there are Qt signals.

Events are frozen dataclasses in the past tense that carry ids. `store.database` publishes them after commit, on
the thread that wrote; a subscriber must be quick and must not write from inside its handler.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

log = logging.getLogger(__name__)

Event = TypeVar("Event")
Handler: TypeAlias = Callable[[Any], None]


class Bus:
    """Delivers each event to the handlers of exactly its type. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handlers: dict[type, tuple[Handler, ...]] = {}

    def subscribe(self, event_type: type[Event], handler: Callable[[Event], None]) -> Callable[[], None]:
        """Call `handler` for every later event of that type; the returned function ends it."""
        with self._lock:
            self._handlers[event_type] = (*self._handlers.get(event_type, ()), handler)

        def unsubscribe() -> None:
            with self._lock:
                left = tuple(h for h in self._handlers.get(event_type, ()) if h is not handler)
                self._handlers[event_type] = left

        return unsubscribe

    def publish(self, event: object) -> None:
        """Hand `event` to its handlers; one that fails is logged and does not stop the others."""
        for handler in self._handlers.get(type(event), ()):
            try:
                handler(event)
            except Exception:
                log.exception("a handler of %s failed", type(event).__name__)
