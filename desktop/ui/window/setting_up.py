"""The middle of the window: the mail room, or over it the first run, which then has the window for itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.base.i18n import _
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme

if TYPE_CHECKING:
    from desktop.services.services import Services
    from desktop.ui.window.first_run.first_run import FirstRun


class SettingUp(QStackedWidget):
    """`begin` shows the first run; it ends by itself, or when an account comes from elsewhere."""

    covers = Signal(bool)
    """Whether the first run has the window now."""
    by_hand_wanted = Signal(object, str)
    """As `SetUp.by_hand_wanted`."""
    told = Signal(str)

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        theme: Theme,
        room: QWidget,
        choose_file: Callable[[], object],
        explore: Callable[[], bool] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`explore` opens the sample, and says whether that works; without it none is offered."""
        super().__init__(parent)
        self._services, self._tasks, self._theme = services, tasks, theme
        self._choose_file, self._explore = choose_file, explore
        self._is_first = True
        self.page: FirstRun | None = None
        self.addWidget(room)

    def note_accounts(self, *, there: bool, room_wanted: bool) -> None:
        """Show the first run where there is no account, unless something in the mail room is read without one."""
        was_first, self._is_first = self._is_first, not there
        if not there and not room_wanted:
            self.begin()
        elif there and was_first:
            self.end()

    def begin(self) -> None:
        """Show the first run, as far as it has come."""
        if self.page is None:
            self.page = self._made()
            self.addWidget(self.page)
            self.setCurrentWidget(self.page)
            self.covers.emit(True)
        self.page.take_keyboard()

    def end(self) -> None:
        """Show the mail room again."""
        page, self.page = self.page, None
        if page is not None:
            page.stop()
            focused = cast("QWidget | None", self.window().focusWidget())
            if focused is not None and page.isAncestorOf(focused):
                focused.clearFocus()  # who writes in the room keeps the keyboard; here nobody does any more
            self.removeWidget(page)
            page.hide()
            page.deleteLater()
            self.covers.emit(False)

    def stop(self) -> None:
        """Give up what the first run is waiting for: the window closes."""
        if self.page is not None:
            self.page.stop()

    def _made(self) -> FirstRun:
        from desktop.ui.window.first_run.alternatives import Alternative
        from desktop.ui.window.first_run.first_run import FirstRun

        # whoever can begin in one more way adds it here
        text = _("A mail that lies in a file (.eml) can be read without any account.")
        ways = [
            Alternative("mail-open", "account", _("Read a mail file"), text, _("Open mail file…"), self._choose_file),
        ]
        explore = self._explore
        if explore is not None:
            text = _("A made-up mailbox in a window of its own. It needs no server, and nothing leaves this computer.")
            title, action = _("Look around first"), _("Explore with sample data")
            ways.insert(0, Alternative("inbox", "contact", title, text, action, lambda: self._show_sample(explore)))
        page = FirstRun(self._services, self._tasks, self._theme, ways, is_first=self._is_first)
        page.set_up.ended.connect(self.end)
        page.set_up.by_hand_wanted.connect(self.by_hand_wanted)
        page.appearance.told.connect(self.told)
        return page

    def _show_sample(self, explore: Callable[[], bool]) -> None:
        if explore():
            self.told.emit(_("The sample opens in a window of its own."))
        else:
            self.told.emit(_("The sample could not be started."))
