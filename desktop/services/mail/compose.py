"""Writing: drafts kept as they grow, the files that go along, and what the person may write as. Any thread."""

from __future__ import annotations

import logging
import mimetypes
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.text import encodable
from desktop.domain.mail.correspondence import Suggestion, ranked
from desktop.domain.mail.draft import Draft, Enclosure, Identity, Origin, Stamp, of_characters
from desktop.domain.mail.meanwhile import ThreadMail, there_at
from desktop.domain.mail.message import Status
from desktop.domain.mail.names import safe_name
from desktop.domain.mail.sending_checks import Known
from desktop.domain.mail.who_sends import senders
from desktop.services.mail import making, server_drafts
from desktop.services.mail.ingest import enter, look_again
from desktop.services.mail.mail_actions import OnItsWay, delete_for_good
from desktop.services.mail.sources import forget_unnamed
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail import late_drafts
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.blobs import Blobs, SourceMissing
from desktop.store.mail.correspondents import Correspondents
from desktop.store.mail.drafts import Drafts, DraftWriter, KeptDraft
from desktop.store.mail.late_drafts import LateDraft, LateDrafts
from desktop.store.mail.life import Life
from desktop.store.mail.messages import Messages, MessageWriter
from desktop.store.mail.outbox import OutboxRows
from desktop.store.mail.rows import Rows
from desktop.store.mail.threads import Threads

log = logging.getLogger(__name__)

_PIECE_BYTES = 256 * 1024
_MOST_KNOWN = 5000


class DraftGone(Problem):
    """The draft was deleted or sent."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("This draft is no longer there."))


class FileUnreadable(Problem):
    """A file that is to go along cannot be read."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, name: str, details: str = "") -> None:
        super().__init__(_("The file “{file}” cannot be read.").format(file=encodable(name)), details=details)


