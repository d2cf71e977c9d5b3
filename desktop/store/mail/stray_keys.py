"""Which mails were made of stray sources, or of files for a server, and are kept only until a server has them.

A note for each among the settings, which stays with its own database.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktop.store.database import UnitOfWork
from desktop.store.settings import PER_MAIL, SettingValues

_NAME = f"{PER_MAIL}stray."


class StrayKeys:
    """Works inside one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def add(self, keys: Sequence[int]) -> None:
        """Note that Emails are kept only until a server has them."""
        for key in keys:
            SettingValues.note(self._work, f"{_NAME}{key}")

    def found(self, keys: Sequence[int]) -> list[int]:
        """Return those of these Emails of which that was noted, and forget it: a server has them now."""
        names = SettingValues.take(self._work, [f"{_NAME}{key}" for key in keys])
        return sorted(int(name.removeprefix(_NAME)) for name in names)
