"""The foot of the composer: Send with its menu, what can be added, how the draft stands, and discard. 52 high."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.actions import Actions
from desktop.ui.compose.catalogue import CATALOGUE, Write
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import LARGE, NORMAL, IconButton
from desktop.ui.widgets.labels import ElidedLabel
from desktop.ui.widgets.menu import Menu
from desktop.ui.widgets.paint import LEFT, hairline, line_of_text, text_width
from desktop.ui.widgets.painted_button import PaintedButton, tip

HEIGHT = 52
_ICONS = {spec.name: spec.icon for spec in CATALOGUE}
_CARET_PX = 28


class _Half(PaintedButton):
    """One half of the pair: both have the fill, and a pale line between them."""

    def __init__(self, theme: Theme, parent: QWidget, *, left: bool) -> None:
        super().__init__(theme, "", 6, parent)
        self._left = left
        self.setFont(theme.font("body-strong"))

    def sizeHint(self) -> QSize:
        width = 12 + 16 + 8 + text_width(self.font(), self.text()) + 12 if self._left else _CARET_PX
        return QSize(width, LARGE)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        beyond = self.rect().adjusted(0, 0, 6, 0) if self._left else self.rect().adjusted(-6, 0, 0, 0)
        shape.addRoundedRect(beyond.toRectF(), 6, 6)
        painter.setClipRect(self.rect())
        able = self.isEnabled()
        painter.fillPath(shape, (t.fill_hover if self._hot or self.isDown() else t.fill) if able else t.border)
        colour = t.on_fill if able else t.disabled
        scale = self.devicePixelRatioF()
        if self._left:
            painter.drawPixmap(QPoint(12, 8), pixmap("send", 16, colour, scale))
            area = QRect(36, 0, self.width() - 40, self.height())
            line_of_text(painter, area, self.text(), self.font(), colour, LEFT)
        else:
            line = QColor(t.on_fill)
            line.setAlphaF(0.28)
            hairline(painter, self.rect(), line, Qt.Edge.LeftEdge)
            painter.drawPixmap(QPoint(7, 9), pixmap("chevron-down", 14, colour, scale))


class Foot(QWidget):
    """Its buttons are those of the actions. `reminder` says when one is reminded of the mail, where one is."""

    more_wanted = Signal(object)
    """The menu of the ellipsis, to be filled."""

    def __init__(self, theme: Theme, actions: Actions, reminder: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions = actions
        self.setFixedHeight(HEIGHT)
        self.send = _Half(theme, self, left=True)
        self.send.setText(_("Send"))
        self.send.clicked.connect(actions[Write.SEND].trigger)
        actions[Write.SEND].changed.connect(self._show_keys)
        self._show_keys()
        self.send.setAccessibleName(_("Send"))
        self.caret = _Half(theme, self, left=False)
        self.caret.setAccessibleName(_("More ways to send"))
        self.caret.setToolTip(_("More ways to send"))
        self.caret.clicked.connect(self._open_menu)
        self.more = IconButton(theme, "ellipsis", _("More"), side=NORMAL)
        self.more.clicked.connect(self._open_more)
        self._saved = ElidedLabel(theme, "", "small", "secondary")
        self._mark = _Mark(theme)
        self.attach, self.picture, self.discard = (
            self._tool(name) for name in (Write.ATTACH, Write.PICTURE, Write.DISCARD)
        )
        pair = QHBoxLayout()
        pair.setSpacing(0)
        pair.addWidget(self.send)
        pair.addWidget(self.caret)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        row.addLayout(pair)
        row.addSpacing(4)
        for each in (self.attach, self.picture, self.more):
            row.addWidget(each)
        row.addStretch(1)
        row.addWidget(reminder)
        row.addWidget(self._mark)
        row.addSpacing(-4)
        row.addWidget(self._saved)
        row.addWidget(self.discard)

    def say(self, words: str, *, icon: str = "", colour: str = "secondary", whole: str = "") -> None:
        """Say how the draft stands; `whole` is a longer sentence for the tooltip."""
        self._saved.set_colour(colour)
        self._saved.set_text(words, whole)
        self._mark.show_icon(icon, colour)

    def _show_keys(self) -> None:
        self.send.setToolTip(tip(_("Send"), self._actions.key_of(Write.SEND)))

    def _tool(self, name: Write) -> IconButton:
        button = IconButton(self._theme, _ICONS[name], "", side=NORMAL, parent=self)
        button.follow(self._actions[name])
        return button

    def _open_menu(self) -> None:
        menu = Menu(self._theme, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name in (Write.SEND, Write.SEND_LATER, Write.SEND_AND_ARCHIVE, Write.REMIND):
            action = self._actions[name]
            if action.isVisible():
                keys = self._actions.key_of(name)
                menu.add(action.text(), action.trigger, icon=_ICONS[name], shortcut=keys)
        size = menu.sizeHint()
        menu.popup(self.send.mapToGlobal(QPoint(0, -size.height() - 4)))

    def _open_more(self) -> None:
        menu = Menu(self._theme, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.more_wanted.emit(menu)
        size = menu.sizeHint()
        menu.popup(self.more.mapToGlobal(QPoint(0, -size.height() - 4)))

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self._theme.tokens.border, Qt.Edge.TopEdge)


class _Mark(QWidget):
    """The sign before the words on the draft."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._icon = self._colour = ""
        self.setFixedSize(14, 14)

    def show_icon(self, icon: str, colour: str) -> None:
        """Show another sign, "" for none."""
        self._icon, self._colour = icon, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._icon:
            colour = self._theme.tokens.named(self._colour)
            QPainter(self).drawPixmap(QPoint(0, 0), pixmap(self._icon, 14, colour, self.devicePixelRatioF()))
