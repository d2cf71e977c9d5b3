"""A banner: one sentence inside a pane, with at most two things to do about it, and folded words of the other side."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.paint import rounded
from desktop.ui.widgets.wrapped_text import SelectableText


class Tone(StrEnum):
    """How serious a banner is."""

    NEUTRAL = "neutral"
    INFO = "info"
    WARNING = "warning"
    DANGER = "danger"
    SUCCESS = "success"


_LOOKS = {  # ground, text, icon
    Tone.NEUTRAL: ("surface", "secondary", "info"),
    Tone.INFO: ("soft", "accent", "info"),
    Tone.WARNING: ("warning_soft", "warning", "triangle-alert"),
    Tone.DANGER: ("danger_soft", "danger", "circle-alert"),
    Tone.SUCCESS: ("success_soft", "success", "circle-check"),
}


_ACTION = {
    Tone.NEUTRAL: "accent",
    Tone.INFO: "accent",
    Tone.WARNING: "warning",
    Tone.DANGER: "danger",
    Tone.SUCCESS: "success",
}
_LEAST_SENTENCE_PX = 160
_GAP_PX = 8
_ABOVE_PX = 4
"""So much more above a sentence whose first line is to stand beside the icon."""


class Banner(QWidget):
    """At least 32 high; the sentence wraps, and what can be done stands below it where that leaves it too little width.

    Words of a server stay folded behind "Details".
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        tone: Tone = Tone.NEUTRAL,
        *,
        icon: str = "",
        details: str = "",
        actions: tuple[tuple[str, Callable[[], object]], ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tone = tone
        self._icon = icon or _LOOKS[tone][2]
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._text = Paragraph(theme, text, "small", _LOOKS[tone][1])
        self._details = SelectableText(theme, details, "small", "secondary")
        self._details.hide()
        self._offers = QHBoxLayout()
        self._offers.setSpacing(2)
        if details:
            fold = Button(theme, _("Details"), Kind.LINK, height=SMALL, colour=_ACTION[tone])
            fold.clicked.connect(lambda: self._details.setVisible(self._details.isHidden()))
            self._offers.addWidget(fold)
        for words, act in actions:
            button = Button(theme, words, Kind.LINK, height=SMALL, colour=_ACTION[tone])
            button.clicked.connect(lambda _checked=False, call=act: call())
            self._offers.addWidget(button)
        self._offers.addStretch(1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._row.setSpacing(_GAP_PX)
        self._row.addWidget(self._text, 1)
        self._row.addLayout(self._offers)
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 4, 6, 4)
        column.setSpacing(4)
        column.addLayout(self._row)
        column.addWidget(self._details)
        self.setMinimumHeight(32)

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text.text()

    def set_text(self, text: str) -> None:
        """Say something else."""
        self._text.setText(text)
        self.setAccessibleName(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        left = self._row.geometry().width() - self._offers.sizeHint().width() - _GAP_PX
        beside = left >= min(self._text.sizeHint().width(), _LEAST_SENTENCE_PX)
        self._row.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._row.setContentsMargins(0, 0 if beside else _ABOVE_PX, 0, 0)
        self._row.setSpacing(_GAP_PX if beside else 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        ground, colour, _icon = _LOOKS[self._tone]
        painter = QPainter(self)
        rounded(painter, self.rect(), 6, t.named(ground))
        painter.drawPixmap(QPoint(10, 9), pixmap(self._icon, 14, t.named(colour), self.devicePixelRatioF()))
