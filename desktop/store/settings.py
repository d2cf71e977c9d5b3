"""Named values of the profile: settings, and notes the program keeps for itself."""

from __future__ import annotations

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
    def drop(work: UnitOfWork, name: str) -> None:
        """Forget a value."""
        SettingRow.delete().where(SettingRow.name == name).execute(work.peewee)
