"""Keeps the draft of one window: a second after the last key, every three while one types on, at once where it is asked
for, and again after it failed, until it is kept. A crash takes no more than that. GUI thread.

Here it only takes the snapshot; HTML, text and mail are made on the thread that writes. The copy on the server follows
a minute later, of a draft with large files ten, and once the window is closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.domain.mail.draft import Draft
from desktop.ui.compose.errands import Errands
from desktop.ui.compose.ports import Compose
from desktop.ui.compose.written_draft import Snapshot, finished
from desktop.ui.widgets.throttle import Throttle

QUIET_MS = 1000
_AT_LATEST_MS = 3000
"""Whoever types without a rest is saved so often."""
RETRY_MS = 10_000
SERVER_MS = 60_000
SERVER_LARGE_MS = 600_000
_LARGE_BYTES = 1_000_000
"""A draft with so much to carry is put on its server less often."""


class Kept(StrEnum):
    """How the draft stands."""

    UNTOUCHED = "untouched"
    CHANGED = "changed"
    SAVING = "saving"
    SAVED = "saved"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class State:
    """How the draft stands, since when (ms UTC), and the sentence of what went wrong."""

    kept: Kept
    at_ms: int = 0
    problem: str = ""


class Keeping(QObject):
    """`snapshot` gives the draft of this moment; `says_nothing` tells that a new one need not be kept by itself.

    `settled` waits for what was chosen and is not in the draft yet.
    """

    state_changed = Signal(object)

    def __init__(
        self,
        compose: Compose,
        tasks: Errands,
        key: int | None,
        snapshot: Callable[[], Snapshot],
        says_nothing: Callable[[], bool],
        settled: Callable[[], Awaitable[None]],
        parent: QObject | None = None,
        *,
        instead_of: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._compose, self._tasks, self._snapshot, self._says_nothing = compose, tasks, snapshot, says_nothing
        self._settled = settled
        self.key = key
        self._instead_of = instead_of
        self.state = State(Kept.UNTOUCHED)
        self.draft: Draft | None = None
        """As it was kept last."""
        self._kept: Snapshot | None = None
        self._turn = asyncio.Lock()
        self._quiet = Throttle(self._begin, QUIET_MS, _AT_LATEST_MS, self)
        self._again = QTimer(self, singleShot=True, interval=RETRY_MS)
        self._again.timeout.connect(self._begin)
        self._to_server = QTimer(self, singleShot=True)
        self._to_server.timeout.connect(lambda: self._tasks.run(self._put_on_server()))
        self._given_up = False
        self._touches = 0

    @property
    def is_behind(self) -> bool:
        """Whether something was written that is not kept."""
        return self.state.kept in (Kept.CHANGED, Kept.SAVING, Kept.FAILED)

    @property
    def is_given_up(self) -> bool:
        """Whether the draft was sent, discarded or let go."""
        return self._given_up

    def start_from(self, snapshot: Snapshot) -> None:
        """Count this as nothing written yet."""
        self._kept = snapshot

    def touch(self) -> None:
        """Something may have changed."""
        self._touches += 1
        if self._given_up:
            return
        if self.state.kept is not Kept.SAVING and self.state.kept is not Kept.FAILED:
            self._say(State(Kept.CHANGED, self.state.at_ms))
        self._quiet.call()

    async def save(self, *, at_any_rate: bool = False) -> bool:
        """Keep the draft as it is now; returns whether it is kept. Errors that are ours are raised as well.

        One that was not changed is kept again only `at_any_rate`: what is sent must have a key. One that was given up
        is not: what was thrown away would come back.
        """
        async with self._turn:
            await self._settled()
            if self._given_up:
                return False
            self._quiet.cancel()
            self._again.stop()
            snapshot, touches = self._snapshot(), self._touches
            if snapshot == self._kept and self.state.kept is not Kept.FAILED and not at_any_rate:
                self._say(State(Kept.SAVED if self.key is not None else Kept.UNTOUCHED, self.state.at_ms))
                return True
            self._say(State(Kept.SAVING, self.state.at_ms))
            try:
                key, draft = await self._tasks.write(_keep, self._compose, self.key, snapshot, self._instead_of)
            except Problem as problem:
                self._failed(problem.text)
                return False
            except Exception:
                self._failed(_("The draft could not be saved: something went wrong in Rapport itself."))
                raise
            self.key, self.draft, self._kept = key, draft, snapshot
            if not self._to_server.isActive() and not self._given_up:
                large = sum(each.size_bytes for each in draft.enclosures) > _LARGE_BYTES
                self._to_server.start(SERVER_LARGE_MS if large else SERVER_MS)
            changed_since = self._touches != touches
            self._say(State(Kept.CHANGED if changed_since else Kept.SAVED, clock.now()))
            if changed_since:
                self._quiet.call()
            return not changed_since

    def flush(self) -> None:
        """Save now what was to be saved soon."""
        self._quiet.flush()

    async def end(self) -> None:
        """Save no more, and wait for the saving that is under way."""
        self.give_up()
        async with self._turn:
            pass

    def go_on(self) -> None:
        """Save again after all."""
        self._given_up = False
        self.touch()

    def give_up(self) -> None:
        """Save no more: the draft was sent or discarded, or the person lets it go."""
        self._given_up = True
        self._quiet.cancel()
        self._again.stop()
        self._to_server.stop()

    def _begin(self) -> None:
        if self._given_up:
            return
        if self.key is None and self._says_nothing():
            self._say(State(Kept.UNTOUCHED))
        else:
            self._tasks.run(self.save())

    async def _put_on_server(self) -> None:
        if self.key is not None and not self._given_up:
            await self._tasks.write(self._compose.put_on_server, self.key)

    def _failed(self, words: str) -> None:
        self._say(State(Kept.FAILED, self.state.at_ms, words))
        if not self._given_up:
            self._again.start()

    def _say(self, state: State) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)


def _keep(compose: Compose, key: int | None, snapshot: Snapshot, instead_of: int | None) -> tuple[int, Draft]:
    draft = finished(snapshot)
    return compose.save(draft, key, instead_of=instead_of if key is None else None), draft
