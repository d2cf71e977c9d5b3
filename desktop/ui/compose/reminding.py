"""When the writer is reminded of a mail unless somebody answers: asked in a card, shown in the foot. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.domain.mail.reminding import FollowUp
from desktop.ui import dates, follow_up_words
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.moment_popup import MomentPopup


class Reminding(QObject):
    """`mark` is what the foot shows, where a reminder is set; a click changes it."""

    changed = Signal()

    def __init__(self, theme: Theme, host: QWidget, follow_up: FollowUp | None) -> None:
        super().__init__(host)
        self.follow_up = follow_up
        self.popup = MomentPopup(theme, host, _("Remind me unless they answer"), _("Remind me"))
        self.mark = Button(theme, "", Kind.GHOST, icon="hourglass", height=SMALL)
        self.mark.setToolTip(_("You are reminded unless somebody answers. Click to change it."))
        self.popup.chosen.connect(self._choose)
        self.mark.clicked.connect(self.ask)
        self._show()

    def ask(self) -> None:
        """Ask when to be reminded."""
        offered = follow_up_words.offers()
        if self.follow_up is not None:
            offered.append((_("No reminder"), None))
        self.popup.offer(offered, dates.zone())
        # the foot is where it is shown, and the menu that asks for it hangs there
        self.popup.ask_below(self.mark if self.mark.isVisible() else self._foot())

    def _foot(self) -> QWidget:
        foot = self.mark.parentWidget()
        assert foot is not None
        return foot

    def _choose(self, meant: FollowUp | int | None) -> None:
        self.follow_up = FollowUp(at_ms=meant) if isinstance(meant, int) else meant
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self.mark.setText("" if self.follow_up is None else follow_up_words.words(self.follow_up))
        self.mark.setVisible(self.follow_up is not None)
        self.mark.updateGeometry()
