"""Which addresses may go onto the wire. Pure.

A command ends at a line break and a path at ">", so either in an address would be a command or a parameter of its own,
and smtplib sends to what stands before a line break: another address than the one shown (M8). Such an address is
refused before anything is sent, whatever the server would have said.
"""

from __future__ import annotations

from collections.abc import Iterable

from desktop.net import errors

# outside of quotes these end an address, or make it a list or a route (RFC 5321, section 4.1.2)
_LOCAL_SPECIALS = frozenset('<>()[],;:\\@"')
_QUOTED_SPECIALS = frozenset('<>\\"')
_DOMAIN_SPECIALS = frozenset('<>(),;\\@"')


def refuse_unsendable(address: str) -> None:
    """Raise `AddressNotSendable` for an address that holds more than an address."""
    local, at, domain = address.rpartition("@")
    quoted = len(local) > 2 and local[0] == local[-1] == '"'
    name, specials = (local[1:-1], _QUOTED_SPECIALS) if quoted else (local, _LOCAL_SPECIALS)
    plain = all(c.isprintable() and not c.isspace() for c in address)
    if not (name and at and domain and plain) or specials & set(name) or _DOMAIN_SPECIALS & set(domain):
        raise errors.AddressNotSendable(address)


def beyond_ascii(addresses: Iterable[str]) -> str | None:
    """Return the first address that only a server with SMTPUTF8 can be told (RFC 6531); None where there is none."""
    return next((address for address in addresses if not address.isascii()), None)


def refuse_control(text: str, what: str) -> None:
    """Raise `UnsafeArgument` for a user name or secret that would end the field it is sent in; `what` names it."""
    # SASL has NUL between its fields, XOAUTH2 has SOH
    if any(c < " " or c == "\x7f" for c in text):
        raise errors.UnsafeArgument(what)
