"""Asking for files, alike everywhere: the question begins where the last one ended, and at first among the downloads.

Qt's own dialog has words that its Russian catalogue lacks; they are said here.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.base.i18n import _


class FileDialog(QFileDialog):
    """Goes when it is closed. `name` is offered for the file; `folder` is where to begin instead."""

    _last_folder: ClassVar[str] = ""

    def __init__(self, parent: QWidget, title: str, name: str = "", *, folder: str = "") -> None:
        downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        wanted = (folder, self._last_folder, downloads)
        # a folder that is not there would pass for the name of a file
        super().__init__(
            parent, title, next((each for each in wanted if each and Path(each).is_dir()), str(Path.home()))
        )
        if name:
            self.selectFile(name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for label, words in (
            (QFileDialog.DialogLabel.LookIn, _("Look in:")),
            (QFileDialog.DialogLabel.FileName, _("File name:")),
            (QFileDialog.DialogLabel.FileType, _("Files of type:")),
        ):
            self.setLabelText(label, words)
        self.accepted.connect(self._remember)

    def _remember(self) -> None:
        FileDialog._last_folder = self.directory().absolutePath()
