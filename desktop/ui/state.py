"""What the window remembers between two starts: places, sizes, what was folded. One JSON file in the profile.

Nothing here is worth an error: a broken file, a wrong type or a full disk gives the default. GUI thread only.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import TypeVar

from desktop.base.paths import open_private

log = logging.getLogger(__name__)

T = TypeVar("T", bound="bool | int | str | list[int] | list[str]")


class State:
    """Values by name. `get` takes the type from its default; `save` writes the file, at the latest on closing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values = _load(path)
        self._dirty = False

    def beside(self, name: str) -> Path:
        """Return where another file of the window lies."""
        return self._path.with_name(name)

    def get(self, name: str, default: T) -> T:
        """Return the value, or `default` when there is none of that type."""
        value = self._values.get(name)
        if not isinstance(value, type(default)) or isinstance(value, bool) is not isinstance(default, bool):
            return default
        if isinstance(value, list) and any(type(item) not in (int, str) for item in value):
            return default
        return value

    def set(self, name: str, value: bool | int | str | list[int] | list[str]) -> None:
        """Remember `value` under `name`."""
        if self._values.get(name) != value:
            self._values[name] = value
            self._dirty = True

    def save(self) -> None:
        """Write what has changed; the old file stays whole until the new one is."""
        if not self._dirty:
            return
        draft = self._path.with_suffix(".new")
        try:
            with open_private(draft, "w", encoding="utf-8") as file:
                # as ASCII: a folder name or a search may hold half a surrogate pair, which no encoding takes
                json.dump(self._values, file, indent=1)
            draft.replace(self._path)
            self._dirty = False
        except OSError:
            log.warning("the window's state could not be written", exc_info=True)


def _load(path: Path) -> dict[str, object]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        log.warning("the window's state could not be read and starts afresh", exc_info=True)
        return {}
    return values if isinstance(values, dict) else {}
