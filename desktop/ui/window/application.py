"""The application, which hears that the desktop wants it to end before its windows are asked whether they would."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QApplication


class Application(QApplication):
    """Says when it is to quit: a window that only hides when it is closed would keep it, and the session, from it."""

    quit_wanted = Signal()

    def event(self, e: QEvent) -> bool:
        if e.type() is QEvent.Type.Quit:
            self.quit_wanted.emit()
        return super().event(e)
