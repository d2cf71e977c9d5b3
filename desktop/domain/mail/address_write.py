"""Addresses as servers want them: local parts quoted, domains in ASCII, names as phrases (RFC 5322, section 3.4). Pure.

What cannot be an address is refused by name: a mail that went to something near it would be lost, or read by another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from desktop.domain.mail import header_write
from desktop.domain.mail.address import Address

MAX_LOCAL_CHARS = 250
MAX_DOMAIN_CHARS = 253

_LETTER = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]"
_DOT_ATOM = re.compile(rf"{_LETTER}+(?:\.{_LETTER}+)*")
_PHRASE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
# no brackets, quotes and backslashes: programs read them in different ways, and nobody has such an address
_IN_QUOTES = re.compile(r"[ !#-;=?-\[\]-~]+")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LITERAL = re.compile(r"\[[0-9A-Za-z:.]{3,60}\]")
_DOTS = str.maketrans(dict.fromkeys("\u3002\uff0e\uff61", "."))


class AddressRefused(ValueError):
    """What was given cannot be the address of anybody; `address` is what was given."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def spelled(address: str) -> str:
    """Return an address as it stands in an envelope and a header.

    ASCII but for a local part that is not. Raises AddressRefused.
    """
    written = address.strip(" ")
    local, _at, domain = written.rpartition("@")
    found = _local(local), _domain(domain)
    if not all(found):
        raise AddressRefused(address)
    return "@".join(found)


def is_fit(address: str) -> bool:
    """Say whether mail can be written to an address: whether `spelled` returns something, with no blank in it (M8)."""
    try:
        return not any(letter.isspace() for letter in spelled(address))
    except AddressRefused:
        return False


def comparable(address: str) -> str:
    """Return an address in lower case and with its domain in ASCII: headers hold it so, people write it otherwise."""
    if address.isascii():
        return address.lower()
    local, at, domain = address.lower().rpartition("@")
    return f"{local}{at}{_domain(domain) or domain}"


def mailboxes(people: Iterable[Address]) -> list[str]:
    """Return the tokens of an address list. Raises AddressRefused."""
    tokens: list[str] = []
    for each in people:
        if tokens:
            tokens[-1] += ","
        tokens += _mailbox(each)
    return tokens


def _mailbox(person: Address) -> list[str]:
    address = spelled(person.address)
    name = header_write.one_line(person.name, header_write.MAX_NAME_CHARS)
    if not name or name == address:
        return [address]
    if any(map(header_write.needs_encoding, name.split(" "))):
        return [*header_write.encoded(name), f"<{address}>"]
    if not _PHRASE.fullmatch(name):
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        name = f'"{escaped}"'
    return [*name.split(" "), f"<{address}>"]


def _local(local: str) -> str:
    if len(local) > MAX_LOCAL_CHARS or "=?" in local:
        return ""
    if len(local) > 2 and local[0] == local[-1] == '"':
        local = local[1:-1]
    if _DOT_ATOM.fullmatch(local):
        return local if local.isascii() or all(map(_is_visible, local)) else ""
    return f'"{local}"' if _IN_QUOTES.fullmatch(local) else ""


def _is_visible(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in "CZ"


def _domain(domain: str) -> str:
    if len(domain) > MAX_DOMAIN_CHARS:
        return ""
    if _LITERAL.fullmatch(domain):
        return domain
    labels = [_label(each) for each in domain.translate(_DOTS).split(".")]
    found = ".".join(labels)
    return found if all(labels) and len(found) <= MAX_DOMAIN_CHARS else ""


def _label(label: str) -> str:
    """Return one label in ASCII (RFC 5891; "ß" stays itself, as registries have it); "" when it can be none."""
    if label.isascii():
        return label if _LABEL.fullmatch(label) else ""
    meant = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).lower())
    if not all(_in_label(each) for each in meant) or len(meant) > 63:
        return ""
    found = meant if meant.isascii() else "xn--" + meant.encode("punycode").decode("ascii")
    return found if _LABEL.fullmatch(found) else ""


def _in_label(letter: str) -> bool:
    if letter.isascii():
        return letter.isalnum() or letter == "-"
    return unicodedata.category(letter)[0] in "LMNS"
