"""Feeds the model of a message list: opens lists, follows what happens to them, reads rows for what is in sight.

Everything is read on the reader pool; the model changes on the GUI thread. A list that changes all the time (a first
sync) is read again only as often as reading it is cheap. GUI thread only.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.base import clock
from desktop.domain.mail.listing import ListQuery, ListSnapshot, Row
from desktop.services.mail.views import MailGone, MailViews
from desktop.ui.bridge import Bridge
from desktop.ui.mail.days import milliseconds_to_midnight
from desktop.ui.mail.key_positions import position_of, positions_in
from desktop.ui.mail.list_line import HitMarks
from desktop.ui.mail.message_list import MessageList
from desktop.ui.mail.message_list_model import MessageListModel
from desktop.ui.tasks import Tasks

FIRST_ROWS = 60
MOST_ROWS = 200
_MOST_FOLLOWED = 20
_REST_FACTOR = 3
"""After a refresh a list rests three times as long as it took."""
_LEAST_REST_MS = 40


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a reader thread brings of a list."""

    snapshot: ListSnapshot
    positions: Mapping[int, int] | None
    rows: list[Row]


class ListLoader(QObject):
    """Lives with one list. `opened` comes when another list, order or filter is on the screen."""

    opened = Signal()

    def __init__(
        self, model: MessageListModel, view: MessageList, views: MailViews, tasks: Tasks, bridge: Bridge
    ) -> None:
        super().__init__(view)
        self._model = model
        self._view = view
        self._views = views
        self._tasks = tasks
        self._wanted: ListQuery | None = None
        self._opening: asyncio.Future[object] | None = None
        self._reading: asyncio.Future[object] | None = None
        self._going_to = 0
        self._refreshing = False
        self._dirty = False
        self._absent: set[int] = set()
        self._followed: tuple[int, ...] = ()
        """Mails that come back: the next reading puts the cursor on one of them."""
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._refresh_if_dirty)
        self._midnight = QTimer(self, singleShot=True)
        self._midnight.timeout.connect(self._new_day)
        self._wait_for_midnight()
        view.rows_needed.connect(self.read_rows)
        view.unfold_wanted.connect(self.unfold)
        bridge.lists_changed.connect(self._lists_changed)
        bridge.messages_changed.connect(self._messages_changed)
        bridge.messages_removed.connect(self._messages_changed)

    @property
    def wanted(self) -> ListQuery | None:
        """The list wanted now, perhaps not yet on the screen; None while search hits are shown.

        What rows on the screen stand for is a matter of the model's query, never of this one.
        """
        return self._wanted

    def open(self, query: ListQuery, at: int = 0) -> None:
        """Show a list, with the cursor on the mail `at`; what was on the screen stays until the first rows are read."""
        self._wanted = query
        self._going_to = at
        self._followed = ()
        if self._opening is not None:
            self._opening.cancel()
        self._opening = self._tasks.run(self._open(query))

    def refresh(self) -> None:
        """Read the list again soon."""
        self._dirty = True
        if not self._rest.isActive() and not self._refreshing:
            self._rest.start(0)

    def follow(self, keys: Sequence[int]) -> None:
        """Read the list again, then put the cursor on the newest of these mails that is in it."""
        self._followed = tuple(sorted(keys, reverse=True)[:_MOST_FOLLOWED])
        self.refresh()

    def show_hits(self, query: ListQuery, rows: Sequence[Row], marks: dict[int, HitMarks], *, more: bool) -> None:
        """Show hits of a search in place of a list; `more` appends to those that are shown."""
        self._wanted = None
        if self._opening is not None:
            self._opening.cancel()
        keys = array("q", (row.key for row in rows))
        snapshot = ListSnapshot(query, keys, 0)
        if more and self._model.shows_hits:
            self._model.put_rows(rows)
            self._model.update(snapshot, marks)
        else:
            self._model.open(snapshot, rows, marks)
        self.opened.emit()

    def read_rows(self) -> None:
        """Read the rows of what is in sight, unless that is already going on."""
        if self._reading is None or self._reading.done():
            self._reading = self._tasks.run(self._read_rows())

    def unfold(self, key: int) -> None:
        """Show the mails of a conversation below it."""
        if not self._model.is_unfolded(key):
            self._tasks.run(self._unfold(key))

    def go_to(self, key: int) -> None:
        """Put the cursor on a mail of the list that is wanted, at once or when that is on the screen."""
        if self._wanted == self._model.query:
            self._view.show_key(key)
        else:
            self._going_to = key

    def select_conversation(self) -> None:
        """Select all that is shown of the conversation with the cursor."""
        if self._view.current_key:
            self._tasks.run(self._select_conversation(self._view.current_key))

    async def _select_conversation(self, key: int) -> None:
        conversation = await self._tasks.read(self._views.conversation, key)
        if self._view.current_key == key:
            self._view.select_keys(head.key for head in conversation.heads)

    def seek_unread(self, way: int, *, past_conversation: bool = False) -> None:
        """Go to the next unread mail (1) or the one before (-1), also where no row was read yet.

        `past_conversation` passes over mails of the conversation one is in.
        """
        if self._wanted is not None and self._wanted == self._model.query:
            self._tasks.run(self._seek_unread(self._wanted, way, past_conversation))

    async def _seek_unread(self, query: ListQuery, way: int, past_conversation: bool) -> None:
        here, hidden = self._view.current_row_key, self._model.collapsed_keys()
        key = await self._tasks.read(_next_unread, self._views, query, here, way, hidden, past_conversation)
        if key and query == self._model.query:
            self._view.show_key(key)

    async def _open(self, query: ListQuery) -> None:
        answer = await self._tasks.read(_first_answer, self._views, query, self._kept(query))
        # asked again: the person may have chosen another mail meanwhile
        kept, self._going_to = self._kept(query), 0
        self._absent.clear()
        self._model.open(answer.snapshot, answer.rows, positions=answer.positions)
        if kept:
            self._view.show_key(kept)
        self._dirty = False
        self.opened.emit()

    def _kept(self, query: ListQuery) -> int:
        """Return the mail to be on when a list opens: the one asked for, or the one one is on in the same list."""
        same = self._model.query.list_id == query.list_id and not self._model.shows_hits
        return self._going_to or (self._view.current_key if same else 0)

    def _refresh_if_dirty(self) -> None:
        if self._dirty and self._wanted is not None and not self._refreshing:
            self._tasks.run(self._refresh(self._wanted))

    async def _refresh(self, query: ListQuery) -> None:
        self._refreshing, self._dirty = True, False
        followed, self._followed = self._followed, ()
        began = clock.monotonic()
        try:
            kept = self._view.current_key
            known = {key for key in self._model.keys[:FIRST_ROWS] if self._model.row(key) is not None}
            answer = await self._tasks.read(_answer_keeping, self._views, query, kept, known)
            if query == self._wanted and query == self._model.query:
                self._absent.clear()
                self._model.put_rows(answer.rows)
                self._model.update(answer.snapshot, positions=answer.positions)
                self._go_to_one_of(followed)
        finally:
            self._refreshing = False
            took_ms = round((clock.monotonic() - began) * 1000)
            self._rest.start(max(_LEAST_REST_MS, took_ms * _REST_FACTOR))

    def _go_to_one_of(self, keys: Iterable[int]) -> None:
        for key in keys:
            if self._view.show_key(key):
                return

    async def _read_rows(self) -> None:
        while True:
            wanted = [key for key in self._view.wanted_keys() if key not in self._absent][:MOST_ROWS]
            if not wanted:
                return
            conversations = self._model.query.conversations and not self._model.shows_hits
            children = {key for key in wanted if conversations and self._model.position_of(key) is None}
            query = self._model.query
            rows = await self._tasks.read(_rows, self._views, wanted, children, conversations)
            if query.conversations != self._model.query.conversations:
                continue
            self._model.put_rows(rows)
            # a key without a row is asked for once: its mail is going, and the list will be told
            self._absent.update(set(wanted) - {row.key for row in rows})

    async def _unfold(self, key: int) -> None:
        children, rows = await self._tasks.read(_children, self._views, key)
        self._model.put_rows(rows)
        self._model.unfold(key, children)

    def _lists_changed(self, list_ids: Iterable[int]) -> None:
        if self._wanted is not None and self._wanted.list_id in set(list_ids):
            self.refresh()

    def _messages_changed(self, keys: Iterable[int]) -> None:
        # a conversation's row tells of all its mails, whichever changed
        self._model.make_stale(None if self._model.query.conversations else keys)
        self.read_rows()

    def _new_day(self) -> None:
        self._model.new_day()
        self._wait_for_midnight()

    def _wait_for_midnight(self) -> None:
        # at most an hour: the clock, the zone or the machine's sleep may have moved midnight
        left_ms = milliseconds_to_midnight(clock.now(), self._model.where)
        self._midnight.start(min(left_ms + 1, 3_600_000))


