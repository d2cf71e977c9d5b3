"""Named values of the profile: settings, and notes the program keeps for itself."""

from __future__ import annotations

import json

from desktop.base import ids
from desktop.store.database import UnitOfWork, View
from desktop.store.tables.mail import SettingRow


class SettingValues:
    """Reads and writes the table `setting`."""

    def __init__(self, view: View) -> None:
        self._view = view

    def all(self) -> dict[str, str]:
        """Return every stored value by name."""
        rows = SettingRow.select().execute(self._view.peewee)
        return {row.name: row.value for row in rows}

    def get(self, name: str) -> str | None:
        """Return one value, None when there is none."""
        value: str | None = self._view.value("SELECT value FROM setting WHERE name = ?", (name,))
        return value

    @staticmethod
    def put(work: UnitOfWork, name: str, value: str) -> None:
        """Store a value."""
        SettingRow.replace(name=name, value=value).execute(work.peewee)

    @staticmethod
    def note(work: UnitOfWork, name: str) -> None:
        """Leave a note that something is to be done, or to be done again from the beginning."""
        # each time another value: who works on an older note must not take this one away
        SettingValues.put(work, name, json.dumps(ids.new_id().hex))

    def notes(self, prefix: str) -> dict[str, str]:
        """Return the notes whose names begin so, for `done`."""
        return {name: value for name, value in self.all().items() if name.startswith(prefix)}

    @staticmethod
    def done(work: UnitOfWork, name: str, value: str) -> None:
        """Take a note away, unless it was left again since it was read with this value."""
        SettingRow.delete().where(SettingRow.name == name, SettingRow.value == value).execute(work.peewee)
