"""The sample's servers one by one, spoken to by the program's own clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.app.demo.imap_session import Credentials, ImapSession
from desktop.app.demo.listener import Listener
from desktop.app.demo.mailbox import Mailbox
from desktop.domain.mail.mail_account import Security
from desktop.net.credentials import Password
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy

USER, PASSWORD = "nora@lindhof.example", "only-for-this-start"
CREDENTIALS = Credentials(USER, PASSWORD)


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[Mailbox]:
    """Has the usual folders and no mail."""
    made = Mailbox(tmp_path / "mailbox.db")
    for name, use in (("INBOX", ""), ("Sent", "\\Sent"), ("Archive", "\\Archive"), ("Projects", "")):
        made.create(name, use)
    yield made
    made.close()


@pytest.fixture
def imap(mailbox: Mailbox) -> Iterator[Listener]:
    """A server over it."""
    listener = Listener("test-imap", lambda peer: ImapSession(peer, mailbox, CREDENTIALS).run())
    yield listener
    listener.close()


@pytest.fixture
def sign_in(imap: Listener) -> Iterator[Callable[..., Session]]:
    """Open sessions of the program's own client."""
    opened: list[Session] = []

    def sign_in(password: str = PASSWORD) -> Session:
        endpoint = ImapEndpoint("127.0.0.1", imap.port, Security.PLAIN, USER)
        opened.append(Session.open(endpoint, Password(password), TlsPolicy(), timeout_s=10.0))
        return opened[-1]

    yield sign_in
    for session in opened:
        session.close()
