"""The palette finds what can be done, where mail lies, and mail itself, by a few letters and the keyboard alone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.domain.mail.folder import Unified
from desktop.ui.actions import Do
from tests.ui.window.conftest import Desk


def lines(desk: Desk) -> list[str]:
    return [choice.text for choice in desk.window.palette_.lines.choices if not choice.heading]


async def opened(desk: Desk) -> None:
    desk.window.restore()
    desk.window.show()
    desk.window.activateWindow()
    await desk.until(lambda: desk.window.isActiveWindow() and bool(desk.window.room.browser.model.tops))
    await desk.until(lambda: len(desk.window.room.list.model.keys) > 0)
    desk.window.actions_[Do.PALETTE].trigger()
    await desk.until(lambda: desk.window.palette_.is_open)


async def test_everything_that_can_be_done_is_told_with_its_keys(desk: Desk) -> None:
    await opened(desk)

    notes = {choice.text: choice.keys for choice in desk.window.palette_.lines.choices}
    assert notes["New message"] == ("Ctrl+N",)
    assert notes["Preferences"] == ("Ctrl+,",)
    assert "Undo" not in notes, "there is nothing to undo"
    assert "Archive" in notes


async def test_a_folder_is_opened_by_a_few_letters(desk: Desk) -> None:
    await opened(desk)
    field = desk.window.palette_.field
    QTest.keyClicks(field, "sent")
    assert "Sent" in lines(desk)
    while desk.window.palette_.lines.current is None or desk.window.palette_.lines.current.text != "Sent":
        QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Return)

    await desk.until(lambda: desk.window.room.list.model.query.list_id == Unified.SENT)
    assert not desk.window.palette_.is_open


async def test_an_action_is_done_and_the_keyboard_returns(desk: Desk) -> None:
    await opened(desk)
    field = desk.window.palette_.field
    QTest.keyClicks(field, "preferences")
    QTest.keyClick(field, Qt.Key.Key_Return)
    await desk.until(lambda: "preferences" in desk.window._dialogs)
    desk.window._dialogs["preferences"].close()

    desk.window.activateWindow()
    desk.window.room.list.view.setFocus()
    desk.window.actions_[Do.PALETTE].trigger()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    await desk.until(lambda: desk.window.focusWidget() is desk.window.room.list.view)


async def test_words_that_name_nothing_are_searched_for(desk: Desk) -> None:
    await opened(desk)
    QTest.keyClicks(desk.window.palette_.field, "zebra crossing")
    assert lines(desk) == ["Search mail for “zebra crossing”"]
    QTest.keyClick(desk.window.palette_.field, Qt.Key.Key_Return)

    await desk.until(lambda: desk.window.room.search.text == "zebra crossing")
