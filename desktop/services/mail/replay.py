"""The queue of server operations from the engine's side: what comes next, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.base import clock
from desktop.domain import events
from desktop.services.mail.ingest import look_again
from desktop.services.mail.mail_actions import PURGE_NOW_MS
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.folders import Folders, FolderWriter
from desktop.store.mail.messages import MessageWriter
from desktop.store.mail.operations import Operations, OperationWriter, Queued
from desktop.store.mail.places import Places


@dataclass(frozen=True, slots=True)
class Target:
    """A place an operation is about, as the server knows it."""

    place_key: int
    uid: int
    message_id: str


@dataclass(frozen=True, slots=True)
class FolderRef:
    """A folder an operation is about."""

    key: int
    wire_name: bytes
    path: str
    uidvalidity: int


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
            row = view.first("SELECT key, wire_name, path, uidvalidity FROM folder WHERE key = ?", (key,))
        return FolderRef(row[0], bytes(row[1]), row[2], row[3]) if row else None

    def folder_of_role(self, account_key: int, role: str) -> FolderRef | None:
        """Return the folder of an account that plays a role."""
        with self._database.read() as view:
            key = next((k for (a, r), k in Folders(view).homes().items() if a == account_key and r == role), None)
        return self.folder(key) if key is not None else None

    def targets(self, operation: Queued) -> dict[int, list[Target]]:
        """Return the places of an operation by the folder they lie in now; those not yet numbered are left out."""
        with self._database.read() as view:
            found: dict[int, list[Target]] = {}
            for place, (folder, validity, uid) in Places(view).uids_of(operation.place_keys).items():
                current = view.value("SELECT uidvalidity FROM folder WHERE key = ?", (folder,))
                if uid is None or validity != current:
                    continue
                message_id = view.value(
                    "SELECT e.message_id FROM place p JOIN email e ON e.key = p.email_key WHERE p.key = ?", (place,)
                )
                found.setdefault(folder, []).append(Target(place, uid, message_id or ""))
        return found

    def unnumbered(self, operation: Queued) -> list[int]:
        """Return the folders that must be synced before an operation can find all its mails."""
        with self._database.read() as view:
            return view.column(
                "SELECT DISTINCT p.folder_key FROM place p JOIN operation_place o ON o.place_key = p.key "
                "JOIN folder f ON f.key = p.folder_key "
                "WHERE o.operation_key = ? AND (p.uid IS NULL OR p.uidvalidity <> f.uidvalidity)",
                (operation.key,),
            )

    def begin(self, operation: Queued) -> bool:
        """Note that an operation is on its way; False when it was withdrawn meanwhile."""
        with self._database.write() as work:
            OperationWriter(work).begin(operation.key)
            return work.first("SELECT 1 FROM operation WHERE key = ?", (operation.key,)) is not None

    def flags_stored(self, operation: Queued, place_keys: Sequence[int]) -> None:
        """The server has the flags."""
        with self._database.write() as work:
            work.many(
                "UPDATE place SET flags = (flags | ?) & ~? WHERE key = ?",
                [(int(operation.add), int(operation.remove), key) for key in place_keys],
            )
            self._finish(work, operation)

    def moved(self, operation: Queued, target: FolderRef, new_uids: Mapping[int, int | None], uidvalidity: int) -> None:
        """The server has moved the mails; `new_uids` gives the new UID of each place where the server told it."""
        with self._database.write() as work:
            for place, uid in new_uids.items():
                if uid is not None:
                    work.run(
                        "DELETE FROM place WHERE folder_key = ? AND uidvalidity = ? AND uid = ? AND key <> ?",
                        (target.key, uidvalidity, uid, place),
                    )
                work.run(
                    "UPDATE place SET folder_key = ?, uidvalidity = ?, uid = ? WHERE key = ?",
                    (target.key, uidvalidity, uid, place),
                )
            self._finish(work, operation)

    def expunged(self, operation: Queued, place_keys: Sequence[int]) -> None:
        """The server has removed the copies; mails deleted for good go with their last one."""
        with self._database.write() as work:
            emails: list[int] = []
            for place in place_keys:
                emails += work.column("DELETE FROM place WHERE key = ? RETURNING email_key", (place,))
            dropped = _purge(work, [key for key in emails if key is not None])
            self._finish(work, operation)
        self._blobs.drop(dropped)

    def nothing_left(self, operation: Queued) -> None:
        """All mails of an operation are gone from the server: there is nothing to do."""
        with self._database.write() as work:
            self._finish(work, operation)

    def folder_done(self, operation: Queued, wire_name: bytes | None = None) -> None:
        """The server has done a verb on a folder; `wire_name` is its name from now on, None when it was deleted."""
        with self._database.write() as work:
            key = operation.folder_key
            if key is not None:
                if operation.kind == "delete-folder":
                    look_again(work, FolderWriter(work).remove(key))
                elif wire_name is not None:
                    taken = work.value(
                        "SELECT key FROM folder WHERE account_key = ? AND wire_name = ? AND key <> ?",
                        (operation.account_key, wire_name, key),
                    )
                    if taken is None:
                        FolderWriter(work).set(key, wire_name=wire_name, pending=0)
            self._finish(work, operation)
            work.emit(events.FoldersChanged(operation.account_key))

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

    def _finish(self, work: UnitOfWork, operation: Queued) -> None:
        look_again(work, OperationWriter(work).remove(operation.key))
        work.emit(events.OperationsChanged(operation.account_key))


def _purge(work: UnitOfWork, email_keys: Sequence[int]) -> list[bytes]:
    """Delete those mails deleted for good that have no copy left; returns sources nobody names any more."""
    gone = [
        key
        for key in email_keys
        if work.first(
            "SELECT 1 FROM email e WHERE e.key = ? AND e.gone_at_ms = ? AND NOT e.kept "
            "AND NOT EXISTS (SELECT 1 FROM place p WHERE p.email_key = e.key)",
            (key, PURGE_NOW_MS),
        )
    ]
    dropped = MessageWriter(work).delete(gone)
    if gone:
        work.emit(events.MessagesRemoved(tuple(gone)))
    return dropped
