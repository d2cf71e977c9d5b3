"""A mail that did not go out, or of which nobody knows whether it did, is told wherever the person looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from desktop.domain import events
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.outbox import Outgoing, Stage
from desktop.domain.mail.reading import MessageHead
from desktop.domain.notice import Act, Heard
from desktop.store.mail.outbox import OutboxWriter
from desktop.ui.mail.notice import Remedy
from desktop.ui.mail.outbox_notices import foot
from desktop.ui.window.outbox_words import news_words, sum_words
from tests.ui.window.conftest import Desk
from tests.ui.window.telling import NotingDesktop, Panel, in_background

pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged", extend=True)


def outgoing(stage: Stage, *, asks: bool = False, key: int = 1, subject: str = "Offer") -> Outgoing:
    names = ("x@firm.example", "<1@firm.example>", 0, 0, 0, "", "", "", subject)
    return Outgoing(key, key, 1, stage, 0, False, asks, *names)


FAILED = outgoing(Stage.FAILED)
DOUBTFUL = outgoing(Stage.UNKNOWN, asks=True, key=2)
LATE = outgoing(Stage.HELD, asks=True, key=3)


@pytest.mark.parametrize(
    ("mails", "words", "news"),
    [
        ((), "", ""),
        ((DOUBTFUL,), "1 mail may not have been sent", "“Offer” may not have been sent"),
        ((FAILED,), "1 mail could not be sent", "“Offer” could not be sent"),
        ((LATE,), "1 mail was not sent in time", "“Offer” was not sent in time"),
        ((FAILED, DOUBTFUL, LATE), "3 mails may not have been sent", "3 mails may not have been sent"),
        ((outgoing(Stage.FAILED, subject=" \n"),), "1 mail could not be sent", "1 mail could not be sent"),
    ],
)
def test_what_is_said_of_mails_that_wait_for_a_word(mails: Sequence[Outgoing], words: str, news: str) -> None:
    assert (sum_words(mails), news_words(mails)) == (words, news)


@pytest.mark.parametrize("stage", list(Stage))
def test_only_what_waits_for_the_person_is_told(stage: Stage) -> None:
    assert outgoing(stage, asks=True).needs_the_person
    assert outgoing(stage).needs_the_person is (stage is Stage.FAILED)


def _head(desk: Desk, list_id: Unified) -> MessageHead:
    [key, *_rest] = desk.core.services.views.open_list(ListQuery(int(list_id), conversations=False)).keys
    return desk.core.services.reading.head(key)


@pytest.mark.parametrize(
    ("way", "offered"),
    [
        (outgoing(Stage.HELD), [Remedy.EDIT]),
        (replace(outgoing(Stage.HELD), scheduled=True), [Remedy.SEND_NOW, Remedy.CHANGE_TIME, Remedy.EDIT]),
        (FAILED, [Remedy.SEND_NOW, Remedy.EDIT]),
        (DOUBTFUL, [Remedy.SEND_AGAIN, Remedy.WAS_SENT]),
        (outgoing(Stage.SENDING), []),
        (outgoing(Stage.ACCEPTED), None),
    ],
)
def test_the_foot_offers_what_can_be_done_with_a_mail_on_its_way(
    desk: Desk, way: Outgoing, offered: list[Remedy] | None
) -> None:
    head = replace(_head(desk, Unified.INBOX), way=way)
    found = foot(head)

    assert (None if found is None else [remedy for _words, remedy in found]) == offered
    assert foot(_head(desk, Unified.INBOX)) is None


async def test_the_foot_of_a_draft_edits_and_deletes_it_and_offers_no_answer(desk: Desk) -> None:
    await _open(desk)
    [account, *_others] = desk.core.services.accounts.all()
    desk.core.services.compose.save(Draft(sender=Address("", account.address), subject="Chairs"))
    room, key = desk.window.room, _head(desk, Unified.DRAFTS).key
    wanted: list[tuple[Remedy, int]] = []
    room.writing_wanted.disconnect(desk.window.writing.act)
    room.writing_wanted.connect(lambda remedy, email_key: wanted.append((remedy, email_key)))
    answers = room.reader.page.answers
    assert answers is not None
    assert answers.reply.isVisibleTo(answers)

    room.open_mail(Unified.DRAFTS, key)
    await desk.until(lambda: room.reader.opened is not None and room.reader.opened.letter.key == key)
    edit, delete = answers.others
    assert not answers.reply.isVisibleTo(answers)
    assert (edit.text(), delete.text()) == ("Edit", "Delete")
    edit.click()
    assert wanted == [(Remedy.EDIT, key)]

    delete.click()
    await desk.until(lambda: key not in room.list.model.keys)
    assert desk.failures == []


async def _open(desk: Desk) -> list[int]:
    desk.window.restore()
    desk.window.show()
    desk.window.activateWindow()
    pane = desk.window.room.list
    await desk.until(lambda: pane.shows_list and len(pane.model.keys) > 0 and desk.window.isActiveWindow())
    return list(pane.model.keys)


def _lose(desk: Desk, email_key: int) -> int:
    """Let a mail be one of which nobody knows whether it left."""
    with desk.core.database.write() as work:
        writer = OutboxWriter(work)
        key = writer.add(email_key, desk.accounts[0], "sam@firm.example", ["anna@acme.example"], 1, scheduled=False)
        writer.set(key, stage=Stage.UNKNOWN, asks=1)
        work.emit(events.OutboxChanged(desk.accounts[0]))
    return key


async def test_a_mail_of_unknown_fate_is_told_in_pane_status_and_toast_and_leads_to_the_outbox(desk: Desk) -> None:
    keys = await _open(desk)
    window, model = desk.window, desk.window.room.browser.model
    unsent = window.status_bar._unsent
    node = model.node_of_list(Unified.OUTBOX)
    assert node is not None
    assert not unsent.isVisible()
    assert model.warning(node) == ""

    key = _lose(desk, keys[0])
    await desk.until(unsent.isVisible)

    assert unsent.accessibleName() == "1 mail may not have been sent"
    assert unsent.focusPolicy() is Qt.FocusPolicy.TabFocus
    assert model.warning(node) == "1 mail may not have been sent"
    assert "may not have been sent" in model.data(
        model.index_of_list(Unified.OUTBOX), Qt.ItemDataRole.AccessibleTextRole
    )
    await desk.until(lambda: window._toast.text.endswith("may not have been sent"))

    window._toast.dismiss()
    unsent.click()
    await desk.until(lambda: window.room.list.shows_list and window.room.list.model.query.list_id == Unified.OUTBOX)

    with desk.core.database.write() as work:
        OutboxWriter(work).remove(key)
        work.emit(events.OutboxChanged(desk.accounts[0]))
    await desk.until(lambda: not unsent.isVisible())
    assert model.warning(node) == ""
    assert desk.failures == []


async def test_what_was_told_is_not_told_again(desk: Desk) -> None:
    keys = await _open(desk)
    told: list[object] = []
    desk.window.outbox_watch.news.connect(told.append)
    _lose(desk, keys[0])
    await desk.until(lambda: len(told) == 1)

    _lose(desk, keys[1])
    await desk.until(lambda: len(told) == 2)

    assert [len(news) for news in told if isinstance(news, tuple)] == [1, 1]


async def test_behind_other_windows_it_is_said_on_the_desktop_and_a_click_leads_there(desk: Desk) -> None:
    desktop = NotingDesktop()
    keys = await _open(desk)
    behind = in_background(desk, desktop, Panel())
    try:
        desk.window.hide()
        _lose(desk, keys[0])
        await desk.until(lambda: any("may not have been sent" in title for title in desktop.titles))

        [notice] = desktop.calls
        desktop.heard(Heard(notice.tag, Act.OPEN))
        pane = desk.window.room.list
        await desk.until(lambda: pane.shows_list and pane.model.query.list_id == Unified.OUTBOX)
        assert desk.window.isVisible()
    finally:
        behind.close()
        desk.window.quit()
