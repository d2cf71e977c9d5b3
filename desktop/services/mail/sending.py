"""The outbox from the engine's side: which step comes next, and what came of it. One transaction each.

A step that a server could hear of is noted for good before it is begun, and again when its outcome is known: what was
begun and has no outcome is unknown, and never begun again by itself (R18).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _, n_
from desktop.base.text import encodable
from desktop.domain.mail.address_write import mailboxes
from desktop.domain.mail.claiming import SentMail, addresses
from desktop.domain.mail.folder import Role
from desktop.domain.mail.header_write import field
from desktop.domain.mail.mail_account import FilesSent, MailAccount
from desktop.domain.mail.message import Flag, Status
from desktop.domain.mail.outbox import (
    LOOK_AGAIN_MS,
    LOOKS,
    Fate,
    Outgoing,
    Recipient,
    Stage,
    given_up,
    is_late,
    retry_at_ms,
    settled,
    wait_for_copy_ms,
)
from desktop.services.mail import leaving, making
from desktop.services.mail.compose import DraftGone
from desktop.services.mail.ingest import Home, Ingest, enter
from desktop.services.mail.mail_actions import delete_for_good
from desktop.services.mail.sources import forget_unnamed
from desktop.store.database import Database, UnitOfWork, View
from desktop.store.mail.accounts import Accounts, AccountWriter
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.drafts import Drafts, DraftWriter
from desktop.store.mail.folders import Folders
from desktop.store.mail.messages import Messages
from desktop.store.mail.operations import FolderRef, Operations
from desktop.store.mail.outbox import OutboxRows, OutboxWriter
from desktop.store.mail.places import Copy
from desktop.store.mail.rows import Rows

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes to the server."""

    sender: str
    recipients: tuple[str, ...]
    size_bytes: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Filing:
    """Where the copy of a sent mail belongs."""

    account: MailAccount
    """Whose mailbox it is."""
    sent_by: MailAccount | None
    """Whose server sent the mail, often the same; None where that account is gone."""
    folder: FolderRef | None
    """None where the mailbox has no folder for sent mail yet."""
    parcel: Parcel
    sent: SentMail
    head: bytes
    """What stands in front of the octets in our own copy alone: who got it unseen."""

    @property
    def is_done_by_server(self) -> bool:
        """Whether the copy is there for certain: a server files what it sends in a mailbox of its own account alone."""
        is_same = self.sent_by is not None and self.sent_by.key == self.account.key
        return is_same and self.habit is FilesSent.BY_ITSELF

    @property
    def habit(self) -> FilesSent:
        """Whether the server that sent the mail files what it sends."""
        return self.sent_by.files_sent if self.sent_by is not None else FilesSent.UNKNOWN


class Refused(Problem):
    """The server does not take the mail for some of its recipients, for good."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, recipients: tuple[Recipient, ...]) -> None:
        refused = [each for each in recipients if each.fate is Fate.REFUSED]
        text = n_(
            "The server did not take this mail for {people}.",
            "The server did not take this mail for {n} people: {people}.",
            len(refused),
        )
        people = ", ".join(encodable(each.address) for each in refused)
        super().__init__(text.format(n=len(refused), people=people), details=refused[0].words)


class CannotBeMade(Problem):
    """An error of Rapport's own; the log has it."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("Something in this mail keeps Rapport from sending it. Its log says what."))


class PutOff(Problem):
    """The server does not take the mail for some of its recipients now."""

    def __init__(self, recipients: tuple[Recipient, ...]) -> None:
        waiting = [each for each in recipients if each.fate is Fate.WAITING]
        text = n_(
            "The server does not take this mail for {people} now. It is tried again.",
            "The server does not take this mail for {n} people now: {people}. It is tried again.",
            len(waiting),
        )
        people = ", ".join(encodable(each.address) for each in waiting)
        super().__init__(text.format(n=len(waiting), people=people), details=waiting[0].words)


