"""Keeps one server folder and the store in step. Runs on the account's thread, between two waits for news.

`update` brings in what is new and what changed; `older` brings in one more window of older mails and is called
again and again until the folder is complete. Both leave the store consistent after every batch, so that a kill at
any point costs at most the batch under way, and the next start goes on where this one stopped.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from desktop.base import clock
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse_header
from desktop.domain.mail.sync import FIRST_WINDOW, LARGEST_WINDOW, SyncFolder, windows_down, windows_up
from desktop.engine.mail.fetch import Fetcher
from desktop.engine.mail.labelling import Labelling, without_drafts
from desktop.engine.mail.storing import Storing
from desktop.net import errors
from desktop.net.mail.imap.fetching import Overview
from desktop.net.mail.imap.reading import FlagSweep
from desktop.net.mail.imap.selecting import Selected
from desktop.net.mail.imap.session import Session
from desktop.services.mail.ingest import Home, Ingest
from desktop.services.mail.mirror import Mirror
from desktop.store.mail.places import Copy

log = logging.getLogger(__name__)

SWEEP_WINDOW = 5000
"""UIDs whose flags one command asks for."""
SWEEP_NEWEST = 2000
"""Without CONDSTORE: how many of the newest UIDs every poll looks at; the rest waits for the daily reconcile."""
RECONCILE_MS = 24 * 3600 * 1000
_WIDEST_SEARCH = 200_000


class FolderSync:
    """Syncs the folders of one account over one session.

    `numbering` stands for the UIDVALIDITY a server does not give: its UIDs hold for one session only. `oversized` are
    the mails, by folder key, of which only the text is fetched whatever size the server says; found ones are added.
    """

    def __init__(
        self,
        session: Session,
        account: MailAccount,
        mirror: Mirror,
        ingest: Ingest,
        fetcher: Fetcher,
        storing: Storing,
        labelling: Labelling,
        numbering: int,
        oversized: dict[int, set[int]],
    ) -> None:
        self._session = session
        self._account = account
        self._mirror = mirror
        self._ingest = ingest
        self._fetcher = fetcher
        self._storing = storing
        self._labelling = labelling
        self._numbering = numbering
        self._oversized = oversized
        self._search_width: dict[int, int] = {}

    @property
    def _since(self) -> date | None:
        """The day from which mails are fetched, one earlier: servers and people disagree on where a day begins."""
        if not self._account.fetch_since:
            return None
        return date.fromisoformat(self._account.fetch_since) - timedelta(days=1)

    def update(self, folder: SyncFolder) -> SyncFolder | None:
        """Bring in new mails, changed flags and removals. Returns the folder as it is now, None when it is gone."""
        try:
            selected = self._session.select(folder.wire_name, qresync=_point(folder))
        except errors.FolderGone:
            self._mirror.lost(folder)
            return None
        folder = self._begin(folder, selected)
        home = self._mirror.home(folder, folder.uidvalidity)
        if home is None:
            return None
        top = selected.uidnext or self._top(folder, selected)
        if folder.synced_down_to == 0:
            self._mirror.progress(
                folder,
                uidnext=top,
                synced_down_to=max(top, 1),
                modseq=selected.highestmodseq or 0,
                server_total=selected.exists,
            )
            if top <= 1:
                self._mirror.complete(folder, folder.uidvalidity)
            return self._mirror.folder(folder.key)
        self._labelling.name(folder)
        self._changes(folder, selected)
        if top > folder.uidnext:
            self._arrivals(folder, home, folder.uidnext, top - 1, notify=True)
        self._removals(folder, selected, top)
        self._mirror.progress(
            folder, uidnext=max(top, folder.uidnext), modseq=selected.highestmodseq or 0, server_total=selected.exists
        )
        if folder.complete and abs(clock.now() - folder.reconciled_at_ms) > RECONCILE_MS:
            self.reconcile(folder, top)
        return self._mirror.folder(folder.key)

    def older(self, folder: SyncFolder) -> SyncFolder | None:
        """Bring in one more window of older mails of the selected folder. Returns the folder as it is now."""
        home = self._mirror.home(folder, folder.uidvalidity)
        if home is None:
            return None
        high = folder.synced_down_to - 1
        want = FIRST_WINDOW if high + 1 == folder.uidnext else LARGEST_WINDOW
        width = self._search_width.get(folder.key, want * 2)
        low = max(1, high - width + 1)
        uids = self._session.uid_window(low, high, self._since) if high >= 1 else []
        if len(uids) < want // 2:
            self._search_width[folder.key] = min(width * 4, _WIDEST_SEARCH)
        if len(uids) > want:
            uids = uids[-want:]
            low = uids[0]
        self._fetch(folder, home, uids, notify=False)
        if low <= 1:
            self._mirror.complete(folder, folder.uidvalidity)
            self._mirror.reconciled(folder)
        else:
            self._mirror.progress(folder, synced_down_to=low)
        return self._mirror.folder(folder.key)

    def reconcile(self, folder: SyncFolder, top: int) -> None:
        """Compare every known UID of the selected folder with the server: flags, removals, and what was missed."""
        home = self._mirror.home(folder, folder.uidvalidity)
        if home is None:
            return
        for low, high in windows_up(folder.synced_down_to, top - 1, SWEEP_WINDOW):
            self._sweep(folder, low, high)
            known = self._mirror.known(folder, folder.uidvalidity, low, high)
            missed = [uid for uid in self._session.uid_window(low, high, self._since) if uid not in known]
            self._fetch(folder, home, missed, notify=False)
        self._mirror.reconciled(folder)

    def _begin(self, folder: SyncFolder, selected: Selected) -> SyncFolder:
        """Start anew where the server's numbering did: another UIDVALIDITY, or a UIDNEXT that went down."""
        validity = selected.uidvalidity or self._numbering
        fell = selected.uidnext is not None and 0 < selected.uidnext < folder.uidnext
        if folder.uidvalidity != validity or fell:
            if folder.uidvalidity:
                log.info("the server has renumbered a folder")
            self._mirror.renumbered(folder, validity)
            self._oversized.pop(folder.key, None)
            return replace(folder, uidvalidity=validity, uidnext=0, modseq=0, synced_down_to=0)
        return folder

    def _top(self, folder: SyncFolder, selected: Selected) -> int:
        """Return one more than the highest UID where the server tells no UIDNEXT."""
        if not selected.exists:
            return 1
        low, found = max(folder.uidnext, 1), folder.uidnext
        width = max(selected.exists * 2, 10_000)
        while low < 1 << 32:
            uids = self._session.uid_window(low, min(low + width, (1 << 32) - 1))
            found = max(found, uids[-1] + 1) if uids else found
            low, width = low + width + 1, width * 16
        return found

    def _changes(self, folder: SyncFolder, selected: Selected) -> None:
        """Bring in changed flags of known mails."""
        last = folder.uidnext - 1
        modseq = selected.highestmodseq if folder.modseq else None
        if modseq is not None and modseq >= folder.modseq:
            if self._session.has_qresync:
                self._mirror.flags(folder, folder.uidvalidity, ((c.uid, c.flags) for c in selected.changed))
                self.vanished(folder, selected.vanished)
            elif modseq > folder.modseq:
                for low, high in windows_up(folder.synced_down_to, last, SWEEP_WINDOW):
                    self._flags(folder, low, high, folder.modseq)
            return
        # A modseq that went down says nothing: look at everything once.
        low = folder.synced_down_to if modseq is not None else max(folder.synced_down_to, last - SWEEP_NEWEST + 1)
        for bottom, high in windows_up(low, last, SWEEP_WINDOW):
            self._sweep(folder, bottom, high)

    def _sweep(self, folder: SyncFolder, low: int, high: int) -> None:
        sweep = self._flags(folder, low, high)
        self._mirror.alive(folder, folder.uidvalidity, low, high, sweep.flags)

    def _flags(self, folder: SyncFolder, low: int, high: int, changed_since: int | None = None) -> FlagSweep:
        labels = self._labelling.told_in(folder)
        sweep = self._session.fetch_flags(low, high, changed_since, labels=labels)
        self._mirror.flags(folder, folder.uidvalidity, ((uid, flags) for uid, (flags, _) in sweep.flags.items()))
        if labels:
            self._labelling.follow(folder, sweep.labels)
        return sweep

    def _removals(self, folder: SyncFolder, selected: Selected, top: int) -> None:
        """Find removals the server did not tell: it has fewer mails than what was there and what came can be."""
        if self._session.has_qresync and folder.modseq:
            return
        if selected.exists >= folder.server_total + max(0, top - folder.uidnext):
            return
        for low, high in windows_up(folder.synced_down_to, top - 1, SWEEP_WINDOW):
            self._sweep(folder, low, high)

    def vanished(self, folder: SyncFolder, ranges: Iterable[tuple[int, int]]) -> None:
        """Take out mails the server said are gone, given as ranges that may name UIDs never known here."""
        for low, high in ranges:
            known = self._mirror.known(folder, folder.uidvalidity, low, high)
            if known:
                self._mirror.vanished(folder, folder.uidvalidity, list(known))

    def _arrivals(self, folder: SyncFolder, home: Home, low: int, high: int, *, notify: bool) -> None:
        for bottom, top in windows_down(high, low):
            uids = self._session.uid_window(bottom, top, self._since)
            self._fetch(folder, home, uids, notify=notify)

    def _fetch(self, folder: SyncFolder, home: Home, uids: Sequence[int], *, notify: bool) -> None:
        if not uids:
            return
        fetched = self._mirror.fetched(folder, folder.uidvalidity, uids[0], uids[-1])
        wanted = [uid for uid in uids if uid not in fetched]
        told = self._labelling.told_in(folder)
        overviews: Mapping[int, Overview] = {}
        if self._labelling.on:
            # labels also of mails that are here: a kill may have come between them and the mails
            overviews = self._session.fetch_overview(uids if told else wanted, labels=told)
            wanted = self._not_here(folder, home, overviews, wanted, notify=notify)
        if wanted and self._mirror.is_expecting(home):
            wanted = self._meet_again(home, wanted)
        if wanted and not self._labelling.on:
            overviews = self._session.fetch_overview(wanted)
        new = {uid: overviews[uid] for uid in wanted if uid in overviews}
        unread: list[int] = []
        oversized = self._oversized.get(folder.key, ())
        try:
            for batch in self._fetcher.fetch(self._session, new, self._account.size_limit_bytes, oversized):
                self._storing.take(home, batch, notify=notify)
                unread += [mail.uid for mail in batch if not mail.flags & Flag.SEEN]
        except errors.TooLarge as problem:
            if problem.uid:
                self._oversized.setdefault(folder.key, set()).add(problem.uid)
            raise
        finally:
            self._storing.finish()
        if not self._account.two_way and not self._account.keep_unread:
            # not before they are stored: a mail fetched again after a kill would pass for read
            self._session.store_flags(unread, Flag.SEEN)
        if told:
            self._labelling.follow(folder, {uid: overview.labels for uid, overview in overviews.items()})

    def _not_here(
        self,
        folder: SyncFolder,
        home: Home,
        overviews: Mapping[int, Overview],
        wanted: Sequence[int],
        *,
        notify: bool,
    ) -> list[int]:
        """Note those of these mails at Gmail that are here by another label; return the others."""
        told = self._labelling.told_in(folder)
        if told:
            wanted = without_drafts(overviews, wanted)
        new = {uid: overviews[uid] for uid in wanted if uid in overviews}
        met = self._labelling.attach(home, new)
        rest = {uid: overview for uid, overview in new.items() if uid not in met}
        if told and notify and (inbox := self._labelling.news_elsewhere(rest)) is not None:
            self.update(inbox)
            self._session.select(folder.wire_name)
            met = self._labelling.attach(home, rest)
        return [uid for uid in rest if uid not in met]

    def _meet_again(self, home: Home, uids: Sequence[int]) -> list[int]:
        """Look at headers first: mails that are expected get their new UID without being fetched again.

        One of another size may be a twin with another text, which must be fetched to be seen (R17).
        """
        probes = self._session.fetch_probe(uids)
        here = self._mirror.here({uid: parse_header(probe.headers) for uid, probe in probes.items()})
        expected = self._mirror.expected(home, here.values())
        copies: list[Copy] = []
        for uid, key in here.items():
            overview = probes[uid].overview
            if overview.size_bytes in expected.get(key, ()):
                expected[key].remove(overview.size_bytes)
                received_ms, msgid = overview.internal_date_ms, overview.gm_msgid
                copies.append(Copy(uid, key, overview.flags, overview.size_bytes, received_ms, gm_msgid=msgid))
        met = self._ingest.attach(home, copies)
        return [uid for uid in uids if uid not in met]


def _point(folder: SyncFolder) -> tuple[int, int] | None:
    told = 0 < folder.uidvalidity < 1 << 32  # a number of our own says nothing to the server
    return (folder.uidvalidity, folder.modseq) if told and folder.modseq else None
