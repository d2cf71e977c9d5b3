"""A real profile for tests of the mail room: SQLite, services and bridge, mails delivered through the one door."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path

from desktop.base.bus import Bus
from desktop.domain.mail.address import Address
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.message import Flag, Message, Part
from desktop.services.mail.folders import Folders
from desktop.services.mail.ingest import Fetched, Home, Ingest
from desktop.services.mail.mail_actions import MailActions
from desktop.services.mail.views import MailViews
from desktop.store import migrate
from desktop.store.database import Database
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
    """The parts of `app.core` that the mail room talks to, without the engine."""

    database: Database
    blobs: Blobs
    bus: Bus
    bridge: Bridge
    views: MailViews
    actions: MailActions
    folders: Folders
    ingest: Ingest
    account_key: int
    keys: dict[str, int] = field(default_factory=dict)
    """Folder keys by path."""
    uids: int = 0

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
        role = Role.INBOX if folder == "INBOX" else Role.NONE
        home = Home(self.account_key, self.keys[folder], 1, role, folder == "INBOX", True)
        (key,) = self.ingest.take(home, [fetched])
        return key

    def close(self) -> None:
        self.bridge.close()
        self.blobs.close()
        self.database.close()


def make_room(root: Path) -> Room:
    """Open a new profile with one account."""
    bus = Bus()
    database = Database(root / "rapport.db", bus)
    migrate.migrate(database, lambda: None)
    blobs = Blobs(root / "raw")
    imap = Endpoint("imap.firm.example", 993, Security.TLS, "jan")
    account = MailAccount(id=uuid.uuid4(), address="jan@firm.example", display_name="Jan Berger", imap=imap)
    with database.write() as work:
        AccountWriter(work).ensure_user("Jan Berger")
        account_key = AccountWriter(work).add(account)
        FolderWriter(work).mirror(account_key, FOLDERS)
    with database.read() as view:
        keys = {node.path: node.key for node in FolderStore(view).nodes()}
    return Room(
        database=database,
        blobs=blobs,
        bus=bus,
        bridge=Bridge(bus),
        views=MailViews(database),
        actions=MailActions(database, blobs),
        folders=Folders(database, bus),
        ingest=Ingest(database, blobs),
        account_key=account_key,
        keys=keys,
    )
