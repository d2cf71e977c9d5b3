"""Which drafts are being written, remembered beside the window: after a crash the next start says that they were kept.

The drafts themselves are in the database from the first second on; this only knows that nobody closed them. GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from desktop.base.i18n import _, n_
from desktop.base.text import one_line
from desktop.domain.mail.draft import Draft
from desktop.services.mail.compose import DraftGone
from desktop.services.services import Services
from desktop.ui.state import State
from desktop.ui.tasks import Tasks

_OPEN = "writing.open"


class Unfinished(QObject):
    """Lives as long as the main window."""

    found = Signal(str, object)
    """A sentence, and the keys of the drafts it is about."""

    def __init__(self, services: Services, tasks: Tasks, state: State, parent: QObject) -> None:
        super().__init__(parent)
        self._services, self._tasks, self._state = services, tasks, state
        self._left = list(state.get(_OPEN, list[int]()))

    def remember(self, draft_keys: Sequence[int]) -> None:
        """Note the drafts that are open now, at once: the next moment may be the last."""
        self._state.set(_OPEN, list(draft_keys))
        self._state.save()

    def tell(self) -> None:
        """Say once what the last start left open, if anything."""
        left, self._left = self._left, []
        if left:
            self._tasks.run(self._tell(left))

    async def _tell(self, left: list[int]) -> None:
        kept = await self._tasks.read(_kept, self._services, left)
        if kept:
            self.found.emit(_words(list(kept.values())), list(kept))
        if self._state.get(_OPEN, list[int]()) == left:
            self._state.set(_OPEN, [])  # written as the window closes: after another crash it is told again


def _kept(services: Services, draft_keys: Sequence[int]) -> dict[int, Draft]:
    """Return those of the drafts that are there and not on their way."""
    found: dict[int, Draft] = {}
    for key in draft_keys:
        try:
            draft = services.compose.draft(key)
        except DraftGone:
            continue
        if services.outbox.of_email(draft.email_key) is None:
            found[key] = draft.draft
    return found


def _words(drafts: Sequence[Draft]) -> str:
    if len(drafts) == 1:
        draft = drafts[0]
        name = one_line(draft.subject) or one_line(draft.text)[:60] or _("(no subject)")
        return _("A mail you were writing was kept: {subject}").format(subject=name)
    return n_("{n} mail you were writing was kept", "{n} mails you were writing were kept", len(drafts)).format(
        n=len(drafts)
    )
