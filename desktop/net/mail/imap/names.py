"""Names of mailboxes: modified UTF-7 both ways (RFC 3501, section 5.1.3). Pure."""

from __future__ import annotations

import base64
import binascii
import re

_SHIFTED = re.compile(rb"&([^-]*)-")
_DIRECT = re.compile(r"[\x20-\x25\x27-\x7e]+")
_NOT_SHOWN = re.compile(r"[\x00-\x1f\x7f]")


def decode(wire_name: bytes) -> str:
    """Return a mailbox name for people. Invalid UTF-7 and raw 8-bit names stay readable instead of failing."""
    try:
        wire_name.decode("ascii")
    except UnicodeDecodeError:
        return _NOT_SHOWN.sub("\N{REPLACEMENT CHARACTER}", wire_name.decode("utf-8", "replace"))
    return _NOT_SHOWN.sub("\N{REPLACEMENT CHARACTER}", _decode_ascii(wire_name))


def _decode_ascii(wire_name: bytes) -> str:
    parts: list[str] = []
    at = 0
    for match in _SHIFTED.finditer(wire_name):
        parts.append(wire_name[at : match.start()].decode("ascii"))
        parts.append(_unshift(match))
        at = match.end()
    parts.append(wire_name[at:].decode("ascii"))
    return "".join(parts)


def _unshift(match: re.Match[bytes]) -> str:
    inner = match[1]
    if not inner:
        return "&"
    try:
        padded = inner.replace(b",", b"/") + b"=" * (-len(inner) % 4)
        return base64.b64decode(padded, validate=True).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return match[0].decode("ascii")


def encode(path: str) -> bytes:
    """Return the wire form of a name a person typed. Line breaks and NUL are refused later, by `guard`."""
    parts: list[bytes] = []
    at = 0
    while at < len(path):
        direct = _DIRECT.match(path, at)
        if direct is not None:
            parts.append(direct[0].encode("ascii"))
            at = direct.end()
        elif path[at] == "&":
            parts.append(b"&-")
            at += 1
        elif path[at] in "\r\n\0":
            parts.append(path[at].encode("ascii"))
            at += 1
        else:
            end = at
            while end < len(path) and path[end] not in "&\r\n\0" and not _DIRECT.match(path, end):
                end += 1
            coded = base64.b64encode(path[at:end].encode("utf-16-be", "surrogatepass")).rstrip(b"=")
            parts.append(b"&" + coded.replace(b"/", b",") + b"-")
            at = end
    return b"".join(parts)
