"""A conversation that grows while one reads in it: what is open stays open, and the new mail waits beside it."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from desktop.domain.mail.listing import SortBy
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.settings import MARK_READ_AFTER_MS
from desktop.ui.mail.reader import Reader
from desktop.ui.window.mail_room import MailRoom
from tests.ui.window.conftest import Desk
from tests.ui.window.telling import deliver

MINUTE = 60_000
LONG = "A line of a long mail.\n" * 300


class Talk:
    """A conversation in the inbox that a window shows; its keys are in the order of the dates."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.keys: list[int] = []

    @property
    def room(self) -> MailRoom:
        return self.desk.window.room

    @property
    def reader(self) -> Reader:
        return self.room.reader

    @property
    def opened(self) -> int:
        opened = self.reader.opened
        return 0 if opened is None else opened.letter.key

    @property
    def newer(self) -> tuple[int, ...]:
        """The folded mails below the open one."""
        return self.reader.page.newer.keys()

    async def begin(self) -> None:
        """Show a conversation of three mails that were read."""
        self.desk.core.services.settings.set(MARK_READ_AFTER_MS, 0)
        for age in (90, 60, 30):
            self.arrive(age, Flag.SEEN)
        window = self.desk.window
        window.restore()
        window.resize(1440, 900)
        window.show()
        window.activateWindow()
        await self.desk.until(lambda: self.keys[-1] in self.room.list.model.keys)

    def arrive(self, age: int = 0, flags: Flag = Flag.NONE) -> int:
        """Let the next mail of the conversation arrive."""
        number = len(self.keys)
        headers = {"Message_ID": f"<talk-{number}@acme.example>"}
        if number:
            headers |= {"In_Reply_To": "<talk-0@acme.example>", "References": "<talk-0@acme.example>"}
        subject = "Re: The plan" if number else "The plan"
        [key] = deliver(self.desk, subject, flags=flags, age_ms=age * MINUTE, text=LONG, **headers)
        self.keys.append(key)
        return key

    async def read(self, number: int) -> None:
        """Open one mail of the conversation and scroll down in it."""
        self.room.list.view.show_key(self.keys[-1])
        await self.desk.until(lambda: self.opened == self.keys[-1])
        if self.keys[number] != self.opened:
            self.reader.page.older.chosen.emit(self.keys[number])
            await self.desk.until(lambda: self.opened == self.keys[number])
        bar = self.reader.page.body.text.verticalScrollBar()
        await self.desk.until(lambda: bar.maximum() > 400)
        bar.setValue(400)

    async def is_undisturbed(self, number: int, new: int) -> None:
        """See that the mail is open where it was, after the new one has come to the list and to the reader."""
        told: list[object] = []
        self.room.list.selection_changed.connect(told.append)
        await self.desk.until(lambda: new in self.room.list.model.keys and bool(told))
        assert self.room.list.selection().key == new
        await self.desk.until(lambda: new in self.newer)

        assert self.opened == self.keys[number]
        assert self.reader.page.body.text.verticalScrollBar().value() == 400
        head = next(head for head in self.reader._heads if head.key == new)
        assert head.unread
        assert self.desk.core.services.reading.head(new).unread
        assert self.desk.failures == []


@pytest.mark.parametrize("number", [0, 1, 2])
async def test_a_new_mail_of_the_conversation_leaves_the_open_one_open(desk: Desk, number: int) -> None:
    talk = Talk(desk)
    await talk.begin()
    await talk.read(number)

    new = talk.arrive()

    await talk.is_undisturbed(number, new)


async def test_a_new_mail_leaves_the_open_one_open_behind_another_window(desk: Desk, qtbot) -> None:
    talk = Talk(desk)
    await talk.begin()
    await talk.read(0)
    composer = QWidget()
    qtbot.addWidget(composer)
    composer.show()
    composer.activateWindow()

    new = talk.arrive()

    await talk.is_undisturbed(0, new)


@pytest.mark.parametrize(("sort_by", "descending"), [(SortBy.DATE, False), (SortBy.SUBJECT, True)])
async def test_a_new_mail_leaves_the_open_one_open_wherever_its_row_goes(
    desk: Desk, sort_by: SortBy, descending: bool
) -> None:
    talk = Talk(desk)
    deliver(desk, *(f"Other {number}" for number in range(80)), age_ms=500 * MINUTE)
    await talk.begin()
    talk.room.list.sort(sort_by, descending)
    wanted = talk.room.list.loader.wanted
    await desk.until(lambda: talk.room.list.model.query == wanted)
    await talk.read(0)

    new = talk.arrive()

    await talk.is_undisturbed(0, new)


async def test_several_new_mails_in_a_row_leave_the_open_one_open(desk: Desk) -> None:
    talk = Talk(desk)
    await talk.begin()
    await talk.read(1)

    for _number in range(3):
        new = talk.arrive()
        await desk.until(lambda new=new: new in talk.newer)  # type: ignore[misc]

    assert talk.opened == talk.keys[1]
    assert talk.newer == tuple(talk.keys[2:])


async def test_an_open_mail_stays_open_when_the_newest_leaves_the_list(desk: Desk) -> None:
    talk = Talk(desk)
    await talk.begin()
    await talk.read(0)
    told: list[object] = []
    talk.room.list.selection_changed.connect(told.append)

    desk.core.services.actions.apply(Change(Verb.ARCHIVE), [talk.keys[-1]])

    await desk.until(lambda: bool(told) and talk.room.list.selection().key == talk.keys[1])
    assert talk.opened == talk.keys[0]
    assert not talk.reader._under_way.another


async def test_where_the_open_mail_itself_leaves_the_list_the_one_before_it_is_opened(desk: Desk) -> None:
    talk = Talk(desk)
    await talk.begin()
    await talk.read(2)

    desk.core.services.actions.apply(Change(Verb.ARCHIVE), [talk.keys[-1]])

    await desk.until(lambda: talk.opened == talk.keys[1])
