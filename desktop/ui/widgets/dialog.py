"""Windows that ask: the frame of every dialog, and the destructive question. Opened, never executed (`exec` would
start a second event loop inside the one that awaits results).
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import LARGE, Button, Kind
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.paint import hairline


class Footer(QWidget):
    """The bar of buttons at the foot of a window, under a hairline."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(52)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(20, 0, 20, 0)
        self.row.setSpacing(8)

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self._theme.tokens.border, Qt.Edge.TopEdge)


class ReturningDialog(QDialog):
    """Gives the keyboard back, when it is closed, to the window it was opened from, which need not be its parent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened_from: QWidget | None = None

    def showEvent(self, event: QShowEvent) -> None:
        if not event.spontaneous() and not self.isActiveWindow():
            self._opened_from = QApplication.activeWindow()
        super().showEvent(event)

    def done(self, result: int) -> None:
        """Close, and give the keyboard back: without a window manager nobody else does."""
        had_the_keyboard = self.isActiveWindow()
        super().done(result)
        below = self._opened_from
        if below is None or not isValid(below) or not below.isVisible():  # it was closed before this one
            parent = self.parentWidget()
            below = parent.window() if parent is not None else None
        if had_the_keyboard and below is not None:
            below.activateWindow()


class Dialog(ReturningDialog):
    """A window of its own that goes away for good when it is closed. Put things into `body` and `footer.row`."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._fits = False
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(20, 16, 20, 16)
        self.body.setSpacing(12)
        self.footer = Footer(theme)
        self.buttons: list[Button] = []
        column.addLayout(self.body, 1)
        column.addWidget(self.footer)

    def fit_width(self, width: int) -> None:
        """Keep this width, and be as high as the wrapped words in it need, also those said later."""
        self._fits = True
        self.setFixedWidth(width)

    def showEvent(self, event: QShowEvent) -> None:
        if self._fits:
            self.resize(self.width(), self._needed_height())
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        # it does not shrink again: what one is about to press must not move away
        if event.type() == QEvent.Type.LayoutRequest and self._fits and self.isVisible():
            self.resize(self.width(), max(self.height(), self._needed_height()))
        return handled

    def _needed_height(self) -> int:
        """The size hint counts wrapped words at a width of their own choice."""
        column = self.layout()
        return column.totalHeightForWidth(self.width()) if column is not None else self.height()

    def add_button(self, text: str, act: Callable[[], object], kind: Kind = Kind.DEFAULT) -> Button:
        """Add a button to the foot; the primary one answers to Enter."""
        button = Button(self.theme, text, kind, height=LARGE)
        button.clicked.connect(lambda _checked=False: act())
        button.setDefault(kind is Kind.PRIMARY)
        self.footer.row.addWidget(button)
        # held here too: a button only its layout knows was seen to vanish under assistive tools
        self.buttons.append(button)
        return button


def confirm(
    theme: Theme,
    parent: QWidget,
    *,
    title: str,
    text: str,
    action: str,
    on_yes: Callable[[], object],
) -> Dialog:
    """Ask before something that cannot be undone. The safe answer has the focus; `on_yes` is called for the other."""
    asked = Dialog(theme, title, parent)
    asked.setWindowModality(Qt.WindowModality.WindowModal)
    asked.fit_width(420)
    heading = Paragraph(theme, title, "section")
    asked.body.addWidget(heading)
    asked.body.addWidget(Paragraph(theme, text, "body", "secondary"))
    asked.footer.row.addStretch(1)
    cancel = asked.add_button(_("Cancel"), asked.reject)

    def yes() -> None:
        asked.accept()
        on_yes()

    asked.add_button(action, yes, Kind.FINAL)
    asked.open()
    cancel.setFocus()
    return asked
