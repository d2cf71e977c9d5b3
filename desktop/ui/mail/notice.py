"""One banner of the reader as data: what it says, and what it offers to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from desktop.ui.widgets.banner import Tone


class Remedy(Enum):
    """What a banner offers to do."""

    LOAD_IMAGES = auto()
    ALWAYS_LOAD_IMAGES = auto()
    ALWAYS_LOAD_DOMAIN = auto()
    """Load the images of every sender of its domain from now on."""
    VIEW_SOURCE = auto()
    TRY_HTML = auto()
    OTHER_COPY = auto()
    RETRY = auto()
    RETRY_IMAGES = auto()
    EDIT = auto()
    """Write on at a draft, or at a mail that is taken back for it."""
    DELETE = auto()
    """Throw a draft away, or a mail that waits to be sent."""
    SEND_NOW = auto()
    SEND_AGAIN = auto()
    WAS_SENT = auto()
    DISMISS = auto()
    PUT_OFF = auto()
    """Snooze again, or choose another time."""
    END_REMINDER = auto()
    WRITE_ON = auto()
    """Write again to those who have not answered."""
    CHANGE_TIME = auto()
    CANCEL = auto()
    """Make a draft again of a mail that waits to be sent."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One banner: its sentence, how serious it is, and what can be done."""

    text: str
    tone: Tone = Tone.NEUTRAL
    icon: str = ""
    offers: tuple[tuple[str, Remedy], ...] = ()
    details: str = ""
