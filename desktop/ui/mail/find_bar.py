"""The bar for finding words in the open message. It asks by signals; the body marks and answers. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget
from shiboken6 import isValid

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, IconButton
from desktop.ui.widgets.labels import ElidedLabel
from desktop.ui.widgets.paint import hairline
from desktop.ui.widgets.painted_button import tip


class FindBar(QWidget):
    """Hidden until `begin`. An empty text takes the marks away."""

    wanted = Signal(str, bool)
    """The text, and whether to go backwards."""
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(40)
        self._back_to: QWidget | None = None
        """What had the keyboard before, and gets it back."""
        self._field = QLineEdit()
        self._field.setPlaceholderText(_("Find in message"))
        self._field.setAccessibleName(_("Find in message"))
        self._field.setClearButtonEnabled(False)
        self._field.textChanged.connect(lambda text: self.wanted.emit(text, False))
        self._count = ElidedLabel(theme, kind="small", colour="secondary")
        self._before = before = IconButton(theme, "chevron-up", "", side=SMALL, icon_size=14)
        self._after = after = IconButton(theme, "chevron-down", "", side=SMALL, icon_size=14)
        before.setAccessibleName(_("Previous match"))
        after.setAccessibleName(_("Next match"))
        self.show_keys("F3", "Shift+F3")
        close = IconButton(theme, "x", _("Close"), shortcut="Esc", side=SMALL, icon_size=14)
        before.clicked.connect(lambda: self.again(backward=True))
        after.clicked.connect(self._forward)
        close.clicked.connect(self.end)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 6, 14, 6)
        row.setSpacing(4)
        row.addWidget(self._field, 1)
        row.addSpacing(4)
        row.addWidget(self._count)
        for button in (before, after, close):
            row.addWidget(button)
        self.hide()

    @property
    def text(self) -> str:
        """What is looked for."""
        return self._field.text()

    def show_keys(self, after: str, before: str) -> None:
        """Say with which keys one goes on and back."""
        self._after.setToolTip(tip(_("Next match"), after))
        self._before.setToolTip(tip(_("Previous match"), before))

    def begin(self, text: str = "") -> None:
        """Show the bar, with `text` where something was selected."""
        focused = QApplication.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self._back_to = focused
        self.show()
        if text:
            self._field.setText(text)
        self._field.selectAll()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.text:
            self.wanted.emit(self.text, False)

    def again(self, *, backward: bool = False) -> None:
        """Go to the next match, or open the bar when nothing is looked for."""
        if self.isHidden() or not self.text:
            self.begin()
        else:
            self.wanted.emit(self.text, backward)

    def _forward(self) -> None:
        self.again()

    def end(self) -> None:
        """Hide the bar and take the marks away."""
        if not self.isHidden():
            focused = QApplication.focusWidget()
            back_to, self._back_to = self._back_to, None
            if focused is not None and self.isAncestorOf(focused) and back_to is not None and isValid(back_to):
                back_to.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()
            self.wanted.emit("", False)
            self.closed.emit()

    def tell(self, at: int, count: int) -> None:
        """Say which match of how many is shown."""
        if not self.text:
            self._count.set_text("")
        elif not count:
            self._count.set_text(_("Not found"))
        else:
            self._count.set_text(_("{n} of {count}").format(n=at, count=count))
        self._count.set_colour("danger" if self.text and not count else "secondary")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.again(backward=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.surface)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.TopEdge)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.BottomEdge)
