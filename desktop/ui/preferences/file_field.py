"""A field for the path of a file, with a button that lets one look for it."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.fields import LineEdit
from desktop.ui.widgets.file_dialog import FileDialog


class FileField(QWidget):
    """`kinds` are the files offered first, as Qt writes filters."""

    def __init__(self, theme: Theme, name: str, kinds: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kinds = kinds
        self._name = name
        self.edit = LineEdit(theme, name)
        self.choose = Button(theme, _("Choose…"))
        self.choose.setToolTip(_("Look for the file"))
        self.choose.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.choose)

    def _choose(self) -> None:
        asked = FileDialog(self.window(), self._name)
        asked.setFileMode(QFileDialog.FileMode.ExistingFile)
        asked.setNameFilters([self._kinds, _("All files") + " (*)"])
        asked.fileSelected.connect(self.edit.setText)
        asked.open()
