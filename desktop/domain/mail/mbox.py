"""Mails in mbox files (RFC 4155), taken apart piece by piece and put together. Pure; never fails, whatever the octets.

Programs agree on little: some quote every line that begins with "From " after any number of ">" (mboxrd), some only
bare ones (mboxo), some give a Content-Length instead (mboxcl2). So a line parts two mails when it looks like one that
does: it has a date and follows an empty line, or a header stands below it, as it must below the undated one of
Thunderbird. A Content-Length that leads to the next such line says that none before it does. Written is mboxrd.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from desktop.domain.mail import header

_FROM = b"From "
_BOM = b"\xef\xbb\xbf"
_DATED = re.compile(rb"From .{0,900}?\d:\d\d.{0,99}?\b(?:19|20)\d\d\b|From .{0,900}?\b(?:19|20)\d\d.{0,99}?\d:\d\d")
_UNDATED = re.compile(rb"From (?:-|MAILER-DAEMON|[^\s@]{1,300}@[^\s@]{1,300})?\s*")
_FIELD = re.compile(rb">?From |[!-9;-~]{1,200}[ \t]*:")
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)
_TO_QUOTE = re.compile(rb"^(>*From )", re.MULTILINE)
_CONTENT_LENGTH = re.compile(rb"Content-Length[ \t]*:[ \t]*(\d{1,15})[ \t]*\r?\n", re.IGNORECASE)
_DATE = re.compile(rb"From \S+\s+(.*)", re.DOTALL)
_EMPTY = (b"\n", b"\r\n")
LATEST_MS = 253_402_300_799_000
"""The end of the year 9999."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Boxed:
    """A mail of an mbox file."""

    raw: bytes
    """Its source; of one that is larger than was asked for nothing."""
    date_ms: int | None
    """When the line above it says it came; None where that says nothing."""
    end: int
    """Where in the file it ends."""
    is_whole: bool = True


@dataclass(slots=True)
class _Open:
    """The mail that is being read."""

    from_line: bytes
    most_bytes: int
    pieces: list[bytes] = field(default_factory=list)
    size: int = 0
    in_header: bool = True
    length: int | None = None
    """What Content-Length says, as long as the header lasts."""
    until: int = 0
    """Up to here in the file no line parts mails; 0 where nobody knows."""
    holds_bare: bool = False
    """A line that would part mails stands in what Content-Length spans: nothing is quoted there."""

    def take(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size <= self.most_bytes:
            self.pieces.append(piece)
        else:
            self.pieces.clear()

    def read_field(self, line: bytes, end: int, peek: Callable[[int], bytes]) -> None:
        """Look for Content-Length, and with the end of the header for what it leads to; `end` is that of the line."""
        if found := _CONTENT_LENGTH.match(line):
            self.length = int(found[1])
        elif line in _EMPTY:
            self.in_header = False
            self.until = _end_of_body(end, self.length, peek)

    def close(self, end: int) -> Boxed:
        if not self.until and self.pieces and self.pieces[-1] in _EMPTY:
            self.size -= len(self.pieces.pop())
        raw = b"".join(self.pieces)
        if _FROM in raw and not self.holds_bare:
            raw = _QUOTED.sub(rb"\1", raw)
        told = _DATE.match(self.from_line)
        return Boxed(raw, header.date_ms(told[1]) if told else None, end, self.size <= self.most_bytes)


def is_mbox(first: bytes) -> bool:
    """Say whether a file that begins so is an mbox file."""
    line, _newline, rest = first.removeprefix(_BOM).partition(b"\n")
    return line.startswith(_FROM) and _parts(line, rest, after_empty=True)


def mails(pieces: Iterable[bytes], peek: Callable[[int], bytes], most_bytes: int) -> Iterator[Boxed]:
    """Yield the mails of an mbox file given line by line; a very long line may come in several pieces.

    `peek` gives the octets around a place of the file: the one before it and a few from there on.
    """
    mail: _Open | None = None
    at = 0
    begins, after_empty = True, True
    lines = iter(pieces)
    piece = next(lines, b"")
    while piece:
        following = next(lines, b"")
        is_over = mail is not None and 0 < mail.until <= at
        parts = begins and piece.startswith(_FROM) and (is_over or _parts(piece, following, after_empty=after_empty))
        if mail is None or (parts and (is_over or not mail.until)):
            if mail is not None:
                yield mail.close(at)
            mail = _Open(piece, most_bytes)
        elif not is_over:  # what follows a body of known length is the empty line
            mail.holds_bare = mail.holds_bare or parts
            mail.take(piece)
            if mail.in_header and begins:
                mail.read_field(piece, at + len(piece), peek)
        after_empty = begins and piece in _EMPTY
        begins = piece.endswith(b"\n")
        at += len(piece)
        piece = following
    if mail is not None:
        yield mail.close(at)


def _end_of_body(at: int, length: int | None, peek: Callable[[int], bytes]) -> int:
    """Return where a body ends by its Content-Length, 0 where no mail or end of file follows there."""
    if not length:
        return 0
    around = peek(at + length)
    before, after = around[:1], around[1:]
    # fewer octets than were asked for: the file ends here; white space alone says nothing
    is_end = before != b"" and len(after) <= 4 and not after.strip()
    is_next = after.lstrip(b"\r\n").startswith(_FROM) and (before == b"\n" or after[:1] in (b"\r", b"\n"))
    return at + length if is_end or is_next else 0


def _parts(line: bytes, following: bytes, *, after_empty: bool) -> bool:
    """Say whether a line that begins with "From " parts two mails."""
    begins_header = _FIELD.match(following) is not None
    if _DATED.match(line):
        return after_empty or begins_header
    return begins_header and _UNDATED.fullmatch(line) is not None


def boxed(raw: bytes, sender: str, date_ms: int) -> bytes:
    """Return a mail as it stands in an mbox file. A source that does not end with a line end gets one.

    The sender's address stands above it where that is one word, as does the date in UTC.
    """
    written = sender.encode("ascii", "ignore")
    name = written if re.fullmatch(rb"[!-~]{1,200}", written) else b"MAILER-DAEMON"
    date = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=min(max(date_ms, 0), LATEST_MS))
    words = f"{_DAYS[date.weekday()]} {_MONTHS[date.month - 1]} {date.day:2} {date:%H:%M:%S} {date.year:04}"
    quoted = _TO_QUOTE.sub(rb">\1", raw) if _FROM in raw else raw
    ending = b"" if raw.endswith(b"\n") else b"\r\n" if b"\r\n" in raw else b"\n"
    return b"".join((_FROM, name, b" ", words.encode(), b"\n", quoted, ending, b"\n"))
