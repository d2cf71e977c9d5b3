"""A store with accounts on a server that exists in our words only: what tests of store and services work with."""

from __future__ import annotations

import uuid
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from desktop.base.bus import Bus
from desktop.domain.mail.folder import Role, ServerFolder, Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Mode, Security
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.mail.sync import SyncFolder
from desktop.services.errands import TestResult
from desktop.services.mail.folders import Folders
from desktop.services.mail.ingest import Fetched, Ingest
from desktop.services.mail.mail_accounts import MailAccounts
from desktop.services.mail.mail_actions import Done, MailActions
from desktop.services.mail.mirror import Mirror
from desktop.services.mail.operations import Operations
from desktop.services.mail.reminders import Reminders
from desktop.services.mail.replay import ReplayQueue
from desktop.services.mail.status import StatusBoard
from desktop.services.mail.views import MailViews
from desktop.store.database import Database
from desktop.store.mail.accounts import AccountWriter
from desktop.store.mail.blobs import Blobs
from desktop.store.space import Space

ARRIVED_MS = 1_780_000_000_000
ROLES = (Role.INBOX, Role.SENT, Role.TRASH, Role.JUNK, Role.ARCHIVE, Role.DRAFTS, Role.NONE)
LISTED = tuple(ServerFolder(role.value.encode() or b"Other", role.value or "Other", "/", role) for role in ROLES)


class NoSecrets(dict[str, str]):
    def unlock(self, *, patiently: bool = False) -> None:
        pass

    def set(self, name: str, value: str) -> None:
        self[name] = value

    def exchange(self, name: str, before: str, after: str) -> bool:
        if self.get(name) != before:
            return False
        self.set(name, after)
        return True

    def delete(self, name: str) -> None:
        self.pop(name, None)


class NoErrands:
    def test_account(
        self, account: object, password: str | None, sending: object = None, tell: object = None, grant: object = None
    ) -> Future[TestResult]:
        raise NotImplementedError

    discover = fetch_part = remote_image = sign_in = unlock = unsubscribe = test_account


class Shelf:
    """A store with one account and a folder of each role; `add` brings more accounts."""

    def __init__(self, database: Database, folder: Path, mode: Mode = Mode.TWO_WAY) -> None:
        self.database = database
        self.bus = Bus()
        self.blobs = Blobs(folder / "raw")
        self.ingest = Ingest(database, self.blobs)
        self.secrets = NoSecrets()
        self.accounts = MailAccounts(database, self.blobs, self.secrets, NoErrands(), StatusBoard(self.bus), self.bus)  # type: ignore[arg-type]
        self.actions = MailActions(database, self.blobs)
        self.reminders = Reminders(database, self.actions)
        self.mirror = Mirror(database, Space(folder))
        self.views = MailViews(database)
        self.operations = Operations(database)
        self.server_folders = Folders(database, self.bus)
        self.queue = ReplayQueue(database, self.blobs)
        self.uids: dict[int, int] = {}
        self.account = self.add("me@example.org", mode)

    def add(self, address: str, mode: Mode = Mode.TWO_WAY) -> int:
        """Add an account with a folder of each role; returns its key."""
        server = Endpoint("h", 1, Security.TLS, "u")
        with self.database.write() as work:
            key = AccountWriter(work).add(MailAccount(id=uuid.uuid4(), address=address, mode=mode, imap=server))
        self.mirror.folder_list(key, LISTED)
        return key

    def become(self, mode: Mode, account: int = 0) -> None:
        """Let an account have another mode."""
        self.accounts.edit(replace(self.accounts.get(account or self.account), mode=mode))

    def set_aliases(self, *aliases: str) -> tuple[str, ...]:
        """Give the first account these aliases and no others; returns those it has then."""
        self.accounts.edit(self.accounts.get(self.account).known_as(aliases))
        return self.accounts.get(self.account).aliases

    def folder(self, role: Role = Role.INBOX, account: int = 0) -> SyncFolder:
        """Return the folder of a role as it is now."""
        return next(f for f in self.mirror.folders(account or self.account) if f.role is role)

    def arrive(
        self,
        raw: bytes,
        role: Role = Role.INBOX,
        flags: Flag = Flag.NONE,
        account: int = 0,
        received_ms: int = ARRIVED_MS,
    ) -> int:
        """Let a mail arrive in a folder; returns its UID."""
        folder = self.folder(role, account)
        uid = self.uids[folder.key] = self.uids.get(folder.key, 0) + 1
        self.fetched(folder, uid, raw, flags, received_ms)
        return uid

    def fetched(
        self, folder: SyncFolder, uid: int, raw: bytes, flags: Flag = Flag.NONE, received_ms: int = ARRIVED_MS
    ) -> None:
        """Store a mail as it was fetched."""
        home = self.mirror.home(folder, folder.uidvalidity)
        assert home is not None
        self.ingest.take(home, [Fetched(uid, flags, received_ms, len(raw), raw, parse(raw))])

    def mails(self, list_id: int = Unified.INBOX) -> list[int]:
        """Return the mails of a list, newest first."""
        return list(self.views.open_list(ListQuery(list_id, conversations=False)).keys)

    def subjects(self, list_id: int = Unified.INBOX) -> list[str]:
        """Return the subjects of a list, newest first."""
        return [row.subject for row in self.views.rows(self.mails(list_id), conversations=False)]

    def do(self, verb: Verb, *keys: int, folder: int | None = None) -> Done:
        """Do a verb to mails."""
        return self.actions.apply(Change(verb, folder), keys)
