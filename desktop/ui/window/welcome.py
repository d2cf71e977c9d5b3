"""What a new person sees: what Rapport is for, and the one next step. Stands where the mail room will be."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import LARGE, Kind
from desktop.ui.widgets.empty_state import EmptyState


class Welcome(QWidget):
    """Shown while there is no mail account."""

    def __init__(self, theme: Theme, add_account: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.state = EmptyState(
            theme,
            "mails",
            _("Welcome to Rapport"),
            _("Add a mail account. Its mail appears here, newest first, and stays readable without a connection."),
            action=_("Add mail account"),
            act=add_account,
            kind=Kind.PRIMARY,
            height=LARGE,
        )
        column = QVBoxLayout(self)
        column.addWidget(self.state)
        self.setFocusProxy(self.state.button)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.tokens.bg)
