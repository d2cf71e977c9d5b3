"""A picture of a window once it has been painted: for the smoke test of packages and the screenshot of the README."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget


class PaintWatch(QObject):
    """Calls `then` once, a moment after the first paint of a window."""

    def __init__(self, window: QWidget, then: Callable[[], object]) -> None:
        super().__init__(window)
        self._window = window
        self._then = then
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self._then)
        return False


def save_picture(window: QWidget, to: Path) -> None:
    """Write what the window shows as PNG; raises OSError."""
    if not window.grab().save(str(to), "PNG"):
        raise OSError(f"cannot write {to}")
