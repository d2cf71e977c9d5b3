"""The rail at the left: the rooms of the program at the top, settings and oneself at the foot."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.chips import alert_badge, avatar
from desktop.ui.widgets.labels import plain_tip
from desktop.ui.widgets.paint import hairline, rounded
from desktop.ui.widgets.painted_button import PaintedButton, tip

WIDTH = 56
_WIDE_BADGE_PX = 18


class RailButton(PaintedButton):
    """A square of 40 with an icon of 20 and perhaps a number."""

    def __init__(
        self, theme: Theme, icon: str, text: str, keys: QKeySequence | str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "", 8, parent)
        self._icon = icon
        self._words = text
        self._keys = keys
        self._count = 0
        self.setAccessibleName(text)
        self.setToolTip(tip(text, keys))

    def set_count(self, count: int, words: str) -> None:
        """Show a number; `words` say it to a screen reader."""
        if count != self._count:
            self._count = count
            self.setAccessibleName(f"{self._words}, {words}" if count else self._words)
            self.setToolTip(tip(f"{self._words}: {words}" if count else self._words, self._keys))
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(40, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        scale = self.devicePixelRatioF()
        if self.isChecked():
            rounded(painter, self.rect(), 8, t.raised)
        elif self._hot:
            rounded(painter, self.rect(), 8, t.hover2)
        colour = t.accent if self.isChecked() else t.text if self._hot else t.secondary
        badge = alert_badge(self._theme, self._count, scale)
        width = round(badge.width() / scale)
        # a wide badge stands in the very corner and the icon lower, so that this is still seen for what it is
        is_wide = self._count > 0 and width > _WIDE_BADGE_PX
        painter.drawPixmap(QPoint(10, 13 if is_wide else 10), pixmap(self._icon, 20, colour, scale))
        if self._count:
            area = QRect(40 - width, 0, width, 16) if is_wide else QRect(40 - width - 1, 3, width, 16)
            rounded(painter, area.adjusted(-2, -2, 2, 2), 10, t.raised if self.isChecked() else t.sunken)
            painter.drawPixmap(area.topLeft(), badge)


class Me(PaintedButton):
    """The person's own initials."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", 20, parent)
        self._name, self._address = "", ""
        self.set_person("", "")

    def set_person(self, name: str, address: str) -> None:
        """Show whose window this is."""
        self._name, self._address = name, address
        words = name or address or _("Me")
        self.setAccessibleName(words)
        self.setToolTip(plain_tip(words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(40, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        if self._hot:
            rounded(painter, self.rect(), 8, t.hover2)
        scale = self.devicePixelRatioF()
        if self._address:
            painter.drawPixmap(QPoint(8, 8), avatar(self._theme, self._name, self._address, 24, scale))
        else:
            painter.drawPixmap(QPoint(10, 10), pixmap("user-round", 20, t.text if self._hot else t.secondary, scale))


class Navigation(QWidget):
    """Rooms that do not exist yet are absent."""

    mail_chosen = Signal()
    preferences_requested = Signal()
    me_requested = Signal(QPoint)
    """Where the menu belongs, on the screen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(_("Rooms"))
        self.mail = RailButton(theme, "mail", _("Mail"))
        self.mail.setCheckable(True)
        self.mail.setChecked(True)
        self.mail.clicked.connect(self._mail_clicked)
        self.settings = RailButton(theme, "settings", _("Preferences"), "Ctrl+,")
        self.settings.clicked.connect(self.preferences_requested)
        self.me = Me(theme)
        self.me.clicked.connect(lambda: self.me_requested.emit(self.me.mapToGlobal(QPoint(48, 0))))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(4)
        column.addWidget(self.mail)
        column.addStretch(1)
        column.addWidget(self.settings)
        column.addWidget(self.me)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.sunken)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.RightEdge)

    def _mail_clicked(self) -> None:
        self.mail.setChecked(True)
        self.mail_chosen.emit()
