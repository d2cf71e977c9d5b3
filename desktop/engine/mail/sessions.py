"""Signing in to an account's mailbox: from what the account says to an open session. Imports what speaks IMAP."""

from __future__ import annotations

from pathlib import Path

from desktop.domain.mail.mail_account import MailAccount
from desktop.net import errors
from desktop.net.connect import Stop
from desktop.net.credentials import Password
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.mail.smtp import session as smtp
from desktop.net.mail.smtp.session import SmtpSession
from desktop.net.tls import TlsPolicy


def open_session(
    account: MailAccount, password: str, *, timeout_s: float = 60.0, cancel: Stop | None = None
) -> Session:
    """Connect, encrypt and sign in; the account must have an IMAP half.

    `timeout_s` is the longest silence borne, also later. Raises NetProblem.
    """
    half = account.imap
    assert half is not None
    endpoint = ImapEndpoint(half.host, half.port, half.security, account.imap_user)
    return Session.open(endpoint, password, _believed(account), timeout_s=timeout_s, cancel=cancel)


def open_sending(account: MailAccount, password: str | None, *, cancel: Stop | None = None) -> SmtpSession:
    """Connect to the server an account sends through, and sign in; the account must have an SMTP half.

    A server inside the computer or the house may let everybody send: that is tried where there is no password and no
    user is named. Raises NetProblem.
    """
    half = account.smtp
    assert half is not None
    if password is None and half.user:
        raise errors.PasswordMissing(half.user)
    credential = Password(password) if password is not None else None
    return smtp.open_session(half, credential, _believed(account), cancel=cancel)


def _believed(account: MailAccount) -> TlsPolicy:
    return TlsPolicy(Path(account.ca_file) if account.ca_file else None, frozenset(account.trusted_fingerprints))
