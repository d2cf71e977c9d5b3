"""A profile with its core, put together as the program does it, on a real mail server: what engine tests work with."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from desktop.app.core import Core, build_core
from desktop.base.paths import Profile
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.listing import FolderNode, ListQuery
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.operation import Change, Verb
from desktop.services.mail.mail_actions import Done
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.gmail import Gmail

PASSPHRASE = "correct horse battery staple"


class Desk:
    """One person's program. `core` is the real thing; the rest says what tests mean in few words."""

    def __init__(self, folder: Path, *, after_crash: bool = False) -> None:
        self.profile = Profile(folder)
        self.core: Core = build_core(self.profile, lambda new: PASSPHRASE, after_crash=after_crash)

    def add(self, dovecot: Dovecot | Gmail, user: str, **changes: object) -> MailAccount:
        """Add an account of a real server."""
        port = int(changes.pop("port", dovecot.imap_port))  # type: ignore[call-overload]
        host = str(changes.pop("host", "127.0.0.1"))
        account = MailAccount(
            id=uuid.uuid4(),
            address=user,
            imap=Endpoint(host, port, Security.PLAIN, user),
            **changes,  # type: ignore[arg-type]
        )
        return self.core.services.accounts.add(account, PASSWORD)

    def sync(self) -> None:
        """Do one full pass; every account must succeed."""
        problems = {k: p for k, p in self.core.supervisor.sync_once().items() if p is not None}
        assert not problems, {k: (p.text, p.details) for k, p in problems.items()}

    def mails(self, list_id: int = Unified.INBOX) -> list[int]:
        """Return the mails of a list, newest first."""
        return list(self.core.services.views.open_list(ListQuery(list_id, conversations=False)).keys)

    def subjects(self, list_id: int = Unified.INBOX) -> list[str]:
        """Return the subjects of a list, newest first."""
        return [row.subject for row in self.core.services.views.rows(self.mails(list_id), conversations=False)]

    def unread(self, list_id: int = Unified.INBOX) -> int:
        return self.core.services.views.counts([list_id])[list_id].unread

    def folder(self, role_or_path: Role | str) -> FolderNode:
        """Return a folder of the first account by role or path."""
        [account, *_] = self.core.services.views.folder_tree().accounts
        return next(f for f in account.folders if role_or_path in (f.role, f.path))

    def do(self, verb: Verb, *keys: int, folder: int | None = None) -> Done:
        """Do a verb to mails."""
        return self.core.services.actions.apply(Change(verb, folder), keys)

    def close(self) -> None:
        self.core.close()


def mail(number: int = 1, *, subject: str = "", text: str = "Hello", **headers: str) -> bytes:
    """Return a small mail; `headers` with underscores for dashes."""
    message = EmailMessage()
    values = {
        "From": "Anna Keller <anna@acme.example>",
        "To": "me@example.org",
        "Subject": subject or f"Mail {number}",
        "Message-ID": f"<{number}@acme.example>",
        "Date": format_datetime(datetime.fromtimestamp(1_780_000_000 + number * 60, UTC)),
    }
    values |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in values.items():
        if value:
            message[name] = value
    message.set_content(text)
    return message.as_bytes().replace(b"\n", b"\r\n")


def until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for a condition; fail when it does not come true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.01)
