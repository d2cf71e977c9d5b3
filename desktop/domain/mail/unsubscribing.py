"""How one leaves the list a mail came from (RFC 2369, section 3.2; RFC 8058). Pure; never raises.

The addresses are a stranger's. One that is written to deceive, leads to a number instead of a name, or holds anything
that could become another header or request is passed over as if it were not there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from desktop.domain.mail import header, links
from desktop.domain.mail.trust import Trust, Verdict

MOST_WAYS = 10
"""Honest lists name two."""
_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """The ways to leave a list; "" where there is none of a kind."""

    list_name: str = ""
    """What the list calls itself; "" where it does not."""
    one_click: str = ""
    """Takes a POST of exactly "List-Unsubscribe=One-Click": https."""
    page: str = ""
    """A page for a browser: http or https."""
    mail: str = ""
    """A mailto: URL."""


_WANTED = frozenset({b"list-unsubscribe", b"list-unsubscribe-post", b"list-id", b"dkim-signature"})
_WAY = re.compile(r"<([^<>]*)>")
_FOLDS = re.compile(r"[ \t\r\n]+")
_TAG = re.compile(r"(?:^|;) ?([a-z]{1,2}) ?= ?([^;]*)", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,10}[a-z][a-z0-9-]{0,61}[a-z0-9]", re.IGNORECASE)
_MAILBOX = re.compile(r"[^\s@<>,;:\"()\\]{1,64}@[a-z0-9.-]{1,253}", re.IGNORECASE)
_LIST_NAME = re.compile(r"(.*)<[^<>]*>\s*", re.DOTALL)
_MOST_SIGNATURES = 10


def ways(block: bytes, trust: Trust) -> Unsubscribing | None:
    """Return how the list of a mail is left, given its header block; None where there is no way.

    None too where the mail is known to be forged: an answer would only tell that somebody reads here.
    """
    fields = header.fields(block, _WANTED)
    if b"list-unsubscribe" not in fields or trust.verdict is Verdict.FAILED:
        return None
    written = header.source(fields[b"list-unsubscribe"][0])
    found = [way for each in _WAY.findall(written)[:MOST_WAYS] if (way := _way(_FOLDS.sub("", each)))]
    pages = [way for way in found if not way.startswith("mailto:")]
    secure = next((way for way in pages if way.startswith("https:")), "")
    one_click = secure if secure and _is_one_click(fields) and _is_signed(fields, trust) else ""
    mail = next((way for way in found if way.startswith("mailto:")), "")
    if not found:
        return None
    return Unsubscribing(_list_name(fields), one_click, secure or next(iter(pages), ""), mail)


def _is_one_click(fields: header.Fields) -> bool:
    values = fields.get(b"list-unsubscribe-post", [])
    return len(values) == 1 and values[0].strip() == b"List-Unsubscribe=One-Click"


def _is_signed(fields: header.Fields, trust: Trust) -> bool:
    """Say whether a good signature covers both fields (RFC 8058, section 4), as far as the receiver tells."""
    if not trust.tells_of_signatures:
        return True
    for value in fields.get(b"dkim-signature", [])[:_MOST_SIGNATURES]:
        tags = {name.lower(): text for name, text in _TAG.findall(header.clean(header.source(value)))}
        signed = {name.strip().lower() for name in tags.get("h", "").split(":")}
        by = tags.get("d", "").strip().rstrip(".").lower()
        if {"list-unsubscribe", "list-unsubscribe-post"} <= signed and trust.signed_by(by):
            return True
    return False


def _way(url: str) -> str:
    """Return an address that can be used, its scheme in lower case; "" for any other."""
    if not url.isascii() or not url.isprintable() or len(url) > _LONGEST or "\\" in url:
        return ""
    scheme, colon, rest = url.partition(":")
    scheme = scheme.lower()
    if scheme == "mailto":
        return _mailto(rest)
    if scheme not in {"http", "https"} or not rest.startswith("//"):
        return ""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if "@" in parts.netloc or not _HOST.fullmatch(parts.hostname or "") or port not in {None, 80, 443}:
        return ""
    # what would be asked about in the text of a mail has no business behind a button
    return "" if links.suspicion("", url) is not None else scheme + colon + rest


def _mailto(rest: str) -> str:
    target, mark, query = rest.partition("?")
    if not _MAILBOX.fullmatch(unquote(target)):
        return ""
    given = [each.partition("=") for each in query.split("&")]
    # copies to others, attachments and line breaks are no part of leaving a list
    kept = [
        f"{name.lower()}={value}"
        for name, _, value in given
        if name.lower() in {"subject", "body"} and unquote(value).isprintable()
    ]
    return f"mailto:{target}{mark if kept else ''}{'&'.join(kept)}"


def _list_name(fields: header.Fields) -> str:
    match = _LIST_NAME.match(header.source(fields.get(b"list-id", [b""])[0])[:1000])
    return header.clean(header.words(match[1])).strip("\"' ")[:100] if match else ""
