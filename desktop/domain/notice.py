"""A notice on the person's desktop, beside our windows: what it says, what can be done from it, what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class Act(StrEnum):
    """What a person does on a notice; the values are those of the desktop's protocol."""

    OPEN = "default"
    ARCHIVE = "archive"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be shown. All texts are plain: nothing in them is markup, whatever it looks like."""

    tag: int
    """Our number for it; one shown with the number of another takes its place."""
    title: str
    lines: tuple[str, ...] = ()
    acts: tuple[tuple[Act, str], ...] = ()
    """What can be done, with its words; OPEN is done by a click on the notice itself."""
    sound: bool = False


class Shown(Enum):
    """What a desktop made of a notice."""

    NOT = 0
    SILENTLY = 1
    """It plays no sounds, whoever asks for one."""
    WHOLE = 2


@dataclass(frozen=True, slots=True)
class Heard:
    """Something happened to a notice: an act, or with None it is gone from the screen."""

    tag: int
    act: Act | None = None
    token: str = ""
    """Lets our window come forward where the desktop else refuses that (xdg-activation); "" for none."""
