"""Asks for a moment: a few one often means, and any other, in the person's own time zone. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, QDateTime, QEvent, QObject, QPoint, Qt, QTime, QTimeZone, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QDateTimeEdit, QHBoxLayout, QWidget

from desktop.base import clock
from desktop.base.i18n import _
from desktop.ui import dates
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button, Kind
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.popup import Popup
from desktop.ui.widgets.toast import announce

MORNING = QTime(8, 0)
_KEYS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class _MomentEdit(QDateTimeEdit):
    """A date and a time, with the caret of our selects at its calendar.

    The part that is clicked or reached is selected: what is typed then takes its place, which Qt ignores beside digits.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setCalendarPopup(True)
        self.setAccessibleName(_("Date and time"))
        self.setMinimumWidth(196)
        self.setLocale(dates.locale())
        self.setDisplayFormat("ddd d MMM yyyy, HH:mm")

        self.lineEdit().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.lineEdit() and event.type() is QEvent.Type.MouseButtonRelease:
            self._select()
        return super().eventFilter(watched, event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._select()

    def _select(self) -> None:
        if not self.lineEdit().hasSelectedText():
            self.setSelectedSection(self.currentSection())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        caret = pixmap("chevron-down", 14, self._theme.tokens.secondary, self.devicePixelRatioF())
        QPainter(self).drawPixmap(QPoint(self.width() - 20, (self.height() - 14) // 2), caret)


class MomentPopup(Popup):
    """`chosen` tells what was offered with the words that were picked, or any other moment in ms UTC."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, host: QWidget, name: str, apply: str) -> None:
        super().__init__(theme, host, name)
        self._theme = theme
        self._where: QTimeZone = dates.zone()
        self.offers: list[Button] = []
        self.when = _MomentEdit(theme)
        self._zone = ""
        self._note = Paragraph(theme, "", "small", "secondary")
        """Whose clock it is, or in its place what is wrong: a line that came would press the others together."""
        self.when.dateTimeChanged.connect(self._show_zone)
        self.apply = Button(theme, apply, Kind.PRIMARY)
        self.apply.clicked.connect(lambda: self._pick(self.when.dateTime()))
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 0)
        row.addWidget(self.when, 1)
        row.addWidget(self.apply)
        self.column.addLayout(row)
        self.column.addWidget(self._note)
        self._note.setContentsMargins(8, 0, 8, 4)

    def offer(self, offered: Sequence[tuple[str, object]], where: QTimeZone, first: QDateTime | None = None) -> None:
        """Put these words, and what they stand for, above the field, which begins with tomorrow morning or `first`."""
        self._where = where
        for old in self.offers:
            self.column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.offers = []
        for number, (words, value) in enumerate(offered):
            button = Button(self._theme, words, Kind.GHOST)
            button.clicked.connect(lambda _checked=False, meant=value: self._give(meant))
            button.installEventFilter(self)
            self.column.insertWidget(number, button)
            self.offers.append(button)
        self.when.setTimeZone(where)
        tomorrow = QDateTime.fromMSecsSinceEpoch(clock.now(), where).date().addDays(1)
        self.when.setDateTime(first or QDateTime(tomorrow, MORNING, where))
        name = where.displayName(QTimeZone.TimeType.GenericTime, QTimeZone.NameType.LongName, dates.locale())
        self._zone = _("Times are those of {zone}").format(zone=name or bytes(where.id().data()).decode())
        self._show_zone()

    def ask_below(self, button: QWidget) -> None:
        """Open under a button, or above it where there is no room."""
        self.open_below(button, self.offers[0] if self.offers else self.when)

    def ask_at(self, place: QWidget, corner: QPoint) -> None:
        """Open at a point of a widget."""
        self.open_at(place, corner, self.offers[0] if self.offers else self.when)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Walk among the offers with the arrow keys."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched in self.offers:
            step = _KEYS.get(Qt.Key(event.key()))
            if step is not None:
                stops: list[QWidget] = [*self.offers, self.when]
                stops[(self.offers.index(watched) + step) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _pick(self, at: QDateTime) -> None:
        exact = QDateTime(at.date(), QTime(at.time().hour(), at.time().minute()), self._where)
        if exact <= QDateTime.currentDateTime():
            self._note.set_colour("danger")
            self._note.setText(_("This moment is past."))
            announce(self._note, self._note.text())
            self.when.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._give(exact.toMSecsSinceEpoch())

    def _show_zone(self) -> None:
        self._note.set_colour("secondary")
        self._note.setText(self._zone)

    def _give(self, meant: object) -> None:
        self.dismiss()
        self.chosen.emit(meant)


def moment_text(at: QDateTime) -> str:
    """Return "Mon 18 Sep, 8:00"."""
    day: QDate = at.date()
    weekday = dates.locale().toString(day, "ddd")
    return _("{weekday} {date}, {time}").format(
        weekday=weekday, date=dates.short_date(day, with_year=False), time=dates.time_text(at)
    )
