"""Lets go of a text document without holding up the window: freeing tens of thousands of lines at once takes long."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QTextCursor, QTextDocument

from desktop.ui.widgets.slices import Slices

_LINES_A_STEP = 200


def retire(document: QTextDocument) -> None:
    """Empty a document that nothing shows any more, in slices, and delete it."""
    slices = Slices(document)
    slices.finished.connect(document.deleteLater)
    slices.start(_empty(document))


def _empty(document: QTextDocument) -> Iterator[None]:
    cursor = QTextCursor(document)
    while document.blockCount() > _LINES_A_STEP:
        cursor.setPosition(document.findBlockByNumber(document.blockCount() - _LINES_A_STEP).position())
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.deletePreviousChar()
        yield
