"""The main window as a person meets it: first start, reading, filing and taking back, remembering."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from desktop.base.errors import Problem, Remedy
from desktop.domain import events, settings
from desktop.domain.certificate import Certificate
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import AccountStatus, Activity, MailAccount
from desktop.domain.mail.operation import Change, Verb
from desktop.store.mail.blobs import Blobs
from desktop.ui.actions import Do
from desktop.ui.mail.folder_nodes import NodeKind
from desktop.ui.preferences.certificate_question import CertificateQuestion
from desktop.ui.preferences.dialog import Preferences
from desktop.ui.preferences.mail_account_form import MailAccountForm
from desktop.ui.theme import DARK
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.focus_ring import _Frame
from desktop.ui.widgets.labels import ElidedLabel, Paragraph
from desktop.ui.widgets.menu import Menu
from desktop.ui.window.damage_notice import DamageNotice
from desktop.ui.window.operations_window import OperationsWindow, operation_words
from tests.ui import sample
from tests.ui.window.conftest import Desk


def _inbox(desk: Desk) -> list[int]:
    pane = desk.window.room.list
    return list(pane.model.keys) if pane.shows_list and pane.model.query.list_id == Unified.INBOX else []


async def _open(desk: Desk) -> None:
    desk.window.restore()
    desk.window.resize(1440, 900)
    desk.window.show()
    desk.window.activateWindow()
    await desk.until(lambda: len(_inbox(desk)) > 0)


async def test_first_start_asks_for_the_address_and_nothing_else_is_in_the_way(empty_desk: Desk) -> None:
    window = empty_desk.window
    window.restore()
    window.show()
    window.activateWindow()
    await empty_desk.until(lambda: window.middle.page is not None)

    page = window.middle.page
    assert page is not None
    await empty_desk.until(page.set_up.address.name.hasFocus)
    assert not window.navigation.isVisible()
    assert not window.status_bar.isVisible()
    assert not window.actions_[Do.GET_MAIL].isEnabled()


async def test_damage_found_while_in_use_is_told_until_it_is_closed(desk: Desk) -> None:
    await _open(desk)

    desk.core.bus.publish(events.DamageFound())

    await desk.until(lambda: desk.window.findChild(DamageNotice) is not None)
    notice = desk.window.findChild(DamageNotice)
    assert isinstance(notice, DamageNotice)
    assert notice.isVisible()
    notice.close()


async def test_the_settings_of_an_account_open_from_its_place_among_the_folders(desk: Desk) -> None:
    await _open(desk)
    browser = desk.window.room.browser
    index = next(
        index
        for row in range(browser.model.rowCount())
        if (node := browser.model.node(index := browser.model.index(row))) and node.kind is NodeKind.ACCOUNT
    )
    node = browser.model.node(index)

    browser._open_menu(node, QPoint(5, 5))
    menu = browser.tree.findChildren(Menu)[-1]
    next(line for line in menu.actions() if line.text().startswith("Account settings")).trigger()
    menu.close()

    form = desk.window.findChild(MailAccountForm)
    assert isinstance(form, MailAccountForm)
    assert form.isVisible()
    assert form.fields.address.text() == node.name
    form.close()


async def test_the_menu_of_the_person_goes_when_it_is_closed(empty_desk: Desk) -> None:
    window = empty_desk.window
    window.restore()
    window.show()

    for _ in range(3):
        window.navigation.me_requested.emit(QPoint(10, 500))
        window.findChildren(Menu)[-1].close()

    await empty_desk.until(lambda: window.findChildren(Menu) == [])


async def test_a_name_of_the_person_is_no_markup(empty_desk: Desk) -> None:
    me = empty_desk.window.navigation.me

    me.set_person("<b>Jan</b>", "jan@firm.example")

    assert me.toolTip() == "<qt>&lt;b&gt;Jan&lt;/b&gt;</qt>"


async def test_opens_the_inbox_with_counts_and_states(desk: Desk) -> None:
    await _open(desk)
    window = desk.window
    desk.core.services.accounts._statuses.set(
        AccountStatus(desk.accounts[2], Activity.TROUBLE, problem="No.", remedy="sign-in")
    )
    await desk.until(lambda: window.navigation.mail._count == 4)

    def words_of(account: int) -> str:
        item = window.status_bar._items.get(account)
        return item.words.accessibleName() if item is not None else ""

    await desk.until(lambda: "sign in again" in words_of(desk.accounts[2]))
    assert window.navigation.mail.accessibleName() == "Mail, 4 unread"
    assert desk.failures == []


@pytest.mark.parametrize("layout", [settings.Layout.WIDE, settings.Layout.CLASSIC])
async def test_in_a_low_window_no_line_above_the_mail_is_cut(desk: Desk, layout: settings.Layout) -> None:
    desk.core.services.settings.set(settings.LAYOUT, layout)
    desk.window.restore()
    desk.window.resize(1000, 640)
    desk.window.show()
    desk.window.activateWindow()
    await desk.until(lambda: len(_inbox(desk)) > 0)
    painted: list[int] = []
    reader = desk.window.room.reader
    reader.painted.connect(painted.append)
    desk.window.room.list.view.next()
    await desk.until(lambda: bool(painted))
    page = reader.page
    assert not page.older.isHidden()
    assert not page.attachments.isHidden()

    def cut() -> list[str]:
        around = (page.subject, page.header, page.notices, *page.header.findChildren(ElidedLabel), page.header._to)
        return [
            type(part).__name__
            for part in around
            if part.isVisible() and part.height() < part.minimumSizeHint().height()
        ]

    await desk.until(lambda: (page.older.height(), page.attachments._area.height()) == (88, 44))
    assert cut() == []
    page.header._to.setChecked(True)
    desk.window.resize(1000, 560)
    await desk.until(lambda: page.older.height() < 88)
    assert cut() == []
    assert page.body.height() >= 40


async def test_to_sign_in_again_the_keyboard_is_on_the_password(desk: Desk) -> None:
    await _open(desk)
    window, key = desk.window, desk.accounts[2]
    await desk.until(lambda: window.watch.account(key) is not None)

    window.status_bar.remedy_chosen.emit(key, Remedy.SETTINGS.value)
    form = window.findChild(MailAccountForm)
    assert isinstance(form, MailAccountForm)
    at_first = form.focusWidget()
    window.status_bar.remedy_chosen.emit(key, Remedy.SIGN_IN.value)

    assert at_first is form.fields.address
    assert form.focusWidget() is form.fields.password
    assert window.findChildren(MailAccountForm) == [form]
    form.close()
    await desk.until(lambda: not window.findChildren(MailAccountForm))
    window.status_bar.remedy_chosen.emit(key, Remedy.SIGN_IN.value)
    (again,) = window.findChildren(MailAccountForm)
    assert again.focusWidget() is again.fields.password
    again.close()


async def test_archive_by_key_and_undo_by_key(desk: Desk) -> None:
    await _open(desk)
    window, view = desk.window, desk.window.room.list.view
    view.setFocus()
    view.next()
    before = _inbox(desk)
    await desk.until(lambda: window.actions_[Do.ARCHIVE].isEnabled())

    QTest.keyClick(view, Qt.Key.Key_A)
    await desk.until(lambda: len(_inbox(desk)) < len(before))
    told = window._toast.text
    QTest.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    await desk.until(lambda: _inbox(desk) == before)

    assert told.endswith("archived")
    assert desk.failures == []


async def test_delete_in_the_folder_tree_leaves_the_mails_alone(desk: Desk) -> None:
    await _open(desk)
    room = desk.window.room
    room.list.view.setFocus()
    room.list.view.next()
    await desk.until(lambda: desk.window.actions_[Do.TRASH].isEnabled())
    before = _inbox(desk)
    room.tree.setFocus()

    QTest.keyClick(room.tree, Qt.Key.Key_Delete)
    desk.window._tasks.close()  # verbs already called are finished first

    assert desk.core.services.operations.waiting() == ()
    assert _inbox(desk) == before


async def _read(desk: Desk, *, html: bool) -> None:
    """Open the first mail that is, or is not, HTML, and give the keyboard to its text."""
    room = desk.window.room
    keys = [row.key for row in room._services.views.rows(_inbox(desk), conversations=True)]
    for key in keys:
        painted: list[object] = []
        room.reader.painted.connect(painted.append)
        room.list.view.show_key(key)
        await desk.until(lambda painted=painted: bool(painted))  # type: ignore[misc]
        opened = room.reader.opened
        if opened is not None and opened.document is not None and opened.document.is_html == html:
            break
    desk.window.activateWindow()
    view = room.reader.page.body.current
    assert view is not None
    view.setFocus()
    await desk.until(lambda: _stop(desk) == "reader")


async def test_select_all_in_the_reader_selects_the_text_and_no_further_mail(desk: Desk) -> None:
    await _open(desk)
    room = desk.window.room
    await _read(desk, html=False)
    focused = QApplication.focusWidget()
    assert focused is not None

    QTest.keyClick(focused, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)

    assert len(room.reader.page.body.text.textCursor().selectedText()) > 20
    assert room.list.selection().count == 1


async def test_select_all_in_an_html_mail_selects_its_text(desk: Desk) -> None:
    await _open(desk)
    room = desk.window.room
    await _read(desk, html=True)

    desk.window.actions_[Do.SELECT_ALL].trigger()
    page = room.reader.page.body.web.page
    assert page is not None
    await desk.until(page.hasSelection)

    assert room.list.selection().count == 1
    room.list.view.setFocus()
    desk.window.actions_[Do.SELECT_ALL].trigger()
    assert room.list.selection().count == len(_inbox(desk))


async def test_brackets_go_back_and_forward_in_the_mails_read_also_to_another_list(desk: Desk) -> None:
    await _open(desk)
    room = desk.window.room
    first, second = _inbox(desk)[:2]

    async def reads(key: int) -> None:
        await desk.until(
            lambda: (
                room.list.selection().key == key and room.reader._wanted is not None and room.reader._wanted[0] == key
            )
        )

    for key in (first, second):
        room.list.view.show_key(key)
        await reads(key)
    room.browser.show_list(Unified.SENT)
    await desk.until(lambda: room.list.model.query.list_id == Unified.SENT)
    sent = room.list.model.keys[0]
    room.list.view.show_key(sent)
    await reads(sent)

    desk.window.actions_[Do.READ_BEFORE].trigger()
    await reads(second)
    desk.window.actions_[Do.READ_BEFORE].trigger()
    await reads(first)
    for key in (second, sent):
        desk.window.actions_[Do.READ_AFTER].trigger()
        await reads(key)

    assert room.list.model.query.list_id == Unified.SENT


async def test_a_mail_file_is_chosen_and_opened(desk: Desk) -> None:
    await _open(desk)
    file = desk.core.profile.root.parent / "letter.eml"
    file.write_bytes(b"From: a@b.example\r\nSubject: From a file\r\n\r\nHello\r\n")
    desk.window.actions_[Do.OPEN_FILE].trigger()
    [chooser] = desk.window.findChildren(QFileDialog)

    chooser.fileSelected.emit(str(file))
    await desk.until(lambda: desk.window.room.reader.opened is not None)
    chooser.close()

    opened = desk.window.room.reader.opened
    assert opened is not None
    assert opened.head.subject == "From a file"


async def test_operations_wait_and_are_told(desk: Desk) -> None:
    await _open(desk)
    window, view = desk.window, desk.window.room.list.view
    view.setFocus()
    view.next()
    await desk.until(lambda: window.actions_[Do.TRASH].isEnabled())
    QTest.keyClick(view, Qt.Key.Key_Delete)
    await desk.until(lambda: window.status_bar._waiting.isVisible())

    window.status_bar._waiting.click()

    shown = window.findChild(OperationsWindow)
    assert isinstance(shown, OperationsWindow)
    await desk.until(lambda: shown._stack.currentIndex() == 1)
    shown.close()


async def test_a_report_of_what_went_with_its_folder_can_be_dropped_and_not_retried(desk: Desk) -> None:
    await _open(desk)
    window = desk.window
    with desk.core.database.write() as work:
        work.run(
            "INSERT INTO operation (account_key, kind, argument, parked, created_at_ms, problem) SELECT key, 'move', "
            '\'{"gone-folder": "Projects", "gone-target": "Old", "gone-mails": 3}\', 1, 1, \'Gone.\' '
            "FROM mail_account LIMIT 1"
        )
        work.emit(events.OperationsChanged(1))
    await desk.until(lambda: window.status_bar._waiting.isVisible())
    window.status_bar._waiting.click()
    shown = window.findChild(OperationsWindow)
    assert isinstance(shown, OperationsWindow)
    await desk.until(lambda: shown._column.count() == 1)

    line = shown._column.itemAt(0).widget()

    assert operation_words(desk.core.services.operations.waiting()[0]) == "Move 3 mails from Projects to Old"
    await desk.until(line.drop.isVisible)
    assert not line.retry.isVisible()
    shown.close()


async def test_f6_walks_the_panes_and_f8_puts_the_reader_away(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    room.tree.setFocus()
    stops = []
    for _ in range(4):
        QTest.keyClick(window, Qt.Key.Key_F6)
        stops.append(_stop(desk))
    QTest.keyClick(window, Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    back = _stop(desk)
    QTest.keyClick(window, Qt.Key.Key_F8)

    assert stops == ["search", "list", "reader", "tree"]
    assert back == "reader"
    assert not room.reader.isVisible()


def _stop(desk: Desk) -> str:
    focused = QApplication.focusWidget()
    room = desk.window.room
    for name, pane in (("tree", room.tree), ("search", room.search), ("list", room.list), ("reader", room.reader)):
        if focused is pane or (focused is not None and pane.isAncestorOf(focused)):
            return name
    return ""


async def test_a_narrow_window_shows_one_pane_and_the_way_back(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    window.resize(800, 600)
    await desk.until(lambda: room.list.isVisible() and not room.tree.isVisible())
    room.browser.opened.emit(_inbox(desk)[0])
    await desk.until(lambda: room.reader.isVisible() and not room.list.isVisible())
    window.actions_[Do.BACK].trigger()
    await desk.until(lambda: room.list.isVisible() and not room.reader.isVisible())
    assert desk.failures == []


async def test_a_setting_counts_at_once(desk: Desk) -> None:
    await _open(desk)
    window = desk.window
    window.actions_[Do.PREFERENCES].trigger()
    preferences = window.findChild(Preferences)
    assert isinstance(preferences, Preferences)
    dark = [choice.value for choice in settings.THEME.choices].index(settings.Theme.DARK.value)

    preferences._controls[settings.THEME.name].control._group.button(dark).click()  # type: ignore[attr-defined]
    await desk.until(lambda: window._theme.tokens is DARK)

    assert desk.core.services.settings.get(settings.THEME) == settings.Theme.DARK
    preferences.close()


async def test_other_programs_are_given_private_files_that_go_with_the_window(desk: Desk) -> None:
    left = desk.core.profile.cache / "opened" / "of-a-run-that-was-killed"
    left.mkdir(parents=True)
    (left / "offer.pdf").write_bytes(b"x")
    await _open(desk)
    write = desk.window.room.list.view.file_writer
    assert write is not None

    (file,) = write(_inbox(desk)[:1])
    await desk.until(lambda: not left.exists())

    assert file.is_relative_to(desk.core.profile.cache)
    desk.window.close()
    await desk.until(lambda: not (desk.core.profile.cache / "opened").exists())


async def test_layout_moves_the_reader_below(desk: Desk) -> None:
    await _open(desk)
    room = desk.window.room
    desk.core.services.settings.set(settings.LAYOUT, settings.Layout.CLASSIC.value)
    await desk.until(lambda: room.reader.width() == room.list.width())


async def test_problems_are_told_in_their_own_words(desk: Desk) -> None:
    await _open(desk)
    desk.window._tasks.failed.emit(Problem("The disk is full."))
    assert desk.window._toast.text == "The disk is full."
    desk.window._tasks.failed.emit(KeyError("x"))
    assert desk.window._toast.text.startswith("Something went wrong")
    desk.failures.clear()


async def test_r05_what_a_server_wants_the_person_to_know_is_told_once_and_as_its_words(desk: Desk) -> None:
    await _open(desk)
    await desk.until(lambda: len(desk.window.watch._accounts) > 0)
    account = desk.window.watch._accounts[0]
    statuses = desk.core.supervisor._means.statuses
    alert = AccountStatus(account.key, Activity.UP_TO_DATE, alert="<b>The building</b> is closing")
    sentence = f"The server of {account.address} says: <b>The building</b> is closing"

    statuses.set(alert)
    await desk.until(lambda: desk.window._toast.text == sentence)
    desk.window._toast.hide()
    statuses.set(replace(alert, synced_at_ms=1))
    await desk.until(lambda: desk.window.watch._statuses[account.key].synced_at_ms == 1)

    assert desk.window._toast.text == ""


async def test_the_first_window_is_no_larger_than_its_screen(empty_desk: Desk) -> None:
    window = empty_desk.window
    window.restore()
    room = window.screen().availableSize()
    assert room.width() < 1440
    assert window.width() == room.width()
    assert 0 < room.height() - window.height() < 60  # the title bar

    window.resize(room)
    window.show()
    window.close()
    window.restore()
    assert window.height() < room.height()


async def test_stands_where_it_stood(desk: Desk) -> None:
    await _open(desk)
    window = desk.window
    window.resize(700, 500)  # fits the screen of the offscreen platform
    window.close()

    window.restore()

    assert window.size().toTuple() == (700, 500)


async def test_a_mail_file_is_shown_before_any_account_exists(empty_desk: Desk) -> None:
    file = empty_desk.core.profile.root.parent / "letter.eml"
    file.write_bytes(b"From: a@b.example\r\nSubject: From a file\r\n\r\nHello\r\n")
    window = empty_desk.window
    window.restore()
    window.show()
    window.open_file(file)
    painted: list[object] = []
    window.room.reader.painted.connect(painted.append)

    await empty_desk.until(lambda: bool(painted))

    opened = window.room.reader.opened
    assert opened is not None
    assert opened.head.subject == "From a file"
    assert window.middle.page is None


async def test_the_colours_of_the_theme_stay_when_the_panes_are_put_elsewhere(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    room.list.view.show_key(_inbox(desk)[0])
    await desk.until(lambda: room.reader.opened is not None)
    room.search.field.edit.setFocus()
    room.list.view.setFocus()
    desk.core.services.settings.set(settings.THEME, settings.Theme.DARK)
    await desk.until(lambda: desk.window._theme.tokens is DARK)

    desk.core.services.settings.set(settings.LAYOUT, settings.Layout.CLASSIC)
    await desk.until(lambda: room.list.width() == room.reader.width())

    assert room.reader.page.subject.palette().color(QPalette.ColorRole.Text) == DARK.text
    assert [ring for ring in window.findChildren(_Frame) if ring.isVisible()] == []


async def test_nothing_is_printed_of_a_mail_that_was_put_away(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    room.list.view.show_key(_inbox(desk)[0])
    await desk.until(lambda: room.reader.opened is not None)
    about_the_mail = [window.actions_[name] for name in (Do.PRINT, Do.SAVE_AS, Do.SOURCE)]
    in_sight = [action.isEnabled() for action in about_the_mail]

    QTest.keyClick(window, Qt.Key.Key_F8)
    put_away = [action.isEnabled() for action in about_the_mail]
    QTest.keyClick(window, Qt.Key.Key_F8)

    assert (in_sight, put_away) == ([True] * 3, [False] * 3)
    assert all(action.isEnabled() for action in about_the_mail)


async def test_what_one_does_beside_a_mail_file_falls_on_no_mail_of_the_list(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    room.list.view.next()
    await desk.until(lambda: room.list.selection().count == 1)
    before = _inbox(desk)
    file = desk.core.profile.root.parent / "letter.eml"
    file.write_bytes(b"From: a@b.example\r\nSubject: From a file\r\n\r\nHello\r\n")

    window.open_file(file)
    await desk.until(lambda: room.reader.opened is not None and room.reader.opened.head.subject == "From a file")
    window.actions_[Do.TRASH].trigger()
    window.actions_[Do.ARCHIVE].trigger()
    window.actions_[Do.STAR].trigger()
    await window._tasks.write(lambda: None)  # verbs are done in the order they were called in

    assert room.list.selection().count == 0
    assert _inbox(desk) == before
    assert room.reader.opened is not None
    assert room.reader.opened.head.subject == "From a file"


async def test_a_second_start_raises_the_window_from_any_thread(empty_desk: Desk) -> None:
    import threading

    window = empty_desk.window
    window.restore()
    window.showMinimized()
    thread = threading.Thread(target=window.called.emit, args=(None,))
    thread.start()
    thread.join()
    await empty_desk.until(lambda: not window.isMinimized() and window.isVisible())


async def test_the_counter_follows_cursor_and_list_at_once(desk: Desk) -> None:
    await _open(desk)
    room = desk.window.room
    counter = room.reader.tools._position
    room.list.view.next()
    await desk.until(lambda: room.list.selection().count == 1)
    keys = _inbox(desk)

    room.list.view.next()
    at_once = counter.text
    desk.core.services.actions.apply(Change(Verb.ARCHIVE), (keys[-1],))
    await desk.until(lambda: len(_inbox(desk)) == len(keys) - 1)
    after_another_went = counter.text
    room.list.view.selectAll()
    several = counter.text

    assert at_once == f"2 of {len(keys)}"
    assert after_another_went == f"2 of {len(keys) - 1}"
    assert several == ""


async def test_what_is_taken_back_is_no_longer_told(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    room.list.view.next()
    await desk.until(lambda: room.list.selection().count == 1)
    window.actions_[Do.ARCHIVE].trigger()
    await desk.until(lambda: "archived" in window._toast.text)

    told = window._toast.text
    window.actions_[Do.UNDO].trigger()

    assert window._toast.text == ""
    await desk.until(lambda: window._toast.text == f"Undone: {told}")
    assert desk.failures == []


async def test_the_cursor_follows_a_mail_that_comes_back(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    before = _inbox(desk)
    first, other = before[0], before[3]
    room.list.view.show_key(first)
    await desk.until(lambda: room.list.selection().key == first)
    window.actions_[Do.ARCHIVE].trigger()
    await desk.until(lambda: first not in _inbox(desk))
    room.list.view.show_key(other)

    window.actions_[Do.UNDO].trigger()

    await desk.until(lambda: _inbox(desk) == before)
    await desk.until(lambda: room.list.view.selected_keys() == (first,))
    assert desk.failures == []


async def test_the_keyboard_is_in_the_list_from_the_beginning(desk: Desk) -> None:
    await _open(desk)

    await desk.until(lambda: desk.window.room.list.view.hasFocus())


async def test_the_keyboard_is_in_the_list_after_the_first_account_was_added(empty_desk: Desk) -> None:
    window, room = empty_desk.window, empty_desk.window.room
    window.restore()
    window.show()
    window.activateWindow()
    await empty_desk.until(lambda: window.middle.page is not None)
    await empty_desk.until(lambda: room.list.model.query.list_id == Unified.INBOX)
    window._add_by_hand(MailAccount(uuid.uuid4(), "jan@firm.example"), "")
    form = window.findChild(MailAccountForm)
    assert isinstance(form, MailAccountForm)
    await empty_desk.until(form.isActiveWindow)
    form.fields.address.setFocus()

    blobs = Blobs(empty_desk.core.profile.raw)
    keys = sample.fill(empty_desk.core.database, blobs)
    blobs.close()
    with empty_desk.core.database.write() as work:
        work.emit(events.MailAccountsChanged(keys))
    await empty_desk.until(room.panes.isVisible)
    form.close()
    await empty_desk.until(window.isActiveWindow)
    await empty_desk.until(lambda: len(_inbox(empty_desk)) > 0)

    assert room.list.view.hasFocus()
    QTest.keyClicks(QApplication.focusWidget(), "ff")
    assert room.search.text == ""
    assert room.list.selection().count == 1


async def test_the_keyboard_stays_in_the_search_a_person_has_called_before_the_first_list_is_there(desk: Desk) -> None:
    window, room = desk.window, desk.window.room
    window.restore()
    window.show()
    window.activateWindow()
    await desk.until(window.isActiveWindow)
    window.actions_[Do.SEARCH].trigger()

    await desk.until(lambda: len(_inbox(desk)) > 0)
    called = room.search.field.edit.hasFocus()
    room.take_keyboard()
    still = room.search.field.edit.hasFocus()
    room.list.setFocus()
    room.search.field.edit.setFocus(Qt.FocusReason.OtherFocusReason)
    room.take_keyboard()

    assert (called, still) == (True, True)
    assert room.list.view.hasFocus()


async def test_going_to_a_mail_from_the_folders_takes_the_keyboard_along(desk: Desk) -> None:
    await _open(desk)
    room = desk.window.room
    room.tree.setFocus()
    await desk.until(room.tree.hasFocus)

    desk.window.actions_[Do.NEXT].trigger()

    assert room.list.view.hasFocus()
    assert room.list.selection().count == 1


async def test_r40_a_certificate_is_shown_before_it_is_trusted_and_a_changed_one_again(desk: Desk) -> None:
    await _open(desk)
    window, accounts, key = desk.window, desk.core.services.accounts, desk.accounts[0]

    async def asked(sha256: str) -> CertificateQuestion:
        shown = Certificate("imap.firm.example", 993, sha256, "Somebody", "Somebody else")
        refused = AccountStatus(
            key, Activity.TROUBLE, problem="It is not trusted.", remedy="trust-certificate", certificate=shown
        )
        accounts._statuses.set(refused)
        await desk.until(lambda: window.watch._statuses.get(key) == refused)
        window.status_bar.remedy_chosen.emit(key, "trust-certificate")
        return window.findChildren(CertificateQuestion)[-1]

    def words(question: CertificateQuestion) -> str:
        return "\n".join(part.text() for part in question.findChildren(Paragraph))

    first = await asked("aa" * 32)
    shown = words(first)
    first.buttons[0].click()
    declined = accounts.get(key).trusted_fingerprints
    again = await asked("aa" * 32)
    again.buttons[1].click()
    await desk.until(lambda: accounts.get(key).trusted_fingerprints)
    await desk.until(lambda: (account := window.watch.account(key)) and account.trusted_fingerprints)
    changed = await asked("bb" * 32)
    told = words(changed)
    changed.reject()

    assert all(part in shown for part in ("It is not trusted.", "Somebody else", "port 993", "AA:AA"))
    assert "another certificate before" not in shown
    assert declined == ()
    assert accounts.get(key).trusted_fingerprints == (f"imap.firm.example:993/{'aa' * 32}",)
    assert "another certificate before" in told


async def test_the_form_of_an_account_gives_the_keyboard_back_to_preferences(desk: Desk) -> None:
    await _open(desk)
    window = desk.window
    await desk.until(window.isActiveWindow)
    window.actions_[Do.PREFERENCES].trigger()
    preferences = window.findChild(Preferences)
    assert isinstance(preferences, Preferences)
    await desk.until(preferences.isActiveWindow)
    preferences.edit_account_requested.emit(desk.accounts[0])
    form = window.findChild(MailAccountForm)
    assert isinstance(form, MailAccountForm)
    await desk.until(form.isActiveWindow)

    QTest.keyClick(form, Qt.Key.Key_Escape)
    await desk.until(preferences.isActiveWindow)

    QTest.keyClick(preferences, Qt.Key.Key_Escape)
    await desk.until(window.isActiveWindow)


async def test_in_a_narrow_window_one_click_opens_and_the_way_back_keeps_the_keyboard(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    window.resize(800, 600)
    await desk.until(lambda: room.list.isVisible() and not room.tree.isVisible())
    view, key = room.list.view, _inbox(desk)[0]
    line = room.list.model.line_of(key)
    assert line is not None
    place = view.visualRect(room.list.model.index(line)).center()

    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
    assert room.list.isVisible()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    await desk.until(lambda: room.reader.isVisible() and not room.list.isVisible())
    assert _stop(desk) == "reader"
    window.actions_[Do.BACK].trigger()
    assert _stop(desk) == "list"
    window.actions_[Do.BACK].trigger()
    assert room.tree.isVisible()
    assert _stop(desk) == "tree"

    open_ = room.tree.visualRect(room.tree.currentIndex()).center()
    QTest.mouseClick(room.tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, open_)
    assert room.list.isVisible()
    assert not room.tree.isVisible()
    assert _stop(desk) == "list"
    window.actions_[Do.BACK].trigger()
    QTest.keyClick(room.tree, Qt.Key.Key_Return)
    assert _stop(desk) == "list"


async def test_beside_a_reader_a_click_only_chooses(desk: Desk) -> None:
    await _open(desk)
    room = desk.window.room
    opened: list[object] = []
    room.browser.opened.connect(opened.append)
    view = room.list.view
    view.setFocus()
    place = view.visualRect(room.list.model.index(2)).center()

    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    assert _stop(desk) == "list"
    assert opened == []


async def test_a_window_that_becomes_narrow_shows_the_pane_one_worked_in(desk: Desk) -> None:
    await _open(desk)
    window, room = desk.window, desk.window.room
    QTest.keyClick(room.list.view, Qt.Key.Key_F)
    key = _inbox(desk)[0]
    await desk.until(lambda: room.reader.opened is not None)

    window.resize(700, 700)
    await desk.until(lambda: not room.tree.isVisible())
    assert (room.list.isVisible(), room.reader.isVisible()) == (True, False)
    assert room.list.view.selected_keys() == (key,)
    assert _stop(desk) == "list"
    QTest.keyClick(room.list.view, Qt.Key.Key_Return)  # working in the mail now
    window.resize(1440, 900)
    await desk.until(room.tree.isVisible)
    window.resize(700, 700)
    await desk.until(lambda: not room.tree.isVisible())

    assert (room.list.isVisible(), room.reader.isVisible()) == (False, True)


async def test_what_fails_on_another_thread_is_told_on_this_one(empty_desk: Desk) -> None:
    window = empty_desk.window
    window.restore()
    window.show()

    failing = threading.Thread(target=window.failed.emit, args=(Problem("The mail database is damaged."),))
    failing.start()
    failing.join()

    assert not window._toast.isVisible(), "widgets are of the GUI thread"
    await empty_desk.until(lambda: window._toast.isVisible() and window._toast.text == "The mail database is damaged.")


async def test_the_first_button_below_a_mail_answers_whom_the_person_wants(desk: Desk) -> None:
    """Row 72: the preference "reply to all by default"."""
    desk.window.show()
    bar = desk.window.room.reader.page.answers
    assert bar is not None
    before = bar.reply.text()
    desk.core.services.settings.set(settings.REPLY_TO_ALL, True)
    await desk.until(lambda: bar.reply.text() == "Reply to all")
    seen = [each.text() for each in bar.findChildren(Button) if not each.isHidden()]

    assert before == "Reply"
    assert seen == ["Reply to all", "Reply", "Forward"]
