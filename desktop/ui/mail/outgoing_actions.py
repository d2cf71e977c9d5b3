"""The keys of a mail on its way out: able only while one is chosen with which that can be done now. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject

from desktop.ui.actions import Actions, Do
from desktop.ui.mail.notice import Remedy
from desktop.ui.mail.outbox_line import verbs_of
from desktop.ui.mail.selection import Selection

_KEYS = {
    Do.SEND_NOW: (Remedy.SEND_NOW, Remedy.SEND_AGAIN),
    Do.CHANGE_TIME: (Remedy.CHANGE_TIME,),
    Do.EDIT_OUTGOING: (Remedy.EDIT,),
    Do.CANCEL_SENDING: (Remedy.CANCEL,),
}


class OutgoingActions(QObject):
    """`chosen` returns what is chosen in the list; `act` is told what is wanted of which mail."""

    def __init__(
        self,
        actions: Actions,
        chosen: Callable[[], Selection],
        act: Callable[[Remedy, int], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._actions, self._chosen, self._act = actions, chosen, act
        for name in _KEYS:
            actions.connect(name, partial(self._do, name))
        self.look()

    def look(self) -> None:
        """Offer what can be done with the mail that is chosen."""
        for name in _KEYS:
            self._actions[name].setEnabled(self._remedy(name) is not None)

    def _do(self, name: Do) -> None:
        remedy, row = self._remedy(name), self._chosen().row
        if remedy is not None and row is not None:
            self._act(remedy, row.key)

    def _remedy(self, name: Do) -> Remedy | None:
        row = self._chosen().row
        if row is None or row.way is None:
            return None
        possible = verbs_of(row.way)
        return next((each for each in _KEYS[name] if each in possible), None)
