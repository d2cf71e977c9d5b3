"""What was done to a damaged database, noted in the profile, so that it is told also when nobody saw it happen.

The note is written before the damaged file is replaced: a start that is killed half way is gone on with by the next.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from desktop.base.paths import open_private, sync_file

log = logging.getLogger(__name__)

FILE_NAME = "restored.json"
_writing = threading.RLock()
"""Window and housekeeping change the note."""


@dataclass(frozen=True, slots=True)
class Restoration:
    """`damaged` is the name of the file set aside in the profile; it stays until the person deletes it."""

    at_ms: int
    damaged: str
    backup_ms: int | None
    """When the backup in its place was made; None when there was none and the database began anew."""
    rescued: int | None = None
    """How many entries were taken over from the damaged file; None as long as that is not done."""
    strays: int | None = None
    """How many mails were made of sources no sync named again; None as long as that is not done."""
    told: bool = False
    """The person has seen it in a window."""
    earlier: tuple[str, ...] = ()
    """Names of files set aside before, oldest first, from which nothing had been taken over yet."""


def read(folder: Path) -> Restoration | None:
    """Return the last restoration of a profile, None when there was none or its note cannot be read."""
    try:
        values = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return Restoration(**{**values, "earlier": tuple(values.get("earlier", ()))})
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError):
        log.warning("the note of a restoration cannot be read", exc_info=True)
        return None


def is_noted(folder: Path) -> bool:
    """Say whether there is a note of a restoration, be it one that cannot be read."""
    return os.path.lexists(folder / FILE_NAME)


def write(folder: Path, restoration: Restoration) -> None:
    """Note a restoration; the note is there whole or not at all, also after a loss of power. Raises OSError."""
    draft = folder / f"{FILE_NAME}.new"
    with _writing:
        with open_private(draft, "w", encoding="utf-8") as file:
            json.dump(asdict(restoration), file)
        sync_file(draft)
        draft.replace(folder / FILE_NAME)


def has_strays(folder: Path) -> bool:
    """Say whether sources that nothing names may be mails the database lost: they stay until they were looked at.

    A note that is there and cannot be read says nothing: then they stay too.
    """
    noted = read(folder)
    if noted is None:
        return is_noted(folder)
    return noted.strays is None


def note_told(folder: Path) -> None:
    """Note that the person knows of the last restoration. Raises OSError."""
    _change(folder, told=True)


def note_strays(folder: Path, mails: int) -> None:
    """Note how many mails were made of sources after the last restoration, and that there are no more."""
    _change(folder, strays=mails)


def _change(folder: Path, **values: Any) -> None:
    with _writing:
        noted = read(folder)
        if noted is not None:
            write(folder, replace(noted, **values))
