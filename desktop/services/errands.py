"""What a person waits for and only the network can give. Services ask for it; the engine does it on a thread.

None waits for ever for a server that fell silent; one that waits its turn, and a download under way, can be cancelled
through its future.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop.domain.certificate import Certificate
from desktop.domain.mail.account_check import TellCheck
from desktop.domain.mail.discovery import Discovery
from desktop.domain.mail.folder import ServerFolder
from desktop.domain.mail.grant import Client, Grant
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.provider import Provider


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of trying an account's servers."""

    __test__ = False

    ok: bool
    problem: str = ""
    details: str = ""
    remedy: str = ""
    certificate: Certificate | None = None
    """What the server showed, when the remedy is to trust it."""
    folders: tuple[ServerFolder, ...] = ()
    """There are some where mail can be fetched, whatever came of sending."""
    in_sending: bool = False
    """It is the server for sending that does not work."""


@dataclass(frozen=True, slots=True)
class RemotePart:
    """Where one part of a mail lies on a server; section "" is the whole mail, as it is."""

    account_key: int
    folder_key: int
    uidvalidity: int
    uid: int
    section: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class SigningIn:
    """A sign-in in the browser that is under way."""

    grant: Future[Grant]
    """Ends with the grant or a Problem; to cancel it ends the sign-in."""
    paste: Callable[[str], None]
    """Take the address the browser ended at, copied by the person. Raises Problem when it belongs to no such sign-in;
    then the sign-in goes on."""


class Errands(Protocol):
    """The engine's side of the bargain."""

    def test_account(
        self,
        account: MailAccount,
        password: str | None,
        sending: str | None = None,
        tell: TellCheck | None = None,
        grant: Grant | None = None,
    ) -> Future[TestResult]:
        """Sign in to the servers of an account, stored or not, and list its folders; `tell` hears of each step.

        `sending` is the password of the server that mails are sent through. `grant` is what a sign-in in the browser
        just gave: it serves both. Without it and without a password a stored account that signs in through the browser
        does so with what is kept of it.
        """

    def discover(self, address: str, progress: Callable[[int, int], None]) -> Future[Discovery]:
        """Look for the mail servers of an address; no more than its domain is told to anybody.

        `progress` hears how many of those asked have answered. To cancel the future ends it.
        """

    def sign_in(
        self,
        provider: Provider,
        client: Client,
        address: str,
        open_browser: Callable[[str], None],
        account: MailAccount | None = None,
    ) -> SigningIn:
        """Let a person sign in to an address in the system's browser; `open_browser` is called on another thread.

        `account`, stored or not, says which certificates are believed beside those the system knows.
        """

    def unlock(self) -> Future[None]:
        """Get at the passwords, asking the person where it takes him. Ends with a Problem when he declines."""

    def fetch_part(self, part: RemotePart, to: Path, progress: Callable[[int, int], None]) -> Future[Path]:
        """Fetch one part into a new file, which is there when it is whole; go on where an earlier try stopped."""

    def remote_image(self, url: str) -> Future[bytes]:
        """Fetch an allowed remote image; gives its octets."""

    def unsubscribe(self, url: str) -> Future[None]:
        """Leave a mail list by one request (RFC 8058). Ends with a Problem when its server does not take it."""


class Secrets(Protocol):
    """Where passwords are kept: the OS keyring or the profile's vault."""

    def unlock(self, *, patiently: bool = False) -> None:
        """Ask the person for what is needed to get at them, though he declined before. Raises Problem.

        A keyring that asks him is waited for `patiently` without limit, else as long as for any of its answers.
        """

    def get(self, name: str) -> str | None:
        """Return a secret, None when there is none. Raises Problem when the store is locked."""

    def set(self, name: str, value: str) -> None:
        """Keep a secret."""

    def exchange(self, name: str, before: str, after: str) -> bool:
        """Keep a secret in the place of another, in one step; returns False where that one is not there any more."""

    def delete(self, name: str) -> None:
        """Forget a secret; unknown names are passed over. Asks nobody. Raises Problem where it cannot go now."""


def imap_secret(account: MailAccount) -> str:
    """Return the name under which an account's IMAP password is kept."""
    return f"imap/{account.id}"


def smtp_secret(account: MailAccount) -> str:
    """Return the name under which an account's SMTP password is kept."""
    return f"smtp/{account.id}"


def oauth_secret(account: MailAccount) -> str:
    """Return the name under which an account's sign-in at its provider is kept (`domain.mail.grant`)."""
    return f"oauth/{account.id}/{account.oauth_provider}"
