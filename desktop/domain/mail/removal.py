"""What goes with a mail account that is removed. Pure."""

from __future__ import annotations

from dataclasses import dataclass

KEPT_GONE_DAYS = 30
"""So long mails stay on this computer that no server has any more."""


@dataclass(frozen=True, slots=True)
class Removal:
    """What only one account has."""

    mails: int
    """Mails of no other account; they leave every list."""
    waiting: int
    """Changes not yet carried to the server; they are dropped."""
    secrets_left: str = ""
    """Why a password of it is still there, in a sentence; "" when all went."""
