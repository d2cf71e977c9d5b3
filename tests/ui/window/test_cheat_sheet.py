"""The sheet of keys shows every action that has one, as it is now, in a window of any size, to eyes and ears."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.shortcuts import KeySet, with_changes
from desktop.ui.actions import CATALOGUE, Do
from desktop.ui.compose.catalogue import CATALOGUE as WRITING
from desktop.ui.keymap import Keymap
from desktop.ui.theme import Theme
from desktop.ui.window.cheat_sheet import CheatSheet, _ActionLine, _GroupBlock
from tests.ui.window.conftest import Desk


@pytest.fixture
def sheet(theme: Theme, qtbot: QtBot) -> Iterator[CheatSheet]:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(1024, 700)
    host.show()
    made = CheatSheet(theme, Keymap(), (CATALOGUE, WRITING), host)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    host.close()


def lines(sheet: CheatSheet) -> list[str]:
    return [line.accessibleName() for block in sheet.sheet._blocks for line in block.findChildren(_ActionLine)]


def test_every_action_with_a_key_is_on_it_once_with_all_its_keys(sheet: CheatSheet) -> None:
    assert len(lines(sheet)) == sum(bool(spec.keys) for spec in (*CATALOGUE, *WRITING))
    assert "New message, Ctrl+N, Ctrl+M" in lines(sheet)
    assert "Bold, Ctrl+B" in lines(sheet)
    assert not any(line.startswith("Go to the inbox") for line in lines(sheet))


def test_it_lies_within_a_small_window_and_nothing_overlaps(sheet: CheatSheet, qtbot: QtBot) -> None:
    assert sheet.width() <= 1024
    assert sheet.height() <= 700
    for width in (900, 640, 420):
        sheet.resize(width, 500)
        qtbot.waitUntil(lambda wide=width: sheet.sheet.width() <= wide)
        blocks = [block.geometry() for block in sheet.sheet._blocks]
        assert all(not one.intersects(other) for at, one in enumerate(blocks) for other in blocks[:at])
        assert all(sheet.sheet.rect().contains(block) for block in blocks)


def test_words_and_keys_are_searched_also_of_actions_without_a_key(sheet: CheatSheet) -> None:
    assert sheet.field.hasFocus()
    QTest.keyClicks(sheet.field, "inbox")
    assert lines(sheet) == ["Go to the inbox"]
    sheet.field.setText("ctrl+shift+k")
    assert lines(sheet) == ["Filter this list, Ctrl+Shift+K"]
    sheet.field.setText("xyzzy")
    assert lines(sheet) == []
    assert sheet._nothing.isVisible()


def test_it_shows_the_keys_of_this_moment(sheet: CheatSheet) -> None:
    sheet._keymap.choose(KeySet.GMAIL, with_changes("{}", KeySet.GMAIL, {"window.archive": ("Y",)}))
    assert "Archive, Y" in lines(sheet)
    assert "Go to the inbox, G I" in lines(sheet)


def test_the_keyboard_scrolls_and_escape_closes(sheet: CheatSheet, qtbot: QtBot) -> None:
    sheet.resize(420, 400)
    bar = sheet._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    QTest.keyClick(sheet.field, Qt.Key.Key_PageDown)
    assert bar.value() > 0
    QTest.keyClick(sheet.field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not sheet.isVisible())


def test_every_group_is_named(sheet: CheatSheet) -> None:
    assert all(block.accessibleName() for block in sheet.sheet.findChildren(_GroupBlock))


async def test_a_key_opens_it_and_it_leads_to_where_keys_are_changed(desk: Desk) -> None:
    window = desk.window
    window.restore()
    window.show()
    window.activateWindow()
    await desk.until(lambda: window.isActiveWindow() and bool(window.room.browser.model.tops))
    window.room.list.view.setFocus()
    QTest.keyClick(window.room.list.view, Qt.Key.Key_F1)
    await desk.until(lambda: "cheat-sheet" in window._dialogs)
    sheet = window._dialogs["cheat-sheet"]
    assert isinstance(sheet, CheatSheet)
    sheet.change.click()
    dialog = window._dialogs["preferences"]
    assert dialog.keyboard.isVisible()  # type: ignore[attr-defined]
    dialog.close()
    sheet.close()
    assert window.actions_[Do.CHEAT_SHEET].isEnabled()
