"""What is selected in a message list, told in stretches of lines: selecting all of 200,000 mails is one. GUI thread."""

from __future__ import annotations

from PySide6.QtWidgets import QListView

from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.message_list_model import MessageListModel


class ListSelection:
    """Lives with one view."""

    def __init__(self, view: QListView, model: MessageListModel) -> None:
        self._view = view
        self._model = model

    @property
    def current_key(self) -> int:
        """The key of the mail with the cursor; 0 when there is none."""
        return self._model.key_at(self._view.currentIndex().row()) if self._view.currentIndex().isValid() else 0

    def count(self) -> int:
        """Return how many mails or conversations are selected."""
        return sum(self._model.lines.mails_between(first, last) for first, last in self._parts())

    def keys(self) -> tuple[int, ...]:
        """Return the keys of selected mails in the order they stand."""
        lines = self._model.lines
        return tuple(key for first, last in self._parts() for key in lines.keys_between(first, last))

    def load(self) -> MailLoad:
        """Return what an action on the selection means: folded conversations whole, and single mails."""
        keys = self.keys()
        if not self._model.query.conversations:
            return MailLoad(mails=keys, list_id=self._model.query.list_id)
        whole = tuple(
            key for key in keys if not self._model.is_unfolded(key) and self._model.position_of(key) is not None
        )
        known = set(whole)
        return MailLoad(whole, tuple(key for key in keys if key not in known), self._model.query.list_id)

    def _parts(self) -> list[tuple[int, int]]:
        """Return first and last line of every selected stretch, in the order they stand."""
        chosen = self._view.selectionModel().selection()
        return sorted((part.top(), part.bottom()) for part in map(chosen.at, range(chosen.count())))
