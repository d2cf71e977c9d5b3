"""Where the question for a file begins."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.widgets.file_dialog import FileDialog


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> QWidget:
    monkeypatch.setattr(FileDialog, "_last_folder", "")
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda _location: str(tmp_path / "downloads"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_folder_of_downloads_that_is_not_there_is_no_file_name(window: QWidget, tmp_path: Path) -> None:
    asked = FileDialog(window, "Import")

    assert Path(asked.directory().absolutePath()) == tmp_path
    assert asked.selectedFiles() in ([], [str(tmp_path)])


def test_the_question_begins_where_the_last_one_ended(window: QWidget, tmp_path: Path) -> None:
    (tmp_path / "downloads").mkdir()
    (tmp_path / "offers").mkdir()
    first = FileDialog(window, "Save", "plan.eml")
    first.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    begun = first.selectedFiles()
    first.setDirectory(str(tmp_path / "offers"))
    first.accepted.emit()

    assert begun == [str(tmp_path / "downloads" / "plan.eml")]
    assert Path(FileDialog(window, "Save").directory().absolutePath()) == tmp_path / "offers"
