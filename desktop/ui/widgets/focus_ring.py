"""The ring around what has the keyboard. It lies outside its control, so it takes no room in a layout.

Buttons show it only when the keyboard brought the focus there; fields always, as a halo that touches their frame.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QFocusEvent, QGuiApplication, QPainter, QPaintEvent, QPen, QRegion
from PySide6.QtWidgets import QApplication, QFocusFrame, QWidget

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
        """Hide it, and let go of the control: a frame shows itself when its control finds another parent."""
        if self._frame is not None:
            self._frame.setWidget(None)  # type: ignore[arg-type]


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


class PaneRing(QWidget):
    """The ring of a pane, inside its edge: shown while the keyboard is in the pane, unless the mouse put it there.

    What is in a pane may be made by others, a browser for one, so the application is asked where the keyboard is.
    """

    def __init__(self, theme: Theme, pane: QWidget) -> None:
        super().__init__(pane)
        self._theme = theme
        self._pane = pane
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        pane.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(self._theme.tokens.ring, 2))
        painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))

    def _focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if not self._holds(now):
            self.hide()
        elif before is not None and not self._holds(before) and not QGuiApplication.mouseButtons():
            self._place()
            self.show()
            self.raise_()

    def _holds(self, widget: QWidget | None) -> bool:
        return widget is not None and (widget is self._pane or self._pane.isAncestorOf(widget))

    def _place(self) -> None:
        whole = self._pane.rect()
        self.setGeometry(whole)
        self.setMask(QRegion(whole) - QRegion(whole.adjusted(2, 2, -2, -2)))
