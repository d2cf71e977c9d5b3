"""What is known of a mail provider: its servers, how one signs in there, and in what it differs from others. Data only.

The facts stand in `provider_table`, what people add themselves is read by `provider_file`, both are found through
`providers`, and `provider_words` says in sentences what a person must know.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.mail.mail_account import Security

LOOPBACK = "127.0.0.1"


class SignIn(StrEnum):
    """A way to sign in, by the words of the settings file."""

    OAUTH = "oauth"
    """In the browser (RFC 6749, RFC 8252)."""
    PASSWORD = "password"
    """With the password of the account."""
    APP_PASSWORD = "app-password"
    """With a password the provider makes for one program."""


class Note(StrEnum):
    """Something a person must know to get in; `provider_words` has the sentence."""

    APP_PASSWORD = "app-password"
    """The password of the account does not work, one made for the program does."""
    APP_PASSWORD_WITH_SECOND_STEP = "app-password-with-second-step"
    """So where the account asks for a second proof."""
    NO_PASSWORD = "no-password"
    """Signing in works in the browser alone."""
    IMAP_OFF = "imap-off"
    """Fetching by IMAP must be switched on at the provider."""
    SMTP_AUTH_OFF = "smtp-auth-off"
    """Who manages the mailbox may have switched sending by SMTP off."""
    MAIN_ADDRESS = "main-address"
    """One signs in with the main address, not with an alias."""
    BRIDGE = "bridge"
    """The provider's own program must run on this computer."""
    PAID_PLAN = "paid-plan"
    """The smallest plan has no access by other programs."""


class UserName(StrEnum):
    """What an IMAP server takes as the name of a user."""

    ADDRESS = "address"
    LOCAL_PART = "local-part"


class Redirect(StrEnum):
    """Where the browser brings the answer of a sign-in (RFC 8252, section 7.3)."""

    LOOPBACK = "loopback"
    """http://127.0.0.1:PORT/PATH, both new with every sign-in."""
    LOCALHOST = "localhost"
    """http://localhost:PORT, for who compares all but the port."""
    PAGE = "page"
    """A page of whoever registered the client; its address is copied by the person."""


@dataclass(frozen=True, slots=True)
class Server:
    """One server of a provider."""

    host: str
    port: int
    security: Security = Security.TLS


@dataclass(frozen=True, slots=True)
class OAuth:
    """How to get a token."""

    authorise_url: str
    token_url: str
    scopes: tuple[str, ...]
    extra: tuple[tuple[str, str], ...] = ()
    """More parameters of the request for authorisation."""
    login_hint: bool = True
    """Whether the request may name the address, so that the person need not type it again."""
    redirect: Redirect = Redirect.LOOPBACK
    wants_secret: bool = False
    """Whether the token call wants a client secret though there is PKCE."""
    issuer: str = ""
    """What an answer that names its issuer must say (RFC 9207); "" where it is not one fixed text."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A mail provider. The defaults are those of a server nothing odd is known of."""

    id: str
    name: str
    """As the provider writes it; the same in every language."""
    domains: tuple[str, ...] = ()
    """Of addresses it gives to people."""
    mx_suffixes: tuple[str, ...] = ()
    """How the names of its receiving servers end."""
    imap: Server | None = None
    smtp: Server | None = None
    other_hosts: tuple[str, ...] = ()
    """More names of its servers, which accounts set up elsewhere may have."""
    sign_ins: tuple[SignIn, ...] = (SignIn.PASSWORD,)
    """The best one first."""
    oauth: OAuth | None = None
    notes: tuple[Note, ...] = ()
    help_url: str = ""
    user_name: UserName = UserName.ADDRESS
    files_sent: bool = False
    """Puts what is sent through it into Sent by itself: a copy of ours would be the second."""
    no_condstore: bool = False
    """Has no mod-sequences (RFC 7162), whatever it offers."""
    poll: bool = False
    """IDLE does not tell of everything: ask now and then as well."""
    renew_idle_s: int = 9 * 60
    """How long one IDLE may last; many routers forget a silent connection after ten minutes."""
    most_connections: int = 4
    """Of one account at a time, as far as we go; the provider may allow more."""
    daily_bytes: int = 0
    """What may be fetched in a day; 0 where no limit is known."""
    shares_mailboxes: bool = False
    """A person opens mailboxes he shares with others in his own name, with a token of his own."""
    rewrites_message_ids: bool = False
    """The copy in Sent may carry another Message-ID than what was sent."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every name of its servers."""
        return (*(server.host for server in (self.imap, self.smtp) if server is not None), *self.other_hosts)
