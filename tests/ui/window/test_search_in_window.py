"""Search in the window: what was found comes into sight, wherever the person was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.domain import settings
from desktop.ui.actions import Do
from tests.ui.window.conftest import Desk
from tests.ui.window.test_main_window import _inbox, _open, _stop

_CTRL = Qt.KeyboardModifier.ControlModifier


async def _read_alone(desk: Desk, where: str) -> int:
    """Open the second mail by Enter where the reader takes the place of the list; return its key."""
    await _open(desk)
    window, room = desk.window, desk.window.room
    if where == "list only":
        desk.core.services.settings.set(settings.LAYOUT, settings.Layout.LIST.value)
        await desk.until(lambda: not room.reader.isVisible())
    elif where == "no reading pane":
        QTest.keyClick(window, Qt.Key.Key_F8)
    else:
        window.resize(int(where), 700)
        await desk.until(lambda: not room.tree.isVisible())
    key = _inbox(desk)[1]
    room.list.view.setFocus()
    room.list.view.show_key(key)
    QTest.keyClick(room.list.view, Qt.Key.Key_Return)
    await desk.until(lambda: room.reader.opened is not None and not room.list.isVisible())
    return key


async def _type(desk: Desk, words: str) -> None:
    """Press Ctrl+K and write what to search; the hits come as one writes."""
    room = desk.window.room
    QTest.keyClick(desk.window, Qt.Key.Key_K, _CTRL)
    await desk.until(room.search.field.edit.hasFocus)
    QTest.keyClicks(room.search.field.edit, words)
    await desk.until(lambda: room.list.model.shows_hits and room.browser.results.text == words)


@pytest.mark.parametrize("where", ["480", "700", "list only", "no reading pane"])
async def test_hits_come_into_sight_while_a_mail_is_open_in_the_place_of_the_list(desk: Desk, where: str) -> None:
    mail = await _read_alone(desk, where)
    room = desk.window.room

    await _type(desk, "Kranich")
    assert room.list.isVisible()
    assert not room.reader.isVisible()
    assert room.search.field.edit.hasFocus()
    QTest.keyClick(room.search.field.edit, Qt.Key.Key_Return)
    assert _stop(desk) == "list"
    QTest.keyClick(room.list.view, Qt.Key.Key_Down)
    hit = room.list.view.current_key
    QTest.keyClick(room.list.view, Qt.Key.Key_Return)
    await desk.until(lambda: room.reader.isVisible() and room.reader.opened is not None)
    await desk.until(lambda: room.reader.opened.letter.key == hit)

    desk.window.actions_[Do.BACK].trigger()
    assert room.list.isVisible()
    assert room.list.model.shows_hits
    assert _stop(desk) == "list"
    QTest.keyClick(room.list.view, Qt.Key.Key_Escape)
    await desk.until(lambda: _inbox(desk) != [])
    await desk.until(lambda: room.list.view.current_key == mail)
    assert room.list.isVisible()
    assert _stop(desk) == "list"
    assert desk.failures == []


async def test_enter_and_emptying_the_field_lead_from_a_hit_back_to_the_list(desk: Desk) -> None:
    await _read_alone(desk, "700")
    window, room = desk.window, desk.window.room
    await _type(desk, "Kranich")
    QTest.keyClick(room.search.field.edit, Qt.Key.Key_Return)
    QTest.keyClick(room.list.view, Qt.Key.Key_Down)
    QTest.keyClick(room.list.view, Qt.Key.Key_Return)
    await desk.until(room.reader.isVisible)

    QTest.keyClick(window, Qt.Key.Key_K, _CTRL)
    QTest.keyClick(room.search.field.edit, Qt.Key.Key_Return)
    after_enter = _stop(desk)
    QTest.keyClick(room.list.view, Qt.Key.Key_Return)
    await desk.until(room.reader.isVisible)
    room.search.field.clear()
    await desk.until(lambda: _inbox(desk) != [])

    assert after_enter == "list"
    assert room.list.isVisible()


async def test_down_leads_from_a_hit_that_is_read_to_the_first_hit(desk: Desk) -> None:
    await _read_alone(desk, "700")
    window, room = desk.window, desk.window.room
    await _type(desk, "Kranich")
    QTest.keyClick(room.search.field.edit, Qt.Key.Key_Return)
    QTest.keyClick(room.list.view, Qt.Key.Key_End)
    QTest.keyClick(room.list.view, Qt.Key.Key_Return)
    await desk.until(room.reader.isVisible)

    QTest.keyClick(window, Qt.Key.Key_K, _CTRL)
    room.search._hide_popup()
    QTest.keyClick(room.search.field.edit, Qt.Key.Key_Down)

    assert room.list.isVisible()
    assert _stop(desk) == "list"
    assert room.list.view.selected_keys() == (room.list.model.keys[0],)


async def test_hits_that_are_found_again_leave_the_mail_that_is_read_alone(desk: Desk) -> None:
    await _read_alone(desk, "700")
    room = desk.window.room
    await _type(desk, "Kranich")
    QTest.keyClick(room.search.field.edit, Qt.Key.Key_Return)
    QTest.keyClick(room.list.view, Qt.Key.Key_Down)
    QTest.keyClick(room.list.view, Qt.Key.Key_Return)
    await desk.until(room.reader.isVisible)
    again: list[object] = []
    room.list.loader.opened.connect(lambda: again.append(1))

    room.browser.results._refresh()
    await desk.until(lambda: bool(again))

    assert room.reader.isVisible()


@pytest.mark.parametrize("name", [Do.SEARCH, Do.QUICK_FILTER])
@pytest.mark.parametrize("from_tree", [True, False])
async def test_a_field_that_is_called_for_comes_into_sight_in_a_narrow_window(
    desk: Desk, name: Do, from_tree: bool
) -> None:
    await _read_alone(desk, "700")
    window, room = desk.window, desk.window.room
    if from_tree:
        window.actions_[Do.BACK].trigger()
        window.actions_[Do.BACK].trigger()
        assert room.tree.isVisible()

    window.actions_[name].trigger()

    wanted = room.search.field.edit if name is Do.SEARCH else room.list.filter.words
    await desk.until(lambda: QApplication.focusWidget() is wanted)
    assert wanted.isVisible()


async def test_escape_in_the_empty_field_goes_back_into_the_mail_that_is_read(desk: Desk) -> None:
    await _read_alone(desk, "700")
    room = desk.window.room
    QTest.keyClick(desk.window, Qt.Key.Key_K, _CTRL)
    await desk.until(room.search.field.edit.hasFocus)

    room.search._hide_popup()
    QTest.keyClick(room.search.field.edit, Qt.Key.Key_Escape)

    assert _stop(desk) == "reader"
    assert room.reader.isVisible()


async def test_words_are_looked_for_only_in_a_mail_that_is_in_sight(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    finding = [window.actions_[name] for name in (Do.FIND, Do.FIND_NEXT, Do.FIND_PREVIOUS)]

    def able() -> bool:
        states = {action.isEnabled() for action in finding}
        assert len(states) == 1
        return states.pop()

    at_first = able()
    room.list.view.show_key(_inbox(desk)[0])
    await desk.until(lambda: room.reader.opened is not None)
    with_a_mail = able()
    room.list.view.selectAll()
    await desk.until(lambda: room.reader.opened is None)
    with_many = able()
    room.list.view.show_key(_inbox(desk)[0])
    await desk.until(lambda: room.reader.opened is not None)
    QTest.keyClick(window, Qt.Key.Key_F8)
    put_away = able()
    room.list.view.setFocus()
    QTest.keyClick(room.list.view, Qt.Key.Key_Return)
    await desk.until(room.reader.isVisible)
    alone = able()
    QTest.keyClick(window, Qt.Key.Key_F, _CTRL)

    assert (at_first, with_a_mail, with_many, put_away, alone) == (False, True, False, False, True)
    assert QApplication.focusWidget() is room.reader.page.find_bar._field


async def test_words_are_looked_for_in_a_mail_file(desk: Desk) -> None:
    await _open(desk)
    file = desk.core.profile.root.parent / "letter.eml"
    file.write_bytes(b"From: a@b.example\r\nSubject: From a file\r\n\r\nHello\r\n")

    desk.window.open_file(file)
    await desk.until(lambda: desk.window.room.reader.opened is not None)

    assert desk.window.actions_[Do.FIND].isEnabled()


@pytest.mark.parametrize("hits", [True, False])
async def test_letters_after_the_key_for_finding_fall_on_no_mail_where_none_is_open(desk: Desk, hits: bool) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    QTest.keyClick(window, Qt.Key.Key_F8)
    if hits:
        await _type(desk, "Kranich")
    room.list.view.setFocus()
    room.list.view.next()
    await desk.until(lambda: window.actions_[Do.ARCHIVE].isEnabled())

    QTest.keyClick(window, Qt.Key.Key_F, _CTRL)
    field = QApplication.focusWidget()
    QTest.keyClicks(field, "fa")
    await window._tasks.write(lambda: None)  # verbs are done in the order they were called in

    assert field is (room.search.field.edit if hits else room.list.filter.words)
    assert field.text() == "fa"
    assert desk.core.services.operations.waiting() == ()


async def test_the_list_has_the_key_for_finding_only_while_no_mail_is_open(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    room.list.view.show_key(_inbox(desk)[0])
    await desk.until(lambda: room.reader.opened is not None)

    QTest.keyClick(window, Qt.Key.Key_F, _CTRL)

    assert room.reader.page.find_bar.isVisible()
    assert not room.list.filter.isVisible()
    assert window.actions_[Do.QUICK_FILTER].shortcut().toString() == "Ctrl+Shift+K"


@pytest.mark.parametrize("where", ["480", "list only"])
async def test_mails_of_who_is_named_in_a_mail_that_is_read_are_found(desk: Desk, where: str) -> None:
    await _read_alone(desk, where)
    room = desk.window.room
    assert room.reader.opened is not None
    sender = room.reader.opened.head.sender
    room.reader.find_mails_of(sender)
    await desk.until(lambda: room.list.model.shows_hits and room.list.isVisible())
    keys = room.list.model.keys

    assert room.search.text == f"from:{sender.address}"
    assert _stop(desk) == "list"
    assert room.search.choices == (), "nothing is suggested"
    assert {desk.core.services.reading.head(key).sender.key for key in keys} == {sender.key}
