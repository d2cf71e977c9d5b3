"""What the files of other mail programs say of a mail's state: fields they add to its header, letters in its name.

mbox programs write Status and X-Status (c-client, mutt), Thunderbird X-Mozilla-Status, a number of flags in
hexadecimal; Maildir puts letters behind ":2," in the name (https://cr.yp.to/proto/maildir.html). Pure.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from desktop.domain.mail import header
from desktop.domain.mail.message import Flag

_FIELDS = frozenset({b"status", b"x-status", b"x-mozilla-status"})
_MOZILLA = ((0x1, Flag.SEEN), (0x2, Flag.ANSWERED), (0x4, Flag.FLAGGED), (0x8, Flag.DELETED), (0x1000, Flag.FORWARDED))
_LETTERS: Mapping[str, Flag] = {
    "R": Flag.SEEN,
    "A": Flag.ANSWERED,
    "F": Flag.FLAGGED,
    "T": Flag.DRAFT,
    "D": Flag.DELETED,
}
_MAILDIR: Mapping[str, Flag] = {
    "D": Flag.DRAFT,
    "F": Flag.FLAGGED,
    "P": Flag.FORWARDED,
    "R": Flag.ANSWERED,
    "S": Flag.SEEN,
    "T": Flag.DELETED,
}
_INFO = re.compile(r"[:;!]2,([A-Za-z]*)$")
"""What stands before the letters cannot be in a name on Windows, where programs took others."""
_TIME = re.compile(r"(\d{9,10})\.")


@dataclass(frozen=True, slots=True)
class Marks:
    """`flags` is None where the file says nothing."""

    flags: Flag | None = None
    date_ms: int | None = None
    """When it was delivered; None where the file does not say."""


def of_header(raw: bytes) -> Flag | None:
    """Return the flags in the header of a source, None where no program has written any."""
    found = header.fields(header.split(raw)[0], _FIELDS)
    if not found:
        return None
    flags = Flag.NONE
    for value in found.get(b"x-mozilla-status", ())[:1]:
        try:
            number = int(value.strip()[:8], 16)
        except ValueError:
            continue
        for bit, flag in _MOZILLA:
            flags |= flag if number & bit else Flag.NONE
    for name in (b"status", b"x-status"):
        for value in found.get(name, ())[:1]:
            for letter in value.strip()[:10].decode("latin-1"):
                flags |= _LETTERS.get(letter, Flag.NONE)
    return flags


def of_maildir_name(name: str, *, is_new: bool) -> Marks:
    """Return what the name of a file in `cur` says, or in `new`, where a mail was never looked at."""
    time = _TIME.match(name)
    date_ms = int(time[1]) * 1000 if time else None
    info = _INFO.search(name)
    flags = Flag.NONE
    if info is not None and not is_new:
        for letter in info[1]:
            flags |= _MAILDIR.get(letter, Flag.NONE)
    return Marks(flags, date_ms)


def maildir_name(number: int, date_ms: int, flags: Flag) -> str:
    """Return a name for a file in `cur`; numbers make it the only one of its kind."""
    letters = "".join(letter for letter, flag in _MAILDIR.items() if flags & flag)
    colon = ";" if sys.platform == "win32" else ":"
    return f"{max(date_ms, 0) // 1000:010}.{number:07}.rapport{colon}2,{letters}"
