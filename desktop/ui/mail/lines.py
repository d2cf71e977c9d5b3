"""Lines of a message list: day heads, mails and unfolded conversations, in the order they stand on the screen.

A map of a few stretches (one a day, one an unfolded conversation) answers which line shows which key and where a line
lies in pixels, by bisection: nothing in it grows with the number of mails. Immutable; pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from enum import Enum, auto

from desktop.ui.mail.days import DayGroup


class LineKind(Enum):
    """What a line shows."""

    HEAD = auto()
    MAIL = auto()
    CHILD = auto()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of one kind that follow one another. `first` is a line; `start` a group, a position, or a child's index."""

    kind: LineKind
    first: int
    count: int
    start: int
    heads_before: int
    keys: Sequence[int] = ()
    """Keys of a CHILD stretch."""
    parent: int = 0
    """Position of the conversation a CHILD stretch unfolds."""


@dataclass(frozen=True, slots=True)
class Place:
    """What one line shows: a group for HEAD; a key and its position among the list's keys for the others."""

    kind: LineKind
    group: int = -1
    position: int = -1
    key: int = 0


class LineMap:
    """Turns lines into places and back, and lines into pixels and back."""

    def __init__(
        self,
        keys: Sequence[int],
        groups: Sequence[DayGroup] = (),
        collapsed: Set[str] = frozenset(),
        unfolded: Mapping[int, Sequence[int]] | None = None,
    ) -> None:
        """`unfolded` maps the position of a conversation to the keys shown below it."""
        self.keys = keys
        self.groups = groups
        self._stretches: list[Stretch] = []
        self._length = 0
        self._heads = 0
        opened = sorted((unfolded or {}).items())
        if not groups:
            self._add_mails(0, len(keys), opened)
        for index, group in enumerate(groups):
            self._add(LineKind.HEAD, 1, index)
            if group.id not in collapsed:
                self._add_mails(group.start, group.end, opened)
        self._firsts = [stretch.first for stretch in self._stretches]
        self._mails = [stretch for stretch in self._stretches if stretch.kind is LineKind.MAIL]
        self._starts = [stretch.start for stretch in self._mails]

    def __len__(self) -> int:
        return self._length

    @property
    def heads(self) -> int:
        return self._heads

    def place(self, line: int) -> Place:
        """Return what a line shows; raises IndexError outside the list."""
        if not 0 <= line < self._length:
            raise IndexError(line)
        stretch = self._stretches[bisect_right(self._firsts, line) - 1]
        offset = line - stretch.first
        if stretch.kind is LineKind.HEAD:
            return Place(LineKind.HEAD, group=stretch.start)
        if stretch.kind is LineKind.CHILD:
            return Place(LineKind.CHILD, position=stretch.parent, key=stretch.keys[offset])
        position = stretch.start + offset
        return Place(LineKind.MAIL, position=position, key=self.keys[position])

    def line_of(self, position: int) -> int | None:
        """Return the line of a position among the keys; None while its day is collapsed."""
        found = next(self.lines_of(position, position + 1), None)
        return None if found is None else found[0]

    def lines_of(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield first and last line of the stretches that show the positions from `start` up to `end`."""
        for stretch in self._mails[max(0, bisect_right(self._starts, start) - 1) :]:
            if stretch.start >= end:
                return
            low, high = max(start, stretch.start), min(end, stretch.start + stretch.count)
            if low < high:
                yield stretch.first + low - stretch.start, stretch.first + high - 1 - stretch.start

    def line_of_group(self, group: int) -> int:
        """Return the line of a day's head."""
        for stretch in self._stretches:
            if stretch.kind is LineKind.HEAD and stretch.start == group:
                return stretch.first
        raise IndexError(group)

    def keys_between(self, first: int, last: int) -> Iterator[int]:
        """Yield the keys of the lines `first` to `last`, both included, heads left out."""
        for _kind, keys in self.parts_between(first, last):
            yield from keys

    def parts_between(self, first: int, last: int) -> Iterator[tuple[LineKind, Sequence[int]]]:
        """Yield the keys of these lines stretch by stretch, with what they show; an unfolded mail ends its stretch."""
        index = max(0, bisect_right(self._firsts, first) - 1)
        for stretch in self._stretches[index:]:
            if stretch.first > last:
                return
            low, high = max(first, stretch.first) - stretch.first, min(last + 1 - stretch.first, stretch.count)
            if stretch.kind is LineKind.MAIL:
                yield stretch.kind, self.keys[stretch.start + low : stretch.start + high]
            elif stretch.kind is LineKind.CHILD:
                yield stretch.kind, stretch.keys[low:high]

    def mails_between(self, first: int, last: int) -> int:
        """Return how many lines from `first` to `last`, both included, are no heads."""
        return max(0, self._mails_before(last + 1) - self._mails_before(first))

    def top(self, line: int, head_height: int, row_height: int) -> int:
        """Return the y of a line; of the end, for the line after the last."""
        if line >= self._length:
            return self._heads * head_height + (self._length - self._heads) * row_height
        stretch = self._stretches[bisect_right(self._firsts, line) - 1]
        heads = stretch.heads_before
        return heads * head_height + (line - heads) * row_height

    def line_at(self, y: int, head_height: int, row_height: int) -> int:
        """Return the line a y lies in, kept within the list; -1 for an empty list."""
        if not self._length:
            return -1
        low = bisect_right(
            self._stretches,
            y,
            key=lambda stretch: (
                stretch.heads_before * head_height + (stretch.first - stretch.heads_before) * row_height
            ),
        )
        stretch = self._stretches[max(0, low - 1)]
        top = stretch.heads_before * head_height + (stretch.first - stretch.heads_before) * row_height
        height = head_height if stretch.kind is LineKind.HEAD else row_height
        return stretch.first + min(stretch.count - 1, max(0, (y - top) // height))

    def _mails_before(self, line: int) -> int:
        if line >= self._length:
            return self._length - self._heads
        return line - self._stretches[bisect_right(self._firsts, line) - 1].heads_before if line > 0 else 0

    def _add_mails(self, start: int, end: int, opened: Sequence[tuple[int, Sequence[int]]]) -> None:
        for position, children in opened:
            if start <= position < end and children:
                self._add(LineKind.MAIL, position + 1 - start, start)
                self._add(LineKind.CHILD, len(children), 0, children, position)
                start = position + 1
        self._add(LineKind.MAIL, end - start, start)

    def _add(self, kind: LineKind, count: int, start: int, keys: Sequence[int] = (), parent: int = 0) -> None:
        if count <= 0:
            return
        self._stretches.append(Stretch(kind, self._length, count, start, self._heads, keys, parent))
        self._length += count
        self._heads += kind is LineKind.HEAD
