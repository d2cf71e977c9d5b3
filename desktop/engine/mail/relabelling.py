"""Carries queued operations out at Gmail, where a mail lies once and folders are labels. Part of `Replay`.

A mail is looked for by Gmail's own id where its UID is not known. To move is to take one label off and put another on;
what another program did meanwhile does not hinder it. Only in Trash and Spam a mail can be deleted: elsewhere EXPUNGE
takes the label off, and the mail would come back in All Mail.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Flag
from desktop.net.mail.imap.session import Moved, Session
from desktop.services.mail.replay import ReplayQueue
from desktop.store.mail.labels import Labelled
from desktop.store.mail.operations import FolderRef, Queued

_BINS = (Role.TRASH, Role.JUNK)


class NotInTrash(Problem):
    """A mail that is to be deleted for good could not be moved to Trash first."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("This mail could not be moved to Trash first, so it was not deleted."))


class Relabelling:
    """Works over one session; `numbering` as in `FolderSync`."""

    def __init__(self, session: Session, queue: ReplayQueue, numbering: int) -> None:
        self._session = session
        self._queue = queue
        self._numbering = numbering
        self._numbered = 0
        """The UIDVALIDITY of the open folder."""

    def carry_out(self, operation: Queued, target: FolderRef | None) -> bool:
        """Do what an operation is about at Gmail; False when it has mails left that Gmail's id is not known of.

        `target` is where it moves mails.
        """
        places = self._queue.labelled(operation)
        if places:
            if target is not None:
                self._move(operation, places, target)
            elif operation.kind == "flags":
                self._mark(operation, places)
            else:
                self._expunge(operation, places)
        return bool(places) and not self._queue.waits(operation)

    def _mark(self, operation: Queued, places: Sequence[Labelled]) -> None:
        """Store flags on one copy of each mail: they are those of the mail."""
        mails: dict[int, list[Labelled]] = defaultdict(list)
        for place in sorted(places, key=lambda p: (p.uid is None, p.folder_key != operation.folder_key)):
            mails[place.gm_msgid].append(place)
        while mails:
            firsts = {msgid: some.pop(0) for msgid, some in mails.items()}
            for folder, some in self._by_folder(list(firsts.values())):
                uids = self._uids(folder, some)
                found = [place.gm_msgid for place in some if place.key in uids]
                if not found:
                    continue
                self._session.store_flags(uids.values(), operation.add, operation.remove)
                marked = {msgid: mails.pop(msgid) for msgid in found}
                keys = [p.key for p in places if p.gm_msgid in marked]
                self._queue.flags_stored(operation, keys)
            for msgid in [msgid for msgid, some in mails.items() if not some]:
                del mails[msgid]
                self._queue.gone(operation, [p.key for p in places if p.gm_msgid == msgid])

    def _expunge(self, operation: Queued, places: Sequence[Labelled]) -> None:
        elsewhere = False
        for folder, some in self._by_folder(places):
            if folder.role not in (*_BINS, Role.DRAFTS):
                elsewhere = True
                continue
            uids = list(self._uids(folder, some).values())
            self._session.store_flags(uids, add=Flag.DELETED)
            self._session.expunge(uids)
            self._queue.expunged(operation, [place.key for place in some])
        if elsewhere:
            raise NotInTrash

    def _move(self, operation: Queued, places: Sequence[Labelled], target: FolderRef) -> None:
        for folder, some in self._by_folder(places):
            if folder.key == target.key:
                self._queue.where_wanted(operation, [place.key for place in some])
                continue
            uids = self._uids(folder, some)
            moved = self._file(uids, folder, target)
            self._done(operation, folder, target, {p.key: moved.new_uids.get(uids.get(p.key, 0)) for p in some}, moved)

    def _done(
        self,
        operation: Queued,
        folder: FolderRef,
        target: FolderRef,
        new_uids: Mapping[int, int | None],
        moved: Moved,
    ) -> None:
        """Note where mails are now, and look for those the server passed over: they had left the folder meanwhile."""
        there = {key: uid for key, uid in new_uids.items() if uid is not None}
        self._note(operation, folder, target, there, moved.uidvalidity)
        missed = [p for p in self._queue.labelled(operation) if p.key in new_uids and p.key not in there]
        if not missed:
            return
        found = self._uids(target, missed)
        self._note(operation, folder, target, found, self._numbered)
        missed = [place for place in missed if place.key not in found]
        everywhere = self._queue.home(operation.account_key, Role.ALL)
        if missed and everywhere is not None and everywhere.key not in (folder.key, target.key):
            uids = self._uids(everywhere, missed)
            again = self._file(uids, everywhere, target)
            new_uids = {place: again.new_uids.get(uid) for place, uid in uids.items()}
            self._note(operation, folder, target, new_uids, again.uidvalidity)
            missed = [place for place in missed if place.key not in uids]
        self._queue.gone(operation, [place.key for place in missed])

    def _note(
        self,
        operation: Queued,
        folder: FolderRef,
        target: FolderRef,
        new_uids: Mapping[int, int | None],
        uidvalidity: int,
    ) -> None:
        if new_uids:
            copied = folder.role is Role.ALL and target.role not in _BINS
            self._queue.relabelled(operation, target, new_uids, uidvalidity, copied=copied)

    def _file(self, uids: Mapping[int, int], folder: FolderRef, target: FolderRef) -> Moved:
        """Move mails of the selected folder; those of All Mail stay there but for what goes to Trash or Spam."""
        if not uids:
            return Moved({}, 0)
        if folder.role is Role.ALL and target.role not in _BINS:
            return self._session.copy(uids.values(), target.wire_name)
        return self._session.move(uids.values(), target.wire_name)

    def _by_folder(self, places: Sequence[Labelled]) -> list[tuple[FolderRef, list[Labelled]]]:
        found: dict[int, list[Labelled]] = defaultdict(list)
        for place in places:
            found[place.folder_key].append(place)
        refs = [(self._queue.folder(key), some) for key, some in found.items()]
        return [(folder, some) for folder, some in refs if folder is not None]

    def _uids(self, folder: FolderRef, places: Sequence[Labelled]) -> dict[int, int]:
        """Open a folder and return place -> UID of those mails that are there.

        What a search found is believed where the mail itself says so too: it may be moved, or deleted for good.
        """
        selected = self._session.select(folder.wire_name)
        self._numbered = selected.uidvalidity or self._numbering
        same = self._numbered == folder.uidvalidity
        found: dict[int, int] = {}
        sought: dict[int, tuple[int, int]] = {}
        for place in places:
            if same and place.folder_key == folder.key and place.uid is not None:
                found[place.key] = place.uid
            elif (uid := self._session.find_msgid(place.gm_msgid)) is not None:
                sought[place.key] = (uid, place.gm_msgid)
        overviews = self._session.fetch_overview(sorted({uid for uid, _msgid in sought.values()})) if sought else {}
        for key, (uid, msgid) in sought.items():
            if uid in overviews and overviews[uid].gm_msgid == msgid:
                found[key] = uid
        return found
