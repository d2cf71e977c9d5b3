"""What a line of a list says of a mail on its way out, and what can be done with it from there. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QTimeZone

from desktop.base.i18n import _
from desktop.domain.mail.listing import Row
from desktop.domain.mail.outbox import Outgoing, Stage
from desktop.ui import dates
from desktop.ui.mail.notice import Remedy
from desktop.ui.mail.row_geometry import Action


@dataclass(frozen=True, slots=True)
class WayWords:
    """Where a mail is, in as few words as a line has room for, or none; `colour` names a token."""

    icon: str
    words: str
    colour: str = "secondary"


def way_words(mail: Outgoing, now_ms: int, where: QTimeZone, *, by_leaving: bool = True) -> WayWords:
    """Return what stands in the place of the date.

    That a mail leaves later is told by its icon alone in a list that is not ordered `by_leaving`: between the dates of
    others its moment would look like a broken order.
    """
    match mail.stage:
        case Stage.HELD if mail.asks:
            return WayWords("clock", _("Late"), "warning")
        case Stage.HELD if mail.scheduled:
            return WayWords("clock", dates.near_date(mail.due_at_ms, now_ms, where) if by_leaving else "")
        case Stage.HELD:
            return WayWords("send", _("Going out"))
        case Stage.QUEUED if mail.asks:
            return WayWords("clock", _("Late"), "warning")
        case Stage.QUEUED if mail.problem:
            again = dates.near_date(mail.due_at_ms, now_ms, where)
            return WayWords("clock", _("Again {time}").format(time=again), "warning")
        case Stage.QUEUED:
            return WayWords("send", _("Going out"))
        case Stage.SENDING:
            return WayWords("send", _("Sending"))
        case Stage.ACCEPTED:
            return WayWords("circle-check", _("Sent"))
        case Stage.UNKNOWN if mail.asks:
            return WayWords("circle-alert", _("In doubt"), "warning")
        case Stage.UNKNOWN:
            return WayWords("search", _("Looking"))
    return WayWords("circle-alert", _("Not sent"), "danger")


def spoken_way(mail: Outgoing, now_ms: int, where: QTimeZone) -> str:
    """Return the same for those who listen."""
    if mail.stage is Stage.HELD and mail.scheduled and not mail.asks:
        return _("Will be sent {date}").format(date=dates.full_date(mail.due_at_ms, where))
    return way_words(mail, now_ms, where).words


def refuses(row: Row, action: Action) -> bool:
    """Return whether a button of a row can do nothing, as its mail is on its way out."""
    if row.way is None or row.count > 1 or action in (Action.READ, Action.STAR):
        return False
    return action is not Action.TRASH or Remedy.DELETE not in verbs_of(row.way)


def verbs_of(mail: Outgoing) -> dict[Remedy, str]:
    """Return what can be done with a mail now, in the words of a menu."""
    match mail.stage:
        case Stage.HELD:
            return {
                Remedy.SEND_NOW: _("Send now"),
                Remedy.CHANGE_TIME: _("Change time…"),
                Remedy.EDIT: _("Edit"),
                Remedy.CANCEL: _("Cancel sending"),
                Remedy.DELETE: _("Delete"),
            }
        case Stage.QUEUED | Stage.FAILED if mail.may_be_taken_back:
            return {
                Remedy.SEND_NOW: _("Try again") if mail.problem else _("Send now"),
                Remedy.EDIT: _("Edit"),
                Remedy.CANCEL: _("Cancel sending"),
                Remedy.DELETE: _("Delete"),
            }
        case Stage.QUEUED:
            return {Remedy.SEND_NOW: _("Try again")}
        case Stage.FAILED:
            return {Remedy.DISMISS: _("Dismiss")}
        case Stage.UNKNOWN if mail.asks:
            return {Remedy.SEND_AGAIN: _("Send again"), Remedy.WAS_SENT: _("It was sent")}
    return {}
