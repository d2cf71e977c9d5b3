"""Named values of the profile: settings, and notes the program keeps for itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from desktop.base import ids
from desktop.store.database import UnitOfWork, View
from desktop.store.tables.mail import SettingRow

PER_MAIL = "per-mail."
"""Begins the names of notes of which there may be one for every mail: they are asked for by name."""
RECEIVED = "received."
"""Begins the names of what counts the octets that came from the mailbox of an account."""


class SettingValues:
    """Reads and writes the table `setting`."""

    def __init__(self, view: View) -> None:
        self._view = view

    def all(self) -> dict[str, str]:
        """Return every stored value by name, but the notes on single mails."""
        sql = "SELECT name, value FROM setting WHERE name < ? OR name >= ?"
        return dict(self._view.all(sql, (PER_MAIL, _end(PER_MAIL))))

    def get(self, name: str) -> str | None:
        """Return one value, None when there is none."""
        value: str | None = self._view.value("SELECT value FROM setting WHERE name = ?", (name,))
        return value

    @staticmethod
    def put(work: UnitOfWork, name: str, value: str) -> None:
        """Store a value."""
        SettingRow.replace(name=name, value=value).execute(work.peewee)

    @staticmethod
    def put_all(work: UnitOfWork, values: Mapping[str, str]) -> None:
        """Store many values by name."""
        work.many("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", values.items())

    @staticmethod
    def take(work: UnitOfWork, names: Sequence[str]) -> dict[str, str]:
        """Take values away and return those there were by name."""
        sql = "DELETE FROM setting WHERE name IN (SELECT value FROM json_each(?)) RETURNING name, value"
        return dict(work.all(sql, (json.dumps(names),)))

    @staticmethod
    def note(work: UnitOfWork, name: str) -> None:
        """Leave a note that something is to be done, or to be done again from the beginning."""
        # each time another value: who works on an older note must not take this one away
        SettingValues.put(work, name, json.dumps(ids.new_id().hex))

    def notes(self, prefix: str) -> dict[str, str]:
        """Return the notes whose names begin so, for `done`."""
        sql = "SELECT name, value FROM setting WHERE name >= ? AND name < ?"
        return dict(self._view.all(sql, (prefix, _end(prefix))))

    @staticmethod
    def done(work: UnitOfWork, name: str, value: str) -> None:
        """Take a note away, unless it was left again since it was read with this value."""
        SettingRow.delete().where(SettingRow.name == name, SettingRow.value == value).execute(work.peewee)


def _end(prefix: str) -> str:
    """Return what follows all names that begin so."""
    return prefix[:-1] + chr(ord(prefix[-1]) + 1)
