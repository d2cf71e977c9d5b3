"""The foot of the card: the way back at the left, the way on at the right, and between them what one waits for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import LARGE, Button, Kind
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.paint import hairline
from desktop.ui.widgets.progress import Spinner

_HEIGHT_PX = 62


class Foot(QWidget):
    """Says which button was pressed; what there is to press is shown and hidden from outside."""

    onward_pressed = Signal()
    back_pressed = Signal()
    cancel_pressed = Signal()
    by_hand_pressed = Signal()

    def __init__(self, theme: Theme, side_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(_HEIGHT_PX)
        self.cancel = Button(theme, _("Cancel"), height=LARGE)
        self.back = Button(theme, _("Back"), height=LARGE)
        self.by_hand = Button(theme, _("Enter servers by hand"), Kind.GHOST, height=LARGE)
        self.onward = Button(theme, "", Kind.PRIMARY, height=LARGE)
        self._spinner, self._words = Spinner(theme), Paragraph(theme, "", "small", "secondary")
        for button, pressed in (
            (self.cancel, self.cancel_pressed),
            (self.back, self.back_pressed),
            (self.by_hand, self.by_hand_pressed),
            (self.onward, self.onward_pressed),
        ):
            button.clicked.connect(pressed)
        row = QHBoxLayout(self)
        row.setContentsMargins(side_px, 0, side_px, 0)
        row.setSpacing(12)
        for button in (self.cancel, self.back, self.by_hand):
            row.addWidget(button)
        row.addStretch(1)
        for widget in (self._spinner, self._words, self.onward):
            row.addWidget(widget)
        self.setTabOrder(self.onward, self.by_hand)
        self.be_busy("")

    def be_busy(self, words: str) -> None:
        """Say what one waits for; "" for nothing."""
        self._spinner.setVisible(bool(words))
        self._words.setText(words)
        self._words.setVisible(bool(words))

    def offer(self, onward: str) -> None:
        """Name the way on."""
        self.onward.setText(onward)
        self.onward.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self._theme.tokens.border, Qt.Edge.TopEdge)
