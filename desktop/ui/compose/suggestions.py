"""Who a person may mean: a list under the line one types in, which keeps the keyboard. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Signal
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _, n_
from desktop.domain.mail.correspondence import Suggestion
from desktop.ui.theme import Theme
from desktop.ui.widgets.choice_list import POPUP_PADDING, Choice, ChoiceList, PopupFrame
from desktop.ui.widgets.toast import announce

_WIDTH = 420
_MOST_PX = 8 * 28


class SuggestionPopup(PopupFrame):
    """`chosen` tells whom a person clicked; the field takes `current` with its keys."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host)
        self._list = ChoiceList(theme, _("Suggestions"), columns=False)
        self._list.chosen.connect(self.chosen)
        self.column.addWidget(self._list)

    @property
    def is_open(self) -> bool:
        """Whether it can be seen."""
        return self.isVisible()

    @property
    def current(self) -> Suggestion | None:
        """Who is chosen now."""
        choice = self._list.current
        return choice.value if choice is not None and isinstance(choice.value, Suggestion) else None

    def step(self, way: int) -> None:
        """Choose the next (1) or the one before (-1)."""
        self._list.step(way)
        choice = self._list.current
        if choice is not None:
            announce(self._list, f"{choice.text}, {choice.note}")

    def show_suggestions(self, found: tuple[Suggestion, ...], corner: QPoint) -> None:
        """Show these under a point of the window, the first of them chosen; without any it goes away."""
        if not found:
            self.hide()
            return
        self._list.show_choices([_choice(each) for each in found], choose_first=True)
        self.place(corner, QSize(_WIDTH, self._list.lines_height(_MOST_PX) + POPUP_PADDING))
        announce(self._list, n_("{n} suggestion", "{n} suggestions", len(found)).format(n=len(found)))


def _choice(who: Suggestion) -> Choice:
    note = f"{who.address} · {who.note}" if who.note and who.name else who.address if who.name else who.note
    return Choice(who.name or who.address, "user-round", note, who)
