"""Carries queued operations to the server, in order. Runs on the account's thread before anything is fetched.

Every step may be repeated: an operation that was under way when the program died is done again, and what it
already did is recognised. One the server refuses for good is parked; the others go on.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence

from desktop.base import backoff, clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Flag
from desktop.engine.mail.lying import uids_here
from desktop.engine.mail.relabelling import NotInTrash, Relabelling
from desktop.net import errors
from desktop.net.mail.imap import names
from desktop.net.mail.imap.session import Session
from desktop.services.mail.replay import ReplayQueue
from desktop.store.mail.blobs import SourceMissing
from desktop.store.mail.operations import FolderRef, Queued, Target

log = logging.getLogger(__name__)

MOST_TRIES = 5
"""After so many refusals an operation is parked."""
_LOSSES = 2
"""After so many connections lost over an operation it waits, so that mail comes in although it ends every session."""
_NOT_SUBSCRIBED = (
    errors.ServerRefused,
    errors.FolderGone,
    errors.FolderExists,
    errors.OverQuota,
    errors.UnsafeArgument,
)
"""What a server answers that does not do what it is asked about a subscription."""


class TargetGone(Problem):
    """The folder mails were to be moved to was deleted meanwhile."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("The folder these mails were moved to is no longer there."))


class PartMissing(Problem):
    """A mail that cannot be shown is here in part only, and so cannot be copied to another server."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("This mail is too large to be copied: part of it is only on its server."))


class MailsToMove(Problem):
    """A folder to be deleted still holds mails that were moved out of it here, and not yet on the server."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("Mails still have to be moved out of this folder. Try again when that is done."))


class Renumbered(Problem):
    """The server has renumbered a folder: its mails must be met again before an operation can name them."""

    remedy = Remedy.NONE

    def __init__(self, folder_key: int) -> None:
        text = _(
            "The server gives the mails of this folder new numbers again and again, so nothing could be changed in it."
        )
        super().__init__(text)
        self.folder_key = folder_key


