"""The dialog for a new folder: it closes when the folder is there, and complains where the name can be mended."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.store.mail.operations import OperationWriter
from desktop.ui.mail.new_folder import NewFolder
from tests.ui.mail.test_mail_browser import Stand, stand, started
from tests.ui.mail.waiting import until

__all__ = ["stand"]


def ask(stand: Stand, name: str) -> NewFolder:
    asked = stand.browser.folders.ask_new(stand.model.node(stand.model.index(9)))
    write(asked, name)
    return asked


def write(asked: NewFolder, name: str) -> None:
    asked.field.selectAll()
    QTest.keyClicks(asked.field, name)
    QTest.keyClick(asked.field, Qt.Key.Key_Return)


def is_open(asked: NewFolder) -> bool:
    return shiboken6.isValid(asked) and asked.isVisible()


def names(stand: Stand) -> list[str]:
    return [folder.path for _node, folder in stand.model.folders()]


async def test_a_bad_name_is_told_in_the_dialog_and_can_be_mended(room, stand):
    await started(stand, 0)

    asked = ask(stand, "a/b")
    await until(lambda: "/" in asked.complaint.text())
    stays = (is_open(asked), asked.complaint.isVisible(), asked.field.hasFocus() or asked.focusWidget() is asked.field)
    write(asked, "Archive")
    await until(lambda: "already" in asked.complaint.text())
    QTest.keyClicks(asked.field, "2")
    taken_back = asked.complaint.isVisible()
    write(asked, "Offers")
    await until(lambda: "Offers" in names(stand))

    assert stays == (True, True, True)
    assert not taken_back
    assert "a/b" not in names(stand)


async def test_what_the_server_refuses_is_told_in_the_dialog_and_taken_back(room, stand):
    await started(stand, 0)
    asked = ask(stand, "Offers")
    await until(lambda: room.services.operations.waiting())
    [operation] = room.services.operations.waiting()

    with room.core.database.write() as work:
        OperationWriter(work).park(operation.key, "The server does not allow folders here.")
    asked._look()
    await until(lambda: is_open(asked) and asked.complaint.isVisible())

    assert asked.complaint.text() == "The server does not allow folders here."
    await until(lambda: "Offers" not in names(stand))
    assert room.services.operations.waiting() == ()
    asked.reject()


async def test_a_server_that_does_not_answer_is_not_waited_for(room, stand):
    await started(stand, 0)

    asked = ask(stand, "Offers")
    await until(lambda: not is_open(asked))

    assert "Offers" in names(stand)
