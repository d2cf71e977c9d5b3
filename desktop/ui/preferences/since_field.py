"""How far back mail is fetched: everything, a round span, or from a day the person writes."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base import clock
from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import Select
from desktop.ui.widgets.fields import LineEdit

_OWN = "own"


class SinceField(QWidget):
    """`day` is what was chosen: YYYY-MM-DD, "" for everything, or whatever the person wrote for a day."""

    changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spans = Select(theme, _("Fetch"))
        today = clock.to_datetime(clock.now()).date()
        self.spans.addItem(_("Everything"), "")
        for days, words in ((30, _("The last 30 days")), (365, _("The last year"))):
            self.spans.addItem(words, (today - timedelta(days=days)).isoformat())
        self.spans.addItem(_("From a day on"), _OWN)
        self.own = LineEdit(theme, _("First day to fetch"), placeholder="2026-01-31")
        self.own.setFixedWidth(112)
        self.own.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.spans, 1)
        row.addWidget(self.own)
        self.spans.currentIndexChanged.connect(self._picked)
        self.spans.activated.connect(self._write)
        self.own.textChanged.connect(self.changed)

    @property
    def day(self) -> str:
        chosen = str(self.spans.currentData())
        return self.own.text().strip() or _OWN if chosen == _OWN else chosen

    def show_day(self, day: str) -> None:
        """Show a stored value."""
        if self.spans.findData(day) < 0:
            self.own.setText(day)
        self.spans.setCurrentIndex(max(self.spans.findData(day), 0) if not self.own.text() else self.spans.count() - 1)

    def _picked(self) -> None:
        self.own.setVisible(self.spans.currentData() == _OWN)
        self.changed.emit()

    def _write(self) -> None:
        if self.own.isVisible():
            self.own.setFocus()
