"""The first run over a mail room: a further account, and what lies behind hears nothing."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction

from desktop.store.mail.blobs import Blobs
from desktop.ui.actions import Do
from desktop.ui.preferences.dialog import Preferences
from desktop.ui.window.first_run.first_run import FirstRun
from tests.ui import sample
from tests.ui.window.first_run.conftest import Guide


async def with_mails(guide: Guide) -> FirstRun:
    """Show a window over the sample mailbox, and the first run over it."""
    blobs = Blobs(guide.core.profile.raw)
    sample.fill(guide.core.database, blobs)
    blobs.close()
    window = guide.window
    window.restore()
    window.resize(1440, 900)
    window.show()
    window.activateWindow()
    await guide.until(lambda: window.room.list.model.keys)
    await guide.until(window.isActiveWindow)
    window.room.list.view.show_key(window.room.list.model.keys[0])
    window.actions_[Do.ADD_ACCOUNT].trigger()
    await guide.until(guide.page.isVisible)
    return guide.page


async def test_letters_and_delete_do_nothing_to_the_mails_behind(guide: Guide) -> None:
    await with_mails(guide)
    triggered: list[str] = []
    for action in guide.window.findChildren(QAction):
        action.triggered.connect(partial(lambda name, _checked: triggered.append(name), action.objectName()))

    for widget in (guide.set_up.address.name, guide.set_up.foot.by_hand, guide.page):
        widget.setFocus()
        for key in (Qt.Key.Key_A, Qt.Key.Key_J, Qt.Key.Key_Delete, Qt.Key.Key_M):
            guide.press(key)
        guide.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    assert triggered == []
    assert guide.set_up.address.name.text() in ("ajm", "")


async def test_it_is_left_by_escape_and_by_cancel(guide: Guide) -> None:
    page = await with_mails(guide)
    assert not guide.window.navigation.isVisible()
    guide.set_up.address.name.setFocus()

    guide.press(Qt.Key.Key_Escape)
    await guide.until(lambda: guide.window.middle.page is None)
    escaped = guide.window.navigation.isVisible(), guide.window.room.panes.isVisible()
    guide.window.actions_[Do.ADD_ACCOUNT].trigger()
    again = guide.page
    guide.set_up.foot.cancel.click()

    assert escaped == (True, True)
    assert again is not page
    assert guide.window.middle.page is None
    await guide.until(guide.window.room.list.view.hasFocus)


async def test_preferences_lead_there(guide: Guide) -> None:
    await with_mails(guide)
    guide.window.middle.end()
    guide.window._show_preferences(page="accounts")
    preferences = guide.window.findChild(Preferences)
    assert isinstance(preferences, Preferences)

    preferences.add_account_requested.emit()

    assert guide.page.isVisible()
    await guide.until(guide.window.isActiveWindow)
    preferences.close()


async def test_a_mail_file_is_read_without_an_account(guide: Guide) -> None:
    await guide.open()

    (button,) = guide.page.alternatives.buttons
    button.click()

    assert "file" in guide.window._dialogs
    guide.window._dialogs["file"].close()


async def test_the_sample_is_offered_where_it_can_be_shown(guide: Guide) -> None:
    starts = iter((True, False))
    guide.window.middle._explore = lambda: next(starts)
    told: list[str] = []
    guide.window.middle.told.connect(told.append)
    await guide.open()

    sample, file = guide.page.alternatives.buttons
    sample.click()
    sample.click()

    assert (sample.text(), file.text()) == ("Explore with sample data", "Open mail file…")
    assert told == ["The sample opens in a window of its own.", "The sample could not be started."]
