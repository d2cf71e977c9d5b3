"""What an account shows to its servers: the password that is kept for one of them, or a token for both. Any thread."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from desktop.domain.mail.mail_account import MailAccount
from desktop.engine.tokens import Tokens
from desktop.net import errors
from desktop.net.connect import Stop
from desktop.net.credentials import Bearer, Credential, Password
from desktop.net.tls import TlsPolicy
from desktop.services.errands import Secrets
from desktop.services.mail.account_secrets import AccountSecrets

T = TypeVar("T")


def policy_of(account: MailAccount) -> TlsPolicy:
    """Return whom an account believes."""
    return TlsPolicy(Path(account.ca_file) if account.ca_file else None, frozenset(account.trusted_fingerprints))


class Credentials:
    """Gives accounts what they sign in with: who signs in through a browser has one token for both servers."""

    def __init__(self, secrets: Secrets, tokens: Tokens) -> None:
        self._secrets = AccountSecrets(secrets)
        self._tokens = tokens

    def fetching(
        self,
        account: MailAccount,
        sign_in: Callable[[Credential], T],
        *,
        shown: Credential | None = None,
        cancel: Stop | None = None,
    ) -> T:
        """Return what `sign_in` makes of the credential for the IMAP server of an account, or of `shown` in its place.

        Where the server does not take a token a new one is tried, once. Raises PasswordMissing, SignInEnded, what
        `sign_in` raises, and what keeps secrets or tokens from being had.
        """
        if isinstance(shown, Bearer):
            self._tokens.refuse_foreign(account, account.imap_host)
        if shown is not None:
            return sign_in(shown)
        if account.oauth_provider:
            self._tokens.refuse_foreign(account, account.imap_host)
            return self._with_token(account, sign_in, cancel)
        password = self._secrets.receiving(account) if account.key else None
        if password is None:
            raise errors.PasswordMissing(account.imap_user)
        return sign_in(Password(password))

    def sending(
        self,
        account: MailAccount,
        sign_in: Callable[[Credential | None], T],
        *,
        shown: Credential | None = None,
        cancel: Stop | None = None,
    ) -> T:
        """Return what `sign_in` makes of the credential for the SMTP server of an account, as `fetching` does.

        A password kept for this server alone goes before a token. Where no user is named and no password is kept
        `sign_in` gets None: some servers inside the computer or the house let everybody send.
        """
        user, host = (account.smtp.user, account.smtp.host) if account.smtp is not None else ("", "")
        if isinstance(shown, Bearer) and user:
            self._tokens.refuse_foreign(account, host)
        if shown is not None and (user or isinstance(shown, Password)):
            return sign_in(shown)
        password = self._secrets.sending(account) if account.key else None
        if password is not None:
            return sign_in(Password(password))
        if not user:
            return sign_in(None)
        if not account.oauth_provider:
            raise errors.PasswordMissing(user)
        self._tokens.refuse_foreign(account, host)
        return self._with_token(account, sign_in, cancel)

    def _with_token(self, account: MailAccount, sign_in: Callable[[Bearer], T], cancel: Stop | None) -> T:
        bearer = self._tokens.bearer(account, policy_of(account), cancel=cancel)
        try:
            return sign_in(bearer)
        except errors.TokenRefused:
            bearer = self._tokens.bearer(account, policy_of(account), refused=bearer, cancel=cancel)
        return sign_in(bearer)
