"""Which folders of a server are fetched by themselves: check boxes made from the server's own list."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.text import one_line
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import CheckBox


class FolderPicks(QWidget):
    """Empty until the server has told its folders."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._boxes: dict[str, CheckBox] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 2)
        self._column.setSpacing(0)

    def show_folders(self, folders: Sequence[ServerFolder], watched: Sequence[str] = ()) -> None:
        """Offer these folders; without `watched`, or what was picked before, the Inbox alone is picked."""
        kept = set(self.picked()) or set(watched)
        for box in self._boxes.values():
            self._column.removeWidget(box)
            box.deleteLater()
        self._boxes.clear()
        for folder in folders:
            if not folder.selectable:
                continue
            box = CheckBox(self._theme, one_line(folder.path).replace("&", "&&"))
            box.setAccessibleName(one_line(folder.path))
            box.setChecked(folder.path in kept if kept else folder.role is Role.INBOX)
            self._boxes[folder.path] = box
            self._column.addWidget(box)

    def picked(self) -> tuple[str, ...]:
        """Return the paths picked, in the order of the server."""
        return tuple(path for path, box in self._boxes.items() if box.isChecked())
