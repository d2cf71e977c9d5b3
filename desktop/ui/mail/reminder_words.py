"""What is said of a snoozed mail, of one that is back, and of one that waits for an answer. Pure."""

from __future__ import annotations

from PySide6.QtCore import QTimeZone

from desktop.base.i18n import _, n_
from desktop.domain.mail.listing import Row
from desktop.domain.mail.reminding import Cause, Reminder, Standing
from desktop.ui import dates
from desktop.ui.mail.notice import Notice, Remedy
from desktop.ui.widgets.banner import Tone

_DAY_MS = 86_400_000


def of_row(row: Row, now_ms: int, where: QTimeZone) -> str:
    """Return what a row says of its reminder; "" where it has none."""
    return words(row.reminder, now_ms, where) if row.reminder is not None else ""


def notice(reminder: Reminder, now_ms: int, where: QTimeZone) -> Notice:
    """Return what the reader says of a mail with a reminder, and what it offers."""
    said = words(reminder, now_ms, where)
    done = (_("Done"), Remedy.END_REMINDER)
    offers: tuple[tuple[str, Remedy], ...]
    match reminder.standing:
        case Standing.SNOOZED:
            offers = ((_("Change"), Remedy.PUT_OFF), (_("Back to the Inbox"), Remedy.END_REMINDER))
        case Standing.AWAITED:
            offers = ((_("Change"), Remedy.PUT_OFF), (_("Stop waiting"), Remedy.END_REMINDER))
        case Standing.UNANSWERED:
            offers = ((_("Write again"), Remedy.WRITE_ON), (_("Snooze"), Remedy.PUT_OFF), done)
        case _:
            offers = ((_("Snooze again"), Remedy.PUT_OFF), done)
    tone = Tone.INFO if reminder.is_back else Tone.NEUTRAL
    icon = "alarm-clock" if reminder.standing in (Standing.SNOOZED, Standing.BACK) else "hourglass"
    return Notice(f"{said}.", tone, icon, offers)


def words(reminder: Reminder, now_ms: int, where: QTimeZone) -> str:
    """Return the sentence that says what a reminder is about to do, or has done."""
    due = dates.near_date(reminder.due_at_ms, now_ms, where)
    match reminder.standing:
        case Standing.SNOOZED:
            return _("Snoozed until {date}").format(date=due)
        case Standing.AWAITED:
            return _("Waiting for an answer until {date}").format(date=due)
        case Standing.UNANSWERED:
            return _no_answer(reminder, now_ms)
    since = dates.near_date(reminder.back_at_ms or now_ms, now_ms, where)
    if reminder.cause is Cause.ANSWERED:
        return _("Snoozed, back since an answer came, {date}").format(date=since)
    if reminder.is_late:
        return _("Snoozed until {due}, back late since {date}").format(due=due, date=since)
    return _("Snoozed, back since {date}").format(date=since)


def _no_answer(reminder: Reminder, now_ms: int) -> str:
    days = max(0, now_ms - reminder.set_at_ms) // _DAY_MS
    if days == 0:
        return _("No answer so far")
    return n_("No answer for {n} day", "No answer for {n} days", days).format(n=dates.locale().toString(days))
