"""What an account signs in with, through kills and failures between the two stores that keep it (R43)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from desktop.domain.mail.grant import Client, Grant, load
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.engine.credentials import Credentials
from desktop.engine.tokens import Tokens
from desktop.net import errors
from desktop.net.credentials import Bearer, Credential, Password
from desktop.net.tls import TlsPolicy
from desktop.services.errands import imap_secret, oauth_secret, smtp_secret
from desktop.services.mail.mail_accounts import AccountUnknown, MailAccounts
from desktop.services.mail.status import StatusBoard
from tests.shelf import NoErrands, NoSecrets, Shelf

OLD, NEW, RELAY = "old password", "new password", "password of the relay"


class Killed(BaseException):
    """The program ends here."""


class Mortal(NoSecrets):
    """Secrets of a program that is killed before one of its changes, or after the last."""

    def __init__(self) -> None:
        super().__init__()
        self.steps_left = 1_000

    def _step(self) -> None:
        if self.steps_left <= 0:
            raise Killed
        self.steps_left -= 1

    def set(self, name: str, value: str) -> None:
        self._step()
        super().set(name, value)

    def delete(self, name: str) -> None:
        self._step()
        super().delete(name)


class GrantsAlone(Tokens):
    """Gives the refresh token in the place of an access token."""

    def bearer(self, account: MailAccount, policy: TlsPolicy, **_rest: object) -> Bearer:
        return Bearer(self._grant(account).refresh_token)


@dataclass
class Bench:
    shelf: Shelf
    secrets: Mortal
    accounts: MailAccounts

    def add(self, *, grant: Grant | None = None, sending: str | None = None) -> MailAccount:
        imap, smtp = (Endpoint("localhost", port, Security.TLS, "ann") for port in (993, 465))
        account = MailAccount(uuid.uuid4(), "ann@example.org", imap=imap, smtp=smtp)
        password = None if grant is not None else OLD
        return self.accounts.add(account, password, sending or password, grant=grant)

    def shown(self, key: int) -> tuple[str, str]:
        """Return what a new start of the program shows to both servers of the account."""
        credentials = Credentials(self.secrets, GrantsAlone(self.secrets, lambda _id: None))
        account = self.accounts.get(key)
        return credentials.fetching(account, _words), credentials.sending(account, _words)


def _words(credential: Credential | None) -> str:
    if isinstance(credential, Password):
        return credential.secret
    return credential.token if credential is not None else ""


@pytest.fixture
def bench(shelf: Shelf) -> Bench:
    secrets = Mortal()
    accounts = MailAccounts(
        shelf.database,
        shelf.blobs,
        secrets,
        NoErrands(),
        StatusBoard(shelf.bus),
        shelf.bus,  # type: ignore[arg-type]
    )
    return Bench(shelf, secrets, accounts)


def granted(token: str, provider: str = "test") -> Grant:
    return Grant(provider, Client("client"), token)


CHANGES: dict[str, tuple[Grant | None, Callable[[Bench, MailAccount], object], set[tuple[str, str]]]] = {
    "signed in through the browser": (
        None,
        lambda bench, account: bench.accounts.signed_in(account.key, granted("one")),
        {(OLD, OLD), ("one", "one")},
    ),
    "edited to sign in through the browser": (
        None,
        lambda bench, account: bench.accounts.edit(account, grant=granted("one")),
        {(OLD, OLD), ("one", "one")},
    ),
    "signed in again": (
        granted("one"),
        lambda bench, account: bench.accounts.signed_in(account.key, granted("two")),
        {("one", "one"), ("two", "two")},
    ),
    "signed in at another provider": (
        granted("one"),
        lambda bench, account: bench.accounts.signed_in(account.key, granted("two", "other")),
        {("one", "one"), ("two", "two")},
    ),
    "edited to sign in at another provider": (
        granted("one"),
        lambda bench, account: bench.accounts.edit(account, grant=granted("two", "other")),
        {("one", "one"), ("two", "two")},
    ),
    "given a password": (
        granted("one"),
        lambda bench, account: bench.accounts.edit(account, NEW),
        {("one", "one"), (NEW, NEW)},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_r43_wherever_the_program_is_killed_one_way_to_sign_in_is_whole(bench: Bench, change: str) -> None:
    grant, act, whole = CHANGES[change]
    seen = []
    for steps in range(20):
        bench.secrets.steps_left = 1_000
        account = bench.add(grant=grant)
        bench.secrets.steps_left = steps
        try:
            act(bench, account)
        except Killed:
            done = False
        else:
            done = True
        seen.append(bench.shown(account.key))
        bench.secrets.steps_left = 1_000
        bench.accounts.remove(account.key)
        if done:
            break

    assert done
    assert len(seen) > 1, "it was killed at least once"
    assert set(seen) == whole
    # it is another way from one moment on, and not again the old one
    assert seen == sorted(seen, key=lambda each: each == seen[-1])


def test_r43_what_is_not_used_any_more_goes(bench: Bench) -> None:
    account = bench.add()
    bench.accounts.signed_in(account.key, granted("one"))
    after_browser = dict(bench.secrets)
    bench.accounts.signed_in(account.key, granted("two", "other"))
    after_other = dict(bench.secrets)
    bench.accounts.edit(bench.accounts.get(account.key), NEW)

    at_first, at_last = (oauth_secret(replace(account, oauth_provider=each)) for each in ("test", "other"))
    assert {name: load(kept) for name, kept in after_browser.items()} == {at_first: granted("one")}
    assert {name: load(kept) for name, kept in after_other.items()} == {at_last: granted("two", "other")}
    assert bench.secrets == {imap_secret(account): NEW, smtp_secret(account): NEW}


def test_r43_a_password_for_sending_alone_stays_through_a_sign_in(bench: Bench) -> None:
    account = bench.add(sending=RELAY)

    bench.accounts.signed_in(account.key, granted("one"))

    assert bench.shown(account.key) == ("one", RELAY)
    assert imap_secret(account) not in bench.secrets


def test_r43_a_password_that_cannot_go_now_is_used_no_more(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_secrets: NoSecrets, _name: str) -> None:
        raise errors.SecretsUnavailable("The keyring is locked.")

    account = bench.add()
    with monkeypatch.context() as patched:
        patched.setattr(Mortal, "delete", locked)
        bench.accounts.signed_in(account.key, granted("one"))

    assert bench.secrets[smtp_secret(account)] == OLD
    assert bench.shown(account.key) == ("one", "one")
    # it does not come back with a server for sending that is added later
    without = bench.accounts.edit(replace(bench.accounts.get(account.key), smtp=None))
    bench.accounts.edit(replace(without, smtp=account.smtp))
    assert bench.shown(account.key) == ("one", "one")


def test_a_sign_in_to_an_account_that_was_removed_meanwhile_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = bench.add()

    def removed_meanwhile(secrets: NoSecrets) -> None:
        monkeypatch.setattr(NoSecrets, "unlock", lambda _secrets: None)
        bench.accounts.remove(account.key)

    monkeypatch.setattr(NoSecrets, "unlock", removed_meanwhile)

    with pytest.raises(AccountUnknown):
        bench.accounts.signed_in(account.key, granted("one"))

    assert bench.secrets == {}
