"""Mails that links begin: `mailto:` (RFC 6068). Pure; total; linear.

Anybody can make such a link, on a page or in a mail, and a click opens it. So it says to whom, about what, and a text,
as plain text; a file never goes along, whatever the link calls it (C27), and a line end makes no field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from desktop.base import text
from desktop.domain.mail import address_list, address_write, header_write
from desktop.domain.mail.address import Address

MAX_URI_CHARS = 200_000
MAX_PEOPLE = 100
"""Of each kind."""
MAX_BODY_CHARS = 50_000
MAX_FIELDS = 200

_SCHEME = "mailto:"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_LINE_END = re.compile("\r\n|\r|\u2028|\u2029")


@dataclass(frozen=True, slots=True)
class Mailto:
    """What a link asks for; all empty where it was none."""

    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    subject: str = ""
    body: str = ""
    """Plain text."""


def is_mailto(uri: str) -> bool:
    """Say whether a text is such a link."""
    return uri[: len(_SCHEME)].lower() == _SCHEME


def link(person: Address) -> str:
    """Return the link that begins a mail to a person; "mailto:" where his address can be none."""
    if not address_write.is_fit(person.address):
        return _SCHEME
    local, domain = address_write.spelled(person.address).rpartition("@")[0], person.address.rpartition("@")[2]
    written = f"{local}@{domain}"
    name = header_write.one_line(text.encodable(person.name), header_write.MAX_NAME_CHARS)
    if name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        written = f'"{escaped}" <{written}>'
    return _SCHEME + quote(written, safe="@")


def parse(uri: str) -> Mailto:
    """Return what a link asks for. Never raises; what can be no address is left out, and of two subjects the second."""
    if not is_mailto(uri):
        return Mailto()
    path, _mark, query = uri[len(_SCHEME) : MAX_URI_CHARS].partition("?")
    people = {"to": _people(path), "cc": [], "bcc": []}
    texts: dict[str, str] = {}
    # pages often hold the link as it stands in their source
    for pair in query.replace("&amp;", "&").split("&", MAX_FIELDS)[:MAX_FIELDS]:
        written, _equals, value = pair.partition("=")
        name = unquote(written).lower()
        if name in people:
            people[name] += _people(value)
        elif name in {"subject", "body"}:
            texts.setdefault(name, text.encodable(unquote(value)))
    return Mailto(
        _once(people["to"]),
        _once(people["cc"]),
        _once(people["bcc"]),
        subject=header_write.one_line(texts.get("subject", "")),
        body=_NOT_TEXT.sub("", _LINE_END.sub("\n", texts.get("body", ""))[:MAX_BODY_CHARS]).strip("\n"),
    )


def _people(value: str) -> list[Address]:
    """Return the addresses of a list whose commas stand outside of what is encoded."""
    found = []
    for piece in value.split(",", MAX_PEOPLE)[:MAX_PEOPLE]:
        written = text.encodable(unquote(piece)).strip(" ")
        if not written or _CONTROL.search(written):
            continue
        for each in address_list.parse(written.encode(), "utf-8", MAX_PEOPLE):
            name = header_write.one_line(each.name, header_write.MAX_NAME_CHARS)
            if address_write.is_fit(each.address):
                found.append(Address(name, each.address))
    return found


def _once(people: list[Address]) -> tuple[Address, ...]:
    found: dict[str, Address] = {}
    for each in people[:MAX_PEOPLE]:
        found.setdefault(each.key, each)
    return tuple(found.values())
