"""The Outbox in the window: what its lines say and offer, by menu and by keys, and the time in which one may undo."""

from __future__ import annotations

import uuid

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.domain import settings
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.mail.outbox import Stage
from desktop.domain.settings import Density
from desktop.services.mail import leaving
from desktop.store.mail.accounts import AccountWriter
from desktop.store.mail.outbox import OutboxRows, OutboxWriter
from desktop.ui import dates
from desktop.ui.actions import Do
from desktop.ui.compose.send_later import SendLaterPopup
from desktop.ui.mail import row_geometry
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.list_line import Line
from desktop.ui.mail.notice import Remedy
from desktop.ui.mail.row_geometry import Action, Column
from desktop.ui.widgets.menu import Menu
from desktop.ui.window.main_window import MainWindow
from tests.ui.window.conftest import Desk

HOUR_MS = 3_600_000
DRAFT = Draft(
    sender=Address("Jan", "jan@firm.example"), to=(Address("Bo", "bo@example.org"),), subject="Plan", html="<p>Hi</p>"
)


@pytest.fixture
def writer(empty_desk: Desk) -> Desk:
    nobody = Endpoint("127.0.0.1", 1, Security.PLAIN, "jan")
    account = MailAccount(uuid.uuid4(), "jan@firm.example", "Jan", imap=nobody, smtp=nobody)
    with empty_desk.core.database.write() as work:
        AccountWriter(work).add(account)
    return empty_desk


def waits(desk: Desk, subject: str = "Plan", hours: int = 5) -> int:
    """Put a mail into the outbox that is to leave later; returns its key there."""
    services = desk.core.services
    draft = Draft(DRAFT.sender, to=DRAFT.to, subject=subject, html=DRAFT.html)
    return services.outbox.send(services.compose.save(draft), clock.now() + hours * HOUR_MS)


async def open_outbox(desk: Desk, *subjects: str) -> MainWindow:
    window = desk.window
    window.restore()
    window.resize(1300, 800)
    window.show()
    window.activateWindow()
    await desk.until(lambda: window.room.list.shows_list)
    window.room.browser.show_list(Unified.OUTBOX)
    await desk.until(lambda: subjects_of(window) == list(subjects))
    window.room.list.view.setFocus()
    window.room.list.view.next()
    await desk.until(lambda: window.room.list.selection().row is not None)
    return window


def subjects_of(window: MainWindow) -> list[str]:
    model = window.room.list.model
    rows = [model.row(key) for key in model.keys] if model.query.list_id == Unified.OUTBOX else []
    return [row.subject for row in rows if row is not None]


def menu_of(window: MainWindow) -> dict[str, Menu]:
    window.room.list.view.menu_wanted.emit(QPoint(10, 10))
    menu = window.room.list.findChildren(Menu)[-1]
    return {action.text().partition("\t")[0]: action for action in menu.actions() if action.text()}  # type: ignore[misc]


async def test_lines_stand_in_the_order_they_go_and_say_when(writer: Desk) -> None:
    for subject, hours in (("second", 30), ("third", 50), ("first", 5)):
        waits(writer, subject, hours)
    window = await open_outbox(writer, "first", "second", "third")

    spoken = [window.room.list.model.spoken(number) for number in range(3)]
    assert all("Will be sent" in each for each in spoken)
    services = writer.core.services
    [first, *_others] = services.outbox.all()
    services.outbox.put_off(first.key, clock.now() + 90 * HOUR_MS)
    await writer.until(lambda: subjects_of(window) == ["second", "third", "first"])


async def test_the_menu_has_what_can_be_done_and_nothing_else(writer: Desk) -> None:
    waits(writer)
    window = await open_outbox(writer, "Plan")

    assert set(menu_of(window)) == {"Open", "Send now", "Change time…", "Edit", "Cancel sending", "Delete"}
    menu_of(window)["Cancel sending"].trigger()
    await writer.until(lambda: writer.core.services.outbox.all() == ())
    await writer.until(lambda: window._toast.text == "The message is a draft again and will not be sent")
    assert writer.core.services.views.counts([Unified.DRAFTS])[Unified.DRAFTS].total == 1


