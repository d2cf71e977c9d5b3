"""Which mails were read one after the other, to go back and forward in, as a browser does. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop.domain.mail.folder import ListId

_MOST = 100


@dataclass(frozen=True, slots=True)
class Visit:
    """A mail that was opened from a list."""

    list_id: ListId
    key: int


class ReadingHistory:
    """Lives with one reader."""

    def __init__(self) -> None:
        self._visits: list[Visit] = []
        self._at = -1

    def note(self, visit: Visit) -> None:
        """Note what is read now; what lay ahead is forgotten. Nothing changes when one stands there already."""
        if 0 <= self._at < len(self._visits) and self._visits[self._at] == visit:
            return
        self._visits = [*self._visits[: self._at + 1], visit][-_MOST:]
        self._at = len(self._visits) - 1

    def step(self, way: int, is_there: Callable[[Visit], bool]) -> Visit | None:
        """Go back (-1) or forward (1) to the next mail that is still there, and return it; None to stay."""
        at = self._at + way
        while 0 <= at < len(self._visits):
            if is_there(self._visits[at]):
                self._at = at
                return self._visits[at]
            at += way
        return None
