"""Which provider an address, a receiving server or a mail server belongs to. Pure; the facts are in `provider_table`.

Names are compared without regard to case; of several endings that fit the longest says more.
"""

from __future__ import annotations

from collections.abc import Iterable

from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.provider import LOOPBACK, Provider
from desktop.domain.mail.provider_table import TABLE

_NOBODY_KNOWN = Provider(id="", name="")


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


def provider_of_server(host: str, more: Iterable[Provider] = ()) -> Provider | None:
    """Return the provider whose IMAP or SMTP server this is; of this computer itself nothing is known by its name."""
    name = _name(host)
    known = (*more, *TABLE) if name != LOOPBACK else ()
    return next((provider for provider in known if name in provider.hosts), None)


def provider_of_account(account: MailAccount) -> Provider:
    """Return who keeps the mailbox of an account, told by its server; one nothing is known of where nobody is known."""
    host = account.imap_host or (account.smtp.host if account.smtp is not None else "")
    return provider_of_server(host) or _NOBODY_KNOWN


def provider_by_id(provider_id: str, more: Iterable[Provider] = ()) -> Provider | None:
    """Return the provider of this id."""
    return next((provider for provider in (*more, *TABLE) if provider.id == provider_id), None)


def _name(host: str) -> str:
    return host.strip().rstrip(".").lower()
