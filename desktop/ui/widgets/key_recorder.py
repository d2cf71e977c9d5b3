"""A field that takes the keys one presses instead of letters: one key, or two after one another. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLineEdit, QWidget

from desktop.base.i18n import _
from desktop.domain.shortcuts import MOST_STROKES


class KeyRecorder(QKeySequenceEdit):
    """Tells once what was pressed: a second after the last key, or at Enter.

    Escape alone leaves, and whoever goes elsewhere before that second is over: half a chord is no key.
    """

    recorded = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaximumSequenceLength(MOST_STROKES)
        self.setFinishingKeyCombinations([QKeyCombination(key) for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)])
        words = _("Press the new keys")
        self.setAccessibleName(words)
        for line in self.findChildren(QLineEdit):
            line.setPlaceholderText(words)
            line.setAccessibleName(words)
            line.installEventFilter(self)
        self.editingFinished.connect(self._finish)
        self._waits = False

    def begin(self) -> None:
        """Wait for keys."""
        self.clear()
        self._waits = True
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_Escape and plain and self.keySequence().isEmpty():
            self.left.emit()
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show no menu of the line inside: nothing is written there."""
        return event.type() is QEvent.Type.ContextMenu

    def focusOutEvent(self, event: QFocusEvent) -> None:
        waited, self._waits = self._waits, False
        super().focusOutEvent(event)
        self.clear()
        if waited:
            self.left.emit()

    def _finish(self) -> None:
        keys = self.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if keys and self._waits:
            self._waits = False
            self.clear()
            self.recorded.emit(keys)
