"""Settings: each declared once in `domain.settings`, kept as JSON in the store."""

from __future__ import annotations

import json
import threading
from typing import TypeVar

from desktop.domain import events
from desktop.domain.settings import Setting
from desktop.store.database import Database
from desktop.store.settings import SettingValues

T = TypeVar("T")


class Settings:
    """Reads and writes settings. Any thread; values are cached after the first read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._values: dict[str, object] | None = None
        self._coming: dict[str, list[object]] = {}
        """The value of a setting between its storing and the end of `set`: what is read from the file may be older."""

    def get(self, setting: Setting[T]) -> T:
        """Return the value of a setting, its default where none is stored or the stored one makes no sense."""
        with self._lock:
            if self._values is None:
                with self._database.read() as view:
                    self._values = {name: _loaded(text) for name, text in SettingValues(view).all().items()}
            coming = self._coming.get(setting.name)
            stored = coming[0] if coming is not None else self._values.get(setting.name)
        return setting.default if stored is None else setting.parse(stored)

    def set(self, setting: Setting[T], value: T) -> None:
        """Store a value. Raises ValueError when the setting cannot have it."""
        coming: list[object] = [setting.dump(value)]
        stored = False
        try:
            with self._database.write() as work:
                SettingValues.put(work, setting.name, json.dumps(coming[0]))
                work.emit(events.SettingsChanged((setting.name,)))
                with self._lock:  # before commit: who hears of it reads it at once
                    self._coming[setting.name] = coming
            stored = True
        finally:
            with self._lock:
                if self._coming.get(setting.name) is coming:  # else a newer value is on its way
                    del self._coming[setting.name]
                    if not stored:
                        self._values = None
                    elif self._values is not None:
                        self._values[setting.name] = coming[0]


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
