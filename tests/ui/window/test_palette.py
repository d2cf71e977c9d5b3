"""The palette finds what can be done, where mail lies, and mail itself, by a few letters and the keyboard alone."""

from __future__ import annotations

import threading

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest

from desktop.base.errors import Problem
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.search_result import Cancelled, SearchResult
from desktop.ui.actions import Do
from desktop.ui.widgets.choice_list import Choice
from desktop.ui.window.palette_entries import Entry
from tests.ui.window.conftest import Desk


def lines(desk: Desk) -> list[str]:
    return [choice.text for choice in desk.window.palette_.lines.choices if not choice.heading]


async def opened(desk: Desk) -> None:
    desk.window.restore()
    desk.window.show()
    desk.window.activateWindow()
    await desk.until(lambda: desk.window.isActiveWindow() and bool(desk.window.room.browser.model.tops))
    await desk.until(lambda: len(desk.window.room.list.model.keys) > 0)
    desk.window.actions_[Do.PALETTE].trigger()
    await desk.until(lambda: desk.window.palette_.is_open)


async def test_everything_that_can_be_done_is_told_with_its_keys(desk: Desk) -> None:
    await opened(desk)

    notes = {choice.text: choice.keys for choice in desk.window.palette_.lines.choices}
    assert notes["New message"] == ("Ctrl+N",)
    assert notes["Preferences"] == ("Ctrl+,",)
    assert "Undo" not in notes, "there is nothing to undo"
    assert "Archive" in notes


async def test_a_folder_is_opened_by_a_few_letters(desk: Desk) -> None:
    await opened(desk)
    field = desk.window.palette_.field
    QTest.keyClicks(field, "sent")
    assert "Sent" in lines(desk)
    while desk.window.palette_.lines.current is None or desk.window.palette_.lines.current.text != "Sent":
        QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Return)

    await desk.until(lambda: desk.window.room.list.model.query.list_id == Unified.SENT)
    assert not desk.window.palette_.is_open


async def test_an_action_is_done_and_the_keyboard_returns(desk: Desk) -> None:
    await opened(desk)
    field = desk.window.palette_.field
    QTest.keyClicks(field, "preferences")
    QTest.keyClick(field, Qt.Key.Key_Return)
    await desk.until(lambda: "preferences" in desk.window._dialogs)
    desk.window._dialogs["preferences"].close()

    desk.window.activateWindow()
    desk.window.room.list.view.setFocus()
    desk.window.actions_[Do.PALETTE].trigger()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    await desk.until(lambda: desk.window.focusWidget() is desk.window.room.list.view)


async def test_words_that_name_nothing_are_searched_for(desk: Desk) -> None:
    await opened(desk)
    QTest.keyClicks(desk.window.palette_.field, "zebra crossing")
    assert lines(desk) == ["Search mail for “zebra crossing”"]
    QTest.keyClick(desk.window.palette_.field, Qt.Key.Key_Return)

    await desk.until(lambda: desk.window.room.search.text == "zebra crossing")


def mails(desk: Desk) -> list[Choice]:
    found = desk.window.palette_.lines.choices
    return [choice for choice in found if choice.icon in ("mail", "mail-open") and choice.note]


async def test_mails_are_found_with_their_senders_and_one_is_opened(desk: Desk) -> None:
    await opened(desk)
    palette = desk.window.palette_
    QTest.keyClicks(palette.field, "renewal")
    await desk.until(lambda: len(mails(desk)) > 0)
    wanted = mails(desk)[0]
    assert "renewal" in wanted.text.casefold()
    assert wanted.note.partition(",")[0]

    while palette.lines.current is None or palette.lines.current.value is not wanted.value:
        QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)

    assert not palette.is_open
    await desk.until(lambda: desk.window.room.reader.opened is not None)
    await desk.until(lambda: wanted.text == desk.window.room.reader.opened.head.subject)
    await desk.until(lambda: desk.window.room.list.model.query.list_id == Unified.ALL)
    assert desk.failures == []


async def test_mails_that_come_move_no_line_and_not_the_cursor(desk: Desk) -> None:
    await opened(desk)
    palette = desk.window.palette_
    QTest.keyClicks(palette.field, "re")
    before = lines(desk)
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    chosen = palette.lines.current
    assert chosen is not None
    await desk.until(lambda: len(mails(desk)) > 0)

    assert lines(desk)[: len(before)] == before
    assert palette.lines.current is not None
    assert palette.lines.current.text == chosen.text


