"""A mail account: where mail is fetched from and sent through, and how. Never the CRM's Account."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum

from desktop.domain.certificate import Certificate
from desktop.domain.mail.draft import Identity


class Security(StrEnum):
    """How a connection is protected. TLS is the default; STARTTLS must succeed or nothing is sent."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


class FilesSent(StrEnum):
    """Whether a server keeps a copy in Sent of what it sends: some do by themselves, and a second is not wanted."""

    UNKNOWN = ""
    BY_ITSELF = "yes"
    NOT = "no"


class Mode(StrEnum):
    """TWO_WAY keeps the server in step; ARCHIVE_ONLY never writes to it (but see `keep_unread`)."""

    TWO_WAY = "two-way"
    ARCHIVE_ONLY = "archive-only"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One half of an account: a server and how to sign in. The password lives in the keyring."""

    host: str
    port: int
    security: Security
    user: str


@dataclass(frozen=True, slots=True)
class MailAccount:
    """A personal account. Either half may be absent. `key` 0 means not stored yet."""

    id: uuid.UUID
    address: str
    display_name: str = ""
    key: int = 0
    imap: Endpoint | None = None
    smtp: Endpoint | None = None
    mode: Mode = Mode.TWO_WAY
    fetch_since: str = ""
    """YYYY-MM-DD; "" for everything."""
    keep_unread: bool = True
    """Archive-only: leave fetched mail unread on the server."""
    store_sent: bool = True
    interval_s: int = 300
    size_limit_bytes: int = 10_000_000
    active: bool = True
    ca_file: str = ""
    """Extra certificate authority (PEM), "" for the system's."""
    trusted_fingerprints: tuple[str, ...] = ()
    """Exceptions a person made: `Certificate.exception`."""
    identities: tuple[Identity, ...] = ()
    """What the person writes as, the default first; () for the address of the account under his display name alone.

    Mails from these addresses are his own.
    """
    files_sent: FilesSent = FilesSent.UNKNOWN
    oauth_provider: str = ""
    """Whom one signs in to in the browser for this account, by the id of the provider; "" for a password."""

    @property
    def writes_as(self) -> tuple[Identity, ...]:
        """At least one identity."""
        return self.identities or (Identity(self.address, self.display_name),)

    @property
    def aliases(self) -> tuple[str, ...]:
        """More addresses of the person that lead to this account."""
        return tuple(each.address for each in self.identities if each.address.lower() != self.address.lower())

    @property
    def addresses(self) -> tuple[str, ...]:
        """The address of the account and its aliases."""
        return (self.address, *self.aliases)

    def known_as(self, aliases: Iterable[str]) -> MailAccount:
        """Return the account with these further addresses and no others; what is known of an address stays."""
        known = {each.address.lower(): each for each in self.identities}
        others = {address.lower(): address for address in map(str.strip, aliases) if address}
        wanted = others | {self.address.lower(): self.address}
        if len(wanted) == 1 and not known:
            return self
        kept = [each for key, each in known.items() if key in wanted]
        own_first = sorted(wanted, key=lambda key: key != self.address.lower())
        new = [Identity(wanted[key], self.display_name) for key in own_first if key not in known]
        return replace(self, identities=(*kept, *new))

    @property
    def sends_only(self) -> bool:
        """Whether it has a server to send and no mailbox."""
        return self.imap is None and self.smtp is not None

    @property
    def imap_host(self) -> str:
        """The server of its mailbox; "" where it has none."""
        return self.imap.host if self.imap else ""

    @property
    def imap_user(self) -> str:
        """Who signs in to its mailbox."""
        return (self.imap and self.imap.user) or self.address

    @property
    def two_way(self) -> bool:
        return self.mode is Mode.TWO_WAY


def is_address(text: str) -> bool:
    """Say whether a text can be the address of an account or an alias."""
    local, at, domain = text.rpartition("@")
    return bool(local and at and domain) and not any(c.isspace() or not c.isprintable() for c in text)


def is_day(text: str) -> bool:
    """Say whether a text is a day mail can be fetched from, written as `fetch_since` wants it."""
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text)) and date.fromisoformat(text).year >= 1970
    except ValueError:
        return False


def rebased(now: MailAccount, opened: MailAccount, wanted: MailAccount) -> MailAccount:
    """Return the account as it is `now` with what somebody changed from `opened` to `wanted`, and nothing else.

    Certificates trusted on either side stay trusted.
    """
    names = [field.name for field in fields(MailAccount)]
    changed = {name: getattr(wanted, name) for name in names if getattr(wanted, name) != getattr(opened, name)}
    if "trusted_fingerprints" in changed:
        withdrawn = set(opened.trusted_fingerprints) - set(wanted.trusted_fingerprints)
        both = dict.fromkeys((*now.trusted_fingerprints, *wanted.trusted_fingerprints))
        changed["trusted_fingerprints"] = tuple(one for one in both if one not in withdrawn)
    return replace(now, **changed)


class Activity(StrEnum):
    """What an account is doing."""

    OFF = "off"
    CONNECTING = "connecting"
    SYNCING = "syncing"
    UP_TO_DATE = "up-to-date"
    WAITING = "waiting"
    """Could not connect; will try again by itself at `retry_at_ms`."""
    TROUBLE = "trouble"
    """Needs the person."""
    PAUSED = "paused"


class Cause(StrEnum):
    """What keeps an account from going on by itself, as far as a few words about it differ."""

    NONE = ""
    NO_CONNECTION = "no-connection"
    DISK_FULL = "disk-full"
    MAILBOX_FULL = "mailbox-full"
    """On the server."""
    ASKED_TO_WAIT = "asked-to-wait"
    DAILY_VOLUME = "daily-volume"
    """As much was fetched in a day as the provider allows."""
    SIGN_IN_LATER = "sign-in-later"
    REFUSED = "refused"
    NO_SENSE = "no-sense"
    """The server breaks the rules of the protocol."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """How an account is doing right now."""

    account_key: int
    activity: Activity = Activity.OFF
    done: int = 0
    total: int = 0
    """Progress of a running sync in mails; total 0 when unknown."""
    problem: str = ""
    """A plain sentence; "" when all is well. An account that is up to date has one while older mails must wait."""
    details: str = ""
    """The server's own words."""
    remedy: str = ""
    """A `base.errors.Remedy` value: the button to offer."""
    cause: Cause = Cause.NONE
    """The kind of `problem`."""
    certificate: Certificate | None = None
    """What the server showed, when the remedy is to trust it."""
    synced_at_ms: int = 0
    retry_at_ms: int = 0
    note: str = ""
    """A sentence of ours on something that is not as it should be on the server, to be shown once; "" when all is."""
    alert: str = ""
    """What the server last wanted a person to be told (RFC 3501, section 7.1, ALERT): plain text, to be shown once."""


@dataclass(frozen=True, slots=True)
class WaitingOperation:
    """A server operation not yet done, as the window of waiting and failed operations shows it."""

    key: int
    account_key: int
    account_address: str
    verb: str
    """"flags", "move", "expunge", "append", "save-draft", or "create-", "rename-", "delete-" and "subscribe-folder"."""
    folder_path: str
    target_path: str
    mails: int
    parked: bool
    attempts: int
    created_at_ms: int
    problem: str
    can_retry: bool = True
    """False for what is only a report: its folder is gone."""
