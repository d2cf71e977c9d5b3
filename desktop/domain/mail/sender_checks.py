"""Senders that pretend: what in the From of a mail deserves a mark beside the real address. Pure.

The address itself is always shown; these are reasons to look at it twice.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

from desktop.domain.mail import address_list, header
from desktop.domain.mail.address import Address
from desktop.domain.mail.links import imitates, registrable
from desktop.domain.mail.lookalikes import KnownDomains


class SenderAnomaly(StrEnum):
    """What is odd about a sender. The text for people is made in the ui."""

    NO_SENDER = "no-sender"
    SEVERAL = "several"
    """Two From fields, or several people in one without a Sender (RFC 5322, section 3.6.2)."""
    NAME_IS_ADDRESS = "name-is-address"
    """The display name contains an address, and another one."""
    OTHER_SENDER = "other-sender"
    """Sender names another organisation than From."""
    HIDDEN_CHARACTERS = "hidden-characters"
    """Control, invisible or direction characters in what was written."""
    LOOKALIKE = "lookalike"
    """Name or domain imitates others: mixed scripts, or a known domain in similar letters."""
    REPLY_ELSEWHERE = "reply-elsewhere"
    """Answers go to another organisation."""


USUAL = frozenset({SenderAnomaly.OTHER_SENDER, SenderAnomaly.REPLY_ELSEWHERE})
"""Lists and services often send for others: that is said, not warned of."""


_WANTED = frozenset({b"from", b"sender", b"reply-to", b"list-id", b"list-post", b"content-type"})
_ADDRESS = re.compile(
    r"[^\s<>()\[\]\"',;:@]{1,64}\s?[@\uff20\ufe6b]\s?[^\s<>()\[\]\"',;:@]{1,190}\.[^\s<>()\[\]\"',;:@]{2,24}"
)
_HIDDEN = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def anomalies(raw_header: bytes, known_domains: Collection[str] = ()) -> tuple[SenderAnomaly, ...]:
    """Return what is odd about the sender of a mail; `known_domains` are the own ones and those of contacts."""
    block, _ = header.split(raw_header.lstrip(b"\r\n"))
    fields = header.fields(block, _WANTED)
    written = fields.get(b"from", [])
    people = [each for value in written[:10] for each in address_list.parse(value, "", 20)]
    if not any(each.address for each in people):
        return (SenderAnomaly.NO_SENDER,)
    found = []
    senders = _people(fields, b"sender")
    if len(written) > 1 or (len(people) > 1 and not senders):
        found.append(SenderAnomaly.SEVERAL)
    first = people[0]
    if any(other_address(each) for each in people):
        found.append(SenderAnomaly.NAME_IS_ADDRESS)
    if any(_HIDDEN.search(_as_written(value)) for value in written[:10]):
        found.append(SenderAnomaly.HIDDEN_CHARACTERS)
    if imitates(first.domain) or _mixes(first.name) or KnownDomains(known_domains).like(first.domain):
        found.append(SenderAnomaly.LOOKALIKE)
    # lists resend for others and collect the answers: that is their trade
    if not (b"list-id" in fields or b"list-post" in fields):
        home = registrable(first.domain)
        if any(each.domain and registrable(each.domain) != home for each in senders):
            found.append(SenderAnomaly.OTHER_SENDER)
        if any(each.domain and registrable(each.domain) != home for each in _people(fields, b"reply-to")):
            found.append(SenderAnomaly.REPLY_ELSEWHERE)
    return tuple(found)


def _people(fields: header.Fields, name: bytes) -> tuple[Address, ...]:
    values = fields.get(name)
    return address_list.parse(values[0], "", 20) if values else ()


def _as_written(value: bytes) -> str:
    """Return the field decoded with all its hidden characters, line folds opened."""
    source = re.sub(r"\r?\n[ \t]", " ", header.source(value)).rstrip("\r\n")
    has_nul = b"\0" in value or any(b"\0" in each for each in header.encoded_bytes(source))
    return header.words(source) + ("\0" if has_nul else "")


def other_address(person: Address) -> str:
    """Return an address that stands in the name of somebody who has another; "" where there is none."""
    name = unicodedata.normalize("NFKC", person.name).lower()
    found = (match[0].replace(" ", "") for match in _ADDRESS.finditer(name))
    return next((each for each in found if each != person.key), "")


def _mixes(name: str) -> bool:
    """Say whether one word of a name is written in letters of two scripts that look alike."""
    for word in name.split():
        if word.isascii():
            continue
        scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word if letter.isalpha()}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1:
            return True
    return False
