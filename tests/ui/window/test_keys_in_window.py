"""Keys in the whole window: another set or key counts at once for lists, menus, tooltips and palette, and is kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.domain import settings
from desktop.domain.mail.folder import Unified
from desktop.domain.shortcuts import KeySet
from desktop.ui.actions import Do
from desktop.ui.mail.list_menu import MailSteps, list_menu
from desktop.ui.preferences.dialog import Preferences
from tests.ui.window.conftest import Desk


async def opened(desk: Desk, key_set: KeySet = KeySet.THUNDERBIRD) -> None:
    desk.core.services.settings.set(settings.KEY_SET, key_set.value)
    desk.window.restore()
    desk.window.show()
    desk.window.activateWindow()
    await desk.until(lambda: desk.window.isActiveWindow() and bool(desk.window.room.browser.model.tops))
    await desk.until(lambda: len(desk.window.room.list.model.keys) > 0)
    await desk.until(lambda: desk.window.actions_[Do.ARCHIVE].shortcut() == ("A" if key_set == "thunderbird" else "E"))
    desk.window.room.list.view.setFocus()


async def test_letters_go_about_like_gmail(desk: Desk) -> None:
    await opened(desk, KeySet.GMAIL)
    view, model = desk.window.room.list.view, desk.window.room.list.model
    QTest.keyClicks(view, "gt")
    await desk.until(lambda: model.query.list_id == Unified.SENT)
    QTest.keyClicks(view, "gi")
    await desk.until(lambda: model.query.list_id == Unified.INBOX and len(model.keys) > 2)
    view.show_key(model.keys[0])
    QTest.keyClicks(view, "jx")
    assert view.current_key == model.keys[1]
    assert view.selected_count() == 0
    QTest.keyClicks(view, "*a")
    assert view.selected_count() == len(model.keys)
    QTest.keyClicks(view, "*n")
    assert view.selected_count() == 0
    QTest.keyClicks(view, "/")
    await desk.until(lambda: desk.window.room.search.field.edit.hasFocus())
    QTest.keyClicks(desk.window.room.search.field.edit, "e#jgs")
    assert desk.window.room.search.text == "e#jgs"
    assert desk.failures == []


async def test_archiving_goes_on_in_the_direction_of_the_key(desk: Desk) -> None:
    await opened(desk, KeySet.GMAIL)
    view, model = desk.window.room.list.view, desk.window.room.list.model
    above, here, below = model.keys[:3]
    view.show_key(here)
    await desk.until(lambda: desk.window.actions_[Do.ARCHIVE].isEnabled())
    QTest.keyClicks(view, "[")
    await desk.until(lambda: here not in model.keys)
    assert view.current_key == above
    QTest.keyClicks(view, "]")
    await desk.until(lambda: above not in model.keys)
    assert view.current_key == below


async def test_a_key_pressed_in_the_preferences_is_alive_shown_and_kept(desk: Desk) -> None:
    await opened(desk)
    window = desk.window
    window.actions_[Do.PREFERENCES].trigger()
    dialog = window._dialogs["preferences"]
    assert isinstance(dialog, Preferences)
    dialog.show_page("keyboard")
    dialog.keyboard.choose("window.archive")
    dialog.keyboard._recorded("Y")
    await desk.until(lambda: "window.archive" in desk.core.services.settings.get(settings.KEY_CHANGES))
    dialog.close()

    await desk.until(lambda: window.actions_[Do.ARCHIVE].shortcut() == "Y")
    assert "(Y)" in next(
        button.toolTip()
        for button in window.room.reader.findChildren(type(window.navigation.me).__base__)
        if button.accessibleName() == "Archive"
    )
    pane = window.room.list
    steps = MailSteps(*(pane._actions, print, print, print, print, print, print), pane.key_of, print)
    pane.view.show_key(pane.model.keys[0])
    menu = list_menu(window._theme, pane, steps, pane.selection(), ())
    assert "Archive\tY" in [action.text() for action in menu.actions()]
    window.actions_[Do.PALETTE].trigger()
    assert next(choice for choice in window.palette_.lines.choices if choice.text == "Archive").keys == ("Y",)
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Escape)


async def test_the_key_that_leads_to_the_search_stands_in_its_field(desk: Desk) -> None:
    await opened(desk)
    assert desk.window.room.search.field._keys == "Ctrl+K"
    desk.core.services.settings.set(settings.KEY_SET, KeySet.GMAIL.value)
    await desk.until(lambda: desk.window.room.search.field._keys == "/")
