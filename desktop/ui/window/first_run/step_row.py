"""Where one is among the steps: a disc for each, ticked when it is done."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.base.i18n import _
from desktop.ui.icons import pixmap
from desktop.ui.theme import FontKind, Theme
from desktop.ui.widgets.paint import CENTER, LEFT, line_of_text, rounded, text_width

_DISC = 20
_GAP = 8
_LINE = 28


class StepRow(QWidget):
    """`current` is the index of the step one is at."""

    def __init__(self, theme: Theme, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._names = tuple(names)
        self._current = 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_current(0)

    def set_current(self, index: int) -> None:
        """Be at another step."""
        self._current = index
        text = _("Step {n} of {all}: {name}")
        self.setAccessibleName(text.format(n=index + 1, all=len(self._names), name=self._names[index]))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._width(named=True), 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(self._width(named=False), 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        # where all names have no room, that of the current step stands alone
        named = self.width() >= self._width(named=True)
        x = 0
        for index, name in enumerate(self._names):
            disc = QRect(x, 2, _DISC, _DISC)
            if index < self._current:
                rounded(painter, disc, 10, t.success_soft)
                done = pixmap("check", 12, t.success, self.devicePixelRatioF())
                painter.drawPixmap(disc.topLeft() + QPoint(4, 4), done)
            else:
                here = index == self._current
                rounded(painter, disc, 10, t.fill if here else t.sunken)
                number_colour = t.on_fill if here else t.secondary
                line_of_text(painter, disc, str(index + 1), self._theme.font("badge"), number_colour, CENTER)
            x += _DISC + _GAP
            if named or index == self._current:
                font = self._theme.font(self._font(index))
                width = text_width(font, name)
                colour = t.text if index == self._current else t.secondary
                line_of_text(painter, QRect(x, 0, width + 1, 24), name, font, colour, LEFT)
                x += width + _GAP
            if index + 1 < len(self._names):
                painter.fillRect(QRect(x, 12, _LINE if named else _GAP, 1), t.border)
                x += (_LINE if named else _GAP) + _GAP

    def _font(self, index: int) -> FontKind:
        return "small-strong" if index == self._current else "small"

    def _width(self, *, named: bool) -> int:
        width = 0
        for index, name in enumerate(self._names):
            width += _DISC + _GAP
            if named or index == self._current:
                width += text_width(self._theme.font(self._font(index)), name) + _GAP
        return width + (len(self._names) - 1) * ((_LINE if named else _GAP) + _GAP)
