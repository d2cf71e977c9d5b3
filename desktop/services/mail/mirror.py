"""What servers say of folders, flags and vanished mails, brought into the store. Called by the engine's threads.

What a server says of many mails (another program marked a whole folder read) is stored in portions, so that nobody else
who writes waits long. A kill between two costs nothing: how far a folder is synced is noted after the last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from desktop.base import clock
from desktop.domain import events
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.message import Flag, Message, identity
from desktop.domain.mail.sync import SyncFolder, is_synced, label_of
from desktop.services.mail.ingest import Home, look_again
from desktop.services.mail.operations import lose_folder
from desktop.services.mail.unseen import keep_unseen
from desktop.services.mail.whole_folders import catch_up
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail.accounts import Accounts, AccountWriter
from desktop.store.mail.folders import Folders, FolderWriter
from desktop.store.mail.labels import KnownMail, Labels, LabelWriter
from desktop.store.mail.messages import Messages, chunks
from desktop.store.mail.places import Places, PlaceWriter
from desktop.store.space import Space

PORTION = 500
"""Mails a transaction."""
_LEFT_FOR_GOOD = (Role.TRASH, Role.JUNK, Role.DRAFTS)
"""What is no longer there was deleted, or sent."""


class Mirror:
    """The server's side of the store."""

    def __init__(self, database: Database, space: Space) -> None:
        self._database = database
        self._space = space

    def accounts(self) -> tuple[MailAccount, ...]:
        """Return the accounts to fetch for: active, not paused, with an IMAP half."""
        with self._database.read() as view:
            return Accounts(view).fetched()

    def all_accounts(self) -> tuple[MailAccount, ...]:
        """Return every account."""
        with self._database.read() as view:
            return Accounts(view).all()

    def paused(self) -> frozenset[int]:
        """Return the keys of the accounts a person has paused."""
        with self._database.read() as view:
            return Accounts(view).paused()

    def account(self, key: int) -> MailAccount | None:
        """Return an account, None when it was removed."""
        with self._database.read() as view:
            return Accounts(view).get(key)

    def folders(self, account_key: int) -> list[SyncFolder]:
        """Return the folders of an account, the Inbox first."""
        with self._database.read() as view:
            return Folders(view).to_sync(account_key)

    def folder(self, key: int) -> SyncFolder | None:
        """Return a folder, None when it is gone."""
        with self._database.read() as view:
            return Folders(view).sync_folder(key)

    def home(self, folder: SyncFolder, uidvalidity: int) -> Home | None:
        """Return where a folder's mails are fetched from, None when it is gone."""
        with self._database.read() as view:
            there = Folders(view).destination(folder.key)
        return Home(folder.account_key, folder.key, uidvalidity) if there is not None else None

    def count(self, account_key: int) -> tuple[int, int]:
        """Return how many mails of the folders being synced are here, and how many the server has."""
        with self._database.read() as view:
            return Folders(view).progress(account_key)

    def strange_folders(self, account_key: int, listed: Sequence[ServerFolder]) -> list[bytes]:
        """Return those names on the server that may be new ones of folders known by another."""
        with self._database.read() as view:
            return Folders(view).strange(account_key, {f.wire_name for f in listed if f.selectable})

    def folder_list(
        self,
        account_key: int,
        listed: Sequence[ServerFolder],
        numbered: Mapping[bytes, int] = MappingProxyType({}),
        totals: Mapping[bytes, int] = MappingProxyType({}),
    ) -> None:
        """Make the folders of an account those the server has.

        `numbered` is the UIDVALIDITY of strange ones, `totals` how many mails the server has in them where it told.
        At Gmail All Mail is to tell anew which mails have a label that was not listed before.
        """
        with self._database.write() as work:
            before = set(Folders(work).keys_of(account_key))
            changed, gone = FolderWriter(work).mirror(account_key, listed, numbered, totals)
            if set(Folders(work).keys_of(account_key)) - before and Labels(work).in_use(account_key):
                for folder in Folders(work).to_sync(account_key):
                    if folder.role is Role.ALL:
                        FolderWriter(work).set(folder.key, reconciled_at_ms=0)
            for key in gone:
                lose_folder(work, key)
            if changed:
                work.emit(events.FoldersChanged(account_key))
        if gone:
            catch_up(self._database)

    def known(self, folder: SyncFolder, uidvalidity: int, low: int, high: int) -> dict[int, tuple[int, int | None]]:
        """Return uid -> (flags the server last told, Email key) in a window of UIDs."""
        with self._database.read() as view:
            return Places(view).known_uids(folder.key, uidvalidity, low, high)

    def fetched(self, folder: SyncFolder, uidvalidity: int, low: int, high: int) -> set[int]:
        """Return the UIDs in a window that need not be fetched (again)."""
        with self._database.read() as view:
            return Places(view).fetched_uids(folder.key, uidvalidity, low, high)

    def is_expecting(self, home: Home) -> bool:
        """Say whether mails that are here are due in a folder under new UIDs."""
        with self._database.read() as view:
            return Places(view).is_expecting(home.folder_key, home.uidvalidity)

    def expected(self, home: Home, keys: Collection[int]) -> dict[int, list[int]]:
        """Return those of these Emails that are due in a folder under new UIDs: Email key -> sizes of their copies."""
        with self._database.read() as view:
            return Places(view).expected(home.folder_key, home.uidvalidity, keys)

    def here(self, headers: Mapping[int, Message]) -> dict[int, int]:
        """Return uid -> Email key of those mails (given by header) that are here already."""
        wanted = {uid: identity(message) for uid, message in headers.items()}
        with self._database.read() as view:
            keys = Messages(view).keys_of(wanted.values())
        return {uid: keys[mail_id] for uid, mail_id in wanted.items() if mail_id in keys}

    def known_mails(self, account_key: int, msgids: Collection[int]) -> dict[int, KnownMail]:
        """Return the mails with these ids of Gmail's that are here."""
        with self._database.read() as view:
            return Labels(view).known(account_key, msgids)

    def unnamed(self, folder: SyncFolder, uidvalidity: int, low: int) -> list[int]:
        """Return the UIDs from `low` on of copies in a folder of which Gmail's id is not known."""
        with self._database.read() as view:
            return Labels(view).unnamed(folder.key, uidvalidity, low)

    def name(self, folder: SyncFolder, uidvalidity: int, msgids: Mapping[int, int]) -> None:
        """Note Gmail's ids of copies, by UID."""
        for some in chunks(list(msgids), PORTION):
            with self._database.write() as work:
                LabelWriter(work).name(folder.key, uidvalidity, {uid: msgids[uid] for uid in some})

    def labels(
        self, folder: SyncFolder, uidvalidity: int, labels: Mapping[int, Collection[int]], label_keys: Collection[int]
    ) -> None:
        """Note in which of the folders `label_keys`, not synced by themselves, All Mail says mails are, by UID."""
        for some in chunks(list(labels), PORTION):
            with self._database.write() as work:
                told = {uid: labels[uid] for uid in some}
                look_again(work, LabelWriter(work).follow(folder.key, uidvalidity, told, label_keys))

    def flags(self, folder: SyncFolder, uidvalidity: int, flags: Iterable[tuple[int, Flag]]) -> int:
        """Note what the server says of flags; returns how many mails changed."""
        count = 0
        for some in chunks(list(flags), PORTION):
            with self._database.write() as work:
                values = ((uid, int(value)) for uid, value in some)
                changed = PlaceWriter(work).set_flags(folder.key, uidvalidity, values)
                look_again(work, changed)
            count += len(changed)
        return count

    def vanished(self, folder: SyncFolder, uidvalidity: int, uids: Sequence[int]) -> int:
        """Note that the server no longer has these UIDs; returns how many mails that were."""
        count = 0
        for some in chunks(uids, PORTION):
            with self._database.write() as work:
                hidden = _hides(work, folder)
                gone = PlaceWriter(work).vanish(folder.key, uidvalidity, some)
                _left(work, folder, gone, hidden=hidden)
            count += len(gone)
        return count

    def alive(self, folder: SyncFolder, uidvalidity: int, low: int, high: int, uids: Iterable[int]) -> int:
        """Note that of a window of UIDs the server has only these; returns how many mails vanished."""
        known = self.known(folder, uidvalidity, low, high)
        return self.vanished(folder, uidvalidity, sorted(known.keys() - set(uids)))

    def renumbered(self, folder: SyncFolder, uidvalidity: int) -> None:
        """Begin anew after a change of UIDVALIDITY, or a UIDNEXT that fell: mails stay until met under new UIDs."""
        with self._database.write() as work:
            PlaceWriter(work).doubt(folder.key, uidvalidity)
            FolderWriter(work).set(folder.key, uidvalidity=uidvalidity, uidnext=0, modseq=0, synced_down_to=0)

    def progress(self, folder: SyncFolder, **columns: int) -> None:
        """Note how far a folder is synced: `uidnext`, `modseq`, `synced_down_to`, `server_total`, `opened`."""
        with self._database.write() as work:
            FolderWriter(work).set(folder.key, **columns)

    def complete(self, folder: SyncFolder, uidvalidity: int) -> None:
        """Note that every UID of a folder is known: places not met under the present numbering are gone."""
        self._drop_unmet(folder, uidvalidity)
        with self._database.write() as work:
            FolderWriter(work).set(folder.key, synced_down_to=1)
            work.emit(events.FoldersChanged(folder.account_key))

    def reconciled(self, folder: SyncFolder) -> None:
        """Note that a folder was compared with the server from end to end: copies not met on the way are gone."""
        now = self.folder(folder.key)
        if now is not None and now.complete:
            self._drop_unmet(now, now.uidvalidity)
        with self._database.write() as work:
            FolderWriter(work).set(folder.key, reconciled_at_ms=clock.now())

    def _drop_unmet(self, folder: SyncFolder, uidvalidity: int) -> None:
        more = True
        while more:
            with self._database.write() as work:
                hidden = _hides(work, folder)
                gone, more = PlaceWriter(work).vanish_older(folder.key, uidvalidity, PORTION)
                _left(work, folder, gone, hidden=hidden)

    def lost(self, folder: SyncFolder) -> None:
        """Note that the server no longer has a folder."""
        with self._database.write() as work:
            lose_folder(work, folder.key)
        catch_up(self._database)

    def check_space(self) -> None:
        """Raise DiskFull when so little room is left that fetching must wait."""
        self._space.check()

    def synced(self, account_key: int) -> None:
        """Note that an account is up to date."""
        with self._database.write() as work:
            AccountWriter(work).set_synced(account_key, clock.now())


def _hides(work: UnitOfWork, folder: SyncFolder) -> bool:
    """Say whether mails that leave a folder may be in an All Mail that is not shown. To be asked before they leave."""
    return folder.role not in _LEFT_FOR_GOOD and Labels(work).hides_all_mail(folder.account_key)


def _left(work: UnitOfWork, folder: SyncFolder, emails: Sequence[int], *, hidden: bool) -> None:
    """Let the lists follow mails that are no longer in a folder; those that left All Mail have no labels either."""
    if hidden:
        keep_unseen(work, emails)
    into = Folders(work).destination(folder.key)
    if folder.role is Role.ALL and into is not None:
        labels = [f for f in Folders(work).to_sync(folder.account_key) if label_of(f.role, f.path) is not None]
        keys = [f.key for f in labels if not is_synced(f, two_way=into.two_way)]
        LabelWriter(work).drop(folder.key, emails, keys)
    look_again(work, emails)
