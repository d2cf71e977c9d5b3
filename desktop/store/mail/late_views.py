"""The person's views of archived mails a restored database does not have yet: they wait for the mails to come again.

Servers know nothing of what was done to mails that are only archived. What waits is kept for a month in one note among
the settings, so that it is there or taken away in the transaction of the mails themselves.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping

from desktop.base import clock
from desktop.domain.mail.state import UserState
from desktop.store.database import UnitOfWork
from desktop.store.mail.states import StateWriter
from desktop.store.settings import SettingValues

NOTE = "late-views"
_KEPT_MS = 30 * 86_400_000


class LateViews:
    """Keeps and gives views inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def keep(self, views: Mapping[uuid.UUID, Iterable[int]]) -> None:
        """Keep views of mails that are not here, as the columns of UserState."""
        if views:
            self._put({**self._kept(), **{id_.hex: list(map(int, view)) for id_, view in views.items()}}, clock.now())

    def give(self, keys: Mapping[uuid.UUID, int]) -> None:
        """Let new Emails have the views that were kept for them."""
        stored = SettingValues(self._work).get(NOTE)
        if stored is None:
            return
        note = json.loads(stored)
        if abs(clock.now() - note["at_ms"]) > _KEPT_MS:
            self._work.run("DELETE FROM setting WHERE name = ?", (NOTE,))
            return
        views = note["views"]
        came = {key: UserState(*map(bool, views.pop(id_.hex))) for id_, key in keys.items() if id_.hex in views}
        if came:
            StateWriter(self._work).set(came)
            self._put(views, note["at_ms"])

    def _kept(self) -> dict[str, list[int]]:
        stored = SettingValues(self._work).get(NOTE)
        return dict(json.loads(stored)["views"]) if stored is not None else {}

    def _put(self, views: Mapping[str, list[int]], at_ms: int) -> None:
        if views:
            SettingValues.put(self._work, NOTE, json.dumps({"at_ms": at_ms, "views": views}))
        else:
            self._work.run("DELETE FROM setting WHERE name = ?", (NOTE,))
