"""The list pane on a real store: what it shows, what a person does, what happens meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Origin, Relation
from desktop.domain.mail.folder import ListId, Role, Unified
from desktop.domain.mail.listing import ListQuery, SortBy
from desktop.domain.mail.message import Flag, Status
from desktop.domain.mail.operation import Verb
from desktop.domain.settings import Density
from desktop.services.mail import mail_actions
from desktop.services.mail.answers import Answer
from desktop.store.database import DiskFull
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.list_actions import ListActions
from desktop.ui.mail.list_pane import ListPane
from desktop.ui.mail.row_geometry import Column, row_places
from desktop.ui.mail.selection import Selection
from desktop.ui.state import State
from desktop.ui.undo import Undo
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.menu import Menu
from tests.ui.mail.room import Room
from tests.ui.mail.rows import DAY, MINUTE
from tests.ui.mail.waiting import until


@pytest.fixture
def pane(room: Room, theme, tasks, tmp_path: Path, qtbot) -> Iterator[ListPane]:
    undo = Undo(tasks)
    state = State(tmp_path / "state.json")
    window = QWidget()
    actions = ListActions(room.services.actions, tasks, undo, theme, window)
    made = ListPane(theme, room.services.views, actions, tasks, room.bridge, state, window)
    made.undo_stack = undo
    made.setGeometry(0, 0, 376, 700)
    window.resize(376, 700)
    window.show()
    yield made
    window.close()
    shiboken6.delete(window)


def menu_of(pane: ListPane) -> Menu:
    """Return the menu of mails that is open."""
    return next(child for child in pane.children() if isinstance(child, Menu) and child.isVisible())


async def question(pane: ListPane) -> Dialog:
    """Wait for the window that asks."""
    await until(lambda: pane.window().findChildren(Dialog))
    return pane.window().findChildren(Dialog)[0]


def in_list(room: Room, list_id: ListId) -> list[int]:
    return list(room.services.views.open_list(ListQuery(int(list_id), conversations=False)).keys)


def conversation(room: Room, count: int) -> list[int]:
    """Deliver mails that answer each other; returns their keys, oldest first."""
    ages = [number * MINUTE for number in range(count, 0, -1)]
    return [room.deliver("Renewal", age_ms=age_ms, reply_to=room.last_message_id) for age_ms in ages]


def shown(pane: ListPane) -> list[int | str]:
    lines = (pane.model.line(number) for number in range(pane.model.rowCount()))
    return [line.title if line.kind is LineKind.HEAD else line.key for line in lines]


async def test_a_list_opens_with_rows(room, pane):
    new, old = room.deliver("New"), room.deliver("Old", age_ms=DAY)

    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 4)

    assert shown(pane) == ["Today", new, "Yesterday", old]
    assert pane.model.row(new).subject == "New"
    assert pane.header.title.text == "Inbox"
    assert pane.header.unread.text == "2 unread"


async def test_each_list_keeps_whether_it_shows_conversations(room, pane):
    first = room.deliver("Offer", age_ms=2 * MINUTE)
    room.deliver("Re: Offer", age_ms=MINUTE, reply_to=room.last_message_id)
    pane.show_list(Unified.INBOX)
    await until(lambda: len(pane.model.keys) == 1)

    pane.header.conversations_wanted.emit(False)
    await until(lambda: len(pane.model.keys) == 2)
    pane.show_list(Unified.ALL)
    await until(lambda: len(pane.model.keys) == 1)
    pane.show_list(Unified.INBOX)
    await until(lambda: len(pane.model.keys) == 2)

    assert pane.model.position_of(first) == 1


async def test_a_draft_stands_for_itself_and_counts_where_the_reader_shows_it(room, pane):
    """The mails it answers are unread: the draft is not."""
    answered = room.deliver("Offer", age_ms=2 * MINUTE)
    room.deliver("Re: Offer", age_ms=MINUTE, reply_to=room.last_message_id)
    sender = Address("Jan Berger", "jan@firm.example")
    origin = Origin(Relation.REPLY, room.services.views.ids_of([answered])[answered])
    draft = Draft(sender, subject="Re: Offer", in_reply_to=room.last_message_id, origin=origin)
    room.services.compose.save(replace(draft, references=(room.last_message_id,)))
    pane.show_list(Unified.DRAFTS)
    await until(lambda: len(pane.model.keys) == 1 and pane.model.row(pane.model.keys[0]))

    row = pane.model.row(pane.model.keys[0])
    assert (row.count, row.unread, row.status) == (1, False, Status.DRAFT)
    assert "Group into conversations" not in [action.text() for action in pane.header.menu().actions()]
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.query.list_id == Unified.INBOX and pane.model.row(pane.model.keys[0]))
    shown = room.services.views.conversation(pane.model.keys[0]).heads
    assert (pane.model.row(pane.model.keys[0]).count, [head.unread for head in shown]) == (3, [True, True, False])
    assert "Group into conversations" in [action.text() for action in pane.header.menu().actions()]


async def test_columns_of_the_table_end_where_the_scroll_bar_begins(room, pane):
    for number in range(40):
        room.deliver(f"Mail {number}", age_ms=number * MINUTE)
    pane.window().resize(900, 500)
    pane.resize(900, 500)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() > 30)

    pane.set_density(Density.TABLE)
    await until(lambda: pane.view.verticalScrollBar().isVisible())

    cells = pane.columns.cells()
    assert cells[0].left == 24
    assert cells[-1].left + cells[-1].width == pane.view.viewport().width()


async def test_new_mail_appears_and_does_not_move_what_one_reads(room, pane):
    keys = [room.deliver(f"Mail {n}", age_ms=n * MINUTE) for n in range(40, 0, -1)]
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 41)
    pane.view.show_key(keys[5])
    before = pane.view.visualRect(pane.view.currentIndex()).top()

    room.deliver("Just now", age_ms=0)
    await until(lambda: pane.model.rowCount() == 42)

    assert pane.view.current_key == keys[5]
    assert pane.view.visualRect(pane.view.currentIndex()).top() == before


async def test_archiving_goes_on_with_the_next_mail_and_can_be_undone(room, pane):
    last, first = room.deliver("B", age_ms=2 * MINUTE), room.deliver("A")
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 3)
    pane.view.show_key(first)

    pane.do(Verb.ARCHIVE)
    await until(lambda: first not in pane.model.keys)

    assert pane.view.selected_keys() == (last,)
    pane.undo_stack.undo()
    await until(lambda: first in pane.model.keys)
    assert pane.view.selected_keys() == (last,)


async def test_what_was_done_is_told_in_a_sentence(room, pane):
    for n in range(3):
        room.deliver(f"{n}", age_ms=n * MINUTE)
    told: list[str] = []
    pane.undo_stack.pushed.connect(lambda entry: told.append(entry.text))
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 4)
    pane.select_all()

    pane.do(Verb.TRASH)
    await until(lambda: told)

    assert told == ["3 mails moved to Trash"]


async def test_a_verb_that_is_cut_short_says_why_and_can_be_undone_as_far_as_it_came(room, pane, tasks, monkeypatch):
    monkeypatch.setattr(mail_actions, "PORTION", 2)
    for n in range(3):
        room.deliver(f"{n}", age_ms=n * MINUTE)
    with room.core.database.write() as work:
        work.run(
            "CREATE TRIGGER full BEFORE INSERT ON operation WHEN (SELECT count(*) FROM operation) "
            "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
    told: list[str] = []
    failed: list[BaseException] = []
    pane.undo_stack.pushed.connect(lambda entry: told.append(entry.text))
    tasks.failed.connect(failed.append)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 4)
    pane.select_all()

    pane.do(Verb.ARCHIVE)
    await until(lambda: failed)

    assert told == ["2 mails archived"]
    assert isinstance(failed[0], DiskFull)
    await until(lambda: len(pane.model.keys) == 1)
    pane.undo_stack.undo()
    await until(lambda: len(pane.model.keys) == 3)


async def test_reading_the_only_unread_leaves_it_in_the_unread_filter(room, pane):
    key = room.deliver("Unread")
    room.deliver("Read", flags=Flag.SEEN, age_ms=2 * MINUTE)
    pane.show_list(Unified.INBOX)
    pane.header.only_unread.click()
    await until(lambda: pane.model.rowCount() == 2)
    pane.view.show_key(key)

    pane.toggle_read()
    await until(lambda: pane.model.row(key) is not None and not pane.model.row(key).unread)
    await until(lambda: pane.model.unread == 0)

    assert shown(pane) == ["Today", key]


async def test_the_mail_with_the_cursor_stays_in_sight_when_the_order_changes(room, pane):
    keys = [room.deliver(f"{n:03}", name=f"{n:03}", age_ms=n * MINUTE) for n in range(60, 0, -1)]
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 61)
    pane.view.show_key(keys[-1])

    pane.sort(SortBy.SUBJECT, True)
    await until(lambda: pane.model.query.sort_by is SortBy.SUBJECT)

    assert pane.view.current_key == keys[-1]
    assert pane.view.viewport().rect().intersects(pane.view.visualRect(pane.view.currentIndex()))


async def test_an_answer_keeps_the_conversation_selected(room, pane):
    other = room.deliver("Other", age_ms=30 * MINUTE)
    first = room.deliver("Question", age_ms=60 * MINUTE)
    parent = room.last_message_id
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 3)
    pane.view.show_key(first)

    answer = room.deliver("Re: Question", reply_to=parent)
    await until(lambda: answer in pane.model.keys)

    assert list(pane.model.keys) == [answer, other]
    assert pane.view.selected_keys() == (answer,)


async def test_a_conversation_unfolds_and_its_mails_are_chosen_singly(room, pane):
    first = room.deliver("Question", age_ms=60 * MINUTE)
    answer = room.deliver("Re: Question", reply_to=room.last_message_id)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 2)
    pane.view.show_key(answer)
    assert pane.selection().load.conversations == (answer,)

    QTest.keyClick(pane.view, Qt.Key.Key_Right)
    await until(lambda: pane.model.rowCount() == 3)
    pane.view.next()

    assert pane.selection().load.mails == (first,)
    QTest.keyClick(pane.view, Qt.Key.Key_Left)
    QTest.keyClick(pane.view, Qt.Key.Key_Left)
    assert pane.model.rowCount() == 2
    assert pane.selection().load.conversations == (answer,)


async def test_a_click_on_a_rows_action_does_it(room, pane):
    key = room.deliver("Star me")
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 2)
    row = pane.view.visualRect(pane.model.index(1))
    actions = row_places(Density.CARDS, row.width()).actions
    star = row.topLeft() + actions.topRight() - QPoint(12, -12)

    QTest.mouseClick(pane.view.viewport(), Qt.MouseButton.LeftButton, pos=star)
    await until(lambda: pane.model.row(key).important)

    assert pane.view.selected_keys() == ()


async def test_an_empty_list_offers_one_step(room, pane, qtbot):
    pane.show_list(Unified.INBOX)
    await until(lambda: pane._stack.currentWidget() is pane._empty)

    with qtbot.waitSignal(pane.step_wanted) as wanted:
        pane._empty.button.click()

    assert wanted.args == ["get-mail"]


async def test_the_quick_filter_narrows_and_escape_peels_it_off(room, pane):
    renewal = room.deliver("Renewal")
    room.deliver("Invoice", age_ms=2 * MINUTE)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 3)
    pane.open_filter()

    QTest.keyClicks(pane.filter.words, "renew")
    await until(lambda: list(pane.model.keys) == [renewal])

    pane.filter.unread.click()
    QTest.keyClick(pane.filter.words, Qt.Key.Key_Escape)
    await until(lambda: len(pane.model.keys) == 2)
    assert pane.filter.unread.isChecked()
    QTest.keyClick(pane.filter.words, Qt.Key.Key_Escape)
    assert not pane.filter.unread.isChecked()
    assert not pane.filter.isHidden()
    QTest.keyClick(pane.filter.words, Qt.Key.Key_Escape)
    assert pane.filter.isHidden()


async def test_a_filter_stands_in_one_place_at_a_time(room, pane):
    room.deliver()
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 2)
    above = (pane.header.only_unread, pane.header.only_starred, pane.header.only_attachments)
    below = (pane.filter.unread, pane.filter.starred, pane.filter.attachments)

    def seen() -> tuple[set[bool], set[bool]]:
        return {each.isVisible() for each in above}, {each.isVisible() for each in below}

    states = [seen()]
    pane.open_filter()
    states.append(seen())
    QTest.keyClick(pane.filter.words, Qt.Key.Key_Escape)
    states.append(seen())
    pane.open_filter()
    pane.show_list(Unified.ARCHIVE)
    states.append(seen())

    closed, opened = ({True}, {False}), ({False}, {True})
    assert states == [closed, opened, closed, closed]


async def test_the_quick_filter_leaves_one_at_the_mail_one_was_at(room, pane):
    keys = [room.deliver(f"Mail {n}", age_ms=n * MINUTE) for n in range(60)]
    other = room.deliver("Renewal")
    pane.show_list(Unified.INBOX)
    await until(lambda: len(pane.model.keys) == 61)
    pane.view.show_key(keys[40])
    far = pane.view.verticalScrollBar().value()
    pane.open_filter()
    QTest.keyClicks(pane.filter.words, "rene")
    await until(lambda: list(pane.model.keys) == [other])
    QTest.keyClick(pane.filter.words, Qt.Key.Key_Return)

    QTest.keyClick(pane.view, Qt.Key.Key_Escape)
    await until(lambda: len(pane.model.keys) == 61)

    assert pane.view.selected_keys() == (keys[40],)
    assert far > 0
    assert pane.view.verticalScrollBar().value() > 0
    # one that was chosen meanwhile is kept instead
    QTest.keyClicks(pane.filter.words, "rene")
    await until(lambda: list(pane.model.keys) == [other])
    pane.view.show_key(other)
    QTest.keyClick(pane.view, Qt.Key.Key_Escape)
    await until(lambda: len(pane.model.keys) == 61)
    assert pane.view.selected_keys() == (other,)


async def test_a_filter_without_hits_offers_to_clear_it(room, pane):
    room.deliver("Renewal", flags=Flag.SEEN)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 2)
    pane.header.only_unread.click()
    await until(lambda: pane._stack.currentWidget() is pane._empty)

    pane._empty.button.click()
    await until(lambda: pane.model.rowCount() == 2)

    assert not pane.header.only_unread.isChecked()


async def test_several_chosen_mails_are_summed_up(room, pane, qtbot):
    for n in range(3):
        room.deliver(f"{n}", age_ms=n * MINUTE)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 4)
    told: list[Selection] = []
    pane.selection_changed.connect(told.append)

    pane.select_all()
    await until(lambda: told)

    assert told[-1].count == 3
    assert told[-1].key == 0
    assert told[-1].summary == "3 conversations selected"


async def test_deleting_for_good_asks_first(room, pane):
    key = room.deliver("Gone")
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 2)
    pane.view.show_key(key)

    pane.delete()
    asked = await question(pane)

    assert asked.windowTitle() == "Delete 1 mail permanently?"
    assert key in pane.model.keys
    asked.reject()


async def test_the_question_before_deleting_counts_mails_and_spares_what_arrives_meanwhile(room, pane):
    keys = conversation(room, 5)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 2)
    pane.view.show_key(keys[-1])

    pane.delete()
    asked = await question(pane)
    title = asked.windowTitle()
    late = room.deliver("Re: Renewal", age_ms=1, reply_to=room.last_message_id)
    asked.buttons[-1].click()
    pane.set_conversations(False)
    await until(lambda: list(pane.model.keys) == [late])

    assert title == "Delete 5 mails permanently?"


async def test_the_folder_is_marked_read_with_undo_and_never_while_hits_are_shown(room, pane):
    keys = [room.deliver(f"{n}", age_ms=n * MINUTE) for n in range(3)]
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.unread == 3)
    told = []
    pane.undo_stack.pushed.connect(told.append)

    rows = room.services.views.rows(keys, conversations=False)
    pane.loader.show_hits(ListQuery(int(Unified.ALL), conversations=False), rows, {}, more=False)
    pane.mark_list_read()
    pane.show_list(Unified.INBOX)
    pane.mark_list_read()
    await until(lambda: pane.shows_list)
    unread = pane.model.unread
    pane.mark_list_read()
    await until(lambda: pane.model.unread == 0)

    assert unread == 3
    assert [(entry.text, entry.quiet) for entry in told] == [("3 mails marked as read", False)]
    pane.undo_stack.undo()
    await until(lambda: pane.model.unread == 3)


async def test_a_verb_falls_on_the_list_that_is_shown_while_another_opens(room, pane):
    kept = room.deliver("First", folder="Trash")
    shown = room.deliver("Re: First", age_ms=1, reply_to=room.last_message_id)
    pane.show_list(Unified.INBOX)
    await until(lambda: list(pane.model.keys) == [shown])
    pane.view.show_key(shown)

    pane.show_list(Unified.TRASH)
    chosen = pane.selection()
    pane.do(Verb.ARCHIVE)
    await until(lambda: pane.model.query.list_id == Unified.TRASH)
    await until(lambda: not in_list(room, Unified.INBOX))

    assert (chosen.load.list_id, chosen.role) == (Unified.INBOX, Role.INBOX)
    assert in_list(room, Unified.TRASH) == [kept]


async def test_delete_asks_nothing_for_the_inbox_though_trash_was_clicked(room, pane):
    key = room.deliver("First")
    pane.show_list(Unified.INBOX)
    await until(lambda: list(pane.model.keys) == [key])
    pane.view.show_key(key)

    pane.show_list(Unified.TRASH)
    pane.trash()
    await until(lambda: in_list(room, Unified.TRASH) == [key])

    assert pane.window().findChildren(Dialog) == []


async def test_the_menu_acts_on_what_was_chosen_when_it_opened(room, pane):
    first, second = room.deliver("A"), room.deliver("B", age_ms=2 * MINUTE)
    pane.show_list(Unified.INBOX)
    await until(lambda: list(pane.model.keys) == [first, second])
    pane.view.show_key(first)
    pane.view.menu_wanted.emit(QPoint(10, 10))
    menu = menu_of(pane)

    pane.view.show_key(second)
    next(action for action in menu.actions() if action.text().startswith("Archive")).trigger()
    await until(lambda: list(pane.model.keys) == [second])

    assert in_list(room, Unified.ARCHIVE) == [first]
    menu.close()


async def test_the_menu_of_a_mail_offers_its_answers_and_that_of_a_draft_none(room, pane):
    mail = room.deliver("A")
    room.services.compose.save(Draft(sender=Address("", "jan@firm.example"), subject="B"))
    answers = []
    pane.answer_wanted.connect(lambda kind, key: answers.append((kind, key)))
    pane.show_list(Unified.INBOX)
    await until(lambda: list(pane.model.keys) == [mail])
    pane.view.show_key(mail)
    pane.view.menu_wanted.emit(QPoint(10, 10))
    menu = menu_of(pane)
    for words in ("Reply", "Reply to all", "Forward"):
        next(action for action in menu.actions() if action.text().partition("\t")[0] == words).trigger()
    menu.close()

    assert answers == [(Answer.REPLY, mail), (Answer.REPLY_ALL, mail), (Answer.FORWARD, mail)]

    pane.show_list(Unified.DRAFTS)
    await until(lambda: pane.model.query.list_id == Unified.DRAFTS and len(pane.model.keys) == 1)
    pane.view.show_key(pane.model.keys[0])
    pane.view.menu_wanted.emit(QPoint(10, 10))
    menu = menu_of(pane)
    offered = [action.text().partition("\t")[0] for action in menu.actions()]
    menu.close()

    assert offered[0] == "Edit"
    assert not {"Reply", "Forward"} & set(offered)


@pytest.mark.parametrize(
    ("folder", "has", "lacks"),
    [
        ("Trash", {"Move to the Inbox", "Delete permanently…"}, {"Move to Trash"}),
        ("Junk", {"Not junk", "Move to Trash"}, {"Mark as junk"}),
        ("Archive", {"Move to the Inbox", "Mark as junk"}, {"Archive"}),
    ],
)
async def test_server_folders_of_a_role_have_its_menu(room, pane, folder, has, lacks):
    key = room.deliver("A", folder=folder)
    pane.role_of_folder = {room.keys[folder]: Role(folder.casefold())}.__getitem__
    pane.show_list(room.keys[folder], folder)
    await until(lambda: list(pane.model.keys) == [key])
    pane.view.show_key(key)

    pane.view.menu_wanted.emit(QPoint(10, 10))
    menu = menu_of(pane)
    offered = {action.text().partition("\t")[0] for action in menu.actions()}

    assert has <= offered
    assert not lacks & offered
    menu.close()


async def test_conversations_and_single_mails_are_archived_and_brought_back_together(room, pane):
    keys = conversation(room, 3)
    other = room.deliver("Other", age_ms=90 * MINUTE)
    pane.show_list(Unified.INBOX)
    await until(lambda: list(pane.model.keys) == [keys[-1], other])
    pane.view.unfold_wanted.emit(keys[-1])
    await until(lambda: pane.model.is_unfolded(keys[-1]))
    pane.select_all()
    load = pane.view.selected_load()
    told = []
    pane.undo_stack.pushed.connect(told.append)

    pane.do(Verb.ARCHIVE)
    await until(lambda: not in_list(room, Unified.INBOX))
    await until(lambda: told)
    pane.undo_stack.undo()
    await until(lambda: len(in_list(room, Unified.INBOX)) == 4)

    assert (load.conversations, set(load.mails)) == ((other,), set(keys))
    assert [entry.text for entry in told] == ["4 mails archived"]


async def test_the_order_of_a_list_is_remembered(room, pane):
    room.deliver()
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() == 2)
    pane.sort(SortBy.SIZE, False)

    pane.show_list(Unified.ALL)
    await until(lambda: pane.model.query.list_id == Unified.ALL)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.query.list_id == Unified.INBOX)

    assert (pane.model.query.sort_by, pane.model.query.descending) == (SortBy.SIZE, False)


async def test_the_next_unread_mail_is_found_where_no_row_was_read(room, pane):
    far = room.deliver("Far", age_ms=400 * MINUTE)
    first = room.deliver("First")
    for n in range(300):
        room.deliver(f"{n}", age_ms=(n + 2) * MINUTE, flags=Flag.SEEN)
    pane.show_list(Unified.INBOX)
    await until(lambda: len(pane.model.keys) == 302)
    pane.view.show_key(first)

    pane.next_unread()
    await until(lambda: pane.view.current_key == far)
    pane.previous_unread()
    await until(lambda: pane.view.current_key == first)


@pytest.mark.parametrize("width", [280, 312, 376, 479, 480, 560, 700, 1000])
async def test_sender_subject_and_date_are_readable_in_a_table_of_any_width(room, pane, width):
    for number in range(30):
        room.deliver(f"Mail {number}", age_ms=number * MINUTE, attachment=True)
    pane.set_density(Density.TABLE)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() > 20)
    pane.window().resize(width, 500)
    pane.resize(width, 500)
    pane.columns.resize(width, 28)

    painter, least = pane.view.painter_delegate, 180
    if painter.is_stacked:
        places = row_places(Density.TABLE, pane.view.viewport().width())
        assert painter.row_height == pane.view.visualRect(pane.model.index(2)).height() == places.card.height()
        assert min(places.first.width(), places.second.width()) > least
        assert places.first.bottom() < places.second.top()
    else:
        cells = {cell.column: cell.width for cell in pane.columns.cells()}
        assert cells[Column.SENDER] >= 130
        assert cells[Column.SUBJECT] > 150
        assert cells[Column.DATE] >= 92


async def test_the_head_of_a_table_without_columns_says_what_it_is_sorted_by(room, pane):
    for number in range(60):
        room.deliver(f"Mail {number}", age_ms=number * MINUTE)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() > 50)
    pane.view.verticalScrollBar().setValue(130)

    pane.set_density(Density.TABLE)
    await until(lambda: pane.columns.isVisible() and pane.columns.width() == 376)

    assert pane.view.painter_delegate.is_stacked
    top = pane.view.indexAt(QPoint(100, 1))
    assert pane.view.visualRect(top).top() == 0
    assert [cell.column for cell in pane.columns.cells()] == [Column.DATE]
    for sort_by, column in ((SortBy.SIZE, Column.SIZE), (SortBy.SUBJECT, Column.SUBJECT)):
        pane.sort(sort_by, True)
        (cell,) = pane.columns.cells()
        assert cell.column is column
        assert cell.left + cell.width == pane.view.viewport().width()
    assert "Expand all days" not in menu_texts(pane)
    pane.sort(SortBy.DATE, True)
    assert "Expand all days" in menu_texts(pane)

    pane.window().resize(900, 500)
    pane.resize(900, 500)
    await until(lambda: len(pane.columns.cells()) == len(Column))
    widths = {cell.column: cell.width for cell in pane.columns.cells()}
    assert widths[Column.SUBJECT] > 300
    assert (widths[Column.SENDER], widths[Column.DATE], widths[Column.SIZE]) == (180, 128, 76)


def menu_texts(pane: ListPane) -> list[str]:
    menu = pane.header.menu()
    texts = [action.text().partition("\t")[0] for action in menu.actions()]
    menu.deleteLater()
    return texts


async def test_a_table_that_becomes_narrow_keeps_the_mail_in_sight_and_its_buttons(room, pane):
    keys = [room.deliver(f"Mail {n}", age_ms=n * MINUTE) for n in range(60)]
    pane.window().resize(900, 500)
    pane.resize(900, 500)
    pane.set_density(Density.TABLE)
    pane.show_list(Unified.INBOX)
    await until(lambda: pane.model.rowCount() > 50)
    pane.view.verticalScrollBar().setValue(800)
    top = pane.view.indexAt(QPoint(100, 5)).row() + 1
    before = pane.view.visualRect(pane.model.index(top)).top()

    pane.resize(340, 500)
    await until(lambda: pane.view.width() == 340)
    after = pane.view.visualRect(pane.model.index(top))
    pane.view._hover_at(after.center())
    actions = row_places(Density.TABLE, pane.view.viewport().width()).actions

    assert after.top() == before
    assert pane.view._places.action_at(top, actions.center() + after.topLeft()) is not None
    assert keys


@pytest.mark.parametrize(("sort_by", "descending"), [(SortBy.DATE, False), (SortBy.SENDER, False)])
async def test_the_next_unread_mail_is_found_in_any_order(room, pane, sort_by, descending):
    for n in range(120):
        room.deliver(f"{n}", name=f"Person {n:03}", age_ms=(n + 2) * MINUTE, flags=Flag.SEEN)
    unread = [room.deliver(f"U {n}", name=f"Person 0{n}b", age_ms=n * MINUTE + 1) for n in (30, 60)]
    pane.show_list(Unified.INBOX)
    await until(lambda: len(pane.model.keys) == 122)
    pane.sort(sort_by, descending)
    await until(lambda: pane.model.query.sort_by is sort_by and pane.model.query.descending is descending)
    pane.view.show_key(pane.model.keys[0])
    stand = sorted(unread, key=list(pane.model.keys).index)

    met = []
    for _ in stand:
        before = pane.view.current_key
        pane.loader.seek_unread(1)
        await until(lambda before=before: pane.view.current_key != before)
        met.append(pane.view.current_key)

    assert met == stand


async def test_the_next_unread_mail_is_not_one_of_a_collapsed_day(room, pane):
    first = room.deliver("First", flags=Flag.SEEN)
    room.deliver("Hidden", age_ms=DAY)
    wanted = room.deliver("Wanted", age_ms=2 * DAY)
    pane.show_list(Unified.INBOX)
    await until(lambda: len(pane.model.keys) == 3)
    pane.view.show_key(first)
    pane.model.set_collapsed(["yesterday"])

    pane.loader.seek_unread(1)

    await until(lambda: pane.view.current_key == wanted)


async def test_what_was_taken_back_is_done_again(room, pane):
    first, second = room.deliver("A"), room.deliver("B", age_ms=2 * MINUTE)
    pane.show_list(Unified.INBOX)
    await until(lambda: list(pane.model.keys) == [first, second])
    pane.view.show_key(first)
    told = []
    pane.undo_stack.pushed.connect(told.append)

    pane.do(Verb.ARCHIVE)
    await until(lambda: len(told) == 1)
    pane.undo_stack.undo()
    await until(lambda: set(in_list(room, Unified.INBOX)) == {first, second})
    pane.undo_stack.redo()
    await until(lambda: len(told) == 2)

    assert in_list(room, Unified.ARCHIVE) == [first]
    assert told[1].text == "1 mail archived"
    pane.undo_stack.undo()
    await until(lambda: set(in_list(room, Unified.INBOX)) == {first, second})


async def test_a_conversation_is_selected_and_marked_read_where_each_mail_has_a_row(room, pane):
    keys = conversation(room, 3)
    other = room.deliver("Other", age_ms=MINUTE + 5)
    pane.set_conversations(False)
    pane.show_list(Unified.INBOX)
    await until(lambda: len(pane.model.keys) == 4)
    pane.view.show_key(keys[0])
    told = []
    pane.undo_stack.pushed.connect(told.append)

    pane.mark_conversations_read()
    await until(lambda: pane.model.unread == 1)
    pane.select_conversation()
    await until(lambda: pane.view.selected_count() == 3)

    assert set(pane.view.selected_keys()) == set(keys)
    assert [(entry.text, entry.quiet) for entry in told] == [("3 mails marked as read", False)]
    assert other in pane.model.keys


async def test_the_next_unread_conversation_passes_over_the_one_that_is_read(room, pane):
    keys = conversation(room, 4)
    other = room.deliver("Other", age_ms=60 * MINUTE)
    pane.set_conversations(False)
    pane.show_list(Unified.INBOX)
    await until(lambda: len(pane.model.keys) == 5)
    pane.view.show_key(keys[-1])

    pane.next_unread_conversation()

    await until(lambda: pane.view.current_key == other)
