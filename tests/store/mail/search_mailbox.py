"""A small mailbox in a real database, for tests that search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.base.bus import Bus
from desktop.domain.mail.address import Address
from desktop.domain.mail.arrival import Arrival
from desktop.domain.mail.message import Completeness, Flag, Message, Part, identity
from desktop.store import migrate
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail.accounts import AccountWriter
from desktop.store.mail.listings import ListingWriter
from desktop.store.mail.messages import Messages, MessageWriter
from desktop.store.mail.states import StateWriter

FOLDERS = {
    "INBOX": "inbox",
    "Archive": "archive",
    "Sent": "sent",
    "Trash": "trash",
    "Junk": "junk",
    "Projects/Helix": "",
    "Projects/Kranich": "",
    "Projects": "",
}
DAY_MS = 86_400_000
ANNA = Address("Anna Keller", "anna.keller@acme.example")
JAN = Address("Jan", "jan@firm.example")
START_MS = 1_750_000_000_000


@dataclass(frozen=True, slots=True)
class Mail:
    """What a test says of a mail; `day` counts from a fixed day on."""

    subject: str = ""
    text: str = ""
    sender: Address = ANNA
    to: tuple[Address, ...] = (JAN,)
    cc: tuple[Address, ...] = ()
    folder: str = "INBOX"
    flags: Flag = Flag.NONE
    files: tuple[str, ...] = ()
    list_id: str = ""
    size_bytes: int = 1000
    day: int = 0
    also_in: tuple[str, ...] = field(default=())


def new_database(path: Path) -> Database:
    """Return an empty database with one account, its folders and a user."""
    database = Database(path / "rapport.db", Bus())
    migrate.migrate(database, lambda: None)
    with database.write() as work:
        owner = AccountWriter(work).ensure_user("Jan")
        work.run(
            "INSERT INTO mail_account (key, id, owner_key, address) VALUES (1, x'01', ?, 'jan@firm.example')", (owner,)
        )
        work.many(
            "INSERT INTO folder (account_key, wire_name, path, role, shows_in_inbox) VALUES (1, ?, ?, ?, ?)",
            [(path.encode(), path, role, role == "inbox") for path, role in FOLDERS.items()],
        )
    return database


def add(database: Database, mails: Sequence[Mail]) -> list[int]:
    """Store mails with their places, states and lists; returns their keys in the same order."""
    with database.write() as work:
        return [_add(work, number, mail) for number, mail in enumerate(mails)]


def _add(work: UnitOfWork, number: int, mail: Mail) -> int:
    date_ms = START_MS + mail.day * DAY_MS + number
    message = Message(
        message_id=f"{number}.{work.value('SELECT count(*) FROM email')}@test.example",
        date_ms=date_ms,
        subject=mail.subject,
        sender=mail.sender,
        to=mail.to,
        cc=mail.cc,
        text=mail.text,
        snippet=" ".join(mail.text.split())[:200],
        parts=tuple(Part(str(at), name, "application/octet-stream", 10) for at, name in enumerate(mail.files, 2)),
        list_id=mail.list_id,
    )
    (key,) = Messages(work).free_keys([date_ms])
    arrival = Arrival(identity(message), message, Completeness.FULL, b"", b"", mail.size_bytes, date_ms)
    MessageWriter(work).insert([(key, key, mail.folder == "Sent", arrival)])
    for folder in (mail.folder, *mail.also_in):
        work.run(
            "INSERT INTO place (account_key, folder_key, uidvalidity, uid, email_key, flags) "
            "SELECT 1, key, 1, ?, ?, ? FROM folder WHERE path = ?",
            (key % 1_000_000_007, key, int(mail.flags), folder),
        )
    StateWriter(work).follow_places([key])
    ListingWriter(work).refresh([key])
    return key
