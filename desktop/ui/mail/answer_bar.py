"""The foot of the reader: the answers a mail is mostly given, or what can be done with one that is not sent yet.

Keys and words of the answers are those of the window's actions. GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.actions import Actions, Do
from desktop.ui.mail.notice import Remedy
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button, IconButton, Kind
from desktop.ui.widgets.paint import hairline

HEIGHT = 52
_NARROW_PX = 420
"""Below it the words of all but the first button go, and their icons stay."""


_ICONS = {
    Remedy.EDIT: "pencil",
    Remedy.DELETE: "trash-2",
    Remedy.SEND_NOW: "send",
    Remedy.CHANGE_TIME: "clock",
    Remedy.SEND_AGAIN: "send",
    Remedy.WAS_SENT: "circle-check",
    Remedy.DISMISS: "check",
}


class AnswerBar(QWidget):
    """Reply, reply to all, forward; only as icons beside the first where it is narrow. `put_first` swaps the first two.

    Where others were offered (`offer`), those stand here instead, the first as what one mostly wants.
    """

    chosen = Signal(object)
    """A Remedy that was offered."""

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(HEIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 20, 0)
        row.setSpacing(8)
        answers = (
            (Do.REPLY, _("Reply"), "reply"),
            (Do.REPLY_ALL, _("Reply to all"), "reply-all"),
            (Do.FORWARD, _("Forward"), "forward"),
        )
        self._first: dict[Do, Button] = {
            name: Button(theme, words, Kind.PRIMARY, icon=icon) for name, words, icon in answers[:2]
        }
        self._wide = {name: Button(theme, words, icon=icon) for name, words, icon in answers}
        self._narrow = {name: IconButton(theme, icon, words, framed=True) for name, words, icon in answers}
        for name, button in (*self._first.items(), *self._wide.items(), *self._narrow.items()):
            button.follow(actions[name])
            row.addWidget(button)
        self._shown_first = Do.REPLY
        self._others: list[Button] = []
        self._offered: tuple[tuple[str, Remedy], ...] | None = None
        self._row = row
        row.addStretch(1)
        self._fit()

    @property
    def reply(self) -> Button:
        """The button one mostly answers with."""
        return self._first[self._shown_first]

    def put_first(self, name: Do) -> None:
        """Let one of `REPLY` and `REPLY_ALL` stand first."""
        self._shown_first = name
        self._fit()

    def offer(self, offers: Sequence[tuple[str, Remedy]] | None) -> None:
        """Offer these in the place of answers; None offers answers."""
        wanted = tuple(offers) if offers is not None else None
        if wanted == self._offered:
            return
        self._offered = wanted
        for button in self._others:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._others = [self._other(place, *each) for place, each in enumerate(wanted or ())]
        self._fit()

    @property
    def others(self) -> tuple[Button, ...]:
        """The buttons of what is offered in the place of answers."""
        return tuple(self._others)

    def _other(self, place: int, words: str, remedy: Remedy) -> Button:
        button = Button(self._theme, words, Kind.DEFAULT if place else Kind.PRIMARY, icon=_ICONS.get(remedy, ""))
        button.clicked.connect(partial(self.chosen.emit, remedy))
        self._row.insertWidget(place, button)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.bg)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.TopEdge)

    def _fit(self) -> None:
        narrow, answers = self.width() < _NARROW_PX, self._offered is None
        for buttons, fits in ((self._first, True), (self._wide, not narrow), (self._narrow, narrow)):
            for name, button in buttons.items():
                button.setVisible(answers and fits and (name is self._shown_first) is (buttons is self._first))
