"""The moment the first message list is on the screen: the end of a start, by which starts are timed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer

from desktop.ui.mail.list_pane import ListPane


class _FirstList(QObject):
    def __init__(self, pane: ListPane, act: Callable[[], object]) -> None:
        super().__init__(pane)
        self._pane, self._act = pane, act
        pane.view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            keys = self._pane.model.keys
            if len(keys) and self._pane.model.row(keys[0]) is not None:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, self._act)  # this paint comes first
        return False


def when_painted(pane: ListPane, act: Callable[[], object]) -> None:
    """Call `act` once, after mails have been painted for the first time."""
    _FirstList(pane, act)
