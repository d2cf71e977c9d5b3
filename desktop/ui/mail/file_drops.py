"""Files of other programs dropped on a widget that otherwise takes no drops. GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.mail.mail_drag import local_files


class FileDrops(QObject):
    """Lives with its widget; `takes` says whether files may be dropped there now."""

    dropped = Signal(object)
    """A list of `Path`: files and folders of this computer."""

    def __init__(self, widget: QWidget, takes: Callable[[], bool]) -> None:
        super().__init__(widget)
        self._takes = takes
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # entering is an event of moving too
        if not isinstance(event, QDragMoveEvent | QDropEvent):
            return False
        files = local_files(event.mimeData()) if self._takes() else []
        if not files:
            event.ignore()
            return True
        # whoever is told that they were moved deletes them
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if event.type() is QEvent.Type.Drop:
            self.dropped.emit(files)
        return True
