"""The card the steps of the first run stand on, raised from the ground, and the promise below it."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.paint import rounded, soft_shadow

WIDTH_PX = 584
SHADOW_PX = 10
"""Room around the card."""
PADDING_PX = 28
_SHADOW_REACH_PX = 9


class Card(QWidget):
    """Shows one of several pages above a foot."""

    def __init__(self, theme: Theme, pages: tuple[QWidget, ...], foot: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        inside = QVBoxLayout()
        inside.setContentsMargins(PADDING_PX, 24, PADDING_PX, 20)
        for page in pages:
            inside.addWidget(page)
        inside.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SHADOW_PX, SHADOW_PX, SHADOW_PX, SHADOW_PX)
        column.setSpacing(0)
        column.addLayout(inside)
        column.addWidget(foot)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        area = self.rect().adjusted(SHADOW_PX, SHADOW_PX, -SHADOW_PX, -SHADOW_PX)
        soft_shadow(painter, area, 8, _SHADOW_REACH_PX, dark=t.dark, strength=0.05)
        rounded(painter, area, 8, t.raised, t.border)


class Promise(QWidget):
    """Where the password stays."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lock = QLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(SHADOW_PX, 0, SHADOW_PX, 0)
        row.setSpacing(6)
        row.addWidget(self._lock)
        row.addWidget(Paragraph(theme, _("Your password stays on this computer, encrypted."), "small", "secondary"), 1)
        theme.changed.connect(self._tint)
        self._tint()

    def _tint(self) -> None:
        self._lock.setPixmap(pixmap("lock", 14, self._theme.tokens.secondary, self.devicePixelRatioF()))
