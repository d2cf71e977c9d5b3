"""When a mail is to leave: a few moments one often means, and any other, in the person's own time zone. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QDate, QDateTime, QPoint, QTime, QTimeZone, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDateTimeEdit, QHBoxLayout, QLabel, QWidget

from desktop.base.i18n import _
from desktop.ui import dates
from desktop.ui.compose.popups import Popup
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button, Kind
from desktop.ui.widgets.labels import Paragraph

_MORNING, _AFTERNOON = QTime(8, 0), QTime(14, 0)
_MONDAY = 1


def moments(now: QDateTime) -> list[tuple[str, QDateTime]]:
    """Return what is offered: later today, tomorrow morning and afternoon, Monday morning."""
    where, today = now.timeZone(), now.date()
    offered: list[tuple[str, QDateTime]] = []
    soon = now.addSecs(2 * 3600)
    if soon.date() == today:
        quarter = soon.time().minute() // 15 * 15
        offered.append((_("In two hours"), QDateTime(today, QTime(soon.time().hour(), quarter), where)))
    tomorrow = today.addDays(1)
    offered.append((_("Tomorrow morning"), QDateTime(tomorrow, _MORNING, where)))
    offered.append((_("Tomorrow afternoon"), QDateTime(tomorrow, _AFTERNOON, where)))
    days = (_MONDAY - today.dayOfWeek()) % 7 or 7
    if days > 1:
        offered.append((_("Monday morning"), QDateTime(today.addDays(days), _MORNING, where)))
    return offered


class _MomentEdit(QDateTimeEdit):
    """A date and a time, with the caret of our selects at its calendar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setCalendarPopup(True)
        self.setAccessibleName(_("Date and time"))
        self.setMinimumWidth(196)
        self.setLocale(dates.locale())
        self.setDisplayFormat("ddd d MMM yyyy, HH:mm")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        caret = pixmap("chevron-down", 14, self._theme.tokens.secondary, self.devicePixelRatioF())
        QPainter(self).drawPixmap(QPoint(self.width() - 20, (self.height() - 14) // 2), caret)


class SendLaterPopup(Popup):
    """`chosen` tells the moment in ms UTC."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, _("Send later"))
        self._where: QTimeZone = dates.zone()
        self._offers: list[Button] = []
        self.when = _MomentEdit(theme)
        self._zone = QLabel()
        self._zone.setFont(theme.font("small"))
        self._wrong = Paragraph(theme, _("This moment is past."), "small", "danger")
        self.apply = Button(theme, _("Schedule"), Kind.PRIMARY)
        self.apply.clicked.connect(lambda: self._give(self.when.dateTime()))
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 0, 0)
        row.addWidget(self.when, 1)
        row.addWidget(self.apply)
        self.column.addLayout(row)
        self.column.addWidget(self._wrong)
        self.column.addWidget(self._zone)
        self._zone.setContentsMargins(8, 0, 8, 4)
        self._theme = theme

    def ask(self, button: QWidget, now: QDateTime, where: QTimeZone) -> None:
        """Open with what is offered at this moment."""
        self._where = where
        self._wrong.hide()
        for old in self._offers:
            self.column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._offers = []
        for number, (words, at) in enumerate(moments(now.toTimeZone(where))):
            text = _("{words}, {moment}").format(words=words, moment=moment_text(at))
            offer = Button(self._theme, text, Kind.GHOST)
            offer.clicked.connect(lambda _checked=False, moment=at: self._give(moment))
            self.column.insertWidget(number, offer)
            self._offers.append(offer)
        self.when.setTimeZone(where)
        self.when.setDateTime(QDateTime(now.toTimeZone(where).date().addDays(1), _MORNING, where))
        name = where.displayName(QTimeZone.TimeType.GenericTime, QTimeZone.NameType.LongName, dates.locale())
        self._zone.setText(_("Times are those of {zone}").format(zone=name or bytes(where.id().data()).decode()))
        self.open_below(button, self._offers[0])

    def _give(self, at: QDateTime) -> None:
        exact = QDateTime(at.date(), QTime(at.time().hour(), at.time().minute()), self._where)
        if exact <= QDateTime.currentDateTime():
            self._wrong.show()
            return
        self.dismiss()
        self.chosen.emit(exact.toMSecsSinceEpoch())


def moment_text(at: QDateTime) -> str:
    """Return "Mon 18 Sep, 8:00"."""
    day: QDate = at.date()
    weekday = dates.locale().toString(day, "ddd")
    return _("{weekday} {date}, {time}").format(
        weekday=weekday, date=dates.short_date(day, with_year=False), time=dates.time_text(at)
    )
