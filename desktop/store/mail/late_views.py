"""The person's views of archived mails a restored database does not have yet: they wait for the mails to come again.

Servers know nothing of what was done to mails that are only archived. What waits is kept for a month, a note for each
mail among the settings, so that it is there or taken away in the transaction of the mail itself.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import fields

from desktop.base import clock
from desktop.domain.mail.state import UserState
from desktop.store.database import UnitOfWork
from desktop.store.mail.states import StateWriter
from desktop.store.settings import PER_MAIL, SettingValues

NAME = f"{PER_MAIL}late-view."
"""Begins the names of these notes."""
_KEPT_MS = 30 * 86_400_000


class LateViews:
    """Keeps and gives views inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def keep(self, views: Mapping[uuid.UUID, Iterable[int]]) -> None:
        """Keep views of mails that are not here, as the columns of UserState."""
        now = clock.now()
        SettingValues.put_all(
            self._work, {f"{NAME}{id_.hex}": json.dumps([now, *map(int, view)]) for id_, view in views.items()}
        )

    def give(self, keys: Mapping[uuid.UUID, int]) -> None:
        """Let new Emails have the views that were kept for them."""
        names = {f"{NAME}{id_.hex}": key for id_, key in keys.items()}
        came = {}
        for name, stored in SettingValues.take(self._work, list(names)).items():
            at_ms, *view = json.loads(stored)
            if _is_kept(at_ms):
                came[names[name]] = UserState(*map(bool, view))
        StateWriter(self._work).set(came)

    def forget_old(self) -> None:
        """Forget the views of mails that did not come in all the time."""
        waiting = SettingValues(self._work).notes(NAME)
        SettingValues.take(
            self._work, [name for name, stored in waiting.items() if not _is_kept(json.loads(stored)[0])]
        )


def noted(name: str, stored: str) -> dict[uuid.UUID, list[int]]:
    """Return the view of a note, by its mail; nothing when it has waited too long. Raises ValueError, TypeError.

    The note may come from a damaged file and be anything.
    """
    id_ = uuid.UUID(hex=name.removeprefix(NAME))
    at_ms, *view = json.loads(stored)
    if len(view) != len(fields(UserState)) or not all(value in (0, 1) for value in view):
        raise ValueError("no view that was ever kept")
    return {id_: view} if _is_kept(at_ms) else {}


def _is_kept(at_ms: int) -> bool:
    return abs(clock.now() - at_ms) <= _KEPT_MS
