"""The quick filter: a line that narrows the list in sight by words and marks. Ctrl+Shift+K opens it. GUI thread.

Escape peels: first the words go, then the marks, then the line itself.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.listing import ListQuery
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, IconButton
from desktop.ui.widgets.choices import FilterChip
from desktop.ui.widgets.fields import LineEdit
from desktop.ui.widgets.paint import hairline
from desktop.ui.widgets.throttle import Throttle

_WAIT_MS = 120


class QuickFilter(QWidget):
    """Words and toggles; hidden until it is wanted."""

    changed = Signal(str, bool, bool, bool)
    """Words, only unread, only starred, only with attachments."""
    came_or_went = Signal(bool)
    left = Signal()
    """The person is done with it: give the list the focus."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(76)
        self.words = LineEdit(theme, _("Filter this list"), placeholder=_("Filter by sender and subject"))
        self.unread = FilterChip(theme, _("Unread"))
        self.starred = FilterChip(theme, _("Starred"))
        self.attachments = FilterChip(theme, _("Attachments"))
        self._close = IconButton(theme, "x", _("Close the quick filter"), shortcut="Esc", side=SMALL, icon_size=14)
        self._throttle = Throttle(self._tell, _WAIT_MS, parent=self)
        self.words.textChanged.connect(self._throttle.call)
        self.words.installEventFilter(self)
        for chip in self._chips():
            chip.clicked.connect(self._tell)
            chip.installEventFilter(self)
        self._close.clicked.connect(self.clear_and_hide)
        top = QWidget(self)
        line = QHBoxLayout(top)
        line.setContentsMargins(12, 0, 8, 0)
        line.setSpacing(6)
        line.addWidget(self.words, 1)
        line.addWidget(self._close)
        below = QWidget(self)
        chips = QHBoxLayout(below)
        chips.setContentsMargins(12, 0, 8, 0)
        chips.setSpacing(6)
        for chip in self._chips():
            chips.addWidget(chip)
        chips.addStretch(1)
        self._top, self._below = top, below
        self.hide()

    def setVisible(self, visible: bool) -> None:
        super().setVisible(visible)
        self.came_or_went.emit(visible)

    def open(self) -> None:
        """Show the line and put the cursor into it."""
        self.show()
        self.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.words.selectAll()

    def show_query(self, query: ListQuery) -> None:
        """Show the filters of a list."""
        self.unread.setChecked(query.unread)
        self.starred.setChecked(query.starred)
        self.attachments.setChecked(query.with_attachment)
        if query.contains != self.words.text().strip() and not self.words.hasFocus():
            self.words.setText(query.contains)

    def peel(self) -> None:
        """Take one layer off: the words, the marks, the line."""
        if self.words.text():
            self.words.clear()
            self._throttle.flush()
        elif any(chip.isChecked() for chip in self._chips()):
            for chip in self._chips():
                chip.setChecked(False)
            self._tell()
        else:
            self.hide()
            self.left.emit()

    def clear_and_hide(self) -> None:
        """Take everything off at once."""
        self._throttle.cancel()
        self.words.blockSignals(True)
        self.words.clear()
        self.words.blockSignals(False)
        for chip in self._chips():
            chip.setChecked(False)
        self._tell()
        self.hide()
        self.left.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.peel()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down) and watched is self.words:
                self._throttle.flush()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._top.setGeometry(0, 6, self.width(), 34)
        self._below.setGeometry(0, 42, self.width(), 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.bg)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.BottomEdge)

    def _chips(self) -> tuple[FilterChip, ...]:
        return self.unread, self.starred, self.attachments

    def _tell(self) -> None:
        self.changed.emit(
            self.words.text().strip(),
            self.unread.isChecked(),
            self.starred.isChecked(),
            self.attachments.isChecked(),
        )
