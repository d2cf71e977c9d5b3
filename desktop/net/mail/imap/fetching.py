"""FETCH data as plain objects: flags, dates, sizes, bodies. Pure; nonsense from the server is left out."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from desktop.domain.mail.message import Flag
from desktop.net.mail.imap import gmail
from desktop.net.mail.imap.responses import Response, Value, number, pairs

OVERVIEW = b"UID FLAGS INTERNALDATE RFC822.SIZE"
PROBE_HEADERS = b"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM TO CC SUBJECT DATE)]"

_FLAGS = {
    b"\\SEEN": Flag.SEEN,
    b"\\FLAGGED": Flag.FLAGGED,
    b"\\ANSWERED": Flag.ANSWERED,
    b"\\DRAFT": Flag.DRAFT,
    b"\\DELETED": Flag.DELETED,
    b"$FORWARDED": Flag.FORWARDED,
}
_COMBINED = tuple(Flag(bits) for bits in range(64))
_NO_KEYWORDS: frozenset[str] = frozenset()
_MONTHS = {name: i for i, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_DATE = re.compile(rb"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4})\s+(\d{1,2}):(\d{2}):(\d{2})\s*(?:([+-])(\d{2})(\d{2}))?")
_KEYWORD_MAX = 100


@dataclass(frozen=True, slots=True)
class Overview:
    """What a list needs to know of a mail before its header is here."""

    flags: Flag
    keywords: frozenset[str]
    internal_date_ms: int
    """When the server received it, ms UTC; 0 when it did not say."""
    size_bytes: int
    modseq: int | None = None
    gm_msgid: int | None = None
    """Gmail's id of the mail, the same in every folder; None elsewhere."""
    labels: frozenset[str] | None = None
    """Gmail's labels, as `gmail.labels` has them; None where they were not asked for."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Enough of a mail to know it again under another UID."""

    overview: Overview
    headers: bytes
    """The fields Message-ID, From, To, Cc, Subject and Date as they stand in the mail."""


@dataclass(frozen=True, slots=True)
class FetchedMail:
    """One whole mail. `raw` is what came, whatever `size_bytes` announced (R16)."""

    uid: int
    flags: Flag
    keywords: frozenset[str]
    internal_date_ms: int
    size_bytes: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one mail may bring."""

    mail_bytes: int = 64 << 20
    """More is refused, whatever the server says."""
    slack_bytes: int = 1 << 20
    """Above RFC822.SIZE + 10 %: some servers count line ends or attachments otherwise (R16)."""

    def allowed(self, announced_bytes: int) -> int:
        """Return how many octets a mail of this RFC822.SIZE may have; 0 or less means the server did not say."""
        if announced_bytes <= 0:
            return self.mail_bytes
        return min(self.mail_bytes, announced_bytes + announced_bytes // 10 + self.slack_bytes)


def items(response: Response) -> dict[bytes, Value]:
    """Return the data items of a FETCH response by upper-case name; empty when it holds none."""
    values = response.values()
    first = values[0] if values else None
    return pairs(first) if isinstance(first, list) else {}


def flags_of(value: Value) -> tuple[Flag, frozenset[str]]:
    """Return system flags and the other keywords (lower case, at most 100)."""
    if not isinstance(value, list):
        return Flag.NONE, _NO_KEYWORDS
    bits = 0
    keywords: list[str] = []
    for name in value:
        if isinstance(name, bytes):
            bit = _FLAGS.get(name.upper())
            if bit is not None:
                bits |= bit.value
            elif not name.startswith(b"\\") and len(keywords) < _KEYWORD_MAX:
                keywords.append(name.decode("utf-8", "replace").lower())
    return _COMBINED[bits], frozenset(keywords) if keywords else _NO_KEYWORDS


def date_ms(value: Value) -> int:
    """Return an INTERNALDATE in ms UTC; 0 when it is none (RFC 3501, section 9, date-time)."""
    match = _DATE.match(value) if isinstance(value, bytes) else None
    if match is None:
        return 0
    day, name, year, hour, minute, second, sign, zone_hours, zone_minutes = match.groups()
    month = _MONTHS.get(name.lower(), 0)
    if not month or not 1970 <= int(year) <= 9998 or not 1 <= int(day) <= 31:
        return 0
    seconds = calendar.timegm((int(year), month, int(day), int(hour), int(minute), int(second)))
    if sign:
        offset = int(zone_hours) * 3600 + int(zone_minutes) * 60
        seconds += offset if sign == b"-" else -offset
    return max(seconds, 0) * 1000


def overview(data: dict[bytes, Value]) -> Overview:
    """Return flags, date and size."""
    flags, keywords = flags_of(data.get(b"FLAGS"))
    return Overview(
        flags,
        keywords,
        date_ms(data.get(b"INTERNALDATE")),
        number(data.get(b"RFC822.SIZE")),
        number(data.get(b"MODSEQ")) or None,
        gmail.msgid(data.get(gmail.MSGID)),
        gmail.labels(data.get(gmail.LABELS)),
    )


def body(data: dict[bytes, Value], prefix: bytes = b"BODY[") -> bytes | None:
    """Return the body section a response carries; None when there is none or it is NIL."""
    for name, value in data.items():
        if name.startswith(prefix):
            return value if isinstance(value, bytes) else None
    return None


def mail(data: dict[bytes, Value]) -> FetchedMail | None:
    """Return the whole mail a response carries; None when it has no UID or no body."""
    uid = number(data.get(b"UID"))
    raw = data.get(b"BODY[]")
    if not uid or not isinstance(raw, bytes):
        return None
    flags, keywords = flags_of(data.get(b"FLAGS"))
    return FetchedMail(uid, flags, keywords, date_ms(data.get(b"INTERNALDATE")), number(data.get(b"RFC822.SIZE")), raw)
