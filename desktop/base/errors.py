"""Two kinds of errors: the world's (`Problem`) and ours (`Bug`).

A Problem is expected: a server that is away, a wrong password, a full disk. It carries a sentence for the
person, says whether trying again can help, and what the person can do. Everything else is a Bug and travels to
the crash hook. Only the loops of the engine, `ui.tasks`, bus dispatch, the crash hook and the MIME parser catch
broadly.
"""

from __future__ import annotations

from enum import StrEnum


class Remedy(StrEnum):
    """The one button an error offers."""

    NONE = ""
    RETRY = "retry"
    SIGN_IN = "sign-in"
    SETTINGS = "settings"
    FREE_SPACE = "free-space"
    TRUST_CERTIFICATE = "trust-certificate"
    UNLOCK = "unlock"


class Problem(Exception):
    """Something is wrong in the world. `text` is a whole translated sentence, `details` the other side's own words."""

    remedy: Remedy = Remedy.RETRY
    can_retry: bool = True

    def __init__(self, text: str, *, details: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.details = details


class Bug(Exception):
    """Something is wrong in Rapport itself."""
