"""A real profile for tests of the mail room: SQLite, services and bridge, mails delivered through the one door."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import shiboken6

from desktop.app.core import Core, build_core
from desktop.base.paths import Profile
from desktop.domain.mail.address import Address
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.message import Flag, Message, Part
from desktop.services.mail.ingest import Fetched, Home, Ingest
from desktop.services.services import Services
from desktop.store.mail.accounts import AccountWriter
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.folders import Folders as FolderStore
from desktop.store.mail.folders import FolderWriter
from desktop.ui.bridge import Bridge
from tests.ui.mail.rows import NOW_MS

FOLDERS = (
    ServerFolder(b"INBOX", "INBOX", "/", Role.INBOX),
    ServerFolder(b"Archive", "Archive", "/", Role.ARCHIVE),
    ServerFolder(b"Trash", "Trash", "/", Role.TRASH),
    ServerFolder(b"Junk", "Junk", "/", Role.JUNK),
    ServerFolder(b"Projects", "Projects", "/", selectable=False),
    ServerFolder(b"Projects/Kranich", "Projects/Kranich", "/"),
    ServerFolder(b"Projects/Helix pilot", "Projects/Helix pilot", "/"),
)


@dataclass
class Room:
    """A core without its engine, a bridge, and the keys of one account's folders."""

    core: Core
    bridge: Bridge
    blobs: Blobs
    ingest: Ingest
    account_key: int
    keys: dict[str, int]
    """Folder keys by path."""
    uids: int = 0
    last_message_id: str = ""

    @property
    def services(self) -> Services:
        return self.core.services

    def deliver(
        self,
        subject: str = "Renewal 2027 – offer",
        *,
        name: str = "Anna Keller",
        address: str = "anna.keller@acme.example",
        age_ms: int = 60_000,
        folder: str = "INBOX",
        flags: Flag = Flag.NONE,
        snippet: str = "Thank you for the offer.",
        reply_to: str = "",
        attachment: bool = False,
    ) -> int:
        """Put a mail into a folder and return its key."""
        self.uids += 1
        at_ms = NOW_MS - age_ms
        message = Message(
            message_id=f"{self.uids}.{uuid.uuid4().hex}@acme.example",
            date_ms=at_ms,
            subject=subject,
            sender=Address(name, address),
            to=(Address("Jan Berger", "jan@firm.example"),),
            in_reply_to=reply_to,
            references=(reply_to,) if reply_to else (),
            text=snippet,
            snippet=snippet,
            parts=(Part("2", "offer.pdf", "application/pdf", 1000),) if attachment else (),
        )
        self.last_message_id = message.message_id
        raw = f"Subject: {self.uids}\r\n\r\n{uuid.uuid4()}".encode()
        fetched = Fetched(self.uids, flags, at_ms, len(raw), raw, message)
        home = Home(self.account_key, self.keys[folder], 1)
        (key,) = self.ingest.take(home, [fetched])
        return key

    def close(self) -> None:
        self.bridge.close()
        shiboken6.delete(self.bridge)  # a thread that collects garbage must not meet its timer
        self.blobs.close()
        self.core.close()


def make_room(root: Path) -> Room:
    """Open a new profile with one account."""
    profile = Profile(root / "profile")
    core = build_core(profile, lambda: None)
    imap = Endpoint("imap.firm.example", 993, Security.TLS, "jan")
    account = MailAccount(id=uuid.uuid4(), address="jan@firm.example", display_name="Jan Berger", imap=imap)
    with core.database.write() as work:
        account_key = AccountWriter(work).add(account)
        FolderWriter(work).mirror(account_key, FOLDERS, {})
    with core.database.read() as view:
        keys = {node.path: node.key for node in FolderStore(view).nodes()}
    blobs = Blobs(profile.raw)
    return Room(core, Bridge(core.bus), blobs, Ingest(core.database, blobs), account_key, keys)
