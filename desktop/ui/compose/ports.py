"""What the composer needs of the services, and the data it is told warnings with. No Qt; any thread.

The window calls these through `ui.tasks` alone, so each may read the database or a file. A `Problem` they raise holds
the sentence a person is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from desktop.domain.mail.correspondence import Suggestion
from desktop.domain.mail.draft import Draft, Enclosure, Identity


class Compose(Protocol):
    """Drafts and what belongs to writing them."""

    def identities(self) -> tuple[tuple[int, Identity], ...]:
        """Return whom one may write as, each with the key of its mail account, the default first."""

    def suggest(self, words: str, most: int) -> tuple[Suggestion, ...]:
        """Return who matches what was typed so far, best first, at most `most`."""

    def attach(self, path: Path) -> Enclosure:
        """Keep a copy of a file; raises Problem where it cannot be read."""

    def attach_octets(self, name: str, media_type: str, octets: bytes) -> Enclosure:
        """Keep octets as a file, a pasted picture for one."""

    def content(self, enclosure: Enclosure) -> bytes:
        """Return the octets of an enclosure; raises Problem where they are gone."""

    def save(self, draft: Draft, key: int | None = None, *, instead_of: int | None = None) -> int:
        """Keep a draft, a new one for None; returns its key. A new one may stand for another program's Email."""

    def put_on_server(self, key: int) -> None:
        """Bring the copy of a draft on its server up to date, where there is one."""

    def discard(self, key: int) -> None:
        """Delete a draft."""


class Outbox(Protocol):
    """Where mails wait to be sent."""

    def send(self, draft_key: int, at_ms: int | None = None) -> int:
        """Hand a saved draft over, for a time (UTC) or for now; returns the key of what waits there."""


class Remedy(StrEnum):
    """What the composer does when a person presses an offer."""

    FINE = "fine"
    """Never mind: this is not said again."""
    ATTACH = "attach"
    SUBJECT = "subject"
    REMOVE = "remove"
    """Take a recipient out."""
    TO_BCC = "to-bcc"
    """Make all visible recipients invisible to one another."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The words of a button and what it does; `address` names the recipient `Remedy.REMOVE` means."""

    words: str
    remedy: Remedy
    address: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """One warning about a draft. `kind` is what it stays the same warning by; at most two offers."""

    kind: str
    words: str
    offers: tuple[Offer, ...] = ()
    on_sending: bool = False
    """Only said to whoever presses Send: something is missing that may still come."""


Examine = Callable[[Draft], tuple[Notice, ...]]
"""Looks a draft over, most serious first; called on a reader thread, again and again as one writes."""
