"""Throttle: many calls become one, soon. For search as one types and for saving what keeps changing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


class Throttle(QObject):
    """Calls `act` once `wait_ms` after the last `call`, but never later than `most_ms` after the first."""

    def __init__(
        self, act: Callable[[], object], wait_ms: int, most_ms: int | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._act = act
        self._soon = QTimer(self, singleShot=True, interval=wait_ms)
        self._latest = QTimer(self, singleShot=True, interval=most_ms or wait_ms * 4)
        self._soon.timeout.connect(self.flush)
        self._latest.timeout.connect(self.flush)

    def call(self) -> None:
        """Ask for the act."""
        self._soon.start()
        if not self._latest.isActive():
            self._latest.start()

    def flush(self) -> None:
        """Do it now if it was asked for."""
        if self._latest.isActive() or self._soon.isActive():
            self.cancel()
            self._act()

    def cancel(self) -> None:
        """Forget what was asked for."""
        self._soon.stop()
        self._latest.stop()
