"""What can be taken back: a stack of sentences and the calls that undo them. Toast and Ctrl+Z both pop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from desktop.ui.tasks import Tasks

DEPTH = 50


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One thing done. `take_back` is a verb of a service, called on the writer thread."""

    text: str
    """A whole translated sentence: "3 mails archived"."""
    take_back: Callable[[], object]
    icon: str
    quiet: bool
    """Not worth a toast; Ctrl+Z still takes it back."""


class Undo(QObject):
    """The stack of one window."""

    pushed = Signal(object)
    """An Entry that was just done."""
    taken_back = Signal(object)
    """An Entry that a person has just taken back."""
    changed = Signal(bool)
    """Whether there is anything to take back."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._entries: list[Entry] = []

    def push(self, text: str, take_back: Callable[[], object], *, icon: str = "check", quiet: bool = False) -> None:
        """Note something done."""
        entry = Entry(text, take_back, icon, quiet)
        self._entries = [*self._entries[-DEPTH + 1 :], entry]
        self.changed.emit(True)
        self.pushed.emit(entry)

    def undo(self, entry: Entry | None = None) -> None:
        """Take back `entry`, by default the last thing done. Nothing happens when it already was."""
        wanted = entry or (self._entries[-1] if self._entries else None)
        if wanted is None or wanted not in self._entries:
            return
        self._entries.remove(wanted)
        self.changed.emit(bool(self._entries))
        self.taken_back.emit(wanted)
        self._tasks.run(self._take_back(wanted))

    async def _take_back(self, entry: Entry) -> None:
        await self._tasks.write(entry.take_back)
