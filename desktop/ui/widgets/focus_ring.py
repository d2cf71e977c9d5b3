"""The ring around what has the keyboard. It lies outside its control, so it takes no room in a layout.

Buttons show it only when the keyboard brought the focus there; fields always, as a halo that touches their frame.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFocusFrame, QWidget

from desktop.ui.theme import Theme

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class FocusRing:
    """Belongs to one control, which hands its focus events on; the frame is made when it is first needed."""

    def __init__(self, theme: Theme, control: QWidget, radius: int = 6, *, halo: bool = False) -> None:
        self._theme = theme
        self._control = control
        self._radius = radius
        self._halo = halo
        self._frame: _Frame | None = None
        self.wrong = False

    def focus_in(self, event: QFocusEvent) -> None:
        """Show the ring if this focus deserves one."""
        if self._halo or event.reason() in _BY_KEYBOARD:
            self.show()

    def show(self) -> None:
        """Show the ring."""
        if self._frame is None:
            self._frame = _Frame(self._theme, self._radius, halo=self._halo)
        self._frame.wrong = self.wrong
        self._frame.setWidget(self._control)
        self._frame.update()

    def focus_out(self) -> None:
        """Hide it."""
        if self._frame is not None:
            self._frame.hide()


class _Frame(QFocusFrame):
    def __init__(self, theme: Theme, radius: int, *, halo: bool) -> None:
        super().__init__()
        self._theme = theme
        self._radius = radius
        self._halo = halo
        self.wrong = False

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        colour = (tokens.danger_soft if self.wrong else tokens.soft2) if self._halo else tokens.ring
        inset = 2.0 if self._halo else 1.0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 2))
        radius = self._radius + 3 - inset
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), radius, radius)
