"""Which mails were made of stray sources and are kept only as long as no server is found to have them.

A note among the settings, since there are few and seldom any; one begun with `upkeep.` stays with its own database.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from desktop.store.database import UnitOfWork
from desktop.store.settings import SettingValues

_NAME = "upkeep.strays"


class StrayKeys:
    """Works inside one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def add(self, key: int) -> None:
        """Note that an Email was made of a stray source."""
        self._put([*self._keys(), key])

    def found(self, keys: Sequence[int]) -> list[int]:
        """Return those of these Emails that were made of stray sources, and forget that they were."""
        strays = self._keys()
        found = sorted(set(strays) & set(keys)) if strays else []
        if found:
            self._put([key for key in strays if key not in found])
        return found

    def _keys(self) -> list[int]:
        return list(json.loads(SettingValues(self._work).get(_NAME) or "[]"))

    def _put(self, keys: Sequence[int]) -> None:
        SettingValues.put(self._work, _NAME, json.dumps(keys))
