"""Dates as people read them: short in rows, whole in titles and tooltips. GUI thread.

Names of days and months come from QLocale in the program's language; whether hours are counted to twelve, from the
system.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QDate, QDateTime, QLocale, QTimeZone

from desktop.base.i18n import _, language
from desktop.domain.mail.message import NO_DATE_MS

_WEEK = 7


def locale() -> QLocale:
    """Return the locale of the program's language; the system's own where it speaks the same."""
    return _locale(language())


def zone() -> QTimeZone:
    """Return the time zone the person lives in."""
    return QTimeZone.systemTimeZone()


def time_text(at: QDateTime) -> str:
    """Return hours and minutes."""
    return locale().toString(at.time(), _time_format())


def row_date(at_ms: int, now_ms: int, where: QTimeZone, *, under_day: bool = False) -> str:
    """Return the date of a row: "10:42", "Fri 8:00" within a week, "18 Sep" within the year, else "18 Sep 2024".

    A row that stands under the name of its day needs no weekday yesterday.
    """
    if at_ms <= NO_DATE_MS:
        return _("no date")
    at = QDateTime.fromMSecsSinceEpoch(at_ms, where)
    today = QDateTime.fromMSecsSinceEpoch(now_ms, where).date()
    ago = at.date().daysTo(today)
    if ago == 0 or (ago == 1 and under_day):
        return time_text(at)
    if 0 < ago < _WEEK:
        day = locale().toString(at.date(), "ddd")
        return _("{weekday} {time}").format(weekday=day, time=time_text(at))
    return short_date(at.date(), with_year=at.date().year() != today.year())


def near_date(at_ms: int, now_ms: int, where: QTimeZone) -> str:
    """Return a moment that lies near, ahead or behind: "8:00" today, "Mon 8:00" within a week, else "18 Sep 8:00"."""
    at = QDateTime.fromMSecsSinceEpoch(at_ms, where)
    today = QDateTime.fromMSecsSinceEpoch(now_ms, where).date()
    ahead = today.daysTo(at.date())
    if ahead == 0:
        return time_text(at)
    if abs(ahead) < _WEEK:
        day = locale().toString(at.date(), "ddd")
        return _("{weekday} {time}").format(weekday=day, time=time_text(at))
    day = short_date(at.date(), with_year=at.date().year() != today.year())
    return _("{date} {time}").format(date=day, time=time_text(at))


def table_date(at_ms: int, now_ms: int, where: QTimeZone) -> str:
    """Return the date of a table row, which stands under no day: "Today 10:42", "18 Sep 2026 10:42"."""
    if at_ms <= NO_DATE_MS:
        return _("no date")
    at = QDateTime.fromMSecsSinceEpoch(at_ms, where)
    today = QDateTime.fromMSecsSinceEpoch(now_ms, where).date()
    if at.date() == today:
        return _("Today {time}").format(time=time_text(at))
    day = short_date(at.date(), with_year=at.date().year() != today.year())
    return _("{date} {time}").format(date=day, time=time_text(at))


def full_date(at_ms: int, where: QTimeZone) -> str:
    """Return the whole date and time, for tooltips and for those who listen."""
    if at_ms <= NO_DATE_MS:
        return _("no date")
    at = QDateTime.fromMSecsSinceEpoch(at_ms, where)
    day = locale().toString(at.date(), QLocale.FormatType.LongFormat)
    return _("{date} {time}").format(date=day, time=time_text(at))


def short_date(day: QDate, *, with_year: bool) -> str:
    """Return "18 Sep", or "18 Sep 2026"."""
    return locale().toString(day, "d MMM yyyy" if with_year else "d MMM").replace(".", "")


@cache
def _locale(code: str) -> QLocale:
    system = QLocale.system()
    wanted = QLocale(code)
    return system if system.language() == wanted.language() else wanted


@cache
def _time_format() -> str:
    return "h:mm AP" if "ap" in QLocale.system().timeFormat(QLocale.FormatType.ShortFormat).lower() else "HH:mm"
