"""Addresses a person types or pastes, split. Pure; total."""

from __future__ import annotations

import re

from desktop.base.text import encodable
from desktop.domain.mail import address_list
from desktop.domain.mail.address import Address

MAX_CHARS = 64 * 1024
"""More is no list of recipients."""

_LINES = re.compile(r"[\r\n\t\u2028\u2029]+")


def split(text: str) -> tuple[Address, ...]:
    """Return who stands in a text, separated by commas, semicolons or lines; what names no mailbox has no address."""
    return address_list.parse(encodable(_LINES.sub(",", text[:MAX_CHARS])).encode("utf-8"))
