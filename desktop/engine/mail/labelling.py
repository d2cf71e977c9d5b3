"""Keeps Gmail's labels and the places in step: a mail is downloaded once, and All Mail tells in which folders it lies.

Part of `FolderSync`; does nothing on other servers. A folder that is synced by itself decides for itself; the others
are labels, known by what All Mail says of each mail.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence

from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.message import Flag
from desktop.domain.mail.sync import DRAFT_LABEL, SyncFolder, is_synced, label_of
from desktop.net.mail.imap import names
from desktop.net.mail.imap.fetching import Overview
from desktop.net.mail.imap.session import Session
from desktop.services.mail.ingest import Home, Ingest
from desktop.services.mail.mirror import Mirror
from desktop.store.mail.messages import chunks
from desktop.store.mail.places import Copy

log = logging.getLogger(__name__)

_NAMED_AT_ONCE = 1000


class Labelling:
    """Works for one account over one session.

    `list_folders` asks the server for its folders anew; `hidden` are labels it shows no folder for, found ones are
    added. `named` is, by folder key, the UIDVALIDITY and UIDNEXT up to which Gmail's ids were asked for already.
    """

    def __init__(
        self,
        session: Session,
        account: MailAccount,
        mirror: Mirror,
        ingest: Ingest,
        list_folders: Callable[[], None],
        hidden: set[str],
        named: dict[int, tuple[int, int]],
    ) -> None:
        self._session = session
        self._account = account
        self._mirror = mirror
        self._ingest = ingest
        self._list_folders = list_folders
        self._hidden = hidden
        self._named = named

    @property
    def on(self) -> bool:
        return self._session.has_labels

    def told_in(self, folder: SyncFolder) -> bool:
        """Say whether a folder tells all labels of its mails."""
        return self.on and folder.role is Role.ALL

    def name(self, folder: SyncFolder) -> None:
        """Learn Gmail's ids of copies here in the selected folder that came without: from before, or made by us.

        The folder is read through once; what comes without one later has a UID that was not given yet.
        """
        if not self.on:
            return
        uidvalidity, uidnext = self._named.get(folder.key, (0, 0))
        low = uidnext if uidvalidity == folder.uidvalidity else 0
        for some in chunks(self._mirror.unnamed(folder, folder.uidvalidity, low), _NAMED_AT_ONCE):
            overviews = self._session.fetch_overview(some)
            msgids = {uid: o.gm_msgid for uid, o in overviews.items() if o.gm_msgid is not None}
            if not msgids:
                return
            self._mirror.name(folder, folder.uidvalidity, msgids)
        self._named[folder.key] = (folder.uidvalidity, folder.uidnext)

    def attach(self, home: Home, overviews: Mapping[int, Overview]) -> set[int]:
        """Note mails that are here as further copies and return their UIDs.

        One of another size may be another mail, whatever the server says: it must be fetched to be seen (R17).
        """
        msgids = {o.gm_msgid for o in overviews.values() if o.gm_msgid is not None}
        known = self._mirror.known_mails(home.account_key, msgids)
        copies = []
        for uid, overview in overviews.items():
            mail = known.get(overview.gm_msgid or 0)
            if mail is not None and mail.size_bytes == overview.size_bytes:
                copies.append(
                    Copy(
                        uid,
                        mail.email_key,
                        overview.flags,
                        overview.size_bytes,
                        overview.internal_date_ms,
                        mail.raw_digest,
                        mail.text_digest,
                        mail.partial,
                        overview.gm_msgid,
                    )
                )
        return self._ingest.attach(home, copies) if copies else set()

    def news_elsewhere(self, overviews: Mapping[int, Overview]) -> SyncFolder | None:
        """Return the Inbox when new mails of All Mail lie there too: they are told of where they are news."""
        if not any("\\inbox" in (overview.labels or ()) for overview in overviews.values()):
            return None
        folders = self._mirror.folders(self._account.key)
        return next((f for f in folders if f.role is Role.INBOX and self._is_synced(f) and f.uidvalidity), None)

    def follow(self, folder: SyncFolder, labels: Mapping[int, frozenset[str] | None]) -> None:
        """Note what All Mail says of labels, by UID; mails of which it says nothing are left as they are."""
        told = {uid: names_of for uid, names_of in labels.items() if names_of is not None}
        if not told:
            return
        strange = self._strange(told.values())
        if strange - self._hidden:
            self._list_folders()
            self._hidden |= self._strange(told.values())
        by_name = self._folders()
        keys = {f.key for f in by_name.values() if not self._is_synced(f)}
        places = {uid: {by_name[n].key for n in some if n in by_name} for uid, some in told.items()}
        self._mirror.labels(folder, folder.uidvalidity, places, keys)

    def _strange(self, labels: Collection[frozenset[str]]) -> set[str]:
        """Return the person's labels that no folder is known for."""
        used: set[str] = set().union(*labels)
        return {name for name in used if not name.startswith("\\")} - self._folders().keys()

    def _folders(self) -> dict[str, SyncFolder]:
        folders = self._mirror.folders(self._account.key)
        labels = [(label_of(folder.role, names.decode(folder.wire_name)), folder) for folder in folders]
        return {label: folder for label, folder in labels if label is not None}

    def _is_synced(self, folder: SyncFolder) -> bool:
        return is_synced(folder, two_way=self._account.two_way)


def without_drafts(overviews: Mapping[int, Overview], uids: Sequence[int]) -> list[int]:
    """Return those of these mails of All Mail that are no drafts, which the folder of drafts has for its own."""
    return [
        uid
        for uid in uids
        if uid in overviews
        and not overviews[uid].flags & Flag.DRAFT
        and DRAFT_LABEL not in (overviews[uid].labels or ())
    ]
