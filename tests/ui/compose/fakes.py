"""The services the composer stands on, in memory: one can look at what they were told, and make them fail."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from pathlib import Path

from desktop.base.errors import Problem
from desktop.domain.mail.address import Address
from desktop.domain.mail.correspondence import Suggestion
from desktop.domain.mail.draft import Draft, Enclosure, Identity
from desktop.ui.compose.ports import Notice

JAN = Identity(
    "jan@firm.example",
    "Jan Berger",
    signature="<p>Jan Berger<br>Sales North, Nordlicht Systems<br>jan@firm.example</p>",
    reply_signature="<p>Jan Berger<br>jan@firm.example</p>",
)
SALES = Identity("sales@firm.example", "Nordlicht Sales", "answers@firm.example", signature="<p>Your sales team</p>")
SILENT = Identity("jan@home.example")

PEOPLE = (
    Suggestion("Anna Keller", "anna@acme.example", "ACME GmbH"),
    Suggestion("Anna Lind", "lind@kranich.example", "Kranich Logistik"),
    Suggestion("Rolf Stein", "rolf@acme.example", "ACME GmbH"),
    Suggestion("", "annex@helix.example"),
)


class DiskFull(Problem):
    """The sentence a person reads."""


@dataclass
class MemoryCompose:
    """`Compose` in memory."""

    writers: tuple[tuple[int, Identity], ...] = ((1, JAN), (1, SALES), (2, SILENT))
    drafts: dict[int, Draft] = field(default_factory=dict)
    contents: dict[bytes, bytes] = field(default_factory=dict)
    discarded: list[int] = field(default_factory=list)
    on_server: list[Draft] = field(default_factory=list)
    failing: str = ""
    """The sentence with which the next calls that write fail."""
    saves: int = 0
    threads: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def identities(self) -> tuple[tuple[int, Identity], ...]:
        self._called()
        return self.writers

    def suggest(self, words: str, most: int) -> tuple[Suggestion, ...]:
        self._called()
        self.asked.append(words)
        found = [p for p in PEOPLE if words.lower() in f"{p.name} {p.address}".lower()]
        return tuple(found[:most])

    def attach(self, path: Path) -> Enclosure:
        self._called()
        return self._keep(path.name, "application/octet-stream", path.read_bytes())

    def attach_octets(self, name: str, media_type: str, octets: bytes) -> Enclosure:
        self._called()
        return self._keep(name, media_type, octets)

    def content(self, enclosure: Enclosure) -> bytes:
        self._called()
        return self.contents[enclosure.digest]

    def save(self, draft: Draft, key: int | None = None, *, instead_of: int | None = None) -> int:
        self._called()
        self._may_fail()
        self.saves += 1
        key = key or len(self.drafts) + 1
        self.drafts[key] = draft
        return key

    def put_on_server(self, key: int) -> None:
        self._called()
        self.on_server.append(self.drafts[key])

    def discard(self, key: int) -> None:
        self._called()
        self._may_fail()
        self.discarded.append(key)
        del self.drafts[key]

    def _keep(self, name: str, media_type: str, octets: bytes) -> Enclosure:
        self._may_fail()
        types = {".png": "image/png", ".pdf": "application/pdf"}
        digest = hashlib.sha256(octets).digest()
        self.contents[digest] = octets
        return Enclosure(name, types.get(Path(name).suffix, media_type), len(octets), digest)

    def _may_fail(self) -> None:
        if self.failing:
            raise DiskFull(self.failing)

    def _called(self) -> None:
        self.threads.add(threading.current_thread().name)


@dataclass
class MemoryOutbox:
    """`Outbox` in memory."""

    compose: MemoryCompose
    sent: list[tuple[int, Draft, int | None]] = field(default_factory=list)
    failing: str = ""

    def send(self, draft_key: int, at_ms: int | None = None) -> int:
        if self.failing:
            raise DiskFull(self.failing)
        self.sent.append((draft_key, self.compose.drafts[draft_key], at_ms))
        return 100 + draft_key


def nothing_to_say(_draft: Draft) -> tuple[Notice, ...]:
    """Examine no draft."""
    return ()


def person(name: str, address: str) -> Address:
    """Return a recipient."""
    return Address(name, address)
