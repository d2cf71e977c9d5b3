"""What can be taken back, and what of it can be done again: sentences and the calls that undo and redo them.

Toast and Ctrl+Z take back; Ctrl+Y does again what was taken back last, until something else is done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

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
    again: Callable[[], Callable[[], object]] | None = None
    """Does it once more, on the writer thread, and returns what takes that back; None where it cannot be."""
    mails: tuple[int, ...] = ()
    """Keys of the mails it took away from where they were."""
    undone: str = ""
    """The sentence once it is taken back, where "Undone:" before `text` would read badly."""
    until_ms: int = 0
    """When it cannot be taken back any more; 0 for as long as one likes."""
    counting: Callable[[int], str] | None = None
    """What is said while so many seconds are left until then."""


class Undo(QObject):
    """The stack of one window."""

    pushed = Signal(object)
    """An Entry that was just done."""
    taken_back = Signal(object)
    """An Entry that a person has just taken back."""
    undone = Signal(object)
    """An Entry that is now taken back in the store."""
    changed = Signal(bool)
    """Whether there is anything to take back."""
    redo_changed = Signal(bool)
    """Whether there is anything to do again."""

    def __init__(self, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._entries: list[Entry] = []
        self._undone: list[Entry] = []

    def push(
        self,
        text: str,
        take_back: Callable[[], object],
        *,
        icon: str = "check",
        quiet: bool = False,
        again: Callable[[], Callable[[], object]] | None = None,
        mails: tuple[int, ...] = (),
        undone: str = "",
        until_ms: int = 0,
        counting: Callable[[int], str] | None = None,
    ) -> None:
        """Note something done."""
        self._undone.clear()
        self.redo_changed.emit(False)
        self._add(Entry(text, take_back, icon, quiet, again, mails, undone, until_ms, counting))

    def forget(self, entry: Entry) -> None:
        """Let an entry go that cannot be taken back any more."""
        if entry in self._entries:
            self._entries.remove(entry)
            self.changed.emit(bool(self._entries))

    def undo(self, entry: Entry | None = None) -> None:
        """Take back `entry`, by default the last thing done. Nothing happens when it already was."""
        wanted = entry or (self._entries[-1] if self._entries else None)
        if wanted is None or wanted not in self._entries:
            return
        self._entries.remove(wanted)
        self.changed.emit(bool(self._entries))
        self.taken_back.emit(wanted)
        if wanted.again is not None:
            self._undone.append(wanted)
            self.redo_changed.emit(True)
        self._tasks.run(self._take_back(wanted))

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self._undone:
            entry = self._undone.pop()
            self.redo_changed.emit(bool(self._undone))
            self._tasks.run(self._do_again(entry))

    def _add(self, entry: Entry) -> None:
        self._entries = [*self._entries[-DEPTH + 1 :], entry]
        self.changed.emit(True)
        self.pushed.emit(entry)

    async def _do_again(self, entry: Entry) -> None:
        if entry.again is not None:
            self._add(replace(entry, take_back=await self._tasks.write(entry.again)))

    async def _take_back(self, entry: Entry) -> None:
        await self._tasks.write(entry.take_back)
        self.undone.emit(entry)
