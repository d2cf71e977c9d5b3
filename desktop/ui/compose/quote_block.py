"""The quoted original below the text: a pill that says how long it is; open, its words to be read. GUI thread.

It is sent as it came, so it is not in the editor until a person asks for that. What is shown here is plain text, so
nothing of it can load or run anything.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.base.i18n import _, n_
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.paint import LEFT, line_of_text, rounded, text_width
from desktop.ui.widgets.painted_button import PaintedButton
from desktop.ui.widgets.wrapped_text import SelectableText

SHOWN_MOST_CHARS = 60_000
"""Of a longer original the beginning is shown; all of it is sent."""
_PILL = 20


class _Pill(PaintedButton):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "", 10, parent)
        self.setFont(theme.font("small"))
        self.setCheckable(True)

    def sizeHint(self) -> QSize:
        return QSize(8 + 14 + 6 + text_width(self.font(), self.text()) + 10, _PILL)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        rounded(painter, self.rect(), 10, t.hover2 if self._hot else t.sunken)
        icon = "chevron-down" if self.isChecked() else "ellipsis"
        painter.drawPixmap(QPoint(8, 3), pixmap(icon, 14, t.secondary, self.devicePixelRatioF()))
        area = QRect(28, 0, self.width() - 36, _PILL)
        line_of_text(painter, area, self.text(), self.font(), t.text if self._hot else t.secondary, LEFT)


class QuoteBlock(QWidget):
    """Hidden where nothing is quoted."""

    edit_wanted = Signal()
    removed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.pill = _Pill(theme, self)
        self.pill.toggled.connect(self._fold)
        self.edit = Button(theme, _("Edit quote"), Kind.LINK, height=SMALL)
        self.edit.clicked.connect(self.edit_wanted)
        self.remove = Button(theme, _("Remove"), Kind.LINK, height=SMALL)
        self.remove.clicked.connect(self.removed)
        self.words = SelectableText(theme, "", "body", "secondary")
        self.words.setAccessibleName(_("Quoted text"))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.pill)
        row.addWidget(self.edit)
        row.addWidget(self.remove)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 2, 20, 12)
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.words)
        self.show_quote("")

    def show_quote(self, text: str) -> None:
        """Show this original, folded; "" hides all."""
        lines = text.rstrip().count("\n") + 1
        words = n_("Quoted text, {n} line", "Quoted text, {n} lines", lines).format(n=lines)
        self.pill.setText(words)
        self.pill.setAccessibleName(words)
        self.pill.setToolTip(_("Show or hide the original"))
        self.pill.setChecked(False)
        self._text = text if len(text) <= SHOWN_MOST_CHARS else text[:SHOWN_MOST_CHARS].rstrip() + "\n…"
        self._fold(False)
        self.setVisible(bool(text))

    def _fold(self, is_open: bool) -> None:
        if is_open and self.words.text() != self._text:
            self.words.setText(self._text)
            self.words.setAccessibleName(_("Quoted text"))
        for each in (self.words, self.edit, self.remove):
            each.setVisible(is_open)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.words.isHidden():
            place = self.words.geometry()
            painter = QPainter(self)
            painter.fillRect(QRect(place.left() - 12, place.top(), 2, place.height()), self._theme.tokens.field)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        return layout.sizeHint() if layout is not None else QSize(200, _PILL)

    def keyboard(self) -> None:
        """Take the keyboard."""
        self.pill.setFocus(Qt.FocusReason.TabFocusReason)
