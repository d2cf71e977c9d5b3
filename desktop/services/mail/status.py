"""How each mail account is doing right now: written by the engine, shown by the status bar. In memory, any thread."""

from __future__ import annotations

import threading

from desktop.base.bus import Bus
from desktop.domain import events
from desktop.domain.mail.mail_account import AccountStatus


class StatusBoard:
    """The latest status of every account."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._lock = threading.Lock()
        self._statuses: dict[int, AccountStatus] = {}

    def set(self, status: AccountStatus) -> None:
        """Note a status and tell those who show it."""
        with self._lock:
            if self._statuses.get(status.account_key) == status:
                return
            self._statuses[status.account_key] = status
        self._bus.publish(events.MailAccountStatusChanged(status.account_key))

    def get(self, account_key: int) -> AccountStatus:
        """Return the status of an account; OFF when nothing is known."""
        with self._lock:
            return self._statuses.get(account_key, AccountStatus(account_key))

    def all(self) -> dict[int, AccountStatus]:
        """Return every status by account key."""
        with self._lock:
            return dict(self._statuses)

    def forget(self, account_key: int) -> None:
        """Drop a removed account."""
        with self._lock:
            self._statuses.pop(account_key, None)
