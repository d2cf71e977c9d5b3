"""Snoozing in the window: keys, the popup, the lists, the row that is back, undo, and what the reader offers."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QDateTime, QPoint, Qt
from PySide6.QtTest import QTest

from desktop.base import clock
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.reminding import Reminder, Standing
from desktop.domain.settings import CONVERSATIONS
from desktop.ui.actions import Do
from desktop.ui.mail.days import Span
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.notice import Remedy
from tests.ui.window.conftest import Desk

DAY_MS = 86_400_000


def _keys(desk: Desk, list_id: int = Unified.INBOX, *, conversations: bool = False) -> list[int]:
    return list(desk.core.services.views.open_list(ListQuery(list_id, conversations=conversations)).keys)


def _reminder(desk: Desk, key: int) -> Reminder | None:
    return desk.core.services.views.head(key).reminder


def _names(desk: Desk) -> list[str]:
    return [node.name for node in desk.window.room.browser.model.tops]


async def _shown(desk: Desk) -> None:
    desk.window.restore()
    desk.window.resize(1440, 900)
    desk.window.show()
    desk.window.activateWindow()
    await desk.until(lambda: len(desk.window.room.list.model.keys) > 0)
    desk.window.room.list.view.setFocus()


async def _choose(desk: Desk, key: int) -> None:
    pane = desk.window.room.list
    pane.view.show_key(key)
    await desk.until(lambda: pane.selection().key == key)


def _come_back(desk: Desk, at_ms: int) -> None:
    with clock.frozen(at_ms):
        desk.core.services.reminders.bring_back()


@pytest.fixture
def loop(qloop: asyncio.AbstractEventLoop) -> asyncio.AbstractEventLoop:
    return qloop


def test_h_asks_and_enter_snoozes_until_the_first_that_is_offered(desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
    async def snooze() -> None:
        await _shown(desk)
        model, popup = desk.window.room.list.model, desk.window.room.browser.reminders.snooze_popup
        key = model.keys[1]
        await _choose(desk, key)
        assert "Snoozed" not in _names(desk)

        QTest.keyClick(desk.window.room.list.view, Qt.Key.Key_H)
        assert popup.isVisible()
        first = popup.offers[0]
        await desk.until(first.hasFocus)
        QTest.keyClick(first, Qt.Key.Key_Down)
        assert popup.offers[1].hasFocus()
        QTest.keyClick(popup.offers[1], Qt.Key.Key_Return)

        await desk.until(lambda: key not in model.keys)
        assert not popup.isVisible()
        reminder = _reminder(desk, key)
        assert reminder is not None
        assert not reminder.even_if_answered
        assert reminder.due_at_ms > clock.now()
        await desk.until(lambda: "Snoozed" in _names(desk))
        desk.window.actions_[Do.UNDO].trigger()
        await desk.until(lambda: key in model.keys)
        assert _reminder(desk, key) is None
        await desk.until(lambda: "Snoozed" not in _names(desk))
        desk.window.actions_[Do.REDO].trigger()
        await desk.until(lambda: key not in model.keys)

    loop.run_until_complete(snooze())
    assert desk.failures == []


def test_escape_snoozes_nothing_and_gives_the_keyboard_back(desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
    async def leave() -> None:
        await _shown(desk)
        popup, view = desk.window.room.browser.reminders.snooze_popup, desk.window.room.list.view
        await _choose(desk, desk.window.room.list.model.keys[0])
        desk.window.actions_[Do.SNOOZE].trigger()
        await desk.until(popup.offers[0].hasFocus)

        QTest.keyClick(popup.offers[0], Qt.Key.Key_Escape)

        assert not popup.isVisible()
        assert view.hasFocus()
        assert desk.core.services.reminders.next_at() is None

    loop.run_until_complete(leave())


def test_a_moment_of_ones_own_that_is_past_is_refused_and_answers_may_be_ignored(
    desk: Desk, loop: asyncio.AbstractEventLoop
) -> None:
    async def pick() -> None:
        await _shown(desk)
        popup, model = desk.window.room.browser.reminders.snooze_popup, desk.window.room.list.model
        key = model.keys[0]
        await _choose(desk, key)
        desk.window.actions_[Do.SNOOZE].trigger()
        popup.when.setDateTime(QDateTime.currentDateTime().addSecs(-3600))
        popup.apply.click()
        assert popup.isVisible()
        at = QDateTime.currentDateTime().addDays(40)
        popup.when.setDateTime(at)
        popup.stays.setChecked(True)
        popup.apply.click()
        await desk.until(lambda: key not in model.keys)
        reminder = _reminder(desk, key)
        assert reminder is not None
        assert reminder.even_if_answered
        assert abs(reminder.due_at_ms - at.toMSecsSinceEpoch()) < 60_000

    loop.run_until_complete(pick())
    assert desk.failures == []


@pytest.mark.parametrize("conversations", [True, False], ids=["conversations", "flat"])
def test_what_is_due_stands_first_with_a_notice_and_leaves_its_place_when_done_with(
    desk: Desk, loop: asyncio.AbstractEventLoop, conversations: bool
) -> None:
    async def back() -> None:
        await _shown(desk)
        room = desk.window.room
        room.list.group(conversations)
        await desk.until(lambda: room.list.model.query.conversations is conversations)
        model = room.list.model
        oldest, before = model.keys[-1], list(model.keys)
        desk.core.services.reminders.snooze([], clock.now() + DAY_MS, conversations=[oldest], list_id=Unified.INBOX)
        await desk.until(lambda: oldest not in model.keys)

        _come_back(desk, clock.now() + DAY_MS)
        await desk.until(lambda: len(model.keys) > 0 and model.keys[0] == oldest)

        place = model.lines.place(0)
        assert place.kind is LineKind.HEAD
        assert model.lines.groups[0].span is Span.BACK
        assert model.line_of(oldest) == 1
        assert [model.position_of(key) for key in model.keys] == list(range(len(model.keys)))
        await desk.until(lambda: (row := model.row(oldest)) is not None and row.reminder is not None and row.unread)
        assert "Snoozed, back since" in model.spoken(1)

        await _choose(desk, oldest)
        desk.window.actions_[Do.END_REMINDER].trigger()
        await desk.until(lambda: list(model.keys) == before)
        assert all(group.span is not Span.BACK for group in model.lines.groups)

    loop.run_until_complete(back())
    assert desk.failures == []


def test_new_mail_comes_below_what_is_back(desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
    async def more() -> None:
        await _shown(desk)
        model = desk.window.room.list.model
        one, other = model.keys[-1], model.keys[2]
        for key in (one, other):
            desk.core.services.reminders.snooze([], clock.now() + DAY_MS, conversations=[key], list_id=Unified.INBOX)
        await desk.until(lambda: one not in model.keys and other not in model.keys)
        desk.core.services.reminders.end([], conversations=[other], list_id=Unified.SNOOZED)
        _come_back(desk, clock.now() + DAY_MS)

        await desk.until(lambda: model.keys[0] == one and other in model.keys)

        assert [model.position_of(key) for key in model.keys] == list(range(len(model.keys)))
        assert list(model.keys) == _keys(desk, conversations=True)

    loop.run_until_complete(more())


def test_the_reader_says_until_when_and_brings_it_back(desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
    async def read() -> None:
        desk.core.services.settings.set(CONVERSATIONS, False)
        await _shown(desk)
        room = desk.window.room
        await desk.until(lambda: bool(room.list.model.keys) and not room.list.model.query.conversations)
        key = room.list.model.keys[0]
        desk.core.services.reminders.snooze([key], clock.now() + 2 * DAY_MS)
        await desk.until(lambda: room.browser.has_list(Unified.SNOOZED))
        room.browser.show_list(Unified.SNOOZED)
        await desk.until(lambda: list(room.list.model.keys) == [key])
        await _choose(desk, key)
        await desk.until(lambda: room.reader.opened is not None and room.reader.opened.letter.key == key)
        [notice] = [each for each in room.reader.page.notices.shown if each.icon == "alarm-clock"]
        assert notice.text.startswith("Snoozed until")
        assert [remedy for _words, remedy in notice.offers] == [Remedy.PUT_OFF, Remedy.END_REMINDER]

        room.reader._act_on_notice(Remedy.END_REMINDER)

        await desk.until(lambda: key in _keys(desk))
        await desk.until(lambda: not room.browser.has_list(Unified.SNOOZED))

    loop.run_until_complete(read())
    assert desk.failures == []


def test_a_sent_mail_without_an_answer_is_at_the_top_and_written_again(
    desk: Desk, loop: asyncio.AbstractEventLoop
) -> None:
    async def follow_up() -> None:
        desk.core.services.settings.set(CONVERSATIONS, False)
        await _shown(desk)
        room = desk.window.room
        await desk.until(lambda: not room.list.model.query.conversations)
        room.browser.show_list(Unified.SENT)
        await desk.until(lambda: room.list.model.query.list_id == Unified.SENT and len(room.list.model.keys) > 0)
        key = room.list.model.keys[0]
        await _choose(desk, key)
        popup = room.browser.reminders.follow_up_popup
        QTest.keyClick(room.list.view, Qt.Key.Key_H)
        assert popup.isVisible(), "of one's own mail one waits for the answer"
        popup.offers[2].click()
        await desk.until(lambda: (found := _reminder(desk, key)) is not None and found.standing is Standing.AWAITED)
        await desk.until(lambda: "Waiting for an answer" in _names(desk))

        _come_back(desk, clock.now() + 3 * DAY_MS)
        room.browser.show_list(Unified.INBOX)
        await desk.until(lambda: room.list.model.query.list_id == Unified.INBOX)
        await desk.until(lambda: room.list.model.keys[:1].tolist() == [key])
        await _choose(desk, key)
        await desk.until(lambda: room.reader.opened is not None and room.reader.opened.letter.key == key)
        await desk.until(lambda: any(each.text.startswith("No answer") for each in room.reader.page.notices.shown))
        assert room.list.selection().key == key
        wanted: list[object] = []
        room.answer_wanted.connect(lambda _kind, of: wanted.append(of))
        room.reader._act_on_notice(Remedy.WRITE_ON)
        assert wanted == [key]
        room.reader._act_on_notice(Remedy.END_REMINDER)
        await desk.until(lambda: key not in room.list.model.keys)

    loop.run_until_complete(follow_up())
    assert desk.failures == []


@pytest.mark.parametrize("own", [False, True])
def test_pressed_in_the_reader_it_opens_below_its_button_and_by_key_over_the_list(
    desk: Desk, loop: asyncio.AbstractEventLoop, own: bool
) -> None:
    async def scenario() -> None:
        await _shown(desk)
        room = desk.window.room
        if own:
            room.browser.show_list(Unified.SENT)
            await desk.until(lambda: room.list.model.query.list_id == Unified.SENT)
        await _choose(desk, room.list.model.keys[0])
        await desk.until(lambda: room.reader.opened is not None)
        button = room.reader.tools.snooze
        reminders = room.browser.reminders
        popup = reminders.follow_up_popup if own else reminders.snooze_popup

        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await desk.until(popup.isVisible)
        below = button.mapTo(desk.window, QPoint(0, button.height()))
        card = popup.mapTo(desk.window, QPoint(0, 0))
        assert abs(card.x() - below.x()) <= 24
        assert abs(card.y() - below.y()) <= 24

        popup.dismiss()
        desk.window.actions_[Do.SNOOZE].trigger()
        await desk.until(popup.isVisible)
        assert popup.mapTo(desk.window, QPoint(0, 0)).x() < room.reader.mapTo(desk.window, QPoint(0, 0)).x()

    loop.run_until_complete(scenario())
