"""What stands in the form of a mail account, and what follows from it: the account, guesses and complaints. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop.base.i18n import _
from desktop.domain.mail.draft import Identity
from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Mode, Security, is_address, is_day

IMAP_PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.PLAIN: 143}
SMTP_PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.PLAIN: 25}
MEGABYTE = 1_000_000


class Field(StrEnum):
    """A place of the form a complaint belongs to."""

    ADDRESS = "address"
    PASSWORD = "password"  # noqa: S105 - a place, not a secret
    IMAP_HOST = "imap-host"
    IMAP_PORT = "imap-port"
    SMTP_HOST = "smtp-host"
    SMTP_PORT = "smtp-port"
    SINCE = "since"
    FOLDERS = "folders"
    ROLES = "roles"
    ALIASES = "aliases"
    CA_FILE = "ca-file"
    REPLY_TO = "reply-to"


@dataclass(frozen=True, slots=True)
class Server:
    """One half of an account as text fields hold it; no host means that this half is absent."""

    host: str
    port: str
    security: Security
    user: str

    def endpoint(self) -> Endpoint | None:
        """Return the half; the port has been checked by `complaints`."""
        return Endpoint(self.host, int(self.port), self.security, self.user) if self.host else None


@dataclass(frozen=True, slots=True)
class Draft:
    """The whole form."""

    address: str
    name: str
    imap: Server
    smtp: Server
    mode: Mode
    since: str
    """YYYY-MM-DD, "" for everything."""
    size_limit_mb: int
    interval_min: int
    keep_unread: bool
    store_sent: bool
    ca_file: str
    aliases: tuple[str, ...] = ()
    watched: tuple[str, ...] | None = None
    """Paths; None while the folders of the server are not known."""
    roles: Mapping[Role, str] | None = None
    """Path of the folder for each role, "" for none; None while they are not known."""
    identities: tuple[Identity, ...] = ()
    """What is known of the addresses one writes as, the default first; of others nothing is."""


def draft_of(account: MailAccount | None) -> Draft:
    """Return the form of a stored account, or an empty one."""
    if account is None:
        server = Server("", "993", Security.TLS, "")
        return Draft("", "", server, replace(server, port="465"), Mode.TWO_WAY, "", 10, 5, True, True, "")
    return Draft(
        account.address,
        account.display_name,
        _server(account.imap, Security.TLS, 993),
        _server(account.smtp, Security.TLS, 465),
        account.mode,
        account.fetch_since,
        max(account.size_limit_bytes // MEGABYTE, 1),
        max(account.interval_s // 60, 1),
        account.keep_unread,
        account.store_sent,
        account.ca_file,
        account.aliases,
        identities=account.identities,
    )


def account_of(draft: Draft, before: MailAccount) -> MailAccount:
    """Return the account the form describes; what the form does not show, or only round, is kept from `before`."""
    shown = draft_of(before)
    same_size, same_interval = shown.size_limit_mb == draft.size_limit_mb, shown.interval_min == draft.interval_min
    account = replace(
        before,
        address=draft.address,
        display_name=draft.name,
        imap=draft.imap.endpoint(),
        smtp=draft.smtp.endpoint(),
        mode=draft.mode,
        fetch_since=draft.since,
        size_limit_bytes=before.size_limit_bytes if same_size else draft.size_limit_mb * MEGABYTE,
        interval_s=before.interval_s if same_interval else draft.interval_min * 60,
        keep_unread=draft.keep_unread,
        store_sent=draft.store_sent,
        ca_file=draft.ca_file,
        identities=tuple(
            replace(each, address=draft.address) if each.address.lower() == before.address.lower() else each
            for each in draft.identities
        ),
    )
    known = account.known_as(draft.aliases)
    return replace(known, identities=()) if known.identities == (Identity(draft.address, draft.name),) else known


def complaints(draft: Draft) -> dict[Field, str]:
    """Return what keeps the form from being used, by field."""
    found: dict[Field, str] = {}
    if not is_address(draft.address):
        found[Field.ADDRESS] = _("Write an address like name@example.org.")
    if not draft.imap.host and not draft.smtp.host:
        found[Field.IMAP_HOST] = _("Name the server that holds your mail.")
    for server, host, port in (
        (draft.imap, Field.IMAP_HOST, Field.IMAP_PORT),
        (draft.smtp, Field.SMTP_HOST, Field.SMTP_PORT),
    ):
        if server.host and re.search(r"[\s/@]", server.host):
            found[host] = _("A server has a name like imap.example.org.")
        if server.host and not (re.fullmatch("[0-9]{1,5}", server.port) and 0 < int(server.port) < 65536):
            found[port] = _("A port is a number from 1 to 65535.")
    if draft.since and not is_day(draft.since):
        found[Field.SINCE] = _("Write a day like 2026-01-31.")
    if wrong := [alias for alias in draft.aliases if not is_address(alias)]:
        found[Field.ALIASES] = _("“{address}” is not an email address.").format(address=wrong[0])
    if wrong := [each.reply_to for each in draft.identities if each.reply_to and not is_address(each.reply_to)]:
        found[Field.REPLY_TO] = _("“{address}” is not an email address.").format(address=wrong[0])
    if draft.imap.host and draft.watched == ():
        found[Field.FOLDERS] = _("Pick at least one folder.")
    roles = [path for path in (draft.roles or {}).values() if path]
    if len(roles) > len(set(roles)):
        found[Field.ROLES] = _("One folder cannot be for two things.")
    return found


def addresses_in(text: str) -> tuple[str, ...]:
    """Return the addresses of a text, whatever stands between them: commas, semicolons, spaces, ends of lines."""
    return tuple(part for part in re.split(r"[\s,;]+", text) if part)


def guessed_hosts(address: str) -> tuple[str, str]:
    """Return the names most servers of a domain have: IMAP and SMTP; empty ones without a domain."""
    domain = address.rpartition("@")[2].strip().lower() if "@" in address else ""
    if not re.fullmatch(r"[^\s@/]+\.[^\s@/.]+", domain):
        return "", ""
    return f"imap.{domain}", f"smtp.{domain}"


def _server(endpoint: Endpoint | None, security: Security, port: int) -> Server:
    if endpoint is None:
        return Server("", str(port), security, "")
    return Server(endpoint.host, str(endpoint.port), endpoint.security, endpoint.user)