async def test_keys_work_on_the_mail_that_is_chosen(writer: Desk) -> None:
    key = waits(writer)
    window = await open_outbox(writer, "Plan")
    for name in (Do.SEND_NOW, Do.CHANGE_TIME, Do.EDIT_OUTGOING, Do.CANCEL_SENDING):
        await writer.until(lambda name=name: window.actions_[name].isEnabled())  # type: ignore[misc]
    services = writer.core.services
    before = services.outbox.get(key)
    assert before is not None

    window.actions_[Do.CHANGE_TIME].trigger()
    await writer.until(lambda: window.findChild(SendLaterPopup) is not None)
    popup = window.writing._time_popup
    await writer.until(popup.isVisible)
    assert popup.when.dateTime().toMSecsSinceEpoch() == before.due_at_ms, "it begins with the time the mail has"
    QTest.keyClick(popup.offers[-1], Qt.Key.Key_Space)
    await writer.until(lambda: services.outbox.get(key) != before)
    after = services.outbox.get(key)
    assert after is not None
    assert after.scheduled
    assert after.due_at_ms > clock.now()
    assert window.focusWidget() is window.room.list.view, "the next key is for the list again"

    window.actions_[Do.CHANGE_TIME].trigger()
    await writer.until(popup.isVisible)
    window.room.tree.setFocus()  # the card goes away without a word
    assert not popup.isVisible()
    window.actions_[Do.CHANGE_TIME].trigger()
    await writer.until(popup.isVisible)
    assert window.findChildren(SendLaterPopup) == [popup]
    QTest.keyClick(popup.offers[0], Qt.Key.Key_Escape)

    window.actions_[Do.SEND_NOW].trigger()
    await writer.until(lambda: services.outbox.all()[0].due_at_ms <= clock.now())


async def test_a_mail_deleted_from_the_outbox_comes_back_as_a_draft_by_undo(writer: Desk) -> None:
    waits(writer)
    window = await open_outbox(writer, "Plan")
    services = writer.core.services

    window.actions_[Do.TRASH].trigger()
    await writer.until(lambda: services.outbox.all() == ())
    await writer.until(lambda: window._toast.text == "Message deleted: it will not be sent")
    assert services.views.counts([Unified.DRAFTS])[Unified.DRAFTS].total == 0
    window.undo.undo()
    await writer.until(lambda: bool(window.writing.windows) and window.writing.windows[0].is_ready)
    assert window.writing.windows[0].draft().subject == "Plan"
    assert services.outbox.all() == ()


async def test_actions_of_the_outbox_rest_where_none_of_its_mails_is_chosen(desk: Desk) -> None:
    window = desk.window
    window.restore()
    window.show()
    await desk.until(lambda: len(window.room.list.model.keys) > 0)
    window.room.list.view.next()
    await desk.until(lambda: window.room.list.selection().row is not None)

    assert not any(
        window.actions_[name].isEnabled() for name in (Do.SEND_NOW, Do.CHANGE_TIME, Do.EDIT_OUTGOING, Do.CANCEL_SENDING)
    )


async def test_the_time_to_undo_is_counted_and_its_end_told(writer: Desk) -> None:
    services, window = writer.core.services, writer.window
    services.settings.set(settings.UNDO_SENDING_S, 30)
    window.show()
    window.activateWindow()
    key = services.outbox.send(services.compose.save(DRAFT))
    window.writing._sent(DRAFT, key, None, False, ())
    await writer.until(lambda: window._toast.text.startswith("Sending in "))
    assert window._toast._button.isVisible()
    window._toast._clock.setCurrentTime(window._toast._clock.duration() - 2500)
    assert window._toast.text == "Sending in 3 s"

    window.undo.undo()
    await writer.until(lambda: bool(window.writing.windows) and window.writing.windows[0].is_ready)
    assert not window._toast.text.startswith("Sending")
    assert services.outbox.all() == ()
    window.writing.windows[0]._let_go()

    key = services.outbox.send(services.compose.save(DRAFT))
    window.writing._sent(DRAFT, key, None, False, ())
    await writer.until(lambda: window._toast.text.startswith("Sending in "))
    window._toast._clock.setCurrentTime(window._toast._clock.duration())
    await writer.until(lambda: window._toast.text == "Message to bo@example.org is going out")
    assert not window._toast._button.isVisible()
    assert not window.actions_[Do.UNDO].isEnabled()


async def left(desk: Desk) -> tuple[MainWindow, int]:
    """Return a window that still shows a mail as waiting which has just left, and the key of that mail."""
    key = waits(desk)
    window = await open_outbox(desk, "Plan")
    row = window.room.list.selection().row
    assert row is not None
    window.room.browser.writing_wanted.disconnect()  # what is wanted of it is told below
    with desk.core.database.write() as work:
        OutboxWriter(work).set(key, stage=Stage.UNKNOWN, asks=1)
        mail = OutboxRows(work).get(key)
        assert mail is not None
        leaving.leave(work, mail)
    return window, row.key


async def test_a_mail_that_left_before_it_was_edited_stays_what_was_sent(writer: Desk) -> None:
    window, email_key = await left(writer)
    window.writing.act(Remedy.EDIT, email_key)
    await writer.until(lambda: bool(writer.failures))

    assert "left already" in window._toast.text
    assert window.writing.windows == ()


