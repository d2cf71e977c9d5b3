"""The keys of a mail on its way out: able only while one is chosen with which that can be done now. GUI thread.

What would put such a mail somewhere else is not to be had meanwhile, for it would be refused.
"""

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
_REFUSED = (
    *(Do.ARCHIVE, Do.ARCHIVE_NEXT, Do.ARCHIVE_PREVIOUS, Do.DELETE, Do.JUNK, Do.NOT_JUNK),
    *(Do.MOVE, Do.MOVE_AGAIN, Do.SNOOZE),
)
"""What a mail on its way out does not let be done."""


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
        chosen = self._chosen()
        for name, remedies in _KEYS.items():
            self._actions[name].setEnabled(_remedy(chosen, remedies) is not None)
        free = chosen.count > 0 and not chosen.waits
        for name in _REFUSED:
            self._actions[name].setEnabled(free)
        self._actions[Do.TRASH].setEnabled(free or _remedy(chosen, (Remedy.DELETE,)) is not None)

    def _do(self, name: Do) -> None:
        chosen = self._chosen()
        remedy, row = _remedy(chosen, _KEYS[name]), chosen.row
        if remedy is not None and row is not None:
            self._act(remedy, row.key)


def _remedy(chosen: Selection, remedies: tuple[Remedy, ...]) -> Remedy | None:
    """Return the first of these that can be done with what is chosen."""
    if chosen.row is None or chosen.row.way is None:
        return None
    possible = verbs_of(chosen.row.way)
    return next((each for each in remedies if each in possible), None)
