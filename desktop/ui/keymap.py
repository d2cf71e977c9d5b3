"""The keys of this moment: the set that is chosen and what the person changed of it. One for all windows. GUI thread.

Whoever shows or obeys keys asks here, and again when `changed` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from desktop.domain import shortcuts
from desktop.domain.shortcuts import Changes, Declared, KeySet


class Declares(Protocol):
    """A catalogue of actions."""

    def declared(self, key_set: KeySet) -> Sequence[Declared]:
        """Return every action with its keys in a set."""


class Keymap(QObject):
    """Starts with the keys as declared."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.key_set = KeySet.THUNDERBIRD
        self.changes: Changes = {}
        self.stored = "{}"
        """The changes of every set, as they are stored."""

    def choose(self, key_set: str, stored: str) -> None:
        """Take another set, with what is stored of changes."""
        wanted, self.stored = KeySet(key_set), stored
        changes = {name: _as_qt_writes(keys) for name, keys in shortcuts.changes_of(stored, wanted).items()}
        understood = {name: keys for name, keys in changes.items() if all(keys)}
        if (wanted, understood) != (self.key_set, self.changes):
            self.key_set, self.changes = wanted, understood
            self.changed.emit()

    def keys(self, catalogue: Declares) -> dict[str, tuple[str, ...]]:
        """Return the keys of each action by its name, the one to be shown first."""
        return shortcuts.effective(catalogue.declared(self.key_set), self.changes)


def shown(keys: str) -> str:
    """Return keys as the person reads them on his system."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText).replace(", ", " ")


def as_qt_writes(keys: str) -> str:
    """Return keys in the one form they are compared in, "" where they are none."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText)


def _as_qt_writes(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(as_qt_writes(key) for key in keys)
