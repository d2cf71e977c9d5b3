"""Addresses a person types or pastes: split, and told from what no mail can go to. Pure; total."""

from __future__ import annotations

import re

from desktop.base.text import encodable
from desktop.domain.mail import address_list
from desktop.domain.mail.address import Address

MAX_CHARS = 64 * 1024
"""More is no list of recipients."""

_LINES = re.compile(r"[\r\n\t\u2028\u2029]+")
# RFC 5321, 4.1.2 and RFC 6531, as far as servers take it: quoted local parts are real, blanks and controls are not
_LOCAL = re.compile(r"""(?:[^\s@"(),:;<>\[\]\\\x00-\x1f\x7f]+|"[^"\\\r\n\x00]+")""")
_DOMAIN = re.compile(r"(?!-)[^\s@\"(),:;<>\[\]\\/\x00-\x1f\x7f_]+|\[[\d.a-fA-F:IPv]+\]")


def split(text: str) -> tuple[Address, ...]:
    """Return who stands in a text, separated by commas, semicolons or lines; what names no mailbox has no address."""
    return address_list.parse(encodable(_LINES.sub(",", text[:MAX_CHARS])).encode("utf-8"))


def is_sendable(address: Address) -> bool:
    """Return whether a mail can be addressed to it."""
    written = address.address
    local, at, domain = written.rpartition("@")
    if not at or len(written) > 254 or len(local.encode("utf-8", "replace")) > 64:
        return False
    labels = domain.split(".") if not domain.startswith("[") else ["x"]
    return (
        _LOCAL.fullmatch(local) is not None
        and _DOMAIN.fullmatch(domain) is not None
        and all(label and len(label) <= 63 and label[-1] != "-" for label in labels)
        and not local.startswith(".")
        and not local.endswith(".")
        and ".." not in local
    )
