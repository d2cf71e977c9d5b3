"""Access tokens of the accounts that sign in through a browser, made from their refresh tokens when they are needed.

Access tokens live in memory, the right to get them as one secret beside the passwords. A token is replaced five minutes
before it ends, counted on the steady clock, so that a changed wall clock does no harm, and once after a server refused
it. However many threads ask, an account has one refresh under way (R43). A refresh token that the provider changed is
kept before anything that came with it is used: a kill after that loses nothing. One that is good for nothing is never
sent again; a new sign-in replaces it. Any thread but that of the window.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.domain.mail import grant as grants
from desktop.domain.mail.grant import Grant
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.provider import Provider
from desktop.domain.mail.provider_table import TABLE
from desktop.net import errors
from desktop.net.connect import Stop
from desktop.net.credentials import Bearer
from desktop.net.oauth import token_call
from desktop.net.tls import TlsPolicy
from desktop.services.errands import Secrets, oauth_secret

log = logging.getLogger(__name__)

AHEAD_S = 300.0
_SLICE_S = 0.1


@dataclass(frozen=True, slots=True, repr=False)
class _Token:
    bearer: Bearer
    refresh_token: str
    """What it was made with."""
    until_s: float
    """Of the steady clock: when it is time for another."""


class Tokens:
    """Gives tokens for accounts. `find_provider` returns a provider by its id."""

    def __init__(self, secrets: Secrets, find_provider: Callable[[str], Provider | None]) -> None:
        self._secrets = secrets
        self._find_provider = find_provider
        self._lock = threading.Lock()
        self._turns: dict[uuid.UUID, threading.Lock] = {}
        self._tokens: dict[uuid.UUID, _Token] = {}
        self._unkept: dict[uuid.UUID, tuple[str, Grant, float]] = {}
        """What could not be kept yet: the refresh token it stands for, the grant, and when it came."""

    def __repr__(self) -> str:
        return "Tokens()"

    def bearer(
        self, account: MailAccount, policy: TlsPolicy, *, refused: Bearer | None = None, cancel: Stop | None = None
    ) -> Bearer:
        """Return a token that is good for five minutes at least, another one than was `refused`.

        Raises SignInEnded until somebody signs in again, and what keeps secrets from being had or the provider from
        being reached.
        """
        with self._lock:
            turn = self._turns.setdefault(account.id, threading.Lock())
        while not turn.acquire(timeout=_SLICE_S):
            if cancel is not None and cancel.is_set():
                raise errors.Cancelled(account.imap_host)
        try:
            return self._bearer(account, policy, refused, cancel)
        finally:
            turn.release()

    def refuse_foreign(self, account: MailAccount, host: str) -> None:
        """Raise TokenNotPossible for a host that is none of the provider's: a token opens the whole mailbox."""
        provider = self._find_provider(account.oauth_provider)
        if provider is None or provider.oauth is None or provider.imap is None or provider.smtp is None:
            return  # one of the person's own, who names the servers himself
        place = urlsplit(provider.oauth.token_url).netloc
        # Microsoft's kinds of accounts use each other's servers
        same = (each for each in TABLE if each.oauth is not None and urlsplit(each.oauth.token_url).netloc == place)
        if host.lower().rstrip(".") not in {name for each in (provider, *same) for name in each.hosts}:
            raise errors.TokenNotPossible(host)

    def _bearer(self, account: MailAccount, policy: TlsPolicy, refused: Bearer | None, cancel: Stop | None) -> Bearer:
        grant = self._grant(account)
        token = self._tokens.get(account.id)
        if token is not None and (token.refresh_token != grant.refresh_token or token.bearer == refused):
            # of an earlier sign-in, or no longer taken
            self._tokens.pop(account.id)
            token = None
        if token is not None and clock.monotonic() < token.until_s:
            return token.bearer
        return self._refreshed(account, grant, policy, cancel)

    def _grant(self, account: MailAccount) -> Grant:
        """Return the right an account has. Raises SignInEnded, Problem."""
        stored = self._secrets.get(oauth_secret(account))
        grant = grants.load(stored) if stored is not None else None
        if grant is None:
            self._unkept.pop(account.id, None)
            raise errors.SignInEnded(account.imap_user)
        before, now, came_at_s = self._unkept.get(account.id, ("", grant, 0.0))
        if before == grant.refresh_token:
            self._keep(account, grant, now, came_at_s)
            grant = now
        self._unkept.pop(account.id, None)
        if grant.refused:
            raise errors.SignInEnded(account.imap_user)
        return grant

    def _refreshed(self, account: MailAccount, grant: Grant, policy: TlsPolicy, cancel: Stop | None) -> Bearer:
        provider = self._find_provider(grant.provider_id)
        if provider is None:
            raise errors.ClientRefused(grant.provider_id)
        asked_at_s = clock.monotonic()
        log.info("an account gets a new token")
        try:
            got = token_call.refresh(
                provider, grant.client, grant.refresh_token, account.imap_user, policy, cancel=cancel
            )
        except errors.SignInEnded:
            self._mark_refused(account, grant)
            raise
        kept = replace(
            grant,
            refresh_token=got.refresh_token or grant.refresh_token,
            access_token=got.access_token,
            good_for_s=got.good_for_s,
        )
        if kept.refresh_token != grant.refresh_token:
            self._keep(account, grant, kept, asked_at_s)
        self._remember(account, kept, asked_at_s)
        return self._tokens[account.id].bearer

    def _keep(self, account: MailAccount, before: Grant, now: Grant, came_at_s: float) -> None:
        """Keep a changed grant; where that fails it stays in memory and is kept with the next use. Raises Problem.

        One that was signed in anew meanwhile, or removed, stays so: what came is of no use any more.
        """
        self._unkept[account.id] = (before.refresh_token, now, came_at_s)
        stored = self._secrets.get(oauth_secret(account))
        kept = grants.load(stored) if stored is not None else None
        same = stored is not None and kept is not None and kept.refresh_token == before.refresh_token
        # in one step: a new sign-in of this very moment stays, and so does a removal
        done = same and self._secrets.exchange(oauth_secret(account), stored or "", grants.dump(now))
        del self._unkept[account.id]
        if done and not now.refused:
            self._remember(account, now, came_at_s)

    def _remember(self, account: MailAccount, grant: Grant, came_at_s: float) -> None:
        # of a token that lives shorter than twice that, half its life
        ahead_s = min(AHEAD_S, grant.good_for_s / 2)
        until_s = came_at_s + grant.good_for_s - ahead_s
        self._tokens[account.id] = _Token(Bearer(grant.access_token), grant.refresh_token, until_s)

    def _mark_refused(self, account: MailAccount, grant: Grant) -> None:
        """Note that a refresh token is good for nothing, so that it is not sent again, not after a restart either."""
        self._tokens.pop(account.id, None)
        try:
            self._keep(account, grant, replace(grant, refused=True), clock.monotonic())
        except Problem as problem:
            log.warning("an ended sign-in could not be noted: %s", type(problem).__name__)
