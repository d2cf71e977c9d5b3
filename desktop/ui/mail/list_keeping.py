"""Staying where one is while a message list changes: the line in sight, the cursor, what is selected. GUI thread."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from PySide6.QtCore import QItemSelection, QItemSelectionModel
from PySide6.QtWidgets import QListView

from desktop.ui.mail.key_positions import runs_in
from desktop.ui.mail.list_places import ListPlaces
from desktop.ui.mail.list_selection import ListSelection
from desktop.ui.mail.message_list_model import MessageListModel

_Command = QItemSelectionModel.SelectionFlag
_SUCCESSORS = 300
"""How far from the selection a neighbour is looked for when all that was selected goes."""


class ListKeeping:
    """Lives with one view. `take` before a change and `put_back` after it."""

    def __init__(self, view: QListView, model: MessageListModel, places: ListPlaces, selection: ListSelection) -> None:
        self._view = view
        self._model = model
        self._places = places
        self._selection = selection
        self._anchor: tuple[int, int] | None = None
        self._keys = array("q")
        self._current = 0
        self._conversation = 0
        self._neighbours: tuple[int, ...] = ()
        self.followed: tuple[int, int] | None = None
        """Where the last change took the row of the conversation that was selected: from this mail to that one."""

    def take_anchor(self) -> None:
        """Note a key in sight and how far below the top it lies; nothing at the very top, where new mail is seen."""
        self._anchor = None
        if self._view.verticalScrollBar().value() <= 0:
            return
        first, last = self._places.in_sight()
        known = [(key, self._places.of(n).top()) for n in range(first, last + 1) if (key := self._model.key_at(n))]
        # the first that is seen whole: of a row cut by the top it is not known which part matters
        self._anchor = next((one for one in known if one[1] >= 0), known[0] if known else None)

    def scroll_back(self) -> None:
        """Scroll so that the noted key lies where it lay."""
        anchor, self._anchor = self._anchor, None
        number = self._model.line_of(anchor[0]) if anchor is not None else None
        if anchor is not None and number is not None:
            bar = self._view.verticalScrollBar()
            bar.setValue(bar.value() + self._places.of(number).top() - anchor[1])

    def take(self) -> None:
        """Note what is in sight, selected and current."""
        self.followed = None
        self.take_anchor()
        self._keys = self._selection.keys()
        self._current = self._selection.current_key
        row = self._model.row(self._current) if self._model.query.conversations else None
        self._conversation = row.conversation_key if row is not None else 0
        at, keys = self._model.position_of(self._current), self._model.keys
        if at is None or not self._keys:
            self._neighbours = ()
        else:
            before = tuple(keys[max(0, at - _SUCCESSORS) : at])
            self._neighbours = (*keys[at : at + _SUCCESSORS], *reversed(before))

    def select_back(self, was_reset: bool) -> bool:
        """Select what was selected, or a neighbour where all of it went; return whether the selection is another."""
        if was_reset:
            self._select_again()
        if self._keys and not self._view.selectionModel().hasSelection():
            self._select_neighbour()
        changed = self._selection.keys() != self._keys
        self._keys, self._neighbours = array("q"), ()
        return changed

    def _select_again(self) -> None:
        chosen = QItemSelection()
        for first, last in self._lines_of(self._keys):
            chosen.select(self._model.index(first), self._model.index(last))
        current, selecting = self._model.line_of(self._current), self._view.selectionModel()
        if current is not None:
            selecting.setCurrentIndex(self._model.index(current), _Command.NoUpdate)
        selecting.select(chosen, _Command.ClearAndSelect)

    def _lines_of(self, keys: array[int]) -> Iterator[tuple[int, int]]:
        """Yield stretches of lines that show these keys now: few where most of a long selection stayed together."""
        model = self._model
        for start, end in runs_in(keys, model.keys, model.position_of):
            yield from model.lines.lines_of(start, end)
        below = model.unfolded_keys()
        for key in below.intersection(keys) if below else ():
            number = model.line_of(key)
            if number is not None:
                yield number, number

    def _select_neighbour(self) -> None:
        """Go on with the same conversation, whose row is now that of a newer mail, else with the next mail."""
        mates = self._rows_of_conversation()
        for key in (*mates, *self._neighbours):
            number = self._model.line_of(key)
            if number is not None:
                self.followed = (self._current, key) if key in mates else None
                self._view.selectionModel().setCurrentIndex(self._model.index(number), _Command.ClearAndSelect)
                return

    def _rows_of_conversation(self) -> list[int]:
        """Return what stands now for the conversation that was selected, wherever the order puts it."""
        return self._model.rows_of_conversation(self._conversation) if self._conversation else []
