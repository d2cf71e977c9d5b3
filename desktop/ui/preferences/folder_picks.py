"""Which folders of a server are fetched by themselves: check boxes made from the server's own list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.text import one_line
from desktop.domain.mail.folder import Role
from desktop.ui.folder_names import counted, shown_name
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import CheckBox


class Folder(Protocol):
    """What is asked of a folder, as the server lists it or as it is stored."""

    @property
    def path(self) -> str: ...

    @property
    def role(self) -> Role: ...

    @property
    def selectable(self) -> bool: ...


_FIRST = (Role.INBOX, Role.FLAGGED, Role.SENT, Role.DRAFTS, Role.ARCHIVE, Role.JUNK, Role.TRASH, Role.ALL)


def in_order(folders: Sequence[Folder]) -> list[Folder]:
    """Return folders as a person looks for them, whatever order the server has: the Inbox, the special ones in the
    order of the folder tree, all others by name.
    """

    def place(folder: Folder) -> tuple[int, str, str]:
        special = _FIRST.index(folder.role) if folder.role in _FIRST else len(_FIRST)
        return special, folder.path.casefold(), folder.path

    return sorted(folders, key=place)


class FolderPicks(QWidget):
    """Empty until the folders of the server are known."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._boxes: dict[str, CheckBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 2)
        self._column.setSpacing(0)

    def show_folders(self, folders: Sequence[Folder], watched: Collection[str] = ()) -> None:
        """Offer these folders; without `watched`, or what was picked before, the Inbox alone is picked."""
        kept = set(self.picked()) if self._boxes else set(watched)
        for box in self._boxes.values():
            self._column.removeWidget(box)
            box.deleteLater()
        self._boxes.clear()
        names = counted(folder.path for folder in folders)
        for folder in folders:
            if not folder.selectable:
                continue
            box = CheckBox(self._theme, one_line(shown_name(folder.path, folder.role, names)))
            box.setChecked(folder.path in kept if kept else folder.role is Role.INBOX)
            box.toggled.connect(self.changed)
            self._boxes[folder.path] = box
            self._column.addWidget(box)

    def picked(self) -> tuple[str, ...]:
        """Return the paths picked, in the order shown."""
        return tuple(path for path, box in self._boxes.items() if box.isChecked())
