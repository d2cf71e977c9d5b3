"""The queue of server operations from the engine's side: what comes next, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from desktop.base import clock
from desktop.domain import events
from desktop.domain.mail.folder import Role
from desktop.domain.mail.line_ends import lines_for_wire
from desktop.domain.mail.message import Flag
from desktop.services.mail import making
from desktop.services.mail.ingest import look_again
from desktop.services.mail.operations import lose_folder
from desktop.services.mail.server_drafts import mailbox_of, only_at_home
from desktop.services.mail.sources import forget_unnamed
from desktop.services.mail.unseen import keep_unseen
from desktop.services.mail.whole_folders import catch_up, note_behind
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail.blobs import Blobs, Staged
from desktop.store.mail.drafts import Drafts, DraftWriter, KeptDraft
from desktop.store.mail.folders import FolderWriter
from desktop.store.mail.labels import Labelled, Labels, LabelWriter
from desktop.store.mail.life import Life
from desktop.store.mail.messages import Messages
from desktop.store.mail.operations import FolderRef, Operations, OperationWriter, Queued, Target
from desktop.store.mail.outbox import OutboxRows
from desktop.store.mail.places import Places, PlaceWriter
from desktop.store.mail.stray_keys import StrayKeys


@dataclass(frozen=True, slots=True)
class Appendix:
    """A mail to be copied to a server."""

    place_key: int
    raw: bytes
    """With the line ends mail has on the way, which in a file may be others."""
    message_id: str
    flags: Flag
    received_ms: int
    is_whole: bool
    """False when a part of the mail is only on its old server: a copy would lose it."""


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A draft on its way to its server."""

    kept: KeptDraft
    staged: Staged | None
    """Its bytes; None where the server has them already."""
    older: tuple[tuple[int, int, int], ...]
    """Copies that are to go: place, UIDVALIDITY and UID."""


