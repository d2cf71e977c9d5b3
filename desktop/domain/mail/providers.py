"""Which provider an address, a receiving server or a mail server belongs to. Pure; the facts are in `provider_table`.

Names are compared without regard to case; of several endings that fit the longest says more.
"""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.provider import LOOPBACK, Provider
from desktop.domain.mail.provider_table import TABLE

_NOBODY_KNOWN = Provider(id="", name="")
_HERE = (LOOPBACK, "localhost", "::1")
"""Names of this computer."""


def provider_of(address: str, more: Iterable[Provider] = ()) -> Provider | None:
    """Return the provider that gives out addresses of this domain. `more` are a person's own, and go first."""
    domain = _name(address.rpartition("@")[2])
    return next((provider for provider in (*more, *TABLE) if domain and domain in provider.domains), None)


def provider_of_mx(host: str) -> Provider | None:
    """Return the provider that receives mail on this host, as the MX record of a domain names it."""
    name = _name(host)
    fitting = [
        (len(suffix), provider)
        for provider in TABLE
        for suffix in provider.mx_suffixes
        if name == suffix or name.endswith(f".{suffix}")
    ]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None


def provider_of_server(host: str, more: Iterable[Provider] = (), *, port: int = 0, user: str = "") -> Provider | None:
    """Return the provider whose IMAP or SMTP server this is; `port` and `user` count where it is this computer."""
    return next((provider for provider in (*more, *TABLE) if runs(provider, host, port=port, user=user)), None)


def runs(provider: Provider, host: str, *, port: int = 0, user: str = "") -> bool:
    """Say whether a server is one of a provider's.

    What runs on this computer its name does not tell: a program of the provider is known by its port, or by the address
    of who signs in, for it takes another port where its own is in use.
    """
    name = _name(host)
    if name != LOOPBACK and name in provider.hosts:
        return True
    if name not in _HERE:
        return False
    here = [server.port for server in (provider.imap, provider.smtp) if server is not None and server.host == LOOPBACK]
    return port in here or (bool(here) and _name(user.rpartition("@")[2]) in provider.domains)


def provider_of_account(account: MailAccount) -> Provider:
    """Return who keeps the mailbox of an account, told by its server; one nothing is known of where nobody is known."""
    half = account.imap or account.smtp
    found = provider_of_server(half.host, port=half.port, user=account.address) if half is not None else None
    return found or _NOBODY_KNOWN


def files_sent(account: MailAccount) -> bool:
    """Say whether the server an account sends through is known to put a copy into Sent of the account.

    It does so in mailboxes of its provider alone. One that only sends has none here, and its server does what it does.
    """
    sends, keeps, address = account.smtp, account.imap, account.address
    provider = provider_of_server(sends.host, port=sends.port, user=address) if sends is not None else None
    if provider is None or not provider.files_sent:
        return False
    return keeps is None or runs(provider, keeps.host, port=keeps.port, user=address)


def provider_by_id(provider_id: str, more: Iterable[Provider] = ()) -> Provider | None:
    """Return the provider of this id."""
    return next((provider for provider in (*more, *TABLE) if provider.id == provider_id), None)


def _name(host: str) -> str:
    return host.strip().rstrip(".").lower()
