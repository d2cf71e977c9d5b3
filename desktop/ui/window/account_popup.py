"""How an account is doing: a plain sentence, the server's own words folded, and one button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, IconButton, Kind
from desktop.ui.widgets.corners import round_corners
from desktop.ui.widgets.labels import ElidedLabel, Paragraph
from desktop.ui.widgets.paint import rounded
from desktop.ui.widgets.wrapped_text import SelectableText


class AccountPopup(QFrame):
    """Opens above a place and goes away with a click elsewhere."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        sentence: str,
        details: str,
        action: str,
        act: Callable[[], object],
        parent: QWidget,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._radius = 8 if round_corners(self) else 0
        self.setAccessibleName(f"{title}: {sentence}")
        self.setFixedWidth(340)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        column.addWidget(ElidedLabel(theme, title, "body-strong"))
        column.addWidget(Paragraph(theme, sentence))
        self._details = SelectableText(theme, details, "small", "secondary")
        self._details.hide()
        if details:
            fold = Button(theme, _("Answer of the server"), Kind.GHOST, icon="chevron-right", height=SMALL)
            fold.clicked.connect(self._unfold)
            # a line of its own: beside two buttons its words are cut
            column.addWidget(fold, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._details)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.setContentsMargins(0, 6, 0, 0)
        row.addStretch(1)
        self._row = row
        self.button = Button(theme, action, Kind.PRIMARY)
        self.button.clicked.connect(self.close)
        self.button.clicked.connect(lambda _checked=False: act())
        row.addWidget(self.button)
        column.addLayout(row)
        self.button.setVisible(bool(action))

    def offer_pause(self, pause: Callable[[], object]) -> None:
        """Let the account also be left alone until a person resumes it; before it is shown."""
        button = IconButton(self._theme, "pause", _("Pause fetching"))
        button.clicked.connect(self.close)
        button.clicked.connect(lambda _checked=False: pause())
        self._row.insertWidget(self._row.indexOf(self.button), button)

    def show_above(self, place: QPoint) -> None:
        """Open with the lower left corner at `place` on the screen."""
        self._lower_left = place
        self.adjustSize()
        self.move(place.x(), place.y() - self.height())
        self.show()
        self.button.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.button.hasFocus():
            self.button.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        rounded(QPainter(self), self.rect(), self._radius, t.raised, t.border)

    def _unfold(self) -> None:
        self._details.setVisible(self._details.isHidden())
        self.adjustSize()
        self.move(self._lower_left.x(), self._lower_left.y() - self.height())
