"""BODYSTRUCTURE: the leaves of a mail and their section numbers (RFC 3501, section 7.4.2). Pure; servers lie (R16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from urllib.parse import unquote_to_bytes

from desktop.net.mail.imap.responses import Value, number, octets

_LEAVES_MAX = 1000
_DEPTH_MAX = 50


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that is no multipart. `size_bytes` counts the encoded octets, as the server says them."""

    section: str
    media_type: str
    charset: str
    encoding: str
    """Content-Transfer-Encoding in lower case; "" when not said."""
    name: str
    """File name as the mail gives it, decoded, not made safe; "" when there is none."""
    size_bytes: int
    disposition: str = ""
    content_id: str = ""


def leaves(value: Value) -> list[Leaf]:
    """Return the leaves of a BODYSTRUCTURE in the order of the mail; empty when it makes no sense."""
    found: list[Leaf] = []
    if isinstance(value, list):
        for leaf in _walk(value, "", 0):
            found.append(leaf)
            if len(found) >= _LEAVES_MAX:
                break
    return found


def _walk(body: list[Value], prefix: str, depth: int) -> Iterator[Leaf]:
    if not body or depth > _DEPTH_MAX:
        return
    if not isinstance(body[0], list):
        yield from _single(body, prefix or "1", depth)
        return
    for index, child in enumerate(body, 1):
        if not isinstance(child, list):
            break
        yield from _walk(child, f"{prefix}.{index}" if prefix else str(index), depth + 1)


def _single(body: list[Value], section: str, depth: int) -> Iterator[Leaf]:
    body = body + [None] * (7 - len(body))
    media_type = f"{_text(body[0])}/{_text(body[1])}".lower()
    parameters = _parameters(body[2])
    # a text part has a count of lines before the extension data, a message part envelope, body and lines
    extension = 7
    if media_type.startswith("text/"):
        extension = 8
    elif media_type in {"message/rfc822", "message/global"} and isinstance(body[7] if len(body) > 7 else None, list):
        extension = 10
    disposition, more = _disposition(body[extension + 1] if len(body) > extension + 1 else None)
    yield Leaf(
        section=section,
        media_type=media_type,
        charset=parameters.get("charset", "").lower(),
        encoding=_text(body[5]).lower(),
        name=_name(more, "filename") or _name(parameters, "name"),
        size_bytes=number(body[6]),
        disposition=disposition,
        content_id=_text(body[3]).strip().strip("<>"),
    )


def _text(value: Value) -> str:
    return octets(value).decode("utf-8", "replace")


def _parameters(value: Value) -> dict[str, str]:
    if not isinstance(value, list):
        return {}
    return {_text(name).lower(): _text(text) for name, text in zip(value[::2], value[1::2], strict=False)}


def _disposition(value: Value) -> tuple[str, dict[str, str]]:
    if not isinstance(value, list) or not value:
        return "", {}
    return _text(value[0]).lower(), _parameters(value[1]) if len(value) > 1 else {}


def _name(parameters: dict[str, str], key: str) -> str:
    """Return a parameter as RFC 2231 or RFC 2047 meant it."""
    if key in parameters:
        return _words(parameters[key])
    if f"{key}*" in parameters:
        return _extended(parameters[f"{key}*"])
    pieces: list[str] = []
    extended = False
    for index in range(100):
        plain, coded = parameters.get(f"{key}*{index}"), parameters.get(f"{key}*{index}*")
        if coded is not None:
            extended = True
            pieces.append(coded)
        elif plain is not None:
            pieces.append(plain)
        else:
            break
    joined = "".join(pieces)
    return _extended(joined) if extended else _words(joined)


def _extended(text: str) -> str:
    charset, quote, rest = text.partition("'")
    _language, quote, coded = rest.partition("'") if quote else ("", "", "")
    if not quote:
        charset, coded = "utf-8", text
    try:
        return unquote_to_bytes(coded).decode(charset or "utf-8", "replace")
    except LookupError:
        return unquote_to_bytes(coded).decode("utf-8", "replace")


def _words(text: str) -> str:
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text
