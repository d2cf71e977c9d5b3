"""What is selected in a message list, told in stretches of lines: selecting all of 200,000 mails is one. GUI thread."""

from __future__ import annotations

from array import array

from PySide6.QtWidgets import QListView

from desktop.ui.mail.lines import LineKind, LineMap
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.message_list_model import MessageListModel


class ListSelection:
    """Lives with one view."""

    def __init__(self, view: QListView, model: MessageListModel) -> None:
        self._view = view
        self._model = model
        self._loaded: tuple[LineMap, list[tuple[int, int]], MailLoad] | None = None
        """The load of a selection is asked for several times until one or the other is another."""

    @property
    def current_key(self) -> int:
        """The key of the mail with the cursor; 0 when there is none."""
        return self._model.key_at(self._view.currentIndex().row()) if self._view.currentIndex().isValid() else 0

    def count(self) -> int:
        """Return how many mails or conversations are selected."""
        return sum(self._model.lines.mails_between(first, last) for first, last in self._parts())

    def keys(self) -> array[int]:
        """Return the keys of selected mails in the order they stand."""
        found = array("q")
        for first, last in self._parts():
            for _kind, keys in self._model.lines.parts_between(first, last):
                found.extend(keys)
        return found

    def load(self) -> MailLoad:
        """Return what an action on the selection means: folded conversations whole, and single mails."""
        lines, parts = self._model.lines, self._parts()
        if self._loaded is None or self._loaded[0] is not lines or self._loaded[1] != parts:
            self._loaded = lines, parts, self._made_load(parts)
        return self._loaded[2]

    def _made_load(self, parts: list[tuple[int, int]]) -> MailLoad:
        query = self._model.query
        whole, single = array("q"), array("q")
        for first, last in parts:
            for kind, keys in self._model.lines.parts_between(first, last):
                if not query.conversations or kind is LineKind.CHILD:
                    single.extend(keys)
                elif self._model.is_unfolded(keys[-1]):
                    whole.extend(keys[:-1])
                    single.append(keys[-1])
                else:
                    whole.extend(keys)
        return MailLoad(tuple(whole), tuple(single), query.list_id)

    def _parts(self) -> list[tuple[int, int]]:
        """Return first and last line of every selected stretch, in the order they stand."""
        chosen = self._view.selectionModel().selection()
        return sorted((part.top(), part.bottom()) for part in map(chosen.at, range(chosen.count())))
