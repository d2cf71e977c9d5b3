"""A group of fields under a heading that opens and closes."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.paint import LEFT, line_of_text
from desktop.ui.widgets.painted_button import PaintedButton


class _Heading(PaintedButton):
    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(theme, text, 4, None)
        self.setCheckable(True)
        self.setFont(theme.font("body-strong"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        caret = "chevron-down" if self.isChecked() else "chevron-right"
        painter.drawPixmap(QPoint(0, 7), pixmap(caret, 14, t.secondary, self.devicePixelRatioF()))
        line_of_text(painter, self.rect().adjusted(20, 0, 0, 0), self.text(), self.font(), t.text, LEFT)


class Fold(QWidget):
    """Put fields into `content`."""

    def __init__(self, theme: Theme, title: str, *, is_open: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = _Heading(theme, title)
        self.heading.setChecked(is_open)
        self._inside = QWidget()
        self.content = QVBoxLayout(self._inside)
        self.content.setContentsMargins(0, 4, 0, 4)
        self.content.setSpacing(8)
        self.heading.toggled.connect(self._inside.setVisible)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.heading)
        column.addWidget(self._inside)
        self._inside.setVisible(is_open)