class Compose:
    """The verbs of writing."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    def identities(self) -> tuple[tuple[int, Identity], ...]:
        """Return what the person may write as, each address once, with the account that sends it; his default first."""
        with self._database.read() as view:
            accounts = Accounts(view).all()
        return tuple((sender.account.key, sender.identity) for sender in senders(accounts).values())

    def suggest(self, words: str, most: int) -> tuple[Suggestion, ...]:
        """Return who may be meant by what was typed so far, best first."""
        with self._database.read() as view:
            return ranked(Correspondents(view).like(words), clock.now(), most)

    def known(self, draft: Draft, key: int | None = None) -> Known:
        """Return what is known of whom the person writes to, to find slips before a draft is sent.

        A draft that was kept, of which this is the key, was begun when it was kept first; another is begun now.
        """
        with self._database.read() as view:
            people = Correspondents(view)
            kept = Drafts(view).get(key) if key is not None else None
            mails = Threads(view).around(draft.origin.email_id) if draft.origin is not None else ()
            return Known(
                people.written_to(_MOST_KNOWN),
                tuple(Accounts(view).own_addresses()),
                people.of_thread(draft.origin.email_id) if draft.origin is not None else (),
                mails,
                there_at(kept.date_ms if kept is not None else None, mails),
            )

    def thread(self, draft: Draft) -> tuple[ThreadMail, ...]:
        """Return the mails of the conversation a draft answers, as they are now."""
        if draft.origin is None:
            return ()
        with self._database.read() as view:
            return Threads(view).around(draft.origin.email_id)

    def of_email(self, email_key: int) -> KeptDraft | None:
        """Return the draft an Email belongs to, None where it has none."""
        with self._database.read() as view:
            return Drafts(view).of_email(email_key)

    def emails_of(self, origin: Origin) -> tuple[int, ...]:
        """Return the Email a draft grew out of, as long as it is here."""
        with self._database.read() as view:
            return tuple(Messages(view).keys_of([origin.email_id]).values())

    def draft(self, key: int) -> KeptDraft:
        """Return a draft. Raises DraftGone."""
        with self._database.read() as view:
            kept = Drafts(view).get(key)
        if kept is None:
            raise DraftGone
        return kept

    def save(self, draft: Draft, key: int | None = None, *, instead_of: int | None = None) -> int:
        """Keep a draft, a new one or what it has become; returns its key.

        One that was deleted meanwhile is a new one. `instead_of` is the Email another program wrote as a draft, and
        that a new one was made of: it goes once the server has this one. Raises OnItsWay, DiskFull.
        """
        with self._database.read() as view:
            before = Drafts(view).get(key) if key is not None else None
        draft = of_characters(draft)
        message_id = before.message_id if before else making.new_message_id(draft.sender.address)
        return self._save(draft, key, making.stamp(message_id, before.date_ms if before else None), instead_of)

    def _save(self, draft: Draft, key: int | None, stamp: Stamp, instead_of: int | None = None) -> int:
        made = making.as_draft(draft, stamp, self._blobs)
        with self._database.write() as work:
            self._blobs.keep([made.source])
            now = Drafts(work).get(key) if key is not None else None
            dropped: list[bytes] = []
            if now is None:
                email = enter(work, made.arrival, Status.DRAFT)
                kept = DraftWriter(work).add(email, stamp.message_id, stamp.date_ms, draft)
                if instead_of is not None and (new := Drafts(work).get(kept)) is not None:
                    dropped = self._replace(work, new, instead_of)
            else:
                if OutboxRows(work).of_emails([now.email_key]):
                    raise OnItsWay
                kept = now.key
                old = Messages(work).raw_digest(now.email_key)
                dropped = [old] if old else []  # files may be wanted again by undo: housekeeping collects them
                MessageWriter(work).replace_content([(now.email_key, made.arrival)])
                MessageWriter(work).set_id(now.email_key, made.arrival.id)
                DraftWriter(work).change(kept, draft)
                Life(work).keep([now.email_key])
                look_again(work, [now.email_key])
        forget_unnamed(self._database, self._blobs, dropped)
        return kept

    def regain(self) -> None:
        """Make drafts of what was taken over from a damaged database; or leave that to the next start."""
        with self._database.read() as view:
            late = LateDrafts(view).all()
        for each in late:
            try:
                self._regain(each)
            except Problem:
                log.warning("a draft of the damaged database could not be kept yet", exc_info=True)

    def _regain(self, late: LateDraft) -> None:
        with self._database.read() as view:
            here = Drafts(view).with_message_id(late.message_id)
            on_its_way = here is not None and bool(OutboxRows(view).of_emails([here.email_key]))
        draft = replace(late.draft, enclosures=tuple(file for file in late.draft.enclosures if self._is_there(file)))
        if here is None:
            self._save(draft, None, making.stamp(late.message_id, late.date_ms))
        else:
            self.save(draft, None if on_its_way else here.key)
        with self._database.write() as work:
            late_drafts.forget(work, late)

    def _is_there(self, file: Enclosure) -> bool:
        try:
            next(iter(self._blobs.pieces(file.digest)), None)
        except SourceMissing:
            return False
        return True

    def put_on_server(self, key: int) -> None:
        """Bring the copy of a draft on its server up to date, where there is one; one that is gone is passed over."""
        with self._database.write() as work:
            kept = Drafts(work).get(key)
            if kept is not None and not OutboxRows(work).of_emails([kept.email_key]):
                server_drafts.put_on_server(work, kept)

    @staticmethod
    def _replace(work: UnitOfWork, kept: KeptDraft, old_email: int) -> list[bytes]:
        if not any(head.status is Status.DRAFT for head in Rows(work).heads([old_email])):
            return []  # the other program sent it meanwhile, or it is gone
        if server_drafts.replaces(work, kept, old_email):
            look_again(work, [old_email])
            return []
        return delete_for_good(work, [old_email])

    def discard(self, key: int) -> None:
        """Delete a draft for good; one that is gone is passed over. Raises OnItsWay."""
        with self._database.write() as work:
            kept = Drafts(work).get(key)
            if kept is None:
                return
            if OutboxRows(work).of_emails([kept.email_key]):
                raise OnItsWay
            DraftWriter(work).remove(key)
            dropped = delete_for_good(work, [kept.email_key])
        forget_unnamed(self._database, self._blobs, dropped)  # its files stay for a day: one may undo

    def attach(self, path: Path) -> Enclosure:
        """Take a file along. Raises FileUnreadable, DiskFull."""
        name = safe_name(encodable(path.name)) or _("file")
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"

        def read(put: Callable[[bytes], None]) -> None:
            try:
                with path.open("rb") as file:
                    while piece := file.read(_PIECE_BYTES):
                        put(piece)
            except OSError as error:
                raise FileUnreadable(path.name, error.strerror or "") from error

        return self._taken(name, media_type, read)

    def attach_octets(self, name: str, media_type: str, octets: bytes, content_id: str = "") -> Enclosure:
        """Take octets along: a picture that was pasted. Raises DiskFull."""
        return self._taken(safe_name(encodable(name)) or _("file"), media_type, lambda put: put(octets), content_id)

    def content(self, enclosure: Enclosure) -> bytes:
        """Return what is in a file that goes along. Raises SourceMissing."""
        return self._blobs.get(enclosure.digest)

    def _taken(
        self, name: str, media_type: str, read: Callable[[Callable[[bytes], None]], None], content_id: str = ""
    ) -> Enclosure:
        staged = self._blobs.stage(read)
        with self._database.write():  # the draft names it with its next save: nothing is collected within a day
            self._blobs.keep([staged])
        return Enclosure(name, media_type, staged.size_bytes, staged.digest, content_id)
