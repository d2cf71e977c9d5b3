"""Which words about a mail's sender are those of the person's own receiver: nobody else's are believed. Pure.

A mail grows at the top. Whatever its sender wrote, fields that look like a receiver's among it, lies below the Received
field with which the own receiver took the mail from the internet. So the walk goes down from the top over hops inside
the receiver (from its own loopback, or by LMTP) to the first that came from elsewhere, and only fields above that one
count, and only those that name the receiver (RFC 8601, sections 4.1 and 7.1). Which hop is which is told by the address
in the comment that the receiver wrote, never by the name the other side gave itself.

A hop by SMTP from the loopback is a content filter that gives the mail back, or a script, a tunnel, another user of
that computer: nothing tells them apart, and whoever it was wrote all that lies below, Received fields among it. A
receiver takes forged results out of what comes from outside (section 5), seldom out of what comes from itself. So of
what lies below such a hop a failed DMARC check alone counts: nobody forges that of himself.

Providers known to write the field for every mail, and to write it below that hop, are in a table: of theirs the topmost
is believed where the topmost hop is theirs too.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from desktop.domain.mail import auth_results, header
from desktop.domain.mail.auth_results import AuthResults
from desktop.domain.mail.links import registrable
from desktop.domain.mail.mail_account import MailAccount

MAX_HOPS = 20
MAX_FIELDS = 200
"""So many fields of the receiver are read: some write one for each method and each signature."""


class _Way(Enum):
    """How a hop came to the own receiver."""

    HANDED_ON = "handed on"
    """From one part of it to another."""
    LOOPBACK = "loopback"
    """By SMTP, from something on the same computer."""
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Provider:
    """A receiver that writes the field for every mail."""

    servers: tuple[str, ...]
    """Of mailboxes: "imap.gmail.com"."""
    names: tuple[str, ...]
    """Ends of whom its fields name; "" is nobody."""
    takes_by: tuple[str, ...]
    """Ends of what its Received fields are "by"; with a dot or colon last, beginnings of addresses."""


PROVIDERS = (
    Provider(("imap.gmail.com", "imap.googlemail.com"), ("mx.google.com",), ("google.com", "2002:", "10.")),
    Provider(("imap.mail.yahoo.com",), ("yahoo.com",), ("yahoo.com",)),
    Provider(("outlook.office365.com", "imap-mail.outlook.com"), ("",), ("outlook.com", "office365.com")),
)
_SAME_HOUSE = {
    "fastmail.com": ("messagingengine.com",),
    "me.com": ("icloud.com", "apple.com"),
    "icloud.com": ("me.com", "apple.com"),
    "yandex.ru": ("yandex.net",),
    "yandex.com": ("yandex.net",),
}
"""Mailbox server's domain -> others in which the same house names its receivers."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whose words are believed for a mail: by the domains of its accounts' servers and addresses, or as a provider."""

    domains: tuple[str, ...] = ()
    providers: tuple[Provider, ...] = ()

    def is_named(self, authserv_id: str, hops: Iterable[str]) -> bool:
        """Say whether a field names the receiver: by a domain of his, or as one of the hops calls itself."""
        return bool(authserv_id) and (registrable(authserv_id) in self.domains or authserv_id in hops)


def of_accounts(accounts: Iterable[MailAccount]) -> Receiver:
    """Return who receives the mails of these accounts."""
    domains: set[str] = set()
    providers: list[Provider] = []
    for account in accounts:
        host = account.imap_host.lower().rstrip(".")
        known = [each for each in PROVIDERS if host in each.servers]
        providers += known
        if host and not known:
            own = {registrable(host), *(registrable(each.rpartition("@")[2]) for each in account.addresses)}
            domains |= own.union(*(_SAME_HOUSE.get(each, ()) for each in own))
    return Receiver(tuple(sorted(domains)), tuple(dict.fromkeys(providers)))


_RECEIVED, _RESULTS = b"received", b"authentication-results"
_FAILED = ("dmarc", "fail")
_PIECE = re.compile(r"\\.|[()]|[^()\\]+|\\", re.DOTALL)
_BY = re.compile(r"(?:^| )by (\S{1,255})", re.IGNORECASE)
_LMTP = re.compile(r" with LMTPS?A?(?![A-Za-z])", re.IGNORECASE)
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}:[0-9a-f:]{0,40}:[0-9a-f:.]{0,40}", re.IGNORECASE)
_IPV6 = re.compile(r"\bIPv6:", re.IGNORECASE)
_LONGEST = 4000
_HOUSE = tuple(
    ipaddress.ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")
)
"""Networks of a house (RFC 1918, RFC 4193). `is_private` says more: addresses of books and of tests."""


def own_results(block: bytes, receiver: Receiver) -> tuple[AuthResults, ...]:
    """Return what the own receiver found out about the sender of a mail, given its header block, topmost first."""
    fields = header.in_order(block, frozenset({_RECEIVED, _RESULTS}))
    above: list[bytes] = []
    doubtful: list[bytes] = []
    hops: list[str] = []
    way, by_loopback = _Way.HANDED_ON, False
    for name, value in fields:
        if name == _RESULTS:
            (doubtful if by_loopback else above).append(value)
            continue
        by, way = _hop(value)
        hops.append(by)
        by_loopback |= way is _Way.LOOPBACK
        if way is _Way.OUTSIDE or len(hops) >= MAX_HOPS:
            break
    if not hops:
        return ()  # nobody received it: it was put into the mailbox
    topmost = next((value for name, value in fields if name == _RESULTS), b"")
    for provider in receiver.providers:
        said = auth_results.parse(topmost)
        if topmost and _ends_so(hops[0], provider.takes_by) and _ends_so(said.authserv_id, provider.names):
            return (said,)
    if way is not _Way.OUTSIDE:
        return ()  # where the own receiver's fields end cannot be seen
    found = [*map(auth_results.parse, above[:MAX_FIELDS])]
    found += [_failures(auth_results.parse(each)) for each in doubtful[:MAX_FIELDS]]
    return tuple(each for each in found if receiver.is_named(each.authserv_id, hops))


def _failures(said: AuthResults) -> AuthResults:
    """Return what a field says against the sender, and nothing else of it."""
    return replace(said, results=tuple(each for each in said.results if (each.method, each.outcome) == _FAILED))


def _ends_so(host: str, ends: Iterable[str]) -> bool:
    return any(
        host.startswith(end) if end.endswith((".", ":")) else host == end or (bool(end) and host.endswith(f".{end}"))
        for end in ends
    )


_SUBMITTED = re.compile(r" with (?:UTF8)?E?SMTPS?A(?![A-Za-z])", re.IGNORECASE)
"""Who signs in hands in what he likes (RFC 3848)."""


def _hop(value: bytes) -> tuple[str, _Way]:
    """Return by whom a mail was taken, and how it came to him (RFC 5321, section 4.4)."""
    written = header.clean(header.source(value))
    written = written.rpartition(";")[0] or written  # what follows is the date
    outside, comments = _taken_apart(written)
    match = _BY.search(outside)
    if match is None:
        return "", _Way.OUTSIDE
    by = match[1].strip("[]").rstrip(".").lower()
    sender = outside[: match.start()]
    if not sender.strip() or len(written) > _LONGEST or _BY.search(outside, match.end()):
        return by, _Way.OUTSIDE
    # a public address anywhere tells that the mail came from outside, whatever the other side put around it
    where = [_address(each) for each in _ADDRESS.findall(_IPV6.sub(" ", written))]
    if _SUBMITTED.search(outside, match.end()):
        return by, _Way.OUTSIDE  # a user's own: what lies below is his
    if _LMTP.search(outside, match.end()):
        inside = all(each is not None and _is_of_house(each) for each in where)
        return by, _Way.HANDED_ON if inside else _Way.OUTSIDE
    # a name or number the other side gave itself stands outside the comment
    noted = " ".join(comment for at, comment in comments if at <= match.start())
    local = bool(_ADDRESS.search(noted)) and all(each is not None and each.is_loopback for each in where)
    return by, _Way.LOOPBACK if local else _Way.OUTSIDE


def _is_of_house(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return address.is_loopback or any(address in net for net in _HOUSE if net.version == address.version)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _taken_apart(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return a field without its comments, and each of these with where it stood in what is left."""
    outside: list[str] = []
    comments: list[tuple[int, str]] = []
    depth = length = 0
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(depth - 1, 0)
        elif depth:
            comments.append((length, piece))
        else:
            outside.append(piece)
            length += len(piece)
    return "".join(outside), comments
