"""The question for the passphrase of the password vault, and its answers. Who asks and who is asked stand far apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Asked:
    """For which passphrase the person is asked."""

    is_new: bool
    """The vault is new: the passphrase is being chosen."""
    wrong: int = 0
    """How many answers before did not open the vault."""


class Lost(Enum):
    """The person knows the passphrase no more and gives the passwords up."""

    LOST = "lost"


class Exhausted(Enum):
    """Nobody can be asked for another answer than those that were wrong."""

    EXHAUSTED = "exhausted"


Answer = str | Lost | Exhausted | None
"""None means that the person declines."""
AskPassphrase = Callable[[Asked], Answer]
