"""What the sync engine knows of a server folder, and its decisions: pure functions over UIDs.

UIDs are walked in windows from the newest down. `synced_down_to` is the lowest UID whose window is stored: everything
from there up to `uidnext` is known, everything below is still to come. It reaches 1 when the whole folder is here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop.domain.mail.folder import Role


@dataclass(frozen=True, slots=True)
class SyncFolder:
    """A server folder as the engine sees it."""

    key: int
    account_key: int
    wire_name: bytes
    path: str
    role: Role
    selectable: bool
    watched: bool
    opened: bool
    """The person has opened it: its mails are kept in step like those of a watched folder."""
    uidvalidity: int
    uidnext: int
    modseq: int
    synced_down_to: int
    """0 before the first sync."""
    server_total: int
    """Mails the server had at the last look."""
    reconciled_at_ms: int

    @property
    def complete(self) -> bool:
        return self.synced_down_to == 1


FOLLOWED = (Role.SENT, Role.DRAFTS, Role.ARCHIVE, Role.TRASH, Role.JUNK)
"""Special folders a two-way account follows, after the watched ones."""


def is_synced(folder: SyncFolder, *, two_way: bool) -> bool:
    """Say whether a folder is kept in step by itself."""
    return folder.watched or folder.opened or (two_way and folder.role in FOLLOWED)


_LABELS_OF_ROLES = {Role.INBOX: "\\inbox", Role.SENT: "\\sent", Role.DRAFTS: "\\draft"}
"""Gmail's names of its own labels, in lower case. Starred is a flag; of Important nobody here knows."""
DRAFT_LABEL = _LABELS_OF_ROLES[Role.DRAFTS]
_NO_LABEL = (Role.ALL, Role.TRASH, Role.JUNK, Role.FLAGGED)


def label_of(role: Role, name: str) -> str | None:
    """Return how Gmail calls a folder, given by its name on the server, among the labels of a mail; None if never."""
    return None if role in _NO_LABEL else _LABELS_OF_ROLES.get(role, name)


FIRST_WINDOW = 50
"""Mails of the first window: on the screen at once."""
LARGEST_WINDOW = 500
"""UIDs of later windows; one transaction each."""


def windows_down(top: int, bottom: int = 1, *, first: int = FIRST_WINDOW) -> Iterator[tuple[int, int]]:
    """Yield (low, high) windows of UIDs from `top` down to `bottom`, growing from `first` to LARGEST_WINDOW."""
    size = first
    while top >= bottom:
        low = max(bottom, top - size + 1)
        yield low, top
        top = low - 1
        size = min(size * 3, LARGEST_WINDOW)


def windows_up(low: int, high: int, size: int = LARGEST_WINDOW) -> Iterator[tuple[int, int]]:
    """Yield (low, high) windows of UIDs upwards."""
    while low <= high:
        yield low, min(high, low + size - 1)
        low += size
