"""Drafts that only a damaged database had: their text waits here until they are made drafts again.

Rows of the damaged file name mails that may not be here; what a person wrote is taken over by itself instead, with the
Message-ID its mail has, so that a copy on the server is recognised. An outgoing mail the backup does not have comes
back this way too, to be looked at and sent again by the person.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from desktop.domain.mail.draft import Draft
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.drafts import from_json
from desktop.store.settings import PER_MAIL, SettingValues

_NAME = f"{PER_MAIL}late-draft."


@dataclass(frozen=True, slots=True)
class LateDraft:
    """A draft that waits; `note` is what it is taken away by."""

    note: str
    message_id: str
    date_ms: int
    draft: Draft


class LateDrafts:
    """Reads what waits inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def all(self) -> tuple[LateDraft, ...]:
        """Return the drafts that wait."""
        found = []
        for name, stored in SettingValues(self._view).notes(_NAME).items():
            message_id, date_ms, content = json.loads(stored)
            found.append(LateDraft(name, message_id, date_ms, from_json(content)))
        return tuple(found)


def keep(work: UnitOfWork, message_id: str, date_ms: int, content: str) -> bool:
    """Let a draft wait unless it is here as it is, or was noted before; says whether that changed something.

    The values may come from a damaged file and be anything. Raises what reading them raises.
    """
    from_json(content)
    note = f"{_NAME}{hashlib.sha256(message_id.encode()).hexdigest()[:32]}"
    stored = json.dumps([message_id, int(date_ms), content], ensure_ascii=False)
    same = work.value("SELECT 1 FROM draft WHERE message_id = ? AND content = ?", (message_id, content))
    if same or SettingValues(work).get(note) == stored:
        return False
    SettingValues.put(work, note, stored)
    return True


def forget(work: UnitOfWork, late: LateDraft) -> None:
    """Take a draft away that waits no more."""
    SettingValues.take(work, [late.note])
