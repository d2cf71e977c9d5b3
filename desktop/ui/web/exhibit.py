"""What a mail is to the browser: a document, its policy and its pictures. Known without the browser being loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

Deliver: TypeAlias = Callable[[bytes, str], None]
"""Takes bytes and media type of a picture; empty bytes when there is none."""


class Pictures(Protocol):
    """Where pictures of the mail on the stage come from. Both may answer later, on the GUI thread."""

    def inline(self, content_id: str, deliver: Deliver) -> None:
        """Deliver the part of this mail with a Content-ID."""

    def remote(self, number: int, deliver: Deliver) -> None:
        """Deliver the remote picture with this number; asked only while remote pictures are allowed."""


@dataclass(slots=True)
class Exhibit:
    """One mail as it may be served: a whole HTML document, its policy, and its pictures."""

    document: bytes
    policy: str
    pictures: Pictures | None = None
    allow_remote: bool = False