async def test_an_older_search_is_interrupted_and_never_shown(desk: Desk) -> None:
    asked: list[tuple[str, threading.Event]] = []
    search = desk.core.services.search.search

    def slow(text: str, *, limit: int, cancel: threading.Event) -> SearchResult:
        asked.append((text, cancel))
        if text == "renewal":
            cancel.wait(10)
            raise Cancelled
        return search(text, limit=limit, cancel=cancel)

    desk.core.services.search.search = slow  # type: ignore[method-assign, assignment]
    await opened(desk)
    palette = desk.window.palette_
    palette.field.setText("renewal")
    await desk.until(lambda: bool(asked))
    palette.field.setText("contract")
    await desk.until(lambda: len(mails(desk)) > 0)

    assert asked[0][1].is_set()
    assert [text for text, _cancel in asked] == ["renewal", "contract"]
    assert all(
        "renewal" not in choice.text.casefold() or "contract" in choice.text.casefold() for choice in mails(desk)
    )
    assert desk.failures == []


async def test_what_cannot_be_read_is_told_and_the_palette_stays(desk: Desk) -> None:
    def broken(_text: str, *, limit: int, cancel: threading.Event) -> SearchResult:
        raise Problem("The database cannot be read.")

    desk.core.services.search.search = broken  # type: ignore[method-assign, assignment]
    await opened(desk)
    desk.window.palette_.field.setText("renewal")
    await desk.until(lambda: bool(desk.failures))

    assert desk.window.palette_.is_open
    assert mails(desk) == []


async def test_a_prefix_leaves_one_kind(desk: Desk) -> None:
    await opened(desk)
    palette = desk.window.palette_
    palette.field.setText(">pref")
    assert lines(desk)[0] == "Preferences"
    assert all(not choice.note for choice in palette.lines.choices)
    palette.field.setText("#")
    assert "Inbox" in lines(desk)
    assert "Preferences" not in lines(desk)
    palette.field.setText("#no such folder")
    assert lines(desk) == []
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.is_open


async def test_a_folder_is_gone_to_by_its_own_action(desk: Desk) -> None:
    await opened(desk)
    QTest.keyClick(desk.window.palette_.field, Qt.Key.Key_Escape)
    desk.window.actions_[Do.GO_TO_FOLDER].trigger()
    QTest.keyClicks(desk.window.palette_.field, "draf")
    QTest.keyClick(desk.window.palette_.field, Qt.Key.Key_Return)

    await desk.until(lambda: desk.window.room.list.model.query.list_id == Unified.DRAFTS)


async def test_it_follows_the_window_and_a_click_beside_it_leaves(desk: Desk) -> None:
    await opened(desk)
    window, palette = desk.window, desk.window.palette_
    window.resize(700, 520)
    await desk.until(lambda: palette.frame.geometry().right() <= 700 and palette.frame.geometry().bottom() <= 520)
    QTest.mouseClick(palette._veil, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))

    assert not palette.is_open
    assert not palette._veil.isVisible()


async def test_words_and_keys_are_told_to_a_screen_reader(desk: Desk) -> None:
    await opened(desk)
    palette = desk.window.palette_
    model = palette.lines.model()
    spoken = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]
    assert "New message, Ctrl+N" in spoken
    assert palette.field.accessibleName()
    assert palette._foot.accessibleName()


async def test_its_large_letters_are_its_own(desk: Desk) -> None:
    assert desk.window.palette_.field.font().weight() == QFont.Weight.Normal
    assert desk.window._theme.font("section").weight() == QFont.Weight.DemiBold


async def test_of_folders_of_one_name_the_chosen_one_stays_chosen_when_mails_come(desk: Desk) -> None:
    await opened(desk)
    palette = desk.window.palette_
    of_anna, of_bo = (Entry("Plans", "folder", account, list) for account in ("Anna", "Bo"))
    palette.open((), (of_anna, of_bo), "", "plans")
    for wanted in (of_anna, of_bo):
        palette.lines.choose(lambda value, wanted=wanted: value is wanted)
        palette._mails.found.emit()
        assert palette.lines.current is not None
        assert palette.lines.current.value is wanted
