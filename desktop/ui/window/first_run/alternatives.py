"""Other ways to begin, beside the steps. Only what can be done is offered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.paint import hairline, rounded

WIDTH_PX = 356
_TILE_PX = 36


@dataclass(frozen=True, slots=True)
class Alternative:
    """One other way."""

    icon: str
    colours: str
    """An entity whose colours the tile has."""
    title: str
    text: str
    action: str
    act: Callable[[], object]


class Alternatives(QWidget):
    """A heading, and the ways below each other."""

    def __init__(self, theme: Theme, ways: Sequence[Alternative], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Paragraph(theme, _("Or start differently"), "small-strong", "secondary"))
        column.addSpacing(4)
        self.buttons: list[Button] = []
        for place, way in enumerate(ways):
            entry = _Entry(theme, way, last=place == len(ways) - 1)
            self.buttons.append(entry.button)
            column.addWidget(entry)
        column.addStretch(1)
        if not ways:
            self.hide()


class _Entry(QWidget):
    def __init__(self, theme: Theme, way: Alternative, *, last: bool) -> None:
        super().__init__()
        self._theme = theme
        self._way = way
        self._last = last
        self.button = Button(theme, way.action)
        self.button.setAccessibleDescription(way.text)
        self.button.clicked.connect(lambda _checked=False: way.act())
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Paragraph(theme, way.title, "body-strong"))
        words.addWidget(Paragraph(theme, way.text, "body", "secondary"))
        words.addSpacing(6)
        words.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(_TILE_PX + 12, 16, 0, 16)
        row.addLayout(words, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        text, ground = self._theme.tokens.entities[self._way.colours]
        painter = QPainter(self)
        tile = QRect(0, 16, _TILE_PX, _TILE_PX)
        rounded(painter, tile, 8, ground)
        painter.drawPixmap(tile.topLeft() + QPoint(8, 8), pixmap(self._way.icon, 20, text, self.devicePixelRatioF()))
        if not self._last:
            hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.BottomEdge)
