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

    def get(self, setting: Setting[T]) -> T:
        """Return the value of a setting, its default where none is stored or the stored one makes no sense."""
        with self._lock:
            if self._values is None:
                with self._database.read() as view:
                    self._values = {name: _loaded(text) for name, text in SettingValues(view).all().items()}
            stored = self._values.get(setting.name)
        return setting.default if stored is None else setting.parse(stored)

    def set(self, setting: Setting[T], value: T) -> None:
        """Store a value. Raises ValueError when the setting cannot have it."""
        dumped = setting.dump(value)
        try:
            with self._database.write() as work:
                SettingValues.put(work, setting.name, json.dumps(dumped))
                work.emit(events.SettingsChanged((setting.name,)))
                with self._lock:  # before commit: who hears of it reads it at once
                    if self._values is not None:
                        self._values[setting.name] = dumped
        except BaseException:
            with self._lock:
                self._values = None  # it was not stored: what is stored is read anew
            raise


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None
