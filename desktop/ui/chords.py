"""Chords, two keys one after the other: the second is waited for where the first was pressed, and not for long.

Qt's own chords go on waiting in whatever gets the keyboard next, without end, and take a letter that is typed there.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QKeyCombination, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

WAIT_MS = 1500
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)


class Chords(QObject):
    """Those of one window. The first key is a shortcut as any other, so that a field of text keeps its letters."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        application = QApplication.instance()
        assert application is not None
        self._application = application
        self._of: dict[QAction, tuple[tuple[str, str], ...]] = {}
        self._firsts: dict[str, QShortcut] = {}
        self._begun = ""
        self._at: QWidget | None = None
        self._meant: QAction | None = None
        self._pause = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._pause.timeout.connect(self._forget)

    def give(self, action: QAction, chords: Sequence[tuple[str, str]]) -> None:
        """Let these chords trigger an action, and no others; their keys are written as Qt writes them."""
        self._of[action] = tuple(chords)
        wanted = {first for each in self._of.values() for first, _second in each}
        for gone in self._firsts.keys() - wanted:
            self._firsts.pop(gone).deleteLater()
        for first in wanted - self._firsts.keys():
            shortcut = QShortcut(QKeySequence(first), self._window)
            shortcut.activated.connect(lambda first=first: self._begin(first))
            self._firsts[first] = shortcut

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look at the one key that follows."""
        if not isinstance(event, QKeyEvent) or event.key() in _MODIFIERS:
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            self._meant = self._action_of(event) if QApplication.focusWidget() is self._at else None
            if self._meant is None:
                self._forget()
                return False
            event.accept()
            return True
        if event.type() is QEvent.Type.KeyPress and (meant := self._meant) is not None:
            self._forget()
            meant.trigger()
            return True
        return False

    def _begin(self, first: str) -> None:
        self._begun, self._at, self._meant = first, QApplication.focusWidget(), None
        self._application.installEventFilter(self)
        self._pause.start()

    def _forget(self) -> None:
        self._begun, self._at, self._meant = "", None, None
        self._pause.stop()
        self._application.removeEventFilter(self)

    def _action_of(self, event: QKeyEvent) -> QAction | None:
        """Return what the second key means, with its Shift or, as for signs that need one, without."""
        pressed = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = pressed & ~Qt.KeyboardModifier.ShiftModifier
        seconds = [_written(QKeyCombination(each, Qt.Key(event.key()))) for each in (pressed, plain)]
        for second in seconds:
            for action, chords in self._of.items():
                if (self._begun, second) in chords:
                    return action if self._reaches(action) else None
        return None

    def _reaches(self, action: QAction) -> bool:
        """Say whether the keys of an action count where the keyboard is."""
        here_only = action.shortcutContext() is Qt.ShortcutContext.WidgetShortcut
        return action.isEnabled() and (not here_only or self._at in action.associatedObjects())


def _written(key: QKeyCombination) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
