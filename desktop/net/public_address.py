"""Which addresses lie in the public internet. Pure. Everything else is refused where a mail names the target (C2)."""

from __future__ import annotations

import ipaddress

# what `is_global` lets through and a mail still has no business with: ways to write an IPv4 address inside IPv6
_TUNNELS = tuple(
    ipaddress.IPv6Network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "::ffff:0:0/96", "fec0::/10")
)
# protocol assignments, relays and benchmarks (RFC 6890): versions of Python disagree on them
_SPECIAL = tuple(ipaddress.IPv4Network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"))


def is_public(address: str) -> bool:
    """Return whether an address, as a resolver gives it, is a public unicast one. Nonsense is not."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(parsed in net for net in (_TUNNELS if parsed.version == 6 else _SPECIAL)):
        return False
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified)
