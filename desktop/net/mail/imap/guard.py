"""What may go onto the wire. Every argument of every IMAP command is made here.

An IMAP command ends at CRLF, so a line break inside a Message-ID or a folder name would be a second command, and those
come from strangers. CR, LF and NUL are refused, whatever the form; what is not plain ASCII goes as a literal, whose
octets are counted and never read as syntax (RFC 3501, section 4.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from desktop.domain.mail.message import Flag
from desktop.net import errors

_UNSAFE = re.compile(rb"[\r\n\x00]")
_QUOTABLE = re.compile(rb"[\x20-\x7e]*")
_ATOM = re.compile(rb"[A-Za-z0-9$_.+\-]+")
_SECTION = re.compile(r"(?:\d{1,9}(?:\.\d{1,9}){0,99})?(?:\.?(?:HEADER|TEXT|MIME))?")
_QUOTED_MAX = 1000
UID_MAX = 0xFFFFFFFF
SET_MAX_BYTES = 7000
"""Servers must take lines of 8,192 octets (RFC 7162, section 4)."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FLAG_NAMES = (
    (Flag.SEEN, b"\\Seen"),
    (Flag.FLAGGED, b"\\Flagged"),
    (Flag.ANSWERED, b"\\Answered"),
    (Flag.DRAFT, b"\\Draft"),
    (Flag.DELETED, b"\\Deleted"),
    (Flag.FORWARDED, b"$Forwarded"),
)


@dataclass(frozen=True, slots=True)
class Literal:
    """Octets sent with their count in front. `patient` waits for the server's go-ahead even where it need not."""

    octets: bytes
    patient: bool = False
    rest: Iterable[bytes] = ()
    """What follows them, sent as it comes: of what is too large to be held."""
    rest_bytes: int = 0

    @property
    def size_bytes(self) -> int:
        return len(self.octets) + self.rest_bytes

    def __repr__(self) -> str:
        return f"Literal({self.size_bytes} octets)"


Argument = bytes | Literal


def refuse_unsafe(octets: bytes, what: str) -> bytes:
    """Return the octets, or raise `UnsafeArgument` when they could end a command; `what` names the place."""
    if _UNSAFE.search(octets):
        raise errors.UnsafeArgument(what)
    return octets


def string(text: str | bytes, what: str) -> Argument:
    """Return text of a stranger or a person as a quoted string or, beyond short plain ASCII, as a literal."""
    octets = refuse_unsafe(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"), what)
    if len(octets) > _QUOTED_MAX or not _QUOTABLE.fullmatch(octets):
        return Literal(octets)
    return quoted(octets)


def quoted(octets: bytes) -> bytes:
    """Return octets that are known to be plain ASCII as a quoted string."""
    return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def mailbox(wire_name: bytes) -> Argument:
    """Return a mailbox name for a command."""
    return string(wire_name, "folder name")


def keyword(name: str) -> bytes:
    """Return a flag keyword (RFC 3501, section 9, flag-keyword)."""
    octets = name.encode("utf-8", "surrogateescape")
    if not _ATOM.fullmatch(octets):
        raise errors.UnsafeArgument("keyword")
    return octets


def flag_list(flags: Flag, keywords: Iterable[str] = ()) -> bytes:
    """Return "(\\Seen $Forwarded …)"."""
    return b"(" + b" ".join([name for bit, name in _FLAG_NAMES if flags & bit] + [keyword(k) for k in keywords]) + b")"


def section(number: str) -> bytes:
    """Return a body section such as "2.1" or "HEADER"; "" is the whole mail."""
    if not _SECTION.fullmatch(number):
        raise errors.UnsafeArgument("section")
    return number.encode()


def uid(number: int) -> bytes:
    """Return one UID."""
    if not 1 <= number <= UID_MAX:
        raise errors.UnsafeArgument("UID")
    return b"%d" % number


def uid_range(low: int, high: int) -> bytes:
    """Return "low:high"; both ends are given, so the answer is bounded (M5)."""
    return uid(low) + b":" + uid(min(high, UID_MAX))


def uid_sets(uids: Iterable[int], *, at_most: int = 10_000) -> Iterator[bytes]:
    """Return the UIDs as ranges, in as many sets as keep a command line short and name at most so many mails."""
    parts: list[bytes] = []
    length = count = 0
    for low, high in _ranges(sorted(set(uids)), at_most):
        part = uid(low) if low == high else uid_range(low, high)
        if parts and (length + len(part) >= SET_MAX_BYTES or count + high - low + 1 > at_most):
            yield b",".join(parts)
            parts, length, count = [], 0, 0
        parts.append(part)
        length += len(part) + 1
        count += high - low + 1
    if parts:
        yield b",".join(parts)


def _ranges(ordered: list[int], at_most: int) -> Iterator[tuple[int, int]]:
    low = high = 0
    for number in ordered:
        if low and number == high + 1 and number - low < at_most:
            high = number
            continue
        if low:
            yield low, high
        low = high = number
    if low:
        yield low, high


def search_date(day: date) -> bytes:
    """Return a date for SINCE (RFC 3501, section 9, date); months are English whatever the locale."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year:04d}".encode()


def internal_date(at_ms: int) -> bytes:
    """Return a quoted date-time for APPEND, in UTC."""
    at = datetime.fromtimestamp(max(at_ms, 0) / 1000, UTC)
    return f'"{at.day:2d}-{_MONTHS[at.month - 1]}-{at.year:04d} {at:%H:%M:%S} +0000"'.encode()
