"""The model of a message list: 200,000 keys in an array, rows for what is looked at. GUI thread.

It reads nothing by itself: `list_loader` gives it snapshots and rows, the view says which lines it shows. One `data()`
call returns a whole `Line`, because the GUI thread shares the interpreter lock with everything else. A new answer to
the same list becomes a few inserted and removed lines, so selection and scroll position stay where they are.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QDate,
    QDateTime,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimeZone,
    Signal,
)

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.domain.mail.listing import ListQuery, ListSnapshot, Row, SortBy
from desktop.ui import dates
from desktop.ui.mail import reminder_words, row_texts
from desktop.ui.mail.days import DayGroup, Span, group_at, group_by_day, group_title, grown, shrunk
from desktop.ui.mail.key_diff import Inserted, Removed, steps_between
from desktop.ui.mail.key_positions import position_of, positions_in
from desktop.ui.mail.lines import LineKind, LineMap, Place
from desktop.ui.mail.list_line import HitMarks, Line, ListRole
from desktop.ui.mail.outbox_line import spoken_way
from desktop.ui.mail.row_cache import RowCache

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_NOTHING = ListSnapshot(ListQuery(0), array("q"), 0)


class MessageListModel(QAbstractListModel):
    """Lines of one list: heads of days, mails or conversations, and the mails of unfolded conversations."""

    update_begins = Signal()
    update_ends = Signal(bool)
    """The argument says whether the model was reset, so that selection has to be put back by key."""
    unread_changed = Signal(int)

    def __init__(self, parent: QObject | None = None, where: QTimeZone | None = None) -> None:
        super().__init__(parent)
        self._zone = where or dates.zone()
        self._now_ms = clock.now()
        self._snapshot = _NOTHING
        self._keys = array("q")
        self._positions: Mapping[int, int] | None = None
        self._groups: tuple[DayGroup, ...] = ()
        self._collapsed: set[str] = set()
        self._unfolded: dict[int, tuple[int, ...]] = {}
        self._marks: Mapping[int, HitMarks] | None = None
        self._rows = RowCache()
        self._lines = LineMap(self._keys)

    # what Qt asks

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self._lines):
            return None
        if role == ListRole.LINE:
            return self.line(index.row())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(index.row())
        if role == Qt.ItemDataRole.DisplayRole:
            line = self.line(index.row())
            return line.title if line.kind is LineKind.HEAD else row_texts.subject(line.row) if line.row else ""
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not 0 <= index.row() < len(self._lines):
            return Qt.ItemFlag.NoItemFlags
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        if self._lines.place(index.row()).kind is LineKind.HEAD:
            return base
        return base | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled

    # what the view and the loader ask

    @property
    def has_days(self) -> bool:
        """Whether the mails stand under the names of their days."""
        return bool(self._groups)

    @property
    def lines(self) -> LineMap:
        """Where everything stands."""
        return self._lines

    @property
    def query(self) -> ListQuery:
        return self._snapshot.query

    @property
    def keys(self) -> array[int]:
        """Keys of the list in order, also those of collapsed days."""
        return self._keys

    @property
    def unread(self) -> int:
        return self._snapshot.unread

    @property
    def now_ms(self) -> int:
        """The moment the days were cut at."""
        return self._now_ms

    @property
    def where(self) -> QTimeZone:
        return self._zone

    @property
    def collapsed(self) -> frozenset[str]:
        """Ids of collapsed days, to be remembered."""
        return frozenset(self._collapsed)

    @property
    def shows_hits(self) -> bool:
        return self._marks is not None

    def line(self, number: int) -> Line:
        """Return what the delegate paints; raises IndexError outside the list."""
        place = self._lines.place(number)
        if place.kind is LineKind.HEAD:
            group = self._lines.groups[place.group]
            title = group_title(group, self._today())
            return Line(place.kind, title=title, count=group.count, collapsed=group.id in self._collapsed)
        marks = self._marks.get(place.key) if self._marks is not None else None
        unfolded = place.kind is LineKind.MAIL and place.key in self._unfolded
        return Line(place.kind, place.key, self._rows.get(place.key), marks, unfolded)

    def row(self, key: int) -> Row | None:
        """Return the row of a key where it was read."""
        return self._rows.get(key)

    def rows_of_conversation(self, conversation_key: int) -> list[int]:
        """Return the keys of the list whose rows belong to a conversation, as far as they were read; newest first."""
        return [key for key in self._rows.of_conversation(conversation_key) if self.position_of(key) is not None]

    def spoken(self, number: int) -> str:
        """Return what a screen reader says of a line."""
        line = self.line(number)
        if line.kind is LineKind.HEAD:
            mails = n_("{n} mail", "{n} mails", line.count).format(n=line.count)
            state = _("collapsed") if line.collapsed else _("expanded")
            return f"{line.title}, {mails}, {state}"
        if line.row is None:
            return _("Loading…")
        mail = line.row.way
        way = spoken_way(mail, self._now_ms, self._zone) if mail is not None else ""
        spoken = row_texts.spoken(line.row, dates.full_date(line.row.date_ms, self._zone), way)
        notice = reminder_words.of_row(line.row, self._now_ms, self._zone)
        return f"{spoken}, {notice}" if notice else spoken

    def key_at(self, number: int) -> int:
        """Return the key a line shows; 0 for a head or outside the list."""
        return self._lines.place(number).key if 0 <= number < len(self._lines) else 0

    def line_of(self, key: int) -> int | None:
        """Return the line of a mail; None when it is not in the list or its day is collapsed."""
        position = self.position_of(key)
        if position is not None:
            return self._lines.line_of(position)
        for parent, children in self._unfolded.items():
            if key in children:
                line = self.line_of(parent)
                return None if line is None else line + 1 + children.index(key)
        return None

    def position_of(self, key: int) -> int | None:
        """Return the place of a key among the keys."""
        return position_of(key, self._keys, self.query, self._positions, self._snapshot.back)

    def collapsed_keys(self) -> tuple[tuple[int, int], ...]:
        """Return the lowest and highest key of every collapsed day, and each key of what is back and collapsed."""
        ends: list[tuple[int, int]] = []
        for group in filter(self._is_hidden, self._groups):
            keys = self._keys[group.start : group.end]
            ends += zip(keys, keys, strict=True) if group.span is Span.BACK else [(keys[0], keys[-1])]
        return tuple((min(pair), max(pair)) for pair in ends)

    def missing(self, first: int, last: int) -> list[int]:
        """Return keys between two lines, both included, whose rows have to be read."""
        return [key for key in self._lines.keys_between(first, last) if self._rows.wants(key)]

    # what changes it

    def open(
        self,
        snapshot: ListSnapshot,
        rows: Iterable[Row] = (),
        marks: Mapping[int, HitMarks] | None = None,
        positions: Mapping[int, int] | None = None,
    ) -> None:
        """Show another list, or this one in another order. `marks` makes it a list of search hits.

        `positions` are `positions_in` the snapshot, made by who read it; without them they are made here.
        """
        self.beginResetModel()
        if snapshot.query.conversations != self._snapshot.query.conversations:
            self._rows.clear()
        self._snapshot = snapshot
        self._keys = array("q", snapshot.keys)
        self._positions = positions or positions_in(snapshot)
        self._marks = marks
        self._unfolded = {}
        self._rows.put(rows)
        self._regroup()
        self.endResetModel()
        self.unread_changed.emit(snapshot.unread)

    def update(
        self,
        snapshot: ListSnapshot,
        marks: Mapping[int, HitMarks] | None = None,
        positions: Mapping[int, int] | None = None,
    ) -> None:
        """Take a newer answer to the same query by as few signals as possible; `positions` as for `open`."""
        if marks is not None:
            self._marks = marks
        first = self._snapshot.back
        same = first == snapshot.back and self._keys[:first] == snapshot.keys[:first]
        # what comes back is found among the first alone, and would not be while it is on the way there
        steps = steps_between(self._keys, snapshot.keys) if same else None
        before, self._snapshot = self._snapshot.unread, snapshot
        if steps != ():
            positions = positions or positions_in(snapshot)
        if steps is None:
            self._reset_to(snapshot.keys, positions)
        elif steps:
            final = self._cut(snapshot.keys)
            self.update_begins.emit()
            self._fold_gone(snapshot, positions)
            self._positions = positions
            for step in steps:
                if isinstance(step, Removed):
                    self._remove(step)
                else:
                    self._insert(step, final)
            self.update_ends.emit(False)
        if before != snapshot.unread:
            self.unread_changed.emit(snapshot.unread)

    def put_rows(self, rows: Iterable[Row]) -> None:
        """Take rows that were read and have their lines painted."""
        read = tuple(rows)
        self._rows.put(read)
        numbers = [number for row in read if (number := self.line_of(row.key)) is not None]
        if numbers:
            self.dataChanged.emit(self.index(min(numbers)), self.index(max(numbers)))

    def make_stale(self, keys: Iterable[int] | None = None) -> None:
        """Have rows read again when they are next seen; all of them for None."""
        self._rows.make_stale(keys)

    def new_day(self) -> None:
        """Cut the days anew: midnight has passed, or the language or the zone changed."""
        self._reset_to(self._keys, self._positions)

    def set_collapsed(self, group_ids: Iterable[str]) -> None:
        """Collapse exactly these days."""
        wanted = set(group_ids)
        if wanted != self._collapsed:
            self._collapsed = wanted
            self._reset_to(self._keys, self._positions)

    def toggle_group(self, number: int) -> None:
        """Collapse or expand the day whose head stands in a line."""
        place = self._lines.place(number)
        group = self._lines.groups[place.group]
        self.update_begins.emit()
        if group.id in self._collapsed:
            self._collapsed.discard(group.id)
            wider = self._map()
            self._swap_lines(wider, number + 1, len(wider) - len(self._lines))
        else:
            self._collapsed.add(group.id)
            narrower = self._map()
            self._swap_lines(narrower, number + 1, len(narrower) - len(self._lines))
        self.update_ends.emit(False)
        self.dataChanged.emit(self.index(number), self.index(number))

    def collapse_all(self, collapsed: bool = True) -> None:
        """Collapse or expand every day."""
        self.set_collapsed(group.id for group in self._groups if collapsed)

    def unfold(self, key: int, children: Sequence[int]) -> None:
        """Show the mails of a conversation below it."""
        number = self.line_of(key)
        if number is None or key in self._unfolded or not children:
            return
        self.update_begins.emit()
        self._unfolded[key] = tuple(children)
        self._swap_lines(self._map(), number + 1, len(children))
        self.update_ends.emit(False)
        self.dataChanged.emit(self.index(number), self.index(number))

    def fold(self, key: int) -> None:
        """Hide the mails of a conversation again."""
        if key not in self._unfolded:
            return
        self.update_begins.emit()
        self._fold(key)
        self.update_ends.emit(False)

    def is_unfolded(self, key: int) -> bool:
        return key in self._unfolded

    def unfolded_keys(self) -> set[int]:
        """Return the keys of mails that are shown below their conversations."""
        return {key for children in self._unfolded.values() for key in children}

    # inside

    @property
    def _by_date(self) -> bool:
        return self.query.sort_by is SortBy.DATE and self._marks is None

    def _today(self) -> QDate:
        return QDateTime.fromMSecsSinceEpoch(self._now_ms, self._zone).date()

    def _cut(self, keys: Sequence[int]) -> tuple[DayGroup, ...]:
        if not self._by_date:
            return ()
        return group_by_day(keys, self._now_ms, self._zone, descending=self.query.descending, back=self._snapshot.back)

    def _map(self) -> LineMap:
        unfolded = {
            position: children
            for key, children in self._unfolded.items()
            if (position := self.position_of(key)) is not None
        }
        return LineMap(self._keys, self._groups, self._collapsed, unfolded)

    def _regroup(self) -> None:
        self._now_ms = clock.now()
        self._groups = self._cut(self._keys)
        self._lines = self._map()

    def _is_hidden(self, group: DayGroup) -> bool:
        return group.id in self._collapsed

    def _fold_gone(self, snapshot: ListSnapshot, positions: Mapping[int, int] | None) -> None:
        """Fold conversations whose row is going, while it still stands where it stood."""
        for key in tuple(self._unfolded):
            if position_of(key, snapshot.keys, snapshot.query, positions, snapshot.back) is None:
                self._fold(key)

    def _reset_to(self, keys: array[int], positions: Mapping[int, int] | None) -> None:
        self.update_begins.emit()
        self.beginResetModel()
        self._keys = array("q", keys)
        self._positions = positions
        self._regroup()
        self.endResetModel()
        self.update_ends.emit(True)

    def _swap_lines(self, lines: LineMap, first: int, grown: int) -> None:
        """Put another map in place, which has `grown` lines more (fewer where negative) from line `first` on."""
        if grown > 0:
            self.beginInsertRows(QModelIndex(), first, first + grown - 1)
            self._lines = lines
            self.endInsertRows()
        elif grown < 0:
            self.beginRemoveRows(QModelIndex(), first, first - grown - 1)
            self._lines = lines
            self.endRemoveRows()
        else:
            self._lines = lines

    def _remove(self, step: Removed) -> None:
        """Take positions out, one day at a time: between two days stands a head that may stay."""
        end = step.end
        while end > step.start:
            number = group_at(self._groups, end - 1)
            start = step.start if number is None else max(step.start, self._groups[number].start)
            self._remove_within(start, end, number)
            end = start

    def _remove_within(self, start: int, end: int, number: int | None) -> None:
        first = self._lines.line_of(start)
        whole = number is not None and self._groups[number].count == end - start
        if whole and number is not None:
            first = self._lines.line_of_group(number)
        keys = self._keys[:start] + self._keys[end:]
        self._keys, self._groups = keys, shrunk(self._groups, number, end - start)
        lines = self._map()
        self._swap_lines(lines, first or 0, len(lines) - len(self._lines))
        if number is not None and not whole:
            self._head_changed(number)

    def _fold(self, key: int) -> None:
        number = self.line_of(key)
        children = self._unfolded.pop(key)
        if number is not None:
            self._swap_lines(self._map(), number + 1, -len(children))
            self.dataChanged.emit(self.index(number), self.index(number))

    def _insert(self, step: Inserted, final: Sequence[DayGroup]) -> None:
        """Put keys in, one day at a time; `final` are the days when all is done."""
        if not final:
            self._insert_within(step.start, step.keys, None)
            return
        position, end = step.start, step.start + len(step.keys)
        while position < end:
            number = group_at(final, position)
            assert number is not None
            upto = min(end, final[number].end)
            self._insert_within(position, step.keys[position - step.start : upto - step.start], final[number])
            position = upto

    def _insert_within(self, start: int, keys: array[int], group: DayGroup | None) -> None:
        self._keys = self._keys[:start] + keys + self._keys[start:]
        number = None
        days = len(self._groups)
        if group is not None:
            self._groups, number = grown(self._groups, group, start, len(keys))
        lines = self._map()
        if number is not None and len(self._groups) > days:
            first = lines.line_of_group(number)
        else:
            first = lines.line_of(start) or 0
        self._swap_lines(lines, first, len(lines) - len(self._lines))
        if number is not None:
            self._head_changed(number)

    def _head_changed(self, number: int) -> None:
        head = self.index(self._lines.line_of_group(number))
        self.dataChanged.emit(head, head)


def place_of(model: MessageListModel, index: _Index) -> Place | None:
    """Return what an index shows; None for an invalid one."""
    return model.lines.place(index.row()) if 0 <= index.row() < len(model.lines) else None
