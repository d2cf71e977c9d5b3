"""How a mail leaves the outbox, whoever says so: the server that took it, or the person. Inside units of work."""

from __future__ import annotations

from dataclasses import replace

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.text import encodable
from desktop.domain import events
from desktop.domain.mail.address_write import is_fit
from desktop.domain.mail.draft import Draft, Relation
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.message import Status
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.mail.outbox import Outgoing, Recipient, Stage
from desktop.domain.mail.reminding import Kind, Reminder
from desktop.domain.mail.who_sends import senders
from desktop.services.mail.answered import wrote_on
from desktop.services.mail.ingest import look_again
from desktop.services.mail.mail_actions import apply_change
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.drafts import Drafts, DraftWriter
from desktop.store.mail.messages import Messages, MessageWriter
from desktop.store.mail.outbox import OutboxRows, OutboxWriter
from desktop.store.mail.reminders import ReminderWriter

MOST_RECIPIENTS = 500
"""More in one mail no provider takes; a letter to many is a campaign."""


class CannotSend(Problem):
    """What is written cannot leave as it is."""

    remedy = Remedy.NONE
    can_retry = False


class NoServerToSend(Problem):
    """No account sends for the address in From."""

    remedy = Remedy.SETTINGS
    can_retry = False

    def __init__(self, address: str) -> None:
        text = _("No mail account of yours sends mail from {address}. Add a server for outgoing mail to it.")
        super().__init__(text.format(address=encodable(address)))


def checked(view: View, draft: Draft) -> MailAccount:
    """Return the account that sends a draft. Raises CannotSend, NoServerToSend."""
    for person in (*draft.to, *draft.cc, *draft.bcc, *draft.reply_to):
        if not is_fit(person.address):
            text = _("“{address}” is not an email address.")
            raise CannotSend(text.format(address=encodable(person.address or person.name)))
    if not draft.recipients:
        raise CannotSend(_("Nobody is named to get this mail."))
    if len(draft.recipients) > MOST_RECIPIENTS:
        raise CannotSend(_("A mail can go to {n} people at the most.").format(n=MOST_RECIPIENTS))
    account = account_for(view, draft.sender.address)
    if account is None:
        raise NoServerToSend(draft.sender.address)
    return account


def account_for(view: View, address: str) -> MailAccount | None:
    """Return the account that sends for one of the person's own addresses, None when there is none."""
    sender = senders(Accounts(view).all()).get(address.lower())
    return sender.account if sender is not None else None


def becomes(work: UnitOfWork, mail: Outgoing, status: Status) -> None:
    """Let the Email of an outgoing mail be in another state, and tell of it."""
    MessageWriter(work).set_status(mail.email_key, status)
    look_again(work, [mail.email_key])
    tell(work, mail)


def tell(work: UnitOfWork, mail: Outgoing) -> None:
    """Say that something about an outgoing mail changed: its line, and perhaps when it is its turn."""
    work.emit(events.OutboxChanged(mail.account_key or 0))
    work.emit(events.MessagesChanged((mail.email_key,)))
    work.emit(events.ListsChanged((int(Unified.OUTBOX),)))


def fails(work: UnitOfWork, mail: Outgoing, problem: Problem) -> None:
    """Set a mail aside that cannot go on by itself; it stays visible, with the server's own words."""
    OutboxWriter(work).set(
        mail.key, stage=Stage.FAILED, problem=problem.text, details=problem.details, remedy=problem.remedy.value
    )
    becomes(work, mail, Status.FAILED)


def settle(work: UnitOfWork, mail: Outgoing, recipients: tuple[Recipient, ...]) -> Outgoing:
    """Note what became of the recipients of a mail that a server took for some of them; returns it as it is then.

    With the last of them it counts as sent, and what it answers as answered.
    """
    OutboxWriter(work).settle(mail.key, recipients)
    mail = replace(mail, recipients=recipients)
    if mail.waiting or not mail.was_accepted:
        return mail
    OutboxWriter(work).set(
        mail.key, stage=Stage.ACCEPTED, due_at_ms=clock.now(), looks=0, asks=0, problem="", details="", remedy=""
    )
    kept = Drafts(work).of_email(mail.email_key)
    if kept is not None and kept.draft.origin is not None:
        origin = kept.draft.origin
        verb = Verb.ANSWERED if origin.relation is Relation.REPLY else Verb.FORWARDED
        apply_change(work, Change(verb), list(Messages(work).keys_of([origin.email_id]).values()))
    if kept is not None and kept.draft.follow_up is not None:
        now = clock.now()
        due_at_ms = kept.draft.follow_up.due_at_ms(now)
        ReminderWriter(work).put({mail.email_key: Reminder(Kind.FOLLOW_UP, due_at_ms, now)})
    look_again(work, list(wrote_on(work, mail.email_key)))
    becomes(work, mail, Status.SENDING if mail.refused else Status.SENT)
    return replace(mail, stage=Stage.ACCEPTED)


def leave(work: UnitOfWork, mail: Outgoing) -> list[bytes]:
    """Take a sent mail out of the outbox; returns the sources of files its draft named."""
    kept = Drafts(work).of_email(mail.email_key)
    OutboxWriter(work).remove(mail.key)
    if kept is not None:
        DraftWriter(work).remove(kept.key)
    becomes(work, mail, Status.SENT)
    return [each.digest for each in kept.draft.enclosures] if kept is not None else []


def after_sign_in(work: UnitOfWork, account_key: int) -> None:
    """Let mails of an account that wait for its person to sign in go now."""
    for mail in OutboxRows(work).all():
        if mail.account_key == account_key and mail.remedy == Remedy.SIGN_IN and mail.stage is not Stage.FAILED:
            OutboxWriter(work).set(mail.key, due_at_ms=clock.now(), problem="", details="", remedy="")
            tell(work, mail)


def without_account(work: UnitOfWork) -> None:
    """Tell of mails that were to leave through an account that was removed."""
    for mail in OutboxRows(work).all():
        if mail.account_key is None and mail.stage is not Stage.FAILED:
            if mail.stage is Stage.ACCEPTED:
                leave(work, mail)
            elif mail.stage in (Stage.SENDING, Stage.UNKNOWN):
                OutboxWriter(work).set(mail.key, stage=Stage.UNKNOWN, asks=1)
                tell(work, mail)
            else:
                fails(work, mail, NoServerToSend(mail.sender))
