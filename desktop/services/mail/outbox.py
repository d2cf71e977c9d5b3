"""The outbox as a person sees it: send, take back, at another time, again. The one door through which a mail leaves.

What is sent is held first, so that it can be taken back; once `send` returns it outlives a loss of power (R22).
The engine's side is `services.mail.sending`. Any thread.
"""

from __future__ import annotations

from dataclasses import replace

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain import settings
from desktop.domain.mail.message import Status
from desktop.domain.mail.outbox import Fate, Outgoing, Recipient, Stage
from desktop.services.mail import leaving, making
from desktop.services.mail.compose import DraftGone
from desktop.services.mail.ingest import enter
from desktop.services.mail.mail_actions import delete_for_good
from desktop.services.mail.sources import forget_unnamed
from desktop.services.settings import Settings
from desktop.store.database import Database, View
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.drafts import Drafts, DraftWriter, KeptDraft
from desktop.store.mail.outbox import OutboxRows, OutboxWriter


class TooLate(Problem):
    """It has left, or is leaving at this moment."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("It is too late: the mail has left already."))


class Outbox:
    """The verbs on outgoing mails."""

    def __init__(self, database: Database, blobs: Blobs, settings: Settings) -> None:
        self._database = database
        self._blobs = blobs
        self._settings = settings

    def all(self) -> tuple[Outgoing, ...]:
        """Return every mail on its way, the next to go first."""
        with self._database.read() as view:
            return tuple(OutboxRows(view).all())

    def get(self, key: int) -> Outgoing | None:
        """Return one mail, None when it has left for good."""
        with self._database.read() as view:
            return OutboxRows(view).get(key)

    def of_email(self, email_key: int) -> Outgoing | None:
        """Return an Email's way out, None where it is not in the outbox."""
        with self._database.read() as view:
            return next(iter(OutboxRows(view).of_emails([email_key])), None)

    def send(self, draft_key: int, at_ms: int | None = None, *, hold_s: int | None = None) -> int:
        """Send a draft, at a moment of the person's choice, or once it cannot be taken back any more; returns its key.

        Raises CannotSend, NoServerToSend, DraftGone, DiskFull; else it will not be lost from here on.
        """
        hold_s = self._settings.get(settings.UNDO_SENDING_S) if hold_s is None else hold_s
        with self._database.write(durable=True) as work:
            kept = Drafts(work).get(draft_key)
            if kept is None:
                raise DraftGone
            if OutboxRows(work).of_emails([kept.email_key]):
                raise TooLate
            account = leaving.checked(work, kept.draft)
            due_ms = clock.now() + hold_s * 1000 if at_ms is None else at_ms
            addresses = [each.address for each in kept.draft.recipients]
            key = OutboxWriter(work).add(
                kept.email_key, account.key, kept.draft.sender.address, addresses, due_ms, at_ms is not None
            )
            leaving.becomes(work, _there(work, key), Status.SENDING)
        return key

    def take_back(self, key: int) -> int:
        """Make a draft again of a mail that has not left; returns the draft's key. Raises TooLate, DiskFull."""
        with self._database.read() as view:
            mail, kept = _with_draft(view, key)
        made = None
        if mail.stage is not Stage.HELD and mail.message_id:  # it has bytes of its own by now
            made = making.as_draft(kept.draft, making.stamp(kept.message_id, kept.date_ms), self._blobs)
        dropped: list[bytes] = []
        with self._database.write(durable=True) as work:
            mail, kept = _with_draft(work, key)
            if bool(mail.message_id) is not (made is not None):
                raise TooLate
            OutboxWriter(work).remove(key)
            if made is None:
                leaving.becomes(work, mail, Status.DRAFT)
            else:
                self._blobs.keep([made.source])
                DraftWriter(work).belongs_to(kept.key, enter(work, made.arrival, Status.DRAFT))
                dropped = delete_for_good(work, [mail.email_key])
                leaving.tell(work, mail)
        forget_unnamed(self._database, self._blobs, dropped)
        return kept.key

    def send_now(self, key: int) -> None:
        """Let a held or late mail go at once, and what failed be tried again. Raises TooLate, NoServerToSend."""
        self._change(key, (Stage.HELD, Stage.QUEUED, Stage.FAILED), due_at_ms=clock.now(), scheduled=0)

    def put_off(self, key: int, at_ms: int) -> None:
        """Let a held mail go at another time of the person's choice. Raises TooLate, NoServerToSend."""
        self._change(key, (Stage.HELD,), due_at_ms=at_ms, scheduled=1)

    def send_again(self, key: int) -> None:
        """Send a mail of which nobody knows whether it left: the person says that he wants that. Raises TooLate."""
        self._change(key, (Stage.UNKNOWN,), due_at_ms=clock.now(), stage=Stage.QUEUED)

    def was_sent(self, key: int) -> None:
        """Count a mail of which nobody knows it as sent. Raises TooLate."""
        with self._database.write(durable=True) as work:
            mail = _there(work, key)
            if mail.stage is not Stage.UNKNOWN:
                raise TooLate
            leaving.settle(work, mail, tuple(_reached(each) for each in mail.recipients))

    def dismiss(self, key: int) -> None:
        """Let a mail that reached some, and was refused by others, count as sent. Raises TooLate."""
        with self._database.write() as work:
            mail = _there(work, key)
            if mail.stage is not Stage.FAILED or not mail.was_accepted:
                raise TooLate
            dropped = leaving.leave(work, mail)
        forget_unnamed(self._database, self._blobs, dropped)

    def let_go(self) -> None:
        """Let what could still be taken back go now: the program ends."""
        with self._database.write(durable=True) as work:
            for mail in OutboxRows(work).all():
                if mail.stage is Stage.HELD and not mail.scheduled and not mail.asks:
                    OutboxWriter(work).set(mail.key, due_at_ms=min(mail.due_at_ms, clock.now()))
                    leaving.tell(work, mail)

    def _change(self, key: int, stages: tuple[Stage, ...], **columns: str | int) -> None:
        """Change a mail that is at one of these stages; it may wait as long as a new one."""
        with self._database.write(durable=True) as work:
            mail = _there(work, key)
            if mail.stage not in stages:
                raise TooLate
            account = leaving.account_for(work, mail.sender)
            if account is None:
                raise leaving.NoServerToSend(mail.sender)
            if mail.stage is Stage.FAILED and not mail.was_accepted:
                OutboxWriter(work).settle(key, [Recipient(each.address) for each in mail.recipients])
            if mail.stage is Stage.FAILED:
                columns["stage"] = Stage.QUEUED if mail.message_id else Stage.HELD
            if mail.queued_at_ms:
                columns |= {"queued_at_ms": clock.now(), "attempts": 0}
            OutboxWriter(work).set(
                key, account_key=account.key, asks=0, looks=0, problem="", details="", remedy="", **columns
            )
            leaving.becomes(work, replace(mail, account_key=account.key), Status.SENDING)


def _there(view: View, key: int) -> Outgoing:
    mail = OutboxRows(view).get(key)
    if mail is None:
        raise TooLate
    return mail


def _with_draft(view: View, key: int) -> tuple[Outgoing, KeptDraft]:
    mail = _there(view, key)
    if not mail.may_be_taken_back:
        raise TooLate
    kept = Drafts(view).of_email(mail.email_key)
    if kept is None:
        raise DraftGone
    return mail, kept


def _reached(recipient: Recipient) -> Recipient:
    return replace(recipient, fate=Fate.ACCEPTED) if recipient.fate is Fate.WAITING else recipient
