"""Header fields of hostile mail read tolerantly: fields, encoded words, dates, ids, parameters. Pure; never raises.

Every function is linear in its input and cuts what is longer than any honest field, so that no header makes the
import stop. Structure (commas, brackets, semicolons) is always read before encoded words are decoded: what is
written inside an encoded word must not become syntax.
"""

from __future__ import annotations

import binascii
import re
from datetime import date
from email.utils import parsedate_tz

from desktop.domain.mail import charset, transfer

MAX_HEADER_BYTES = 256 * 1024
MAX_FIELD_BYTES = 64 * 1024
"""Longer fields are cut before they are decoded."""
MAX_REFERENCES = 50
MAX_PARAMETERS = 100

Fields = dict[bytes, list[bytes]]
"""Lower-case field name -> raw values, folded as they came, in order."""

_FIELD = re.compile(rb"^([!-9;-~]{1,100})[ \t]*:(.*(?:\n[ \t].*)*)", re.MULTILINE)
_WHOLE_FIELD = re.compile(rb"^([!-9;-~]{1,100})[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)", re.MULTILINE)
_START = re.compile(rb">?From |[!-9;-~]{1,100}[ \t]*:")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_ID = re.compile(r"<\s*([^<>\s]{1,998})\s*>")
_DATE = re.compile(
    r"\s*(?:[A-Za-z]{3},)?\s{0,3}(\d{1,2})\s([A-Za-z]{3})\s(\d{4})\s(\d\d):(\d\d)(?::(\d\d))?\s([+-])(\d\d)(\d\d)(?!\d)"
)
_MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9} | {
    "oct": 10,
    "nov": 11,
    "dec": 12,
}
_EPOCH = date(1970, 1, 1).toordinal()
_SEPARATORS = re.compile(r";[\s;]+")
_PARAMETER = re.compile(
    r""";([^\s=;*]{1,60})(?:\*(\d{1,4}))?(\*)?\s*=\s*(?:"((?:[^"\\]+|\\.)*)"?|([^;]*))""", re.DOTALL
)
_EXTENDED = re.compile(r"([^']{0,60})'[^']{0,60}'(.*)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def split(raw: bytes, start: int = 0, end: int | None = None) -> tuple[bytes, int]:
    """Return the header block of raw[start:end] (at most MAX_HEADER_BYTES) and where its body begins.

    What does not begin with a field is all body.
    """
    stop = len(raw) if end is None else end
    if raw.startswith((b"\n", b"\r\n"), start, stop):
        return b"", raw.find(b"\n", start) + 1
    if not _START.match(raw, start, stop):
        return b"", start
    unix = raw.find(b"\n\n", start, stop)
    dos = raw.find(b"\n\r\n", start, stop if unix < 0 else unix)
    if dos >= 0:
        last, body = dos + 1, dos + 3
    elif unix >= 0:
        last, body = unix + 1, unix + 2
    else:
        last = body = stop
    return raw[start : min(last, start + MAX_HEADER_BYTES)], body


def without(raw: bytes, names: frozenset[bytes]) -> bytes:
    """Return a mail without the fields of these lower-case names, and else as it is."""
    block, _body = split(raw)
    kept = _WHOLE_FIELD.sub(lambda field: b"" if field[1].lower() in names else field[0], block)
    return kept + raw[len(block) :]


def begins(raw: bytes) -> bool:
    """Say whether the bytes begin with a header field (or the line an mbox file puts before one)."""
    return _START.match(raw) is not None


def fields(header: bytes, wanted: frozenset[bytes]) -> Fields:
    """Return the wanted fields of a header block."""
    found: Fields = {}
    for name, value in _FIELD.findall(header):
        name = name.lower()
        if name in wanted:
            if name in found:
                found[name].append(value)
            else:
                found[name] = [value]
    return found


def in_order(header: bytes, wanted: frozenset[bytes]) -> list[tuple[bytes, bytes]]:
    """Return the wanted fields of a header block as (lower-case name, raw value), as they stand below each other."""
    return [(name.lower(), value) for name, value in _FIELD.findall(header) if name.lower() in wanted]


def text(value: bytes, hint: str = "") -> str:
    """Return an unstructured field for people: decoded, whitespace folded, without control characters.

    `hint` is the charset of the body: mailers that send raw 8-bit headers use the same for both.
    """
    return clean(words(source(value, hint)))


def source(value: bytes, hint: str = "") -> str:
    """Return the field as a string whose encoded words are still encoded."""
    if len(value) > MAX_FIELD_BYTES:
        value = value[:MAX_FIELD_BYTES]
    return value.decode("ascii") if value.isascii() and b"\x1b" not in value else charset.decode(value, hint)


def clean(value: str) -> str:
    """Fold whitespace; drop control characters and directional overrides."""
    value = " ".join(value.split())
    return value if value.isprintable() else _CONTROL.sub("", value)


def words(value: str) -> str:
    """Decode RFC 2047 encoded words wherever they stand; neighbours of one charset are joined before decoding."""
    if "=?" not in value:
        return value
    out: list[str] = []
    label, at = "", 0
    pending: bytes | None = None
    for match in _WORD.finditer(value):
        between = value[at : match.start()]
        at = match.end()
        name = match[1].partition("*")[0].lower()
        data = _word_bytes(match[2], match[3])
        if pending is not None and (not between or between.isspace()):
            if name == label:
                pending += data
                continue
            out.append(charset.decode(pending, label))
        else:
            if pending is not None:
                out.append(charset.decode(pending, label))
            out.append(between)
        label, pending = name, data
    if pending is not None:
        out.append(charset.decode(pending, label))
    out.append(value[at:])
    return "".join(out)


def encoded_bytes(value: str) -> list[bytes]:
    """Return the raw bytes inside every encoded word: what a decoder for people leaves out is still there."""
    return [_word_bytes(match[2], match[3]) for match in _WORD.finditer(value)]


def _word_bytes(encoding: str, payload: str) -> bytes:
    data = payload.encode("utf-8")
    if encoding in "bB":
        return transfer.base64(data)
    return binascii.a2b_qp(data.replace(b"\r", b"").replace(b"\n", b""), header=True)


def date_ms(value: bytes) -> int | None:
    """Return a Date field in ms UTC; None when it is no date (RFC 5322, section 3.3, and what people send)."""
    written = value[:200].decode("latin-1")
    match = _DATE.match(written)
    if match:
        day, name, year, hour, minute, second, sign, off_hours, off_minutes = match.groups()
        month = _MONTHS.get(name.lower())
        if month is not None:
            offset = int(off_hours) * 3600 + int(off_minutes) * 60
            return _ms(
                int(year), month, int(day), int(hour), int(minute), int(second or 0), -offset if sign == "-" else offset
            )
    try:
        found = parsedate_tz(written.strip())
        return None if found is None else _ms(*found[:6], found[9] or 0)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _ms(year: int, month: int, day: int, hour: int, minute: int, second: int, offset: int) -> int | None:
    if not (0 <= hour < 25 and 0 <= minute < 61 and 0 <= second < 62 and abs(offset) <= 86_400):
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    return (days * 86_400 + hour * 3600 + minute * 60 + second - offset) * 1000


def message_ids(value: bytes) -> tuple[str, ...]:
    """Return the Message-IDs of a field without brackets, in order; of more than 50 the first and the newest 49."""
    written = source(value)
    found = _ID.findall(written)
    if not found and "<" not in written:
        found = [word for word in words(written).split()[:1000] if "@" in word or written.strip() == word]
    unique = tuple(dict.fromkeys(clean(each) for each in found))
    return unique if len(unique) <= MAX_REFERENCES else (unique[0], *unique[1 - MAX_REFERENCES :])


def token(value: bytes) -> str:
    """Return the first word of a structured field in lower case, without comments ("base64")."""
    return value[:1000].decode("latin-1").partition(";")[0].partition("(")[0].strip().strip("\"'").lower()


def parameters(value: str) -> dict[str, str]:
    """Return the parameters of Content-Type or Content-Disposition, RFC 2231 segments joined, all decoded."""
    plain: dict[str, str] = {}
    segments: dict[str, dict[int, tuple[bool, str]]] = {}
    # separators are folded first: a header of 7,000 "; " would cost their square
    for count, match in enumerate(_PARAMETER.finditer(_SEPARATORS.sub(";", value))):
        if count >= MAX_PARAMETERS:
            break
        name, number, star, quoted, bare = match.groups()
        name = name.lower()
        content = _ESCAPED.sub(r"\1", quoted) if quoted is not None else bare.strip()
        if number is None and star is None:
            plain.setdefault(name, content)
        else:
            segments.setdefault(name, {}).setdefault(int(number or 0), (star is not None, content))
    found = {name: words(content) if "=?" in content else content for name, content in plain.items()}
    for name, pieces in segments.items():
        found[name] = _joined(pieces)
    return found


def _joined(pieces: dict[int, tuple[bool, str]]) -> str:
    """Join RFC 2231 continuations; the first encoded piece names the charset."""
    label, data = "", b""
    encoded = any(star for star, _ in pieces.values())
    for number in sorted(pieces):
        star, content = pieces[number]
        if star and number == 0:
            match = _EXTENDED.match(content)
            if match:
                label, content = match[1], match[2]
        data += _percent(content) if star else content.encode("utf-8", "replace")
    decoded = charset.decode(data, label)
    return decoded if encoded else words(decoded)


def _percent(content: str) -> bytes:
    if "%" not in content:
        return content.encode("utf-8", "replace")
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(content)
