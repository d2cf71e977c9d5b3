"""The third line of a message's header: whether its sender was verified, and the way out of its list. GUI thread.

It is there only where it has something to say.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.base.i18n import _
from desktop.ui.icons import pixmap
from desktop.ui.mail.trust_words import Mark
from desktop.ui.theme import Theme
from desktop.ui.widgets.labels import plain_tip
from desktop.ui.widgets.paint import line_of_text, text_width
from desktop.ui.widgets.painted_button import PaintedButton

_HEIGHT = 20
_APART = 12


class _Words(PaintedButton):
    """Small quiet words behind an icon, which can be pressed."""

    def __init__(self, theme: Theme, icon: str, text: str, parent: QWidget) -> None:
        super().__init__(theme, text, 4, parent)
        self.icon_name = icon
        self._bare = False
        self.setFont(theme.font("small"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def whole_width(self) -> int:
        """So wide are icon and words together, in px."""
        return text_width(self.font(), self.text()) + 18

    def set_bare(self, bare: bool) -> None:
        """Show the icon alone, or the words too."""
        if bare is not self._bare:
            self._bare = bare
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(_HEIGHT if self._bare else self.whole_width, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(_HEIGHT if self._bare else 40, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        colour = tokens.text if self._hot else tokens.secondary
        painter = QPainter(self)
        painter.drawPixmap(QPoint(0, (_HEIGHT - 12) // 2), pixmap(self.icon_name, 12, colour, self.devicePixelRatioF()))
        if not self._bare:
            line_of_text(painter, self.rect().adjusted(16, 0, 0, 0), self.text(), self.font(), colour)


class TrustLine(QWidget):
    """`explain_wanted` is emitted when the mark is pressed, `unsubscribe_wanted` by the other button."""

    explain_wanted = Signal()
    unsubscribe_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = _Words(theme, "shield-check", "", self)
        self._mark.clicked.connect(self.explain_wanted)
        self._leave = _Words(theme, "mail-x", _("Unsubscribe"), self)
        self._leave.setAccessibleName(_("Unsubscribe from this mail list"))
        self._leave.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._leave.clicked.connect(self.unsubscribe_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(_APART)
        row.addWidget(self._mark)
        row.addWidget(self._leave)
        row.addStretch(1)
        self.hide()

    def show_facts(self, mark: Mark | None, list_name: str) -> None:
        """Show what is known of the sender, and the way out of the list of this name; "" is no list."""
        if mark is not None:
            self._mark.icon_name = mark.icon
            self._mark.setText(mark.text)
            self._mark.setAccessibleName(mark.text)
            self._mark.setAccessibleDescription(mark.explained)
            self._mark.setToolTip(plain_tip(f"{mark.explained}\n{mark.checked}"))
            self._mark.updateGeometry()
            self._mark.update()
        self._leave.setToolTip(plain_tip(_("Leave the list “{name}”").format(name=list_name)))
        self._mark.setVisible(mark is not None)
        self._leave.setVisible(bool(list_name))
        self.setVisible(mark is not None or bool(list_name))
        self._share_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def minimumSizeHint(self) -> QSize:
        # what is shown now must not keep the reader from becoming narrower
        return QSize(40 + _APART + _HEIGHT, _HEIGHT)

    def _share_width(self) -> None:
        """Let the words on the sender stay whole, if need be without those beside them."""
        both = self._mark.whole_width + _APART + self._leave.whole_width
        self._leave.set_bare(not self._mark.isHidden() and both > self.width())
