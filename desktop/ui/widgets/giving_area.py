"""A scroll area that takes the height its content wants, and gives way down to a least height where there is less.

Without it a low window would squeeze what cannot be scrolled: a layout that has too little room takes from the largest.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget


class GivingArea(QScrollArea):
    """Scrolls up and down only; tell it its heights with `set_heights`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wanted = 0
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_heights(self, wanted: int, least: int = 0) -> None:
        """Be `wanted` high where there is room, and never lower than `least`."""
        self._wanted = wanted
        self.setMinimumHeight(min(least, wanted))
        self.setMaximumHeight(wanted)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._wanted)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), 0)
