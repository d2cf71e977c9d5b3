"""What the reader says of a mail on its way out, and of a draft: where it is, and what the person can do. Pure."""

from __future__ import annotations

from desktop.base.i18n import _
from desktop.domain.mail.message import Status
from desktop.domain.mail.outbox import FROM_BACKUP, Fate, Outgoing, Stage
from desktop.domain.mail.reading import MessageHead
from desktop.ui import dates
from desktop.ui.mail.notice import Notice, Remedy
from desktop.ui.widgets.banner import Tone


def written_here(head: MessageHead) -> Notice | None:
    """Return what is to be said of a mail that is being written or sent; None where it is neither."""
    if head.way is not None:
        return _on_its_way(head.way)
    if head.status is Status.DRAFT:
        return Notice(_("This is a draft."), icon="file-pen", offers=((_("Edit"), Remedy.EDIT),))
    return None


def foot(head: MessageHead) -> tuple[tuple[str, Remedy], ...] | None:
    """Return what the foot of the reader offers in the place of answers; None where a mail can be answered."""
    here = written_here(head)
    if here is None or (head.way is not None and head.way.stage is Stage.ACCEPTED):
        return None
    if head.way is None:
        return (*here.offers, (_("Delete"), Remedy.DELETE))
    if head.way.scheduled and not head.way.asks and head.way.stage is Stage.HELD:
        now, back = here.offers
        return now, (_("Change time…"), Remedy.CHANGE_TIME), back
    return here.offers


def _on_its_way(mail: Outgoing) -> Notice:
    match mail.stage:
        case Stage.HELD:
            return _held(mail)
        case Stage.QUEUED:
            return _queued(mail)
        case Stage.SENDING:
            return Notice(_("This mail is being sent."), icon="send")
        case Stage.ACCEPTED:
            words = _("This mail is sent. Its copy is not in Sent yet.")
            return Notice(words, icon="circle-check", details=mail.details)
        case Stage.UNKNOWN:
            return _unknown(mail)
    return _failed(mail)


def _held(mail: Outgoing) -> Notice:
    back = (_("Edit"), Remedy.EDIT)
    if mail.asks:
        words = _("This mail was to be sent on {date}, and could not. Send it now?")
        if mail.remedy == FROM_BACKUP:
            words = _("This mail is from a backup, and may have been sent on {date}. Send it now?")
        now = (_("Send now"), Remedy.SEND_NOW)
        return Notice(words.format(date=_when(mail)), Tone.WARNING, "clock", (now, back))
    if mail.scheduled:
        words = _("This mail will be sent on {date}.").format(date=_when(mail))
        return Notice(words, icon="clock", offers=((_("Send now"), Remedy.SEND_NOW), back))
    return Notice(_("This mail is about to be sent."), icon="send", offers=((_("Undo"), Remedy.EDIT),))


def _queued(mail: Outgoing) -> Notice:
    offers = [(_("Try now"), Remedy.SEND_NOW)]
    if mail.may_be_taken_back:
        offers.append((_("Edit"), Remedy.EDIT))
    if mail.asks:
        words = _("This mail could not be sent for more than a day. Send it all the same?")
        return Notice(words, Tone.WARNING, "clock", ((_("Send now"), Remedy.SEND_NOW), *offers[1:]))
    if mail.problem:
        return Notice(mail.problem, Tone.WARNING, "clock", tuple(offers), mail.details)
    return Notice(_("This mail is about to be sent."), icon="send")


def _unknown(mail: Outgoing) -> Notice:
    if not mail.asks:
        words = _("The connection was lost while this mail was sent. Rapport looks for it in Sent.")
        return Notice(words, Tone.WARNING, "search")
    words = _("Nobody knows whether this mail was sent: the connection was lost, and it is not in Sent.")
    if mail.remedy == FROM_BACKUP:
        words = _("Nobody knows whether this mail was sent: it is from a backup, and not in Sent.")
    elif mail.was_accepted:
        words = _("Nobody knows whether the rest of its recipients got this mail: the connection was lost.")
    return Notice(
        words, Tone.WARNING, "circle-alert", ((_("Send again"), Remedy.SEND_AGAIN), (_("It was sent"), Remedy.WAS_SENT))
    )


def _failed(mail: Outgoing) -> Notice:
    offers = (
        ((_("Dismiss"), Remedy.DISMISS),)
        if any(each.fate is Fate.ACCEPTED for each in mail.recipients)
        else ((_("Try again"), Remedy.SEND_NOW), (_("Edit"), Remedy.EDIT))
    )
    return Notice(mail.problem or _("This mail could not be sent."), Tone.DANGER, "circle-alert", offers, mail.details)


def _when(mail: Outgoing) -> str:
    return dates.full_date(mail.due_at_ms, dates.zone())