class Sending:
    """Hands out steps of outgoing mails and stores their outcome."""

    def __init__(self, database: Database, blobs: Blobs, ingest: Ingest) -> None:
        self._database = database
        self._blobs = blobs
        self._ingest = ingest

    def recover(self) -> None:
        """After a start: what was being sent when the program died is unknown from now on."""
        with self._database.write(durable=True) as work:
            for key in OutboxWriter(work).interrupted():
                self._unknown(OutboxWriter(work), key)

    def senders(self) -> set[int]:
        """Return the accounts that have something to send or to file."""
        with self._database.read() as view:
            return OutboxRows(view).senders()

    def try_now(self, account_key: int | None = None) -> None:
        """Let what waits for its next try be tried now, of one account or of all: the person wants it, or can.

        What is late keeps its time: it is asked about (R23).
        """
        now_ms = clock.now()
        with self._database.write() as work:
            for mail in OutboxRows(work).all():
                waits = mail.problem and mail.stage in (Stage.QUEUED, Stage.ACCEPTED) and not is_late(mail, now_ms)
                if waits and account_key in (None, mail.account_key):
                    OutboxWriter(work).set(mail.key, due_at_ms=now_ms)

    def is_busy(self) -> bool:
        """Say whether a mail is on its way at this moment, or about to be."""
        now_ms = clock.now()
        with self._database.read() as view:
            mails = OutboxRows(view).all()
        return any(
            mail.stage is Stage.SENDING
            or (mail.stage in (Stage.HELD, Stage.QUEUED) and mail.due_at_ms <= now_ms and not mail.asks)
            for mail in mails
        )

    def next(self, account_key: int) -> Outgoing | None:
        """Return the mail of an account whose next step is due; late ones are set aside for the person (R23)."""
        while True:
            now_ms = clock.now()
            with self._database.read() as view:
                mail = OutboxRows(view).next(account_key, now_ms)
            if mail is None or not is_late(mail, now_ms):
                return mail
            with self._database.write() as work:
                OutboxWriter(work).set(mail.key, asks=1)
                leaving.tell(work, mail)

    def next_at(self, account_key: int) -> int | None:
        """Return when the next step is due, in ms; None when nothing waits."""
        with self._database.read() as view:
            return OutboxRows(view).next_at(account_key)

    def account(self, key: int) -> MailAccount | None:
        """Return an account, None when it was removed."""
        with self._database.read() as view:
            return Accounts(view).get(key)

    def make(self, mail: Outgoing) -> None:
        """Make the bytes of a held mail, which is queued then; what cannot leave fails. Raises DiskFull."""
        with self._database.read() as view:
            kept = Drafts(view).of_email(mail.email_key)
        if kept is None:
            self.fail(mail, DraftGone())
            return
        message_id = making.new_message_id(kept.draft.sender.address)
        try:
            made = making.as_mail(kept.draft, making.stamp(message_id), self._blobs)
            with self._database.write(durable=True) as work:
                now, same = OutboxRows(work).get(mail.key), Drafts(work).of_email(mail.email_key)
                if now != mail or same != kept:
                    return  # taken back, or given another time, meanwhile
                leaving.checked(work, kept.draft)
                self._blobs.keep([made.source])
                email = enter(work, made.arrival, Status.SENDING)
                DraftWriter(work).belongs_to(kept.key, email)
                DraftWriter(work).on_server(kept.key, 0)  # the copy there goes with the Email it had
                OutboxWriter(work).set(
                    mail.key, email_key=email, stage=Stage.QUEUED, message_id=message_id, queued_at_ms=clock.now()
                )
                dropped = delete_for_good(work, [mail.email_key])
                leaving.tell(work, mail)
        except Problem as problem:
            if problem.can_retry:
                raise
            self.fail(mail, problem)
            return
        except Exception:
            # neither tried for ever unseen, nor in the way of all others
            log.exception("a mail could not be made")
            self.fail(mail, CannotBeMade())
            return
        forget_unnamed(self._database, self._blobs, dropped)

    def begin(self, mail: Outgoing) -> Parcel | None:
        """Note that a mail goes to the server now; None when it was taken back meanwhile. Outlives a loss of power."""
        with self._database.write(durable=True) as work:
            now = OutboxRows(work).get(mail.key)
            digest = Messages(work).raw_digest(mail.email_key)
            if now != mail or digest is None:
                return None
            OutboxWriter(work).set(mail.key, stage=Stage.SENDING, attempts=mail.attempts + 1)
            leaving.tell(work, mail)
            [head] = Rows(work).heads([mail.email_key])
            return Parcel(mail.sender, mail.waiting, head.size_bytes, digest)

    def pieces(self, parcel: Parcel) -> Iterator[bytes]:
        """Yield the octets of a mail. Raises SourceMissing, also at their end: then it must not be taken for whole."""
        return self._blobs.pieces(parcel.digest)

    def taken(self, mail: Outgoing, refusals: Mapping[str, tuple[str, bool]], asked_ms: int = 0) -> None:
        """The server has answered for each recipient; `refusals` has its words and "for good" of the refused ones.

        Those it put off are tried again later; nobody who was accepted gets it a second time (R20).
        """
        recipients = settled(mail.recipients, refusals)
        with self._database.write(durable=True) as work:
            mail = leaving.settle(work, mail, recipients)
            if not mail.was_accepted and not mail.waiting:
                leaving.fails(work, mail, Refused(recipients))
            elif mail.waiting:
                self._later(work, mail, PutOff(recipients), asked_ms)

    def put_off(self, mail: Outgoing, problem: Problem, asked_ms: int = 0, *, counts: bool = True) -> None:
        """A try came to nothing, and is made again later; without `counts` as often as it takes (no connection)."""
        with self._database.write(durable=True) as work:
            if not _goes_on(work, mail):
                return
            if not counts:
                OutboxWriter(work).set(mail.key, attempts=mail.attempts)
            self._later(work, mail, problem, asked_ms)

    def fail(self, mail: Outgoing, problem: Problem) -> None:
        """A mail cannot go on by itself."""
        with self._database.write(durable=True) as work:
            if _goes_on(work, mail):
                leaving.fails(work, mail, problem)

    def lost(self, mail: Outgoing) -> None:
        """The connection was lost while the server was taking the mail: nobody knows whether it did (R19)."""
        with self._database.write(durable=True) as work:
            if _goes_on(work, mail):
                self._unknown(OutboxWriter(work), mail.key)
                leaving.tell(work, mail)

    # what was sent, or may have been

    def filing(self, mail: Outgoing) -> Filing | None:
        """Return where the copy of a mail belongs; None where none is kept, or its mailbox is gone."""
        with self._database.read() as view:
            account = _mailbox(view, mail)
            sent_by = Accounts(view).get(mail.account_key) if mail.account_key is not None else None
            digest = Messages(view).raw_digest(mail.email_key)
            heads = Rows(view).heads([mail.email_key])
            if account is None or digest is None or not heads:
                return None
            home = Folders(view).homes().get((account.key, Role.SENT))
            folder = Operations(view).folder_ref(home) if home is not None else None
        parcel = Parcel(mail.sender, (), heads[0].size_bytes, digest)
        bcc, head = heads[0].bcc, heads[0]
        sent = SentMail(mail.message_id, head.sender.key, addresses(head.to), head.subject, head.date_ms)
        return Filing(account, sent_by, folder, parcel, sent, field("Bcc", mailboxes(bcc)) if bcc else b"")

    def looked(self, mail: Outgoing, found: bool) -> None:
        """An unknown mail was looked for where its server keeps what it has sent (R18)."""
        with self._database.write(durable=True) as work:
            if found and not mail.was_accepted:
                leaving.settle(work, mail, settled(mail.recipients, {}))
                return
            looks = mail.looks + 1
            # where some had it before, the copy of that try says nothing of the others
            asks = found or looks >= LOOKS
            OutboxWriter(work).set(mail.key, looks=looks, due_at_ms=clock.now() + LOOK_AGAIN_MS, asks=int(asks))
            leaving.tell(work, mail)

    def look_later(self, mail: Outgoing, wait_ms: int) -> None:
        """The mailbox could not be looked into now."""
        with self._database.write() as work:
            OutboxWriter(work).set(mail.key, due_at_ms=clock.now() + wait_ms)

    def file_later(self, mail: Outgoing, problem: Problem, wait_ms: int) -> None:
        """The copy could not be put into Sent now: the mail is sent, and that is tried again (R21)."""
        with self._database.write() as work:
            OutboxWriter(work).set(
                mail.key,
                due_at_ms=clock.now() + wait_ms,
                attempts=mail.attempts + 1,
                problem=problem.text,
                details=problem.details,
                remedy=problem.remedy.value,
            )
            leaving.tell(work, mail)

    def files_itself_not(self, filing: Filing) -> None:
        """Note that a server keeps no copies by itself, before the first is put there: later that is taken for ours."""
        if filing.sent_by is not None and filing.habit is FilesSent.UNKNOWN:
            with self._database.write(durable=True) as work:
                AccountWriter(work).set_files_sent(filing.sent_by.key, FilesSent.NOT)

    def not_filed_yet(self, mail: Outgoing) -> bool:
        """Sent does not have the mail; returns whether its server is given more time to file it by itself (R21)."""
        wait_ms = wait_for_copy_ms(mail.looks + 1)
        if wait_ms is None:
            return False
        with self._database.write() as work:
            OutboxWriter(work).set(mail.key, looks=mail.looks + 1, due_at_ms=clock.now() + wait_ms)
        return True

    def filed(
        self, mail: Outgoing, filing: Filing | None, *, by_itself: bool, where: tuple[int, int, int] | None = None
    ) -> None:
        """The copy is where it belongs, or none is kept; the mail is out of the outbox, but for who did not get it.

        `by_itself` says that its server put it there. `where` is UIDVALIDITY, UID and size in octets of our copy.
        """
        if filing is not None and filing.folder is not None and where is not None:
            uidvalidity, uid, size_bytes = where
            copy = Copy(uid, mail.email_key, Flag.SEEN, size_bytes, clock.now())
            if uidvalidity == filing.folder.uidvalidity:
                self._ingest.attach(Home(filing.account.key, filing.folder.key, uidvalidity), [copy])
        dropped: list[bytes] = []
        with self._database.write() as work:
            if filing is not None and filing.sent_by is not None and by_itself:
                AccountWriter(work).set_files_sent(filing.sent_by.key, FilesSent.BY_ITSELF)
            if mail.refused:
                leaving.fails(work, mail, Refused(mail.recipients))
            else:
                dropped = leaving.leave(work, mail)
        forget_unnamed(self._database, self._blobs, dropped)

    def _later(self, work: UnitOfWork, mail: Outgoing, problem: Problem, asked_ms: int) -> None:
        at_ms = retry_at_ms(mail, clock.now(), asked_ms)
        now = OutboxRows(work).get(mail.key)
        if now is None or now.account_key is None:
            at_ms, problem = None, leaving.NoServerToSend(mail.sender)
        if at_ms is None and mail.was_accepted:
            leaving.settle(work, mail, given_up(mail.recipients, problem.text))
            return
        if at_ms is None:
            leaving.fails(work, mail, problem)
            return
        OutboxWriter(work).set(
            mail.key,
            stage=Stage.QUEUED,
            due_at_ms=at_ms,
            problem=problem.text,
            details=problem.details,
            remedy=problem.remedy.value,
        )
        leaving.tell(work, mail)

    @staticmethod
    def _unknown(writer: OutboxWriter, key: int) -> None:
        writer.set(key, stage=Stage.UNKNOWN, due_at_ms=clock.now(), looks=0)


def _goes_on(view: View, mail: Outgoing) -> bool:
    """Say whether a step still has the mail it was about: not taken back meanwhile, nor left without its account."""
    now = OutboxRows(view).get(mail.key)
    return now is not None and now.account_key == mail.account_key and now.stage in (mail.stage, Stage.SENDING)


def _mailbox(view: View, mail: Outgoing) -> MailAccount | None:
    """Return the account that keeps copies of what is sent under the address of a mail; None where none does."""
    keeps = [
        account
        for account in Accounts(view).all()
        if account.imap and account.store_sent and mail.sender.lower() in map(str.lower, account.addresses)
    ]
    return min(keeps, key=lambda account: account.key != mail.account_key, default=None)
