"""When a mail is to leave: a few moments one often means, and any other, in the person's own time zone. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QTime, QTimeZone
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.moment_popup import MORNING, MomentPopup, moment_text

_AFTERNOON = QTime(14, 0)
_MONDAY = 1


def moments(now: QDateTime) -> list[tuple[str, QDateTime]]:
    """Return what is offered: later today, tomorrow morning and afternoon, Monday morning."""
    where, today = now.timeZone(), now.date()
    offered: list[tuple[str, QDateTime]] = []
    soon = now.addSecs(2 * 3600)
    if soon.date() == today:
        minute = QTime(soon.time().hour(), soon.time().minute())
        offered.append((_("In two hours"), QDateTime(today, minute, where)))
    tomorrow = today.addDays(1)
    offered.append((_("Tomorrow morning"), QDateTime(tomorrow, MORNING, where)))
    offered.append((_("Tomorrow afternoon"), QDateTime(tomorrow, _AFTERNOON, where)))
    days = (_MONDAY - today.dayOfWeek()) % 7 or 7
    if days > 1:
        offered.append((_("Monday morning"), QDateTime(today.addDays(days), MORNING, where)))
    return offered


class SendLaterPopup(MomentPopup):
    """`chosen` tells the moment in ms UTC."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, _("Send later"), _("Schedule"))

    def ask(self, button: QWidget, now: QDateTime, where: QTimeZone, first: QDateTime | None = None) -> None:
        """Open with what is offered at this moment; the field begins with `first`, where that lies ahead."""
        offered = moments(now.toTimeZone(where))
        self.offer(
            [
                (_("{words}, {moment}").format(words=words, moment=moment_text(at)), at.toMSecsSinceEpoch())
                for words, at in offered
            ],
            where,
            first if first is not None and first > now else None,
        )
        self.ask_below(button)
