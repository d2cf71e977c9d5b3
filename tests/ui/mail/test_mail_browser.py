"""Folders, list, search and picker together, on a real store."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop.base import i18n
from desktop.base.errors import Problem
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.mail_account import AccountStatus, Activity, MailAccount
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Verb
from desktop.store.mail.accounts import AccountWriter
from desktop.store.mail.folders import FolderWriter
from desktop.ui.mail import mail_files
from desktop.ui.mail.empty_words import empty_words
from desktop.ui.mail.folder_nodes import NodeKind
from desktop.ui.mail.mail_browser import MailBrowser
from desktop.ui.mail.mail_drag import FILES, FOLDER, MAILS, MailDragData, MailLoad, pack_folder
from desktop.ui.mail.mail_files import MailFiles
from desktop.ui.mail.private_files import PrivateFiles
from desktop.ui.state import State
from desktop.ui.undo import Undo
from desktop.ui.widgets.choice_list import PopupFrame
from desktop.ui.widgets.dialog import Dialog
from tests.ui.mail.room import FOLDERS, Room
from tests.ui.mail.rows import MINUTE
from tests.ui.mail.waiting import until


class Stand:
    """A browser in a window."""

    def __init__(self, room: Room, theme, tasks, folder: Path) -> None:
        self._bridge = room.bridge
        self.window = QWidget()
        self.undo = Undo(tasks)
        self.state = State(folder / "state.json")
        self.browser = MailBrowser(theme, room.services, tasks, room.bridge, self.undo, self.state, self.window)
        row = QHBoxLayout(self.window)
        for part in (self.browser.tree, self.browser.pane, self.browser.search):
            row.addWidget(part)
        self.window.resize(1100, 700)
        self.window.show()
        self.window.activateWindow()
        self.tree, self.pane, self.search = self.browser.tree, self.browser.pane, self.browser.search
        self.model = self.browser.model

    def close(self) -> None:
        self._bridge.close()  # as the program does: nothing is told to a window that goes
        self.window.close()
        shiboken6.delete(self.window)  # at once: its timers must not outlive the loop

    def names(self) -> list[str]:
        found = []
        for row in range(self.model.rowCount()):
            node = self.model.node(self.model.index(row))
            found.append(node.name)
        return found


@pytest.fixture
def stand(room: Room, theme, tasks, tmp_path: Path, qtbot) -> Iterator[Stand]:
    made = Stand(room, theme, tasks, tmp_path)
    yield made
    made.close()


async def started(stand: Stand, mails: int) -> None:
    stand.browser.start()
    await until(lambda: stand.pane.model.query.list_id == Unified.INBOX)
    await until(lambda: len(stand.pane.model.keys) == mails)


async def test_unified_lists_stand_above_the_accounts(room, stand):
    room.deliver()

    await started(stand, 1)

    lists = ["Inbox", "Important", "Sent", "Drafts", "Outbox", "Archive", "Junk", "Trash", "All mail"]
    assert stand.names() == [*lists, "jan@firm.example"]
    assert stand.tree.current_node.list_id == Unified.INBOX
    assert stand.tree.current_node.shown_count == 1
    account = stand.model.index(9)
    assert stand.tree.isExpanded(account)
    assert stand.model.node(account).kind is NodeKind.ACCOUNT


async def test_at_first_sight_only_the_first_account_is_unfolded(room, stand):
    other = MailAccount(id=uuid.uuid4(), address="support@firm.example", display_name="Support")
    with room.core.database.write() as work:
        key = AccountWriter(work).add(other)
        FolderWriter(work).mirror(key, FOLDERS, {})

    await started(stand, 0)
    first, second = stand.model.index(9), stand.model.index(10)
    before = (stand.tree.isExpanded(first), stand.tree.isExpanded(second))
    stand.tree.expand(second)
    stand.tree.collapse(first)
    stand.tree.put_back(True)

    assert before == (True, False)
    assert (stand.tree.isExpanded(first), stand.tree.isExpanded(second)) == (False, True)


async def test_numbers_follow(room, stand):
    room.deliver()
    await started(stand, 1)

    room.deliver(age_ms=2 * MINUTE)
    await until(lambda: stand.tree.current_node.shown_count == 2)

    node = stand.model.node_of_list(room.keys["INBOX"])
    await until(lambda: node.counts.unread == 2)


async def test_the_list_that_was_open_last_opens_again(room, theme, tasks, stand, tmp_path, qtbot):
    room.deliver()
    await started(stand, 1)
    stand.browser.show_list(room.keys["Projects/Kranich"])
    await until(lambda: stand.pane.model.query.list_id == room.keys["Projects/Kranich"])
    stand.state.save()

    again = Stand(room, theme, tasks, tmp_path)
    again.browser.start()
    await until(lambda: again.pane.model.query.list_id == room.keys["Projects/Kranich"])

    again.close()


async def test_a_folder_that_only_holds_others_is_shown_but_does_not_open(room, stand):
    await started(stand, 0)

    index = stand.model.index_of_id(f"folder {room.keys['Projects']}")

    assert index.isValid()
    assert not stand.model.flags(index) & Qt.ItemFlag.ItemIsSelectable
    assert stand.model.rowCount(index) == 2


async def test_mails_dropped_on_a_folder_move_there(room, stand):
    key = room.deliver()
    await started(stand, 1)
    target = stand.model.node_of_list(room.keys["Projects/Kranich"])

    stand.tree.mails_dropped.emit(MailLoad(conversations=(key,)), target)
    await until(lambda: len(stand.pane.model.keys) == 0)

    stand.browser.show_list(target.list_id)
    await until(lambda: list(stand.pane.model.keys) == [key])


async def test_a_drag_over_the_tree_is_taken_only_where_mails_can_go(room, stand):
    await started(stand, 0)
    data = QMimeData()
    data.setData(MAILS, MailLoad(mails=(5,)).pack())

    def taken(list_id: int) -> bool:
        point = stand.tree.visualRect(stand.model.index_of_list(list_id)).center()
        event = QDragMoveEvent(
            point, Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        stand.tree.dragMoveEvent(event)
        return event.isAccepted()

    assert taken(Unified.ARCHIVE)
    assert taken(room.keys["INBOX"])
    assert not taken(Unified.DRAFTS)
    assert not taken(Unified.ALL)


async def test_a_dropped_folder_goes_below_another_but_not_into_itself(room, stand):
    await started(stand, 0)
    stand.tree.expandAll()
    projects, archive = room.keys["Projects"], room.keys["Archive"]
    data = QMimeData()
    data.setData(FOLDER, pack_folder(projects))

    def drop(node_id: str) -> bool:
        point = stand.tree.visualRect(stand.model.index_of_id(node_id)).center()
        event = QDropEvent(
            QPointF(point), Qt.DropAction.MoveAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
        stand.tree.dropEvent(event)
        return event.isAccepted()

    assert not drop(f"folder {room.keys['Projects/Kranich']}")
    assert drop(f"folder {archive}")
    await until(lambda: stand.model.rowCount(stand.model.index_of_id(f"folder {archive}")) == 1)


async def test_a_folder_is_renamed_in_place(room, stand):
    await started(stand, 0)
    stand.browser.show_list(room.keys["Projects/Kranich"])
    index = stand.tree.currentIndex()

    stand.model.setData(index, "Kranich Logistik")
    node_id = f"folder {room.keys['Projects/Kranich']}"
    await until(lambda: stand.model.node(stand.model.index_of_id(node_id)).name == "Kranich Logistik")

    assert stand.tree.current_node.id == node_id
    await until(lambda: stand.pane.header.title.text == "Kranich Logistik")


async def test_a_new_folder_appears(room, stand):
    await started(stand, 0)
    account = stand.model.node(stand.model.index(9))

    asked = stand.browser.folders.ask_new(account)
    QTest.keyClicks(asked.focusWidget() or asked, "Offers")
    QTest.keyClick(asked, Qt.Key.Key_Return)
    await until(lambda: any(folder.name == "Offers" for _node, folder in stand.model.folders()))

    assert [folder.name for _node, folder in stand.model.folders()].count("Offers") == 1


async def test_the_picker_moves_by_keyboard_alone_and_again(room, stand):
    first, second = room.deliver("A"), room.deliver("B", age_ms=2 * MINUTE)
    await started(stand, 2)
    stand.pane.view.setFocus()
    stand.pane.view.show_key(first)

    stand.browser.choose_folder()
    picker = stand.browser._picker
    QTest.keyClicks(picker.field, "pilot")
    assert [choice.text for choice in picker.lines.choices] == ["Projects/Helix pilot"]
    QTest.keyClick(picker.field, Qt.Key.Key_Return)
    await until(lambda: list(stand.pane.model.keys) == [second])
    assert not picker.is_open

    stand.browser.move_again()
    await until(lambda: len(stand.pane.model.keys) == 0)
    stand.browser.show_list(room.keys["Projects/Helix pilot"])
    await until(lambda: set(stand.pane.model.keys) == {first, second})


async def test_the_picker_does_not_offer_the_folder_the_mails_of_a_unified_list_are_in(room, stand):
    room.deliver()
    await started(stand, 1)
    stand.pane.view.setFocus()
    stand.pane.view.next()

    stand.browser.choose_folder()
    offered = [choice.text for choice in stand.browser._picker.lines.choices]
    QTest.keyClick(stand.browser._picker.field, Qt.Key.Key_Escape)

    assert "Archive" in offered
    assert "INBOX" not in offered


async def test_the_picker_shows_recent_folders_first_and_escape_gives_the_list_back(room, stand):
    room.deliver()
    await started(stand, 1)
    stand.pane.view.setFocus()
    stand.pane.view.next()
    stand.browser._recent.note(room.keys["Archive"])

    stand.browser.choose_folder()
    picker = stand.browser._picker
    shown = [choice.text for choice in picker.lines.choices]
    QTest.keyClick(picker.field, Qt.Key.Key_Escape)

    assert shown[:3] == ["Recent", "Archive", "All folders"]
    assert "Projects" not in shown
    assert not picker.is_open


@pytest.fixture
def russian() -> Iterator[None]:
    i18n.set_language("ru")
    yield
    i18n.set_language("en")


async def test_the_picker_calls_folders_as_the_pane_does_and_finds_them_by_both_names(russian, room, stand):
    room.deliver()
    await started(stand, 1)
    stand.pane.view.next()
    told = []
    stand.undo.pushed.connect(lambda entry: told.append(entry.text))

    stand.browser.choose_folder()
    picker = stand.browser._picker
    offered = [choice.text for choice in picker.lines.choices]
    found = {}
    for typed in ("арх", "arch", "xyz"):
        picker.field.setText(typed)
        found[typed] = [(choice.text, choice.heading) for choice in picker.lines.choices]
    QTest.keyClick(picker.field, Qt.Key.Key_Return)
    still_open = picker.is_open
    picker.field.setText("корз")
    QTest.keyClick(picker.field, Qt.Key.Key_Return)
    await until(lambda: told)

    assert {"Архив", "Корзина"} < set(offered)
    assert found == {
        "арх": [("Архив", False)],
        "arch": [("Архив", False)],
        "xyz": [("Такой папки нет", True)],
    }
    assert still_open, "there was nothing to pick"
    assert told == ["1 письмо перемещено в «Корзина»"]


async def test_the_folder_the_mails_are_in_is_not_offered(room, stand):
    room.deliver(folder="Archive")
    await started(stand, 0)
    stand.browser.show_list(room.keys["Archive"])
    await until(lambda: len(stand.pane.model.keys) == 1)
    stand.pane.view.next()

    stand.browser.choose_folder()

    offered = {choice.text for choice in stand.browser._picker.lines.choices}
    assert offered == {"INBOX", "Trash", "Junk", "Projects/Kranich", "Projects/Helix pilot"}


async def test_there_is_one_picker_however_often_it_is_asked(room, stand):
    room.deliver()
    await started(stand, 1)
    stand.pane.view.next()

    for _ in range(4):
        stand.browser.choose_folder()
        QTest.keyClick(stand.browser._picker.field, Qt.Key.Key_Escape)

    assert len(stand.window.findChildren(PopupFrame)) == 1


async def test_a_folder_is_picked_though_what_had_the_keyboard_is_gone(room, stand):
    key = room.deliver()
    await started(stand, 1)
    stand.pane.view.next()
    passing = QLineEdit(stand.window)
    passing.show()
    passing.setFocus()
    stand.browser.choose_folder()
    picker = stand.browser._picker
    shiboken6.delete(passing)

    QTest.keyClicks(picker.field, "pilot")
    QTest.keyClick(picker.field, Qt.Key.Key_Return)
    await until(lambda: len(stand.pane.model.keys) == 0)

    assert not picker.is_open
    stand.browser.show_list(room.keys["Projects/Helix pilot"])
    await until(lambda: list(stand.pane.model.keys) == [key])


async def test_search_as_you_type_and_back(room, stand):
    hit = room.deliver("Renewal 2027")
    room.deliver("Invoice", age_ms=2 * MINUTE, snippet="nothing")
    await started(stand, 2)

    stand.search.open()
    QTest.keyClicks(stand.search.field.edit, "renew")
    await until(lambda: list(stand.pane.model.keys) == [hit])

    assert stand.pane.searching
    line = stand.pane.model.line(0)
    assert line.marks.subject_marks
    assert stand.pane.search_head.words.text().startswith("1 mail, newest first.")
    QTest.keyClick(stand.search.field.edit, Qt.Key.Key_Escape)
    QTest.keyClick(stand.search.field.edit, Qt.Key.Key_Escape)
    await until(lambda: len(stand.pane.model.keys) == 2)
    assert not stand.pane.searching
    assert stand.search.text == ""


async def test_escape_in_the_hits_gives_the_folder_back(room, stand):
    room.deliver("Renewal")
    room.deliver("Invoice", age_ms=2 * MINUTE, snippet="nothing")
    await started(stand, 2)
    stand.search.set_text("renewal")
    await until(lambda: stand.pane.searching)

    QTest.keyClick(stand.pane.view, Qt.Key.Key_Escape)
    await until(lambda: len(stand.pane.model.keys) == 2)

    assert not stand.pane.searching


async def test_every_empty_list_offers_a_step_and_some_lead_to_the_inbox(room, stand):
    await started(stand, 0)
    for unified in Unified:
        words = empty_words(ListQuery(int(unified)), "")
        assert words.text
        assert words.action
    stand.browser.show_list(Unified.ARCHIVE)
    await until(lambda: stand.pane._empty.title.text() == "The archive is empty")

    stand.pane._empty.button.click()

    await until(lambda: stand.pane.model.query.list_id == Unified.INBOX)
    assert stand.tree.current_node.list_id == Unified.INBOX


async def test_a_search_can_be_kept_within_the_list_that_was_open(room, stand):
    room.deliver("Renewal here")
    room.deliver("Renewal there", folder="Archive")
    await started(stand, 1)
    stand.search.set_text("renewal")
    await until(lambda: stand.pane.searching and len(stand.pane.model.keys) == 2)
    chip = stand.pane.search_head.only_here

    chip.click()
    await until(lambda: len(stand.pane.model.keys) == 1)
    narrowed = stand.search.text
    chip.click()
    await until(lambda: len(stand.pane.model.keys) == 2)

    assert narrowed == "in:inbox renewal"
    assert stand.search.text == "renewal"


async def test_the_cross_of_an_operator_takes_it_out(room, stand):
    await started(stand, 0)
    stand.search.set_text("from:anna has:attachment renewal")
    crosses = stand.search.chips.crosses

    assert [cross.accessibleName() for cross in crosses] == ["Remove from:anna", "Remove has:attachment"]
    assert crosses[0].x() < crosses[1].x()
    crosses[0].click()

    assert stand.search.text == "has:attachment renewal"
    assert [cross.accessibleName() for cross in stand.search.chips.crosses] == ["Remove has:attachment"]


async def test_an_operator_that_is_being_typed_has_no_cross_yet(room, stand):
    await started(stand, 0)
    stand.search.open()

    QTest.keyClicks(stand.search.field.edit, "from:anna")
    typing = stand.search.chips.crosses
    QTest.keyClicks(stand.search.field.edit, " x")

    assert typing == ()
    assert len(stand.search.chips.crosses) == 1


async def test_a_search_without_hits_says_what_was_searched(room, stand):
    room.deliver()
    await started(stand, 1)

    stand.search.set_text("nowhere")
    await until(lambda: stand.pane._stack.currentWidget() is stand.pane._empty)

    assert stand.pane._empty.title.text() == "No mail found"
    assert "Searched" in stand.pane._empty.text.text()
    assert stand.pane.search_head.words.text() == "", "it is said once"
    stand.search.set_text("in:nowhere")
    await until(lambda: stand.pane._empty.text.text().startswith("No folder is called “nowhere”"))
    stand.pane._empty.button.click()
    await until(lambda: len(stand.pane.model.keys) == 1)


async def test_further_hits_come_while_scrolling(room, stand):
    for n in range(120):
        room.deliver(f"Renewal {n}", age_ms=n * MINUTE)
    await started(stand, 120)

    stand.search.set_text("renewal")
    await until(lambda: stand.pane.searching and len(stand.pane.model.keys) == 50)
    bar = stand.pane.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    await until(lambda: len(stand.pane.model.keys) == 100)
    bar.setValue(bar.maximum())
    await until(lambda: len(stand.pane.model.keys) == 120)

    assert stand.pane.search_head.words.text().startswith("120 mails, newest first.")
    assert len(set(stand.pane.model.keys)) == 120


async def test_a_mail_that_arrives_joins_the_hits(room, stand):
    room.deliver("Renewal 1")
    await started(stand, 1)
    stand.search.set_text("renewal")
    await until(lambda: stand.pane.searching)

    room.deliver("Renewal 2", age_ms=0)

    await until(lambda: len(stand.pane.model.keys) == 2)


async def test_suggestions_complete_operators_by_keyboard(room, stand):
    room.deliver()
    await started(stand, 1)
    stand.search.open()
    QTest.keyClicks(stand.search.field.edit, "has:att")
    await until(lambda: any(choice.text == "has:attachment" for choice in stand.search.choices))

    QTest.keyClick(stand.search.field.edit, Qt.Key.Key_Down)
    QTest.keyClick(stand.search.field.edit, Qt.Key.Key_Return)

    assert stand.search.text.strip() == "has:attachment"


async def test_down_goes_from_the_words_to_the_first_hit_also_before_it_is_found(room, stand):
    room.deliver("Renewal of the contract", age_ms=2 * MINUTE)
    newest = room.deliver("Renewal of the licence", age_ms=MINUTE)
    await started(stand, 2)
    stand.search.open()
    QTest.keyClicks(stand.search.field.edit, "renewal")

    QTest.keyClick(stand.search.field.edit, Qt.Key.Key_Down)  # nothing was searched yet, nothing is suggested

    assert stand.pane.view.hasFocus()
    await until(lambda: stand.pane.model.shows_hits and stand.pane.view.selected_keys() == (newest,))
    stand.search.open()
    stand.search._hide_popup()
    stand.pane.view.clearSelection()
    QTest.keyClick(stand.search.field.edit, Qt.Key.Key_Down)
    assert stand.pane.view.hasFocus()
    assert stand.pane.view.selected_keys() == (newest,)


async def test_down_with_another_key_stays_in_the_words(room, stand):
    room.deliver("Renewal")
    await started(stand, 1)
    stand.search.open()
    QTest.keyClicks(stand.search.field.edit, "renewal")

    for other in (Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier):
        QTest.keyClick(stand.search.field.edit, Qt.Key.Key_Down, other)

    assert stand.search.field.edit.hasFocus()


async def test_a_search_that_failed_leaves_the_later_choice_alone(room, stand, monkeypatch):
    room.deliver("Renewal of the contract", age_ms=2 * MINUTE)
    room.deliver("Renewal of the licence", age_ms=MINUTE)
    await started(stand, 2)
    stand.search.open()
    QTest.keyClicks(stand.search.field.edit, "renewa")
    await until(lambda: stand.pane.model.shows_hits)
    with monkeypatch.context() as patch:
        patch.setattr(stand.browser.results._service, "search", broken_search)
        QTest.keyClicks(stand.search.field.edit, "l")
        QTest.keyClick(stand.search.field.edit, Qt.Key.Key_Down)
        await until(lambda: stand.browser.results._is_idle)
    chosen = stand.pane.model.keys[1]
    stand.pane.view.show_key(chosen)

    stand.browser.results._refresh()
    await until(lambda: stand.browser.results._is_idle)

    assert stand.pane.view.selected_keys() == (chosen,)


def broken_search(*_given, **_named):
    raise Problem("The search failed.")


async def test_down_stays_in_an_empty_field(room, stand):
    room.deliver()
    await started(stand, 1)
    stand.search.open()
    stand.search._hide_popup()

    QTest.keyClick(stand.search.field.edit, Qt.Key.Key_Down)

    assert stand.search.field.edit.hasFocus()
    assert not stand.pane.searching


async def test_recent_searches_are_offered(room, stand):
    room.deliver("Renewal")
    await started(stand, 1)
    stand.search.set_text("is:unread renewal")
    QTest.keyClick(stand.search.field.edit, Qt.Key.Key_Return)
    stand.browser.leave_search()

    stand.search.open()
    await until(lambda: any(choice.text == "is:unread renewal" for choice in stand.search.choices))


async def test_in_trash_delete_asks_because_there_is_nowhere_further(room, stand):
    key = room.deliver(folder="Trash", flags=Flag.SEEN)
    await started(stand, 0)
    stand.browser.show_list(int(Unified.TRASH))
    await until(lambda: list(stand.pane.model.keys) == [key])
    stand.pane.view.next()

    stand.pane.trash()
    await until(lambda: stand.window.findChildren(Dialog))

    assert len(stand.window.findChildren(Dialog)) == 1
    stand.window.findChildren(Dialog)[0].reject()


async def test_in_the_trash_of_an_account_delete_asks_too(room, stand):
    key = room.deliver("Old", folder="Trash")
    await started(stand, 0)
    stand.browser.show_list(room.keys["Trash"])
    await until(lambda: list(stand.pane.model.keys) == [key])
    stand.pane.view.show_key(key)

    stand.pane.trash()
    await until(lambda: stand.window.findChildren(Dialog))

    asked = stand.window.findChildren(Dialog)[0]
    assert asked.windowTitle() == "Delete 1 mail permanently?"
    asked.reject()


async def test_the_tree_speaks(room, stand):
    room.deliver()
    await started(stand, 1)

    said = [
        stand.model.data(stand.model.index(row), Qt.ItemDataRole.AccessibleTextRole)
        for row in range(stand.model.rowCount())
    ]

    assert said[0] == "Inbox, 1 unread"
    assert said[9] == "jan@firm.example"


async def test_a_right_click_leaves_the_list_where_it_is(room, stand, qtbot):
    await started(stand, 0)
    place = stand.tree.visualRect(stand.model.index_of_list(Unified.TRASH)).center()

    QTest.mouseClick(stand.tree.viewport(), Qt.MouseButton.RightButton, pos=QPoint(place))

    assert stand.tree.current_node.list_id == Unified.INBOX


async def test_mails_leave_as_files_with_safe_names(room, stand, tmp_path):
    keys = [room.deliver("Re: a/b <x>"), room.deliver("Re: a/b <x>", age_ms=2 * MINUTE)]

    files = MailFiles(room.services.reading, PrivateFiles(tmp_path))

    paths = files.write([*keys, 99])

    assert [path.stem.partition(" (")[0] for path in paths] == ["Re_ a_b _x_", "Re_ a_b _x_"]
    assert paths[0].name != paths[1].name
    assert all(path.suffix == ".eml" and path.parent == paths[0].parent for path in paths)
    assert paths[0].read_bytes().startswith(b"Subject: ")
    assert paths[0].is_relative_to(tmp_path), "nothing lies where other users look"


def test_a_drag_does_not_wait_for_a_source_that_does_not_come(monkeypatch, tmp_path):
    come = threading.Event()
    monkeypatch.setattr(mail_files, "_DEADLINE_S", 0.05)

    class Slow:
        def head(self, key):
            assert come.wait(30)
            raise Problem("It is gone.")

    files = MailFiles(Slow(), PrivateFiles(tmp_path))

    paths = files.write([1])
    still_waits = not come.is_set()
    come.set()

    assert paths == []
    assert still_waits


def test_a_mail_that_is_not_here_as_a_whole_leaves_as_no_file(tmp_path):
    class Partly:
        def head(self, key):
            return SimpleNamespace(subject=f"Mail {key}")

        def is_whole(self, key):
            return key == 1

        def source(self, key):
            return b"Subject: x"

    paths = MailFiles(Partly(), PrivateFiles(tmp_path)).write([1, 2])

    assert [path.name for path in paths] == ["Mail 1.eml"]


def test_a_drag_offers_files_only_for_a_few_mails(room, tmp_path):
    write = MailFiles(room.services.reading, PrivateFiles(tmp_path)).write
    few = MailDragData(MailLoad(mails=(1,)), write)
    many = MailDragData(MailLoad(mails=tuple(range(1, 200))), write)

    assert few.formats() == [MAILS, FILES]
    assert many.formats() == [MAILS]


def _fetched(room: Room) -> None:
    """Let every folder be here as a whole."""
    with room.core.database.write() as work:
        work.run("UPDATE folder SET synced_down_to = 1")


async def test_an_empty_list_says_that_its_mail_is_being_fetched_and_how_far(room, stand):
    _fetched(room)
    board = room.services.accounts._statuses

    def says() -> tuple[str, str]:
        return stand.pane._empty.title.text(), stand.pane._empty.text.text()

    await started(stand, 0)
    board.set(AccountStatus(room.account_key, Activity.CONNECTING))
    await until(lambda: says() == ("Mail is being fetched", "The newest mails appear here in a moment."))
    board.set(AccountStatus(room.account_key, Activity.SYNCING, done=1200, total=6046))
    await until(lambda: says() == ("Mail is being fetched", "1,200 of 6,046 mails so far."))
    button = stand.pane._empty.button.isVisible()
    stand.browser.show_list(room.keys["Projects/Kranich"])
    await until(lambda: stand.pane.model.query.list_id == room.keys["Projects/Kranich"])
    in_a_folder = says()[0]
    board.set(AccountStatus(room.account_key, Activity.TROUBLE, problem="The password is wrong."))
    await until(lambda: says() == ("Mail could not be fetched yet", "The password is wrong."))
    board.set(AccountStatus(room.account_key, Activity.UP_TO_DATE, synced_at_ms=5))
    await until(lambda: says()[0] == "No mail in Kranich")
    board.set(AccountStatus(room.account_key, Activity.SYNCING, synced_at_ms=5, done=1, total=2))
    stand.browser.show_list(Unified.INBOX)
    await until(lambda: says()[0] == "The Inbox is empty")

    assert in_a_folder == "Mail is being fetched"
    assert not button


async def test_a_list_is_not_said_to_be_fetched_by_another_account(room, stand):
    _fetched(room)
    await started(stand, 0)
    stand.browser.show_list(room.keys["Projects/Kranich"])
    await until(lambda: stand.pane.model.query.list_id == room.keys["Projects/Kranich"])

    stand.pane.set_statuses({room.account_key + 1: AccountStatus(room.account_key + 1, Activity.SYNCING)})

    assert stand.pane._empty.title.text() == "No mail in Kranich"


async def test_leaving_the_search_returns_to_the_mail_one_was_at(room, stand):
    keys = [room.deliver(f"Mail {number}", age_ms=(number + 1) * MINUTE) for number in range(5)]
    await started(stand, 5)
    stand.pane.view.show_key(keys[3])
    await until(lambda: stand.pane.selection().key == keys[3])

    stand.search.set_text("subject:0")
    await until(lambda: stand.pane.searching and len(stand.pane.model.keys) == 1)
    stand.search.set_text("subject:1")
    await until(lambda: list(stand.pane.model.keys) == [keys[1]])
    stand.browser.leave_search()
    await until(lambda: len(stand.pane.model.keys) == 5)

    assert stand.pane.view.selected_keys() == (keys[3],)


async def test_what_was_searched_is_told_whole_in_a_narrow_list(room, stand):
    room.deliver("Offer")
    await started(stand, 1)
    head = stand.pane.search_head

    stand.search.set_text("offer is:nonsense")
    await until(lambda: "Not understood" in head.words.text())
    stand.pane.setFixedWidth(300)
    await until(lambda: head.width() == 300)

    assert head.words.height() >= head.words.heightForWidth(head.words.width()) > 30


async def test_what_changes_nothing_is_not_told(room, stand):
    key = room.deliver("Old", folder="Archive")
    await started(stand, 0)
    told = []
    stand.undo.pushed.connect(told.append)

    stand.browser.mails.apply(Verb.ARCHIVE, MailLoad(mails=(key,)))
    stand.browser.mails.apply(Verb.TRASH, MailLoad(mails=(key,)))
    await until(lambda: told)

    assert [entry.text for entry in told] == ["1 mail moved to Trash"]