def _first_answer(views: MailViews, query: ListQuery, kept: int) -> _Answer:
    """Read a list and the rows that will be in sight (reader thread)."""
    snapshot = views.open_list(query)
    positions = positions_in(snapshot)
    keys = list(snapshot.keys[:FIRST_ROWS])
    if kept and (at := position_of(kept, snapshot.keys, query, positions, snapshot.back)) is not None:
        keys += [key for key in snapshot.keys[max(0, at - 15) : at + 15] if key not in keys]
    return _Answer(snapshot, positions, views.rows(keys, conversations=query.conversations))


def _answer_keeping(views: MailViews, query: ListQuery, kept: int, known: set[int]) -> _Answer:
    """Read a list again, and the rows of what is new at its head (reader thread).

    A mail being read stays in a filtered list though the filter no longer takes it: reading the first of the unread
    must not take it away.
    """
    snapshot = views.open_list(query)
    if kept and (query.unread or query.starred) and kept not in snapshot.keys:
        whole = views.open_list(replace(query, unread=False, starred=False))
        if kept in whole.keys:
            before = set(whole.keys[: whole.keys.index(kept)])
            keys = array("q", snapshot.keys)
            keys.insert(sum(1 for key in keys if key in before), kept)
            back = snapshot.back + (kept in whole.keys[: whole.back])
            snapshot = ListSnapshot(query, keys, snapshot.unread, back)
    new = [key for key in snapshot.keys[:FIRST_ROWS] if key not in known]
    if kept and query.conversations and kept not in snapshot.keys:
        # its conversation has another newest mail, whose row may stand anywhere
        mates = set(_mates(views, kept)).difference(new)
        new += [key for key in snapshot.keys if key in mates] if mates else []
    rows = views.rows(new, conversations=query.conversations) if new else []
    return _Answer(snapshot, positions_in(snapshot), rows)


