"""Whose mail F5 and Shift+F5 get."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop.domain import events
from desktop.ui.widgets.menu import Menu
from tests.ui.window.conftest import Desk
from tests.ui.window.test_main_window import _open


async def test_f5_gets_the_mail_of_the_account_that_is_shown_and_shift_f5_of_all(desk: Desk) -> None:
    await _open(desk)
    window, tree = desk.window, desk.window.room.tree
    asked: list[int] = []
    desk.core.bus.subscribe(events.SyncRequested, lambda event: asked.append(event.account_key))
    account = desk.core.services.views.folder_tree().accounts[1]

    async def press(*keys: object) -> int:
        before = len(asked)
        QTest.keyClick(window, *keys)  # type: ignore[call-overload]
        await desk.until(lambda: len(asked) > before)
        return asked[-1]

    unified = await press(Qt.Key.Key_F5)
    tree.show_list(account.folders[0].key)
    shown = await press(Qt.Key.Key_F5)
    everything = await press(Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)

    assert (unified, shown, everything) == (0, account.key, 0)


async def test_the_menu_of_an_account_names_the_key_only_where_it_gets_this_accounts_mail(desk: Desk) -> None:
    await _open(desk)
    browser, accounts = desk.window.room.browser, desk.core.services.views.folder_tree().accounts
    desk.window.room.tree.show_list(accounts[0].folders[0].key)

    def keys(account: int) -> str:
        node = browser.model.node(browser.model.index_of_id(f"account {account}"))
        assert node is not None
        browser._open_menu(node, QPoint(10, 10))
        menu = desk.window.findChildren(Menu)[-1]
        text = menu.actions()[0].text()
        menu.close()
        return text.partition("\t")[2]

    assert [keys(account.key) for account in accounts] == ["F5", "", ""]
