"""Signing in to an account's mailbox: from what the account says to an open session. Imports what speaks IMAP."""

from __future__ import annotations

from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.provider import Provider
from desktop.engine.credentials import policy_of
from desktop.net.connect import Stop
from desktop.net.credentials import Credential
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.mail.smtp import session as smtp
from desktop.net.mail.smtp.session import SmtpSession

_MODSEQS = frozenset(("CONDSTORE", "QRESYNC"))


def open_session(
    account: MailAccount, credential: Credential, provider: Provider, *, timeout_s: float, cancel: Stop | None
) -> Session:
    """Connect, encrypt and sign in; the account must have an IMAP half. `engine.mail.mailboxes` alone calls this.

    `timeout_s` is the longest silence borne, also later. Raises NetProblem.
    """
    half = account.imap
    assert half is not None
    endpoint = ImapEndpoint(
        half.host, half.port, half.security, account.imap_user, _MODSEQS if provider.no_condstore else frozenset()
    )
    return Session.open(endpoint, credential, policy_of(account), timeout_s=timeout_s, cancel=cancel)


def open_sending(account: MailAccount, credential: Credential | None, *, cancel: Stop | None = None) -> SmtpSession:
    """Connect to the server an account sends through, and sign in; the account must have an SMTP half.

    Without a credential nobody signs in: a server inside the computer or the house may let everybody send. Raises
    NetProblem.
    """
    half = account.smtp
    assert half is not None
    return smtp.open_session(half, credential, policy_of(account), cancel=cancel)
