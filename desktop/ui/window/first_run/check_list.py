"""The steps of trying an account as they go on: one row each, in the order in which they were told of first."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.account_check import Check, CheckState
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.labels import ElidedLabel, Paragraph
from desktop.ui.widgets.progress import Spinner

_ROW_PX = 44
_SIGN_PX = 20
_SIGNS = {
    CheckState.WAITING: ("circle-dashed", "disabled"),
    CheckState.DONE: ("circle-check", "success"),
    CheckState.FAILED: ("circle-alert", "danger"),
}


class CheckList(QWidget):
    """Whatever steps there are; it knows none by name."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: dict[str, _CheckRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def clear(self) -> None:
        """Forget every step."""
        for row in self.rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows.clear()

    def tell(self, check: Check) -> None:
        """Show a step as it stands now."""
        if check.name not in self.rows:
            self.rows[check.name] = _CheckRow(self._theme)
            self._column.addWidget(self.rows[check.name])
        self.rows[check.name].show_check(check)


class _CheckRow(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._state = CheckState.WAITING
        self.setMinimumHeight(_ROW_PX)
        self._sign = QLabel()
        self._spinner = Spinner(theme, _SIGN_PX)
        signs = QWidget()
        signs.setFixedSize(_SIGN_PX, _SIGN_PX)
        self._signs = QStackedLayout(signs)
        self._signs.addWidget(self._sign)
        self._signs.addWidget(self._spinner)
        self.title = ElidedLabel(theme)
        self.words = Paragraph(theme, "", "small", "secondary")
        self._seconds = ElidedLabel(theme, kind="small", colour="secondary")
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(12)
        row.addWidget(signs)
        row.addLayout(column, 1)
        row.addWidget(self._seconds, 0, Qt.AlignmentFlag.AlignVCenter)
        theme.changed.connect(self._tint)

    def show_check(self, check: Check) -> None:
        self._state = check.state
        self.title.set_text(check.title)
        self.words.setText(check.words)
        self.words.setVisible(bool(check.words))
        self.words.set_colour("danger" if check.state is CheckState.FAILED else "secondary")
        took = "" if check.seconds is None else _("{n} s").format(n=QLocale().toString(check.seconds, "f", 1))
        self._seconds.set_text(took)
        self._signs.setCurrentWidget(self._spinner if check.state is CheckState.RUNNING else self._sign)
        self.setAccessibleName(". ".join(part for part in (check.title, check.words, took) if part))
        self._tint()

    def _tint(self) -> None:
        if self._state in _SIGNS:
            name, colour = _SIGNS[self._state]
            drawn = pixmap(name, _SIGN_PX, self._theme.tokens.named(colour), self.devicePixelRatioF())
            self._sign.setPixmap(drawn)
