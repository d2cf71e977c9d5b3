"""What mail accounts sign in with: kept in keyring or vault, never in the database.

Two stores cannot change in one transaction, so the order makes every kill harmless: what an account is to sign in with
is kept before the account says so, and what it signed in with until then goes after. A grant has a name of its own for
each provider, so that a new one never takes the place of one that is still in use. What a kill left behind is not used,
for what the account says decides.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from desktop.base.errors import Problem
from desktop.domain.mail.grant import Grant, dump, load
from desktop.domain.mail.mail_account import MailAccount
from desktop.services.errands import Secrets, imap_secret, oauth_secret, smtp_secret

log = logging.getLogger(__name__)


class AccountSecrets:
    """Keeps and forgets passwords and grants of accounts. Any thread but that of the window."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def receiving(self, account: MailAccount) -> str | None:
        """Return the password for fetching mail; one who signs in through a browser has none. Raises Problem."""
        return None if account.oauth_provider else self._secrets.get(imap_secret(account))

    def sending(self, account: MailAccount) -> str | None:
        """Return the password for sending mail; of one who signs in through a browser that for sending alone."""
        password = self._secrets.get(smtp_secret(account))
        if account.oauth_provider and password == self._secrets.get(imap_secret(account)):
            return None  # both were to go when he signed in there, and the program ended before
        return password

    def grant(self, account: MailAccount) -> Grant | None:
        """Return what an account got from its provider; None where it has none. Raises Problem."""
        kept = self._secrets.get(oauth_secret(account)) if account.oauth_provider else None
        return load(kept) if kept is not None else None

    def followed(self, account: MailAccount, imap_password: str | None) -> str | None:
        """Return the password the sending half takes over from the receiving one, None when it has its own."""
        receiving, sending = self.receiving(account), self.sending(account)
        return (imap_password or receiving) if sending in (None, receiving) else None

    def keep_passwords(self, account: MailAccount, imap_password: str | None, smtp_password: str | None) -> None:
        """Keep passwords; None leaves the one that is kept. Raises Problem."""
        if imap_password is not None or smtp_password is not None:
            self._secrets.unlock()
        if imap_password is not None:
            self._secrets.set(imap_secret(account), imap_password)
        if smtp_password is not None:
            self._secrets.set(smtp_secret(account), smtp_password)

    def keep_grant(self, account: MailAccount, grant: Grant) -> None:
        """Keep a grant beside what the account signs in with now. Raises Problem."""
        self._secrets.unlock()
        self._secrets.set(oauth_secret(replace(account, oauth_provider=grant.provider_id)), dump(grant))

    @contextmanager
    def kept(
        self, account: MailAccount, imap_password: str | None, smtp_password: str | None, grant: Grant | None
    ) -> Iterator[None]:
        """Keep the secrets of a new account; where it is not stored after all they do not stay."""
        self.keep_passwords(account, imap_password, smtp_password)
        if grant is not None:
            self.keep_grant(account, grant)
        try:
            yield
        except BaseException:
            self.forget_all(account)
            raise

    def forget_passwords(self, account: MailAccount) -> None:
        """Forget the password of an account that signs in through a browser now; one for sending alone stays."""
        try:
            # the sending half first: while both are there it is known for the one that is to go
            if self.sending(account) is None:
                self._secrets.delete(smtp_secret(account))
            self._secrets.delete(imap_secret(account))
        except Problem as problem:
            log.warning("a password could not be deleted: %s", problem.text)

    def forget_grant(self, account: MailAccount) -> None:
        """Forget the grant of the provider that an account names, or let it be where it cannot go now."""
        self._forgotten(account, oauth_secret)

    def forget_all(self, account: MailAccount) -> str:
        """Forget every secret of an account; returns why one cannot go now, "" when they went."""
        return self._forgotten(account, imap_secret, smtp_secret, oauth_secret)

    def _forgotten(self, account: MailAccount, *names: Callable[[MailAccount], str]) -> str:
        why = ""
        for name in names:
            try:
                self._secrets.delete(name(account))
            except Problem as problem:
                log.warning("a password could not be deleted: %s", problem.text)
                why = problem.text
        return why
