"""The bridge: the one subscriber of the bus inside the ui. Events of any thread become Qt signals on the GUI thread.

An import of a thousand mails publishes thousands of events; the widgets hear of them at most every 50 ms, with the
ids of all. Signals carry frozensets, so a slot may keep them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.base.bus import Bus
from desktop.domain import events

COALESCE_MS = 50


class Bridge(QObject):
    """Collects ids under a lock and tells them in one go. Keys that were removed are not also told as changed."""

    messages_arrived = Signal(object)
    """Keys of new mails."""
    mail_came = Signal(object)
    """Keys of those of the new mails that are news to the person, no first sync, no old mail; and of what is back."""
    messages_changed = Signal(object)
    messages_removed = Signal(object)
    lists_changed = Signal(object)
    """List ids."""
    folders_changed = Signal(object)
    """Account keys; so with the next four."""
    accounts_changed = Signal(object)
    status_changed = Signal(object)
    operations_changed = Signal(object)
    outbox_changed = Signal(object)
    settings_changed = Signal(object)
    """Names of settings."""
    damage_found = Signal(object)
    """Of no meaning."""

    _woken = Signal()

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[str, set[object]] = {}
        self._timer = QTimer(self, singleShot=True, interval=COALESCE_MS)
        self._timer.timeout.connect(self.flush)
        self._woken.connect(self._timer.start, Qt.ConnectionType.QueuedConnection)
        self._ends: list[Callable[[], None]] = [
            bus.subscribe(events.MessagesArrived, self._arrived),
            bus.subscribe(events.MessagesChanged, lambda e: self._add("messages_changed", e.keys)),
            bus.subscribe(events.MessagesBack, lambda e: self._add("mail_came", e.keys)),
            bus.subscribe(events.MessagesRemoved, lambda e: self._add("messages_removed", e.keys)),
            bus.subscribe(events.ListsChanged, lambda e: self._add("lists_changed", e.list_ids)),
            bus.subscribe(events.FoldersChanged, lambda e: self._add("folders_changed", (e.account_key,))),
            bus.subscribe(events.MailAccountsChanged, lambda e: self._add("accounts_changed", e.account_keys)),
            bus.subscribe(events.MailAccountStatusChanged, lambda e: self._add("status_changed", (e.account_key,))),
            bus.subscribe(events.OperationsChanged, lambda e: self._add("operations_changed", (e.account_key,))),
            bus.subscribe(events.OutboxChanged, lambda e: self._add("outbox_changed", (e.account_key,))),
            bus.subscribe(events.SettingsChanged, lambda e: self._add("settings_changed", e.names)),
            bus.subscribe(events.DamageFound, lambda _event: self._add("damage_found", (True,))),
        ]

    def close(self) -> None:
        """Hear nothing more; what was collected is dropped."""
        for end in self._ends:
            end()
        self._ends.clear()
        self._timer.stop()

    def flush(self) -> None:
        """Tell what has been collected now (GUI thread)."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        if not self._ends:
            return  # closed: the timer was woken by what was on its way, and who listened may be gone
        removed = waiting.get("messages_removed", set())
        for name in ("messages_arrived", "mail_came", "messages_changed"):
            if name in waiting:
                waiting[name] -= removed
        for name, ids in waiting.items():
            if ids:
                getattr(self, name).emit(frozenset(ids))

    def _arrived(self, event: events.MessagesArrived) -> None:
        self._add("messages_arrived", event.keys)
        if event.notify:
            self._add("mail_came", event.keys)

    def _add(self, name: str, ids: tuple[object, ...]) -> None:
        with self._lock:
            first = not self._waiting
            self._waiting.setdefault(name, set()).update(ids)
        if first:
            self._woken.emit()