class ReplayQueue:
    """Hands out operations and stores their outcome, one transaction each."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    def next(self, account_key: int) -> Queued | None:
        """Return the operation to do now, None when none is due."""
        with self._database.read() as view:
            return Operations(view).next(account_key, clock.now())

    def next_try_at(self, account_key: int) -> int | None:
        """Return when the next operation is due, in ms; None when none waits."""
        with self._database.read() as view:
            return Operations(view).next_try_at(account_key)

    def folder(self, key: int | None) -> FolderRef | None:
        """Return a folder by key, None when it is gone."""
        with self._database.read() as view:
            return Operations(view).folder_ref(key)

    def folder_at(self, account_key: int, path: str) -> FolderRef | None:
        """Return the folder of a path that the server has, None when there is none."""
        with self._database.read() as view:
            return Operations(view).folder_at(account_key, path)

    def home(self, account_key: int, role: Role) -> FolderRef | None:
        """Return the folder of a role that the server has, None when there is none."""
        with self._database.read() as view:
            return Operations(view).home(account_key, role)

    def targets(self, operation: Queued, *, labelled: bool = False) -> dict[int, list[Target]]:
        """Return the places of an operation by the folder they lie in; those whose UID is unknown are left out.

        So are those that `labelled` gives, at a `labelled` account.
        """
        with self._database.read() as view:
            return Operations(view).targets(operation.key, labelled=labelled)

    def unnumbered(self, operation: Queued, *, labelled: bool = False) -> list[int]:
        """Return the folders that must be synced before an operation can find all its mails."""
        with self._database.read() as view:
            return Operations(view).unnumbered(operation.key, labelled=labelled)

    def labelled(self, operation: Queued) -> list[Labelled]:
        """Return the places of an operation whose mails are known by Gmail's id."""
        with self._database.read() as view:
            return Labels(view).of_operation(operation.key)

    def waits(self, operation: Queued) -> bool:
        """Say whether an operation is not done yet."""
        with self._database.read() as view:
            return Operations(view).waits(operation.key)

    def must_stay(self, operation: Queued) -> bool:
        """Say whether a folder may not be deleted yet: mails in it still have to be moved out, which may be parked."""
        with self._database.read() as view:
            return operation.folder_key is not None and Operations(view).leaving(operation.folder_key)

    def begin(self, operation: Queued) -> bool:
        """Note that an operation is on its way; False when it was withdrawn meanwhile."""
        with self._database.write() as work:
            return OperationWriter(work).begin(operation.key)

    def flags_stored(self, operation: Queued, place_keys: Sequence[int]) -> None:
        """The server has the flags."""
        with self._database.write() as work:
            PlaceWriter(work).flags_stored(place_keys, int(operation.add), int(operation.remove))
            self._done(work, operation, place_keys)

    def moved(self, operation: Queued, target: FolderRef, new_uids: Mapping[int, int | None], told: int) -> None:
        """The server has moved the mails; `new_uids` gives the new UID of each place where the server told it.

        `told` is the UIDVALIDITY it gave with them (COPYUID, RFC 4315, section 3), 0 for none.
        """
        with self._database.write() as work:
            _moved(work, target.key, new_uids, told)
            self._done(work, operation, list(new_uids))

    def relabelled(
        self, operation: Queued, target: FolderRef, new_uids: Mapping[int, int | None], told: int, *, copied: bool
    ) -> None:
        """Gmail has moved mails to a folder, or `copied` them there, as `moved` has it: one place a folder for each."""
        with self._database.write() as work:
            labels = LabelWriter(work)
            if copied:
                uidvalidity, new_uids = _numbered(work, target.key, new_uids, told)
                for place, uid in new_uids.items():
                    labels.add(place, target.key, uidvalidity, uid)
            else:
                there = {place: labels.join(place, target.key) for place in new_uids}
                known = {
                    place: uid for place, at in there.items() if at for uid in at[1:] if at[0] == target.uidvalidity
                }
                _moved(work, target.key, {place: uid for place, uid in new_uids.items() if place not in known}, told)
                _moved(work, target.key, known, target.uidvalidity)
                if target.role in (Role.TRASH, Role.JUNK):
                    for place in new_uids:
                        labels.alone(place)
            self._done(work, operation, list(new_uids))

    def gone(self, operation: Queued, place_keys: Sequence[int]) -> None:
        """Mails an operation is about are no longer where they were, nor anywhere else it could find them."""
        if not place_keys:
            return
        with self._database.write() as work:
            hidden = Labels(work).hides_all_mail(operation.account_key)
            emails = PlaceWriter(work).remove(place_keys)
            if hidden:
                keep_unseen(work, emails)
            look_again(work, emails)
            self._done(work, operation, place_keys)

    def to_append(self, operation: Queued) -> Appendix | None:
        """Return the mail an "append" operation copies, None when it is no longer here."""
        with self._database.read() as view:
            found = Operations(view).to_append(operation.key)
        if found is None:
            return None
        raw = lines_for_wire(self._blobs.get(found.digest))
        return Appendix(found.place_key, raw, found.message_id, found.flags, found.received_ms, not found.partial)

    def appended(self, operation: Queued, place_key: int, where: tuple[int, int] | None) -> None:
        """The server has the copy; `where` is its UIDVALIDITY and UID, where it told them."""
        told, uid = where or (0, None)
        with self._database.write() as work:
            if operation.folder_key is not None:
                _moved(work, operation.folder_key, {place_key: uid}, told)
            OperationWriter(work).release(operation.key)
            emails = OperationWriter(work).remove(operation.key)
            Life(work).let_go(StrayKeys(work).found(emails))
            look_again(work, emails)
            work.emit(events.OperationsChanged(operation.account_key))

    def to_save(self, operation: Queued) -> SavedDraft | None:
        """Return the draft a "save-draft" operation puts on its server; None when it is gone, was sent, or moved on."""
        with self._database.read() as view:
            kept = Drafts(view).get(int(operation.argument["draft"]))
            if kept is None or operation.folder_key is None or OutboxRows(view).of_emails([kept.email_key]):
                return None
            home = mailbox_of(view, kept.draft.sender.address)
            if home is None or home.key != operation.account_key:
                return None  # From is an address of another account since, which has an operation of its own
            places = Places(view).numbered(kept.email_key, operation.folder_key)
        if kept.changes == kept.changes_on_server:
            return SavedDraft(kept, None, tuple(places[:-1]))
        stamp = making.stamp(kept.message_id, kept.date_ms)
        return SavedDraft(kept, making.stage(kept.draft, stamp, self._blobs, with_bcc=True), tuple(places))

    def draft_pieces(self, saved: SavedDraft) -> Iterator[bytes]:
        """Yield the octets of a draft."""
        assert saved.staged is not None
        return self._blobs.staged_pieces(saved.staged)

    def draft_saved(self, operation: Queued, saved: SavedDraft, where: tuple[int, int] | None) -> None:
        """The server has the new copy of a draft; `where` is its UIDVALIDITY and UID, where it told them."""
        assert saved.staged is not None
        told, uid = where or (0, None)
        with self._database.write() as work:
            if operation.folder_key is not None and Messages(work).ids_of([saved.kept.email_key]):
                place = PlaceWriter(work).add_own(
                    operation.folder_key, saved.kept.email_key, saved.staged.size_bytes, int(Flag.SEEN | Flag.DRAFT)
                )
                _moved(work, operation.folder_key, {place: uid}, told)
                now = Drafts(work).get(saved.kept.key)
                if now is not None and now.changes_on_server < saved.kept.changes:
                    DraftWriter(work).on_server(saved.kept.key, saved.kept.changes)
                look_again(work, [saved.kept.email_key])
        self._blobs.drop_staged(saved.staged)

    def draft_done(self, operation: Queued, saved: SavedDraft, gone: Sequence[int]) -> None:
        """Older copies of a draft are gone from the server; it follows its server unless it was changed meanwhile."""
        with self._database.write() as work:
            PlaceWriter(work).remove(gone)
            now = Drafts(work).get(saved.kept.key)
            if now is not None and now.changes == now.changes_on_server:
                only_at_home(work, now)
                Life(work).let_go([now.email_key])
                look_again(work, [now.email_key])
            OperationWriter(work).release(operation.key)
            self._finish(work, operation)

    def expunged(self, operation: Queued, place_keys: Sequence[int]) -> None:
        """The server has removed the copies; mails deleted for good go with their last one."""
        with self._database.write() as work:
            dropped = Places(work).sources(place_keys)
            dead, named = Life(work).purge_deleted(PlaceWriter(work).remove(place_keys))
            if dead:
                work.emit(events.MessagesRemoved(dead))
            self._done(work, operation, place_keys)
        forget_unnamed(self._database, self._blobs, list({*dropped, *named}))

    def where_wanted(self, operation: Queued, place_keys: Sequence[int]) -> None:
        """The mails are already where they were to go."""
        with self._database.write() as work:
            self._done(work, operation, place_keys)

    def finished(self, operation: Queued) -> None:
        """All that could be done is done: mails that are nowhere to be found are passed over."""
        with self._database.write() as work:
            self._finish(work, operation)

    def nothing_left(self, operation: Queued) -> None:
        """There is nothing to do, because mails or folder are gone; what was to follow is given up too."""
        with self._database.write() as work:
            look_again(work, OperationWriter(work).withdraw(operation.key))
            work.emit(events.OperationsChanged(operation.account_key))

    def folder_done(self, operation: Queued, wire_name: bytes | None = None) -> None:
        """The server has done a verb on a folder; `wire_name` is its name from now on, None when it was deleted."""
        with self._database.write() as work:
            key = operation.folder_key
            if key is not None:
                if operation.kind == "delete-folder":
                    lose_folder(work, key)
                elif wire_name is not None and (became := FolderWriter(work).named(key, wire_name)) != key:
                    for folder in (key, became):
                        note_behind(work, folder)
            self._finish(work, operation)
            work.emit(events.FoldersChanged(operation.account_key))
        catch_up(self._database)

    def postponed(self, operation: Queued, until_ms: int, problem: str) -> None:
        """The server could not do it now."""
        with self._database.write() as work:
            OperationWriter(work).postpone(operation.key, until_ms, problem)
            work.emit(events.OperationsChanged(operation.account_key))

    def refused(self, operation: Queued, problem: str) -> None:
        """The server will not do it: the operation is parked and visible, later ones go on."""
        with self._database.write() as work:
            OperationWriter(work).park(operation.key, problem)
            work.emit(events.OperationsChanged(operation.account_key))

    def _done(self, work: UnitOfWork, operation: Queued, place_keys: Sequence[int]) -> None:
        look_again(work, OperationWriter(work).done(operation.key, place_keys))
        work.emit(events.OperationsChanged(operation.account_key))

    def _finish(self, work: UnitOfWork, operation: Queued) -> None:
        look_again(work, OperationWriter(work).remove(operation.key))
        work.emit(events.OperationsChanged(operation.account_key))


def _moved(work: UnitOfWork, folder_key: int, new_uids: Mapping[int, int | None], told: int) -> None:
    """Let places lie in a folder under the UIDs the server told, numbered under the UIDVALIDITY `told`.

    A folder never synced takes that numbering for its own. What was numbered under another one than is known here is
    found again by its header.
    """
    if Operations(work).folder_ref(folder_key) is not None:
        PlaceWriter(work).moved(folder_key, *_numbered(work, folder_key, new_uids, told))


def _numbered(
    work: UnitOfWork, folder_key: int, new_uids: Mapping[int, int | None], told: int
) -> tuple[int, Mapping[int, int | None]]:
    """Return the UIDVALIDITY of a folder, which may take `told` for its own, and those UIDs that hold under it."""
    folder = Operations(work).folder_ref(folder_key)
    known = folder.uidvalidity if folder is not None else 0
    uidvalidity = known or told
    if uidvalidity != known:
        FolderWriter(work).set(folder_key, uidvalidity=uidvalidity)
    return uidvalidity, new_uids if told in (0, uidvalidity) else dict.fromkeys(new_uids)
