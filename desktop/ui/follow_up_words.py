"""How long one waits for an answer before one is reminded, in words. Pure."""

from __future__ import annotations

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.domain.mail.reminding import FOLLOW_UP_DAYS, FollowUp
from desktop.ui import dates

_WEEK = 7


def offers() -> list[tuple[str, object]]:
    """Return the times that are offered: words, and a FollowUp."""
    return [(_in_days(days), FollowUp(days)) for days in FOLLOW_UP_DAYS]


def words(follow_up: FollowUp) -> str:
    """Return when one is reminded of a mail that is not sent yet."""
    if follow_up.days == _WEEK:
        return _("Reminder a week after sending")
    if follow_up.days:
        text = n_("Reminder {n} day after sending", "Reminder {n} days after sending", follow_up.days)
        return text.format(n=follow_up.days)
    return _("Reminder on {date}").format(date=dates.near_date(follow_up.at_ms, clock.now(), dates.zone()))


def _in_days(days: int) -> str:
    return _("In a week") if days == _WEEK else n_("In {n} day", "In {n} days", days).format(n=days)
