"""Which folder of a server is for what: where sent mail lies, where archived mail goes. Made from the server's list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.base.text import one_line
from desktop.domain.mail.folder import Role
from desktop.ui.folder_names import counted, shown_name
from desktop.ui.preferences.folder_picks import Folder
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import Select
from desktop.ui.widgets.fields import FormRow
from desktop.ui.widgets.labels import Paragraph


class FolderRoles(QWidget):
    """One select for each role; empty until the folders of the server are known."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selects: dict[Role, Select] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for role, words in (
            (Role.SENT, _("Sent")),
            (Role.DRAFTS, _("Drafts")),
            (Role.ARCHIVE, _("Archive")),
            (Role.JUNK, _("Junk")),
            (Role.TRASH, _("Trash")),
        ):
            self.selects[role] = Select(theme, words)
            self.selects[role].currentIndexChanged.connect(self.changed)
            column.addWidget(FormRow(theme, words, self.selects[role]))
        self.field: QWidget = self.selects[Role.SENT]
        self._wrong = Paragraph(theme, "", "small", "danger")
        self._wrong.hide()
        column.addWidget(self._wrong)

    def show_folders(self, folders: Sequence[Folder]) -> None:
        """Offer these folders; what was picked before stays, else it is what the server says."""
        kept = self.picked()
        names = counted(folder.path for folder in folders)
        able = [folder for folder in folders if folder.selectable and folder.role is not Role.INBOX]
        for role, select in self.selects.items():
            said = next((folder.path for folder in folders if folder.selectable and folder.role is role), "")
            select.clear()
            select.addItem(_("None"), "")
            for folder in able:
                select.addItem(one_line(shown_name(folder.path, folder.role, names)), folder.path)
            select.setCurrentIndex(max(select.findData(kept.get(role, said)), 0))

    def picked(self) -> Mapping[Role, str]:
        """Return the path for each role, "" for none; nothing before folders are known."""
        return {role: str(select.currentData()) for role, select in self.selects.items() if select.count()}

    def say(self, wrong: str) -> None:
        """Say what is wrong with what was picked; "" takes it back."""
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))
        self.field.setAccessibleDescription(wrong)
