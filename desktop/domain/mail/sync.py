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