class HoldsMore(Problem):
    """A folder to be deleted holds mails on its server that the person was not told of."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, mails: int) -> None:
        text = n_(
            "There is more in it on the server than you were told ({n} mail), so nothing was deleted. Drop this to see "
            "the folder again.",
            "There is more in it on the server than you were told ({n} mails), so nothing was deleted. Drop this to "
            "see the folder again.",
            mails,
        )
        super().__init__(text.format(n=mails))


class Replay:
    """Replays the operations of one account over one session; `numbering` as in `FolderSync`.

    `missed` are the operations that did not find their folder before; found ones are added.
    """

    def __init__(
        self,
        session: Session,
        account_key: int,
        queue: ReplayQueue,
        sync_folder: Callable[[int, Callable[[], bool]], None],
        stopped: Callable[[], bool],
        numbering: int,
        missed: set[int],
    ) -> None:
        self._session = session
        self._account_key = account_key
        self._queue = queue
        self._sync_folder = sync_folder
        self._stopped = stopped
        self._numbering = numbering
        self._missed = missed
        self._relabelling = Relabelling(session, queue, numbering)
        self.misses_folder = False
        """An operation did not find its folder: another program may have renamed it, which LIST tells."""

    def run(self) -> int:
        """Do every operation that is due and return how many. Raises what ends a session; the rest is stored."""
        done = 0
        while not self._stopped():
            operation = self._queue.next(self._account_key)
            if operation is None or not self._queue.begin(operation):
                return done
            try:
                self._carry_out(operation)
                self._missed.discard(operation.key)
                done += 1
            except errors.FolderGone as problem:
                if operation.key in self._missed:
                    self._missed.discard(operation.key)
                    self._refused(operation, problem)
                    continue
                self._missed.add(operation.key)
                self._queue.postponed(operation, clock.now(), problem.details or problem.text)
                self.misses_folder = True
                return done
            except (
                errors.ServerRefused,
                errors.OverQuota,
                errors.FolderExists,
                errors.UnsafeArgument,
                HoldsMore,
                TargetGone,
                MailsToMove,
                NotInTrash,
                PartMissing,
                Renumbered,
                SourceMissing,
            ) as problem:
                self._refused(operation, problem)
            except (errors.Throttled, errors.TooManyConnections) as problem:
                # longer than the pause of the account: the next session fetches before this is tried again
                self._later(operation, problem, backoff.CEILING_S)
                raise
            except (errors.ConnectionLost, errors.ProtocolBroken, errors.TooLarge) as problem:
                again = operation.attempts >= _LOSSES
                self._later(operation, problem, backoff.CEILING_S if again else 0.0)
                raise
        return done

    def _refused(self, operation: Queued, problem: Problem) -> None:
        words = problem.details or problem.text
        may_change = isinstance(problem, (errors.ServerRefused, errors.OverQuota, Renumbered))
        if may_change and operation.attempts + 1 < MOST_TRIES:
            asked_s = problem.back_off_s if isinstance(problem, errors.NetProblem) else 0.0
            self._later(operation, problem, max(asked_s, backoff.delay_s(operation.attempts, random.random())))
        else:
            log.warning("an operation is parked: %s", operation.kind)
            self._queue.refused(operation, words)

    def _later(self, operation: Queued, problem: Problem, wait_s: float) -> None:
        self._queue.postponed(operation, clock.now() + int(wait_s * 1000), problem.details or problem.text)

    def _carry_out(self, operation: Queued) -> None:
        if operation.kind in ("flags", "move", "expunge"):
            try:
                self._on_places(operation)
            except Renumbered as renumbered:
                self._number(operation, renumbered.folder_key)
                self._on_places(operation)
            return
        folder = self._queue.folder(operation.folder_key)
        if folder is None:
            self._queue.nothing_left(operation)
        elif operation.kind == "append":
            self._append(operation, folder)
        elif operation.kind == "save-draft":
            self._save_draft(operation, folder)
        else:
            self._on_folder(operation, folder)

    def _on_places(self, operation: Queued) -> None:
        labelled = self._session.has_labels
        if labelled and self._relabelling.carry_out(operation, self._target(operation)):
            return
        for folder_key in self._queue.unnumbered(operation, labelled=labelled):
            self._number(operation, folder_key)
        found = self._queue.targets(operation, labelled=labelled)
        if not found:
            self._queue.nothing_left(operation)
            return
        for folder_key, targets in found.items():
            folder = self._queue.folder(folder_key)
            if folder is not None:
                self._on_mails(operation, folder, targets)
        if sum(map(len, found.values())) < len(operation.place_keys):
            self._queue.finished(operation)

    def _number(self, operation: Queued, folder_key: int) -> None:
        """Sync a folder, which need not be one that is followed, until the UIDs of an operation's mails are known."""
        labelled = self._session.has_labels
        self._sync_folder(folder_key, lambda: not self._queue.unnumbered(operation, labelled=labelled))

    def _on_mails(self, operation: Queued, folder: FolderRef, targets: Sequence[Target]) -> None:
        selected = self._session.select(folder.wire_name)
        if (selected.uidvalidity or self._numbering) != folder.uidvalidity:
            raise Renumbered(folder.key)
        uids = [target.uid for target in targets]
        keys = [target.place_key for target in targets]
        match operation.kind:
            case "flags":
                self._session.store_flags(uids, operation.add, operation.remove)
                self._queue.flags_stored(operation, keys)
            case "expunge":
                self._session.store_flags(uids, add=Flag.DELETED)
                self._session.expunge(uids)
                self._queue.expunged(operation, keys)
            case _:
                self._move(operation, folder, targets)

    def _move(self, operation: Queued, folder: FolderRef, targets: Sequence[Target]) -> None:
        target = self._target(operation)
        assert target is not None
        if target.key == folder.key:
            self._queue.where_wanted(operation, [t.place_key for t in targets])
            return
        there: list[Target] = []
        if operation.started and not self._session.has_move:
            there = self._copied(folder, target, targets)
        uids = {t.uid: t.place_key for t in targets if t not in there}
        moved = self._session.move(list(uids), target.wire_name)
        new_uids = {place: moved.new_uids.get(uid) for uid, place in uids.items()}
        new_uids |= {t.place_key: None for t in there}
        self._queue.moved(operation, target, new_uids, moved.uidvalidity)

    def _target(self, operation: Queued) -> FolderRef | None:
        """Return where an operation moves mails. Raises TargetGone."""
        if operation.kind != "move":
            return None
        target = self._queue.folder(operation.target_key)
        if target is None:
            raise TargetGone
        return target

    def _copied(self, folder: FolderRef, target: FolderRef, targets: Sequence[Target]) -> list[Target]:
        """After a kill between COPY and EXPUNGE: take what already lies in the target out of its old folder."""
        self._session.select(target.wire_name)
        copied = [t for t in targets if uids_here(self._session, t.message_id, t.size_bytes)]
        self._session.select(folder.wire_name)
        if copied:
            uids = [t.uid for t in copied]
            self._session.store_flags(uids, add=Flag.DELETED)
            self._session.expunge(uids)
        return copied

    def _append(self, operation: Queued, folder: FolderRef) -> None:
        appendix = self._queue.to_append(operation)
        if appendix is None:
            self._queue.nothing_left(operation)
            return
        if not appendix.is_whole:
            raise PartMissing
        where = None
        if operation.started and appendix.message_id:
            # killed before the answer came, perhaps: what is there already is not put there twice
            selected = self._session.select(folder.wire_name)
            found = uids_here(self._session, appendix.message_id, len(appendix.raw))
            where = (selected.uidvalidity or self._numbering, found[-1]) if found else None
        if where is None:
            where = self._session.append(
                folder.wire_name, appendix.raw, appendix.flags & ~Flag.DELETED, appendix.received_ms
            )
        self._queue.appended(operation, appendix.place_key, where)

    def _save_draft(self, operation: Queued, folder: FolderRef) -> None:
        """Put the new copy of a draft on the server, then take the older ones away: there is never none (R37)."""
        saved = self._queue.to_save(operation)
        if saved is None:
            self._queue.nothing_left(operation)
            return
        if saved.staged is not None:
            where = self._session.append(
                folder.wire_name,
                b"",
                Flag.SEEN | Flag.DRAFT,
                clock.now(),
                rest=self._queue.draft_pieces(saved),
                rest_bytes=saved.staged.size_bytes,
            )
            self._queue.draft_saved(operation, saved, where)
        gone = [place for place, _uidvalidity, _uid in saved.older]
        if gone:
            selected = self._session.select(folder.wire_name)
            numbering = selected.uidvalidity or self._numbering
            uids = [uid for _place, uidvalidity, uid in saved.older if uidvalidity == numbering]
            if uids:
                self._session.store_flags(uids, add=Flag.DELETED)
                self._session.expunge(uids)
        self._queue.draft_done(operation, saved, gone)

    def _refuse_more(self, operation: Queued, folder: FolderRef) -> None:
        """Raise HoldsMore when mails came into a folder that is to be deleted after the person was asked."""
        told = operation.argument
        if "mails" not in told:
            return
        now = self._session.status(folder.wire_name)
        there = now.messages or 0
        same = now.uidvalidity == told["uidvalidity"] and told["uidnext"] > 0
        came = now.uidnext - told["uidnext"] if same and now.uidnext is not None else 0
        if there > told["mails"] or (there and came > told["coming"]):
            raise HoldsMore(there)

    def _on_folder(self, operation: Queued, folder: FolderRef) -> None:
        wire_name = self._wire_name(operation, folder)
        match operation.kind:
            case "create-folder":
                try:
                    self._session.create(wire_name, Role(operation.argument.get("role", "")))
                except errors.FolderExists:
                    log.info("the folder to create was there already")
                self._session.subscribe(wire_name)
            case "rename-folder":
                self._rename(operation, folder, wire_name)
                return
            case "delete-folder":
                if self._queue.must_stay(operation):
                    raise MailsToMove
                try:
                    self._refuse_more(operation, folder)
                    self._session.delete(folder.wire_name)
                except errors.FolderGone:
                    log.info("the folder to delete was gone already")
                self._try_to_unsubscribe(folder.wire_name)
            case "subscribe-folder":
                wire_name = folder.wire_name
                if operation.argument.get("on"):
                    self._session.subscribe(wire_name)
                else:
                    self._session.unsubscribe(wire_name)
        self._queue.folder_done(operation, wire_name)

    def _rename(self, operation: Queued, folder: FolderRef, wire_name: bytes) -> None:
        """Rename a folder and take its subscription and those below along: servers keep them by name, for the old one.

        The rename is noted as soon as it is done; it cannot be done again when the connection ends after it.
        """
        before = self._session.subscriptions() or set()
        self._session.rename(folder.wire_name, wire_name)
        self._queue.folder_done(operation, wire_name)
        below = folder.wire_name + folder.delimiter.encode()
        for old in sorted(before):
            if old == folder.wire_name or (folder.delimiter and old.startswith(below)):
                self._try_to_subscribe(wire_name + old[len(folder.wire_name) :])
                self._try_to_unsubscribe(old)

    def _try_to_subscribe(self, wire_name: bytes) -> None:
        """Subscribe what was renamed; a server that refuses has renamed it all the same."""
        try:
            self._session.subscribe(wire_name)
        except _NOT_SUBSCRIBED:
            log.info("a renamed folder could not be subscribed")

    def _try_to_unsubscribe(self, wire_name: bytes) -> None:
        """Take a name that is gone from the subscriptions; a server may have done so by itself, and then refuses."""
        try:
            self._session.unsubscribe(wire_name)
        except _NOT_SUBSCRIBED:
            log.info("a name that is gone could not be unsubscribed")

    def _wire_name(self, operation: Queued, folder: FolderRef) -> bytes:
        """Return the server's name of the path a folder is to have.

        Names are not made of paths alone: a server may have a prefix no path shows, and names we could not encode.
        """
        path = str(operation.argument.get("path", folder.path))
        end = folder.delimiter.encode()
        parent, name = _split(path, folder.delimiter)
        if (
            operation.kind == "rename-folder"
            and _split(str(operation.argument.get("from")), folder.delimiter)[0] == parent
        ):
            above = folder.wire_name.rpartition(end)[0] if end else b""
            return above + end + names.encode(name) if above else names.encode(name)
        holder = self._queue.folder_at(operation.account_key, parent) if parent else None
        if holder is not None:
            return holder.wire_name + end + names.encode(name)
        return self._session.personal_prefix() + names.encode(path)


def _split(path: str, delimiter: str) -> tuple[str, str]:
    parent, _, name = path.rpartition(delimiter) if delimiter else ("", "", path)
    return parent, name
