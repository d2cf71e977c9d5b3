"""Signing in to an account's mailbox: from what the account says to an open session. Imports what speaks IMAP."""

from __future__ import annotations

from pathlib import Path

from desktop.domain.mail.mail_account import MailAccount
from desktop.net.connect import Stop
from desktop.net.mail.imap.session import ImapEndpoint, Session
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
    believed = TlsPolicy(Path(account.ca_file) if account.ca_file else None, frozenset(account.trusted_fingerprints))
    return Session.open(endpoint, password, believed, timeout_s=timeout_s, cancel=cancel)