@pytest.mark.parametrize("remedy", [Remedy.CANCEL, Remedy.SEND_NOW, Remedy.DELETE, Remedy.CHANGE_TIME])
async def test_what_comes_too_late_for_a_mail_is_said(writer: Desk, remedy: Remedy) -> None:
    window, email_key = await left(writer)
    window.writing.act(remedy, email_key)
    await writer.until(lambda: "left already" in window._toast.text)


async def test_another_time_for_a_mail_that_left_while_it_was_chosen_is_refused(writer: Desk) -> None:
    window, email_key = await left(writer)
    window.writing._timed = email_key
    window.writing._time_popup.chosen.emit(clock.now() + HOUR_MS)
    await writer.until(lambda: "left already" in window._toast.text)


CLOSED = (Do.ARCHIVE, Do.ARCHIVE_NEXT, Do.MOVE, Do.MOVE_AGAIN, Do.SNOOZE, Do.JUNK, Do.NOT_JUNK, Do.DELETE)
"""What cannot be done with a mail that waits."""


async def test_what_a_waiting_mail_refuses_is_not_offered(writer: Desk) -> None:
    waits(writer)
    window = await open_outbox(writer, "Plan")
    able = window.actions_

    await writer.until(lambda: not any(able[name].isEnabled() for name in CLOSED))
    assert able[Do.TRASH].isEnabled(), "it will not be sent"
    assert able[Do.STAR].isEnabled()
    await writer.until(lambda: window.room.reader.opened is not None)
    assert window.room.reader.tools.more.isEnabled()

    able[Do.CANCEL_SENDING].trigger()
    await writer.until(lambda: writer.core.services.outbox.all() == ())
    window.room.browser.show_list(Unified.DRAFTS)
    await writer.until(lambda: window.room.list.model.query.list_id == Unified.DRAFTS)
    window.room.list.view.next()
    await writer.until(lambda: all(able[name].isEnabled() for name in CLOSED))


async def test_of_several_waiting_mails_nothing_is_offered_that_is_refused(writer: Desk) -> None:
    waits(writer)
    waits(writer, "Other", 9)
    window = await open_outbox(writer, "Plan", "Other")

    window.room.list.select_all()

    await writer.until(lambda: window.room.list.selection().count == 2)
    await writer.until(lambda: not any(window.actions_[name].isEnabled() for name in (*CLOSED, Do.TRASH)))
    refused = {"Archive", "Move to", "Snooze…", "Mark as junk", "Move to Trash", "Delete permanently…"}
    assert not refused & set(menu_of(window))


async def test_the_buttons_of_a_waiting_row_do_only_what_can_be_done(writer: Desk) -> None:
    waits(writer)
    window = await open_outbox(writer, "Plan")
    view = window.room.list.view
    line = view.currentIndex().row()
    places = row_geometry.row_places(view.painter_delegate.density, view.viewport().width())
    top = view.visualRect(view.currentIndex()).top()

    found = {
        action: view._places.action_at(line, place.center() + QPoint(0, top))
        for action, place in row_geometry.action_places(places.actions)
    }

    assert found == {action: None if action is Action.ARCHIVE else action for action in Action}


async def test_the_refusal_is_true_of_what_leaves_tomorrow(writer: Desk) -> None:
    waits(writer)
    [mail] = writer.core.services.outbox.all()

    with pytest.raises(Problem, match=r"is in the Outbox\. Cancel sending first\."):
        writer.core.services.actions.apply(Change(Verb.ARCHIVE), [mail.email_key])


@pytest.mark.parametrize("density", [Density.CARDS, Density.TABLE])
async def test_when_it_leaves_stands_in_the_outbox_alone_elsewhere_when_it_was_written(
    writer: Desk, density: Density
) -> None:
    waits(writer, hours=70)
    window = await open_outbox(writer, "Plan")
    room, view = window.room, window.room.list.view
    [key] = room.list.model.keys
    painter = view.painter_delegate

    def date() -> str:
        view.viewport().grab()
        row = room.list.model.row(key)
        assert row is not None
        if density is Density.TABLE:
            return painter._table._text(Column.DATE, row)
        return painter._wording.words(
            Line(LineKind.MAIL, key, row), row, row_geometry.row_places(density, view.width())
        ).date

    room.list.set_density(density)
    leaves = date()
    room.browser.show_list(Unified.ALL)
    await writer.until(lambda: room.list.model.query.list_id == Unified.ALL and key in room.list.model.keys)

    row = room.list.model.row(key)
    assert row is not None
    assert row.way is not None
    assert leaves == dates.near_date(row.way.due_at_ms, clock.now(), dates.zone())
    assert date() != leaves
    assert date()
    assert "Will be sent" in room.list.model.spoken(room.list.model.line_of(key) or 0)
