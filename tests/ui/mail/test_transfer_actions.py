"""Mails in from files and out into files, by menus and by dropping, on a real store."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from desktop.domain.mail import mbox
from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.folder import Unified
from desktop.services.mail.exporting import Exported
from desktop.services.mail.import_files import Fault, find, read
from desktop.services.mail.importing import Imported, Progress
from desktop.services.mail.transfer_words import exported, imported
from desktop.store.database import DiskFull
from desktop.ui.mail import mail_drag, transfer_words
from desktop.ui.mail.mail_drag import MailDragData, MailLoad, local_files
from desktop.ui.mail.transfer_actions import UnderWay
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.menu import Menu
from tests.desk import mail
from tests.ui.mail.room import Room
from tests.ui.mail.test_mail_browser import Stand, started
from tests.ui.mail.waiting import until

CANCELLED_IN_FULL = (
    "The import was cancelled. 1,200 mails imported. 3 were here already. 1 of them cannot be shown; its source is "
    "kept. 2 that their program had marked as deleted were left out. 1 mail is too large and was left out. 2 files "
    "could not be read."
)


@pytest.fixture
def stand(room: Room, theme, tasks, tmp_path: Path, qtbot) -> Iterator[Stand]:
    made = Stand(room, theme, tasks, tmp_path)
    made.told = []
    made.browser.transfers.told.connect(made.told.append)
    yield made
    made.close()


@pytest.fixture
def box(tmp_path: Path) -> Path:
    path = tmp_path / "mails.mbox"
    path.write_bytes(b"".join(mbox.boxed(mail(n), "", 1_780_000_000_000) for n in (1, 2)))
    return path


def _carrying(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def _drop(widget, point: QPoint, data: QMimeData) -> QDropEvent:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    enter = QDragEnterEvent(point, actions, data, left, none)
    QApplication.sendEvent(widget, enter)
    event = QDropEvent(QPointF(point), actions, data, left, none)
    event.ignore()
    if enter.isAccepted():
        QApplication.sendEvent(widget, event)
    return event


def _on_tree(stand: Stand, node_id: str, data: QMimeData) -> QDropEvent:
    stand.tree.expandAll()
    point = stand.tree.visualRect(stand.model.index_of_id(node_id)).center()
    return _drop(stand.tree.viewport(), point, data)


def _lines(menu: Menu) -> dict[str, object]:
    found = {}
    for action in menu.actions():
        if action.menu() is not None:
            found |= _lines(action.menu())
        elif action.text():
            found[action.text().partition("\t")[0]] = action
    return found


def _dialog(stand: Stand) -> QFileDialog:
    return next(one for one in stand.window.window().findChildren(QFileDialog) if one.isVisible())


async def test_files_dropped_on_a_folder_go_there_and_come_only_once(room, stand, box):
    await started(stand, 0)
    archive = room.keys["Archive"]

    dropped = _on_tree(stand, f"folder {archive}", _carrying(box))
    await until(lambda: stand.told)
    _on_tree(stand, f"folder {archive}", _carrying(box))
    await until(lambda: len(stand.told) == 2)

    assert dropped.isAccepted()
    assert dropped.dropAction() is Qt.DropAction.CopyAction, "its program must not delete the file"
    assert stand.told == ["2 mails imported.", "2 were here already."]
    assert room.services.views.counts([archive])[archive].total == 2
    assert len(room.services.operations.waiting()) == 2
    assert box.exists()


@pytest.mark.parametrize("where", ["unified", "account", "not selectable"])
async def test_where_no_mail_can_be_kept_nothing_is_taken(room, stand, box, where):
    await started(stand, 0)
    nodes = {
        "unified": f"list {int(Unified.INBOX)}",
        "account": f"account {room.account_key}",
        "not selectable": f"folder {room.keys['Projects']}",
    }

    assert not _on_tree(stand, nodes[where], _carrying(box)).isAccepted()
    assert not _drop(stand.pane, QPoint(50, 50), _carrying(box)).isAccepted(), "the unified Inbox is shown"
    assert stand.told == []


async def test_files_dropped_on_the_list_of_a_folder_go_to_it(room, stand, box, tmp_path):
    await started(stand, 0)
    stand.browser.show_list(Unified.ALL)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.eml").write_bytes(mail(3))

    dropped = _drop(stand.pane, QPoint(50, 50), _carrying(box, tmp_path / "deep"))
    await until(lambda: len(stand.pane.model.keys) == 3)
    await until(lambda: stand.told)

    assert dropped.isAccepted()
    assert stand.told == ["3 mails imported."]
    assert not room.services.operations.waiting()


def test_c45_only_files_of_this_computer_are_taken_from_a_drag(tmp_path: Path):
    def of(*urls: str) -> list[Path]:
        data = QMimeData()
        data.setUrls([QUrl(url) for url in urls])
        return local_files(data)

    odd = tmp_path / "a b%2f..%2f#?\n'\"$(x)`y`.eml"
    assert local_files(_carrying(odd)) == [odd]
    assert of("https://evil.example/a.eml", "file://server/share/a.eml", "data:text/plain,x", "file:", "x") == []
    assert of("file:///a/b.eml") == [Path("/a/b.eml")]
    ours = MailDragData(MailLoad(mails=(1,)), lambda keys: [odd])
    assert local_files(ours) == []
    assert local_files(QMimeData()) == []


async def test_mails_dragged_out_of_another_rapport_are_files_here(room, stand, tmp_path, monkeypatch):
    kept = room.deliver("A")
    await started(stand, 1)
    path = tmp_path / "a.eml"
    path.write_bytes(mail(1))
    with monkeypatch.context() as other:
        other.setattr(mail_drag, "MAILS", "application/x-rapport-mails-0011223344556677")
        data = QMimeData()
        data.setData(mail_drag.MAILS, MailLoad(mails=(kept,)).pack())
        data.setUrls([QUrl.fromLocalFile(str(path))])

    _on_tree(stand, f"folder {room.keys['Archive']}", data)
    await until(lambda: stand.told)

    assert stand.told == ["1 mail imported."]
    assert list(stand.pane.model.keys) == [kept], "its keys mean nothing here"


async def test_hostile_names_and_contents_dropped_are_told_and_do_nothing_else(room, stand, tmp_path):
    await started(stand, 0)
    names = ["../x.eml", "-rf.eml", "a\nb.eml", "%00.eml", "'; DROP TABLE email;--.eml"]
    paths = [tmp_path / "hostile" / name.replace("/", "_") for name in names]
    paths[0].parent.mkdir()
    for number, path in enumerate(paths):
        path.write_bytes(mail(number))
    (paths[0].parent / "link.eml").symlink_to("/etc/passwd")
    before = sorted(tmp_path.rglob("*.eml"))

    _on_tree(stand, f"list {int(Unified.ALL)}", _carrying(paths[0].parent, tmp_path / "\0nowhere"))
    await until(lambda: stand.told)

    assert stand.told == ["5 mails imported. 1 file could not be read."]
    assert sorted(tmp_path.rglob("*.eml")) == before


def _press(stand: Stand, list_id: int, words: str) -> set[str]:
    """Choose a line in the menu of a row of the tree; returns all it offers."""
    stand.browser._open_menu(stand.model.node_of_list(list_id), QPoint(5, 5))
    return _press_in(stand.tree, words)


def _press_in(owner, words: str) -> set[str]:
    menu = owner.findChildren(Menu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]
    lines = _lines(menu)
    offered = set(lines)
    lines[words].trigger()
    menu.close()
    return offered


async def _choose(stand: Stand, *paths: Path) -> None:
    """Choose files in the dialog that is open, and wait until what follows is told."""
    before = len(stand.told)
    dialog = _dialog(stand)
    if dialog.fileMode() is QFileDialog.FileMode.ExistingFiles:
        dialog.filesSelected.emit([str(path) for path in paths])
    else:
        dialog.fileSelected.emit(str(paths[0]))
    await until(lambda: len(stand.told) > before)
    dialog.reject()
    await until(lambda: not stand.window.findChildren(QFileDialog))


async def test_the_menu_of_a_folder_imports_files_and_folders(room, stand, box, tmp_path):
    await started(stand, 0)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "b.eml").write_bytes(mail(9))

    _press(stand, room.keys["Archive"], "Files (mbox, EML)…")
    await _choose(stand, box)
    _press(stand, room.keys["Archive"], "A folder (Maildir, Thunderbird, EML)…")
    await _choose(stand, tmp_path / "folder")

    assert stand.told == ["2 mails imported.", "1 mail imported."]
    assert room.services.views.counts([room.keys["Archive"]])[room.keys["Archive"]].total == 3


async def test_the_menu_of_any_list_exports_it_and_that_of_mails_these(room, stand, tmp_path):
    for subject in ("A", "B", "C"):
        room.deliver(subject)
    await started(stand, 3)

    offered = _press(stand, int(Unified.INBOX), "As one file (mbox)…")
    await _choose(stand, tmp_path / "out.mbox")
    stand.pane.view.next()
    await until(lambda: stand.pane.selection().count == 1)
    stand.pane._open_menu(QPoint(5, 5))
    _press_in(stand.pane, "As a file for each mail (EML)…")
    await _choose(stand, tmp_path)

    assert "Files (mbox, EML)…" not in offered, "the Inbox of all accounts is no place on a server"
    assert stand.told == [
        f"3 mails exported to {tmp_path / 'out.mbox'}.",
        f"1 mail exported to {tmp_path / 'Mails'}.",
    ]
    [entry], _faults = find([tmp_path / "out.mbox"])
    raws = [step.mail.raw for step in read(entry) if step.mail is not None]
    assert sorted(raw.partition(b"\r\n")[0] for raw in raws) == [b"Subject: 1", b"Subject: 2", b"Subject: 3"]
    assert len(list((tmp_path / "Mails").iterdir())) == 1


async def test_a_folder_that_is_partly_on_its_server_is_exported_on_demand_alone(room, stand, tmp_path):
    await started(stand, 0)
    archive = room.keys["Archive"]
    node = stand.browser.model.node_of_list(archive)
    node.folder = replace(node.folder, fetched=False)

    _press(stand, archive, "As one file (mbox)…")
    [question] = [each for each in stand.browser.tree.findChildren(Dialog) if each.isVisible()]
    assert "“Archive” is not wholly on this computer" in [each.text() for each in question.findChildren(Paragraph)]
    assert not stand.window.findChildren(QFileDialog)
    next(each for each in question.buttons if each.text() == "Export what is here").click()
    await _choose(stand, tmp_path / "out.mbox")

    assert stand.told == [f"There was no mail to export: {tmp_path / 'out.mbox'} is empty."]


async def test_a_folder_that_is_partly_on_its_server_may_be_fetched_first(room, stand):
    await started(stand, 0)
    archive = room.keys["Archive"]
    node = stand.browser.model.node_of_list(archive)
    node.folder = replace(node.folder, fetched=False, on_server=7)

    _press(stand, archive, "As one file (mbox)…")
    [question] = [each for each in stand.browser.tree.findChildren(Dialog) if each.isVisible()]
    said = " ".join(each.text() for each in question.findChildren(Paragraph))
    next(each for each in question.buttons if each.text() == "Fetch first").click()

    assert "7 mails on its server are not here, so they will not be in the file." in said
    await until(lambda: stand.browser.pane.loader.wanted.list_id == archive)
    assert not stand.window.findChildren(QFileDialog)


async def test_one_is_shown_while_it_runs_and_ends_on_demand(room, stand, tmp_path, box):
    await started(stand, 0)
    changed: list[UnderWay | None] = []
    words: list[str] = []
    go_on = threading.Event()
    stand.browser.transfers.changed.connect(changed.append)
    stand.browser.transfers.changed.connect(lambda now: words.append(now.words if now is not None else ""))
    importing = room.services.transfers._importing
    take = importing._ingest.take_files
    importing._ingest = type("Slow", (), {"take_files": lambda self, *a: (go_on.wait(10), take(*a))[1]})()

    stand.browser.transfers.import_files(None, [box])
    stand.browser.transfers.import_files(None, [box])
    await until(lambda: changed)
    stand.browser.transfers.cancel()
    ending = changed[-1].words
    go_on.set()
    await until(lambda: len(stand.told) == 2)

    assert words[0] == "Making a backup before the import"
    assert ending == "Ending…"
    assert changed[-1] is None
    assert stand.told[0].startswith("The import was cancelled.")
    assert stand.told[1] in ("2 mails imported.", "2 were here already.")


async def test_what_fails_is_told_as_any_failure(room, stand, tmp_path, tasks):
    await started(stand, 0)
    failures: list[object] = []
    tasks.failed.connect(failures.append)

    stand.browser.transfers.choose_place("x", ExportForm.MBOX, lambda: [1])
    _dialog(stand).fileSelected.emit(str(tmp_path / "nowhere" / "x"))
    await until(lambda: failures)
    _dialog(stand).reject()

    assert "No such file or directory" in failures[0].text
    assert stand.told == []


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (Imported(), "There is no mail in what you chose."),
        (Imported(taken=1), "1 mail imported."),
        (
            Imported(1200, 3, 1, 2, MappingProxyType({Fault.TOO_LARGE: 1, Fault.UNREADABLE: 2}), cancelled=True),
            CANCELLED_IN_FULL,
        ),
        (Imported(5, problem=DiskFull()), f"5 mails imported. {DiskFull().text}"),
    ],
)
def test_what_came_of_an_import_is_told_in_full(done: Imported, words: str) -> None:
    assert imported(done, transfer_words.number) == words


def test_what_came_of_an_export_is_told_in_full() -> None:
    done = Exported(Path("/home/jan/out"), 9, partial=2, missing=1)

    assert exported(done) == (
        "9 mails exported to /home/jan/out. 2 of them are there in part only: their attachments are still on the "
        "server. 1 was left out: its source is not on this computer."
    )
    assert exported(Exported(Path("x"), cancelled=True)).startswith("The export was cancelled.")
    assert transfer_words.import_progress(Progress(1, 2, 1234)) == "Importing: 1,234 mails"
