"""A picture of the window once it has been painted, then the end: how a package shows that it works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.ui.mail.reader import Reader

_SETTLE_MS = 300
"""After its last paint the browser's picture still travels to the window."""


class _Picture(QObject):
    def __init__(self, window: QWidget, reader: Reader | None, to: Path, end: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._to, self._end = window, to, end
        if reader is not None:
            reader.painted.connect(self._soon)
        else:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            self._soon()
        return False

    def _soon(self) -> None:
        QTimer.singleShot(_SETTLE_MS, self._take)

    def _take(self) -> None:
        if not self._window.grab().save(str(self._to), "PNG"):
            raise OSError(f"cannot write {self._to}")
        self._end()


def take_picture(window: QWidget, reader: Reader | None, to: Path, end: Callable[[], object]) -> None:
    """Write the window as PNG and call `end`: after the first mail of `reader`, without one after the first paint."""
    _Picture(window, reader, to, end)
