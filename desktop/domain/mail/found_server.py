"""A mail server somebody named before a person signed in to it: what may be believed of its name. Pure.

What is named comes from web pages and name servers, so a host or a user name is taken only where it makes sense: a name
with a dot that is no number, a port that exists, encryption in any case (C42).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.mail.mail_account import Endpoint, Security

WHOLE_ADDRESS = "%EMAILADDRESS%"
"""The user name most servers want."""
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_PLACEHOLDER = re.compile(r"%[A-Z]{3,}%")
_NAME_MAX = 253
_USER_MAX = 255


class SignIn(StrEnum):
    """How a server lets a person in."""

    PASSWORD = "password"  # noqa: S105 - a way, not a secret
    BROWSER = "oauth2"


@dataclass(frozen=True, slots=True)
class FoundServer:
    """One half of an account that may become one. Never without encryption."""

    host: str
    """Lower case, ASCII."""
    port: int
    security: Security
    user_rule: str = WHOLE_ADDRESS
    """The user name, with places for the parts of the address."""
    sign_in: tuple[SignIn, ...] = (SignIn.PASSWORD,)
    """What it offers, the preferred first."""

    def endpoint(self, address: str) -> Endpoint:
        """Return the half of an account for this address."""
        user = filled(self.user_rule, address)
        return Endpoint(self.host, self.port, self.security, address if user is None else user)


def domain_of(address: str) -> str:
    """Return the domain of an address as name servers know it; "" where it has none that can exist."""
    _local, at, domain = address.strip().rpartition("@")
    return host_name(domain) if at else ""


def host_name(text: str) -> str:
    """Return the name of a host in lower case and ASCII (RFC 5891); "" when it cannot be one of the internet."""
    name = text.strip().rstrip(".").lower()
    if len(name) > _NAME_MAX:
        return ""
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    labels = name.split(".")
    if len(name) > _NAME_MAX or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return ""
    # what ends in a number is read as an address by some and as a name by others
    return "" if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]) else name


def is_within(host: str, domain: str) -> bool:
    """Say whether a host is the domain or lies below it."""
    return host == domain or host.endswith(f".{domain}")


def filled(rule: str, address: str) -> str | None:
    """Return a rule with the parts of an address put in; None where it wants something else."""
    local, _at, domain = address.rpartition("@")
    parts: Mapping[str, str] = {WHOLE_ADDRESS: address, "%EMAILLOCALPART%": local, "%EMAILDOMAIN%": domain}
    if any(found not in parts for found in _PLACEHOLDER.findall(rule)):
        return None
    # in one go: what stands in an address is no placeholder
    return _PLACEHOLDER.sub(lambda found: parts[found[0]], rule)


def user_rule(text: str) -> str:
    """Return a rule that can be used; "" for what no user name can be made from."""
    rule = text.strip()
    usable = len(rule) <= _USER_MAX and rule.isprintable() and filled(rule, "name@example.org") is not None
    return rule if usable else ""