def _next_unread(
    views: MailViews, query: ListQuery, here: int, way: int, hidden: Sequence[tuple[int, int]], past_conversation: bool
) -> int:
    """Return the first unread mail from `here` on that lies in no collapsed day; 0 for none (reader thread)."""
    keys = views.open_list(query).keys
    unread = set(views.open_list(replace(query, unread=True)).keys)
    if past_conversation and here:
        unread.difference_update(_mates(views, here))
    if way < 0:
        keys.reverse()
    after = keys.index(here) + 1 if here in keys else 0
    found = (key for key in keys[after:] if key in unread and not any(low <= key <= high for low, high in hidden))
    return next(found, 0)


def _mates(views: MailViews, key: int) -> list[int]:
    try:
        return [head.key for head in views.conversation(key).heads]
    except MailGone:
        return []


def _rows(views: MailViews, keys: Sequence[int], children: set[int], conversations: bool) -> list[Row]:
    rows = views.rows([key for key in keys if key not in children], conversations=conversations)
    return rows + (views.rows([key for key in keys if key in children], conversations=False) if children else [])


def _children(views: MailViews, key: int) -> tuple[tuple[int, ...], list[Row]]:
    """Return the other mails of a conversation, newest first, and their rows."""
    heads = views.conversation(key).heads
    keys = tuple(head.key for head in reversed(heads) if head.key != key)
    return keys, views.rows(keys, conversations=False)
