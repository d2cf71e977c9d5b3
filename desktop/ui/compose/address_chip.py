"""One recipient as a chip: avatar, name, and a cross. 24 high; red when no mail can go there. GUI thread.

Its text came from outside: it is drawn as plain text, on one line, without marks that turn the reading direction.
"""

from __future__ import annotations

import json

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from desktop.base.i18n import _
from desktop.base.text import encodable
from desktop.domain.mail.address import Address
from desktop.domain.mail.address_write import is_fit
from desktop.ui.icons import pixmap
from desktop.ui.line_texts import one_line
from desktop.ui.theme import Theme
from desktop.ui.widgets.chips import avatar
from desktop.ui.widgets.labels import plain_tip
from desktop.ui.widgets.paint import LEFT, line_of_text, rounded, text_width
from desktop.ui.widgets.painted_button import PaintedButton

HEIGHT = 24
DRAG_TYPE = "application/x-rapport-recipients"
_AVATAR = 20
_CROSS = 12
_WIDEST_TEXT = 260


class AddressChip(PaintedButton):
    """One recipient. It only asks; its field acts."""

    removed = Signal(object)
    """The chip; so with the next ones."""
    edit_wanted = Signal(object)
    menu_wanted = Signal(object, QPoint)
    stepped = Signal(object, int)
    """The arrow keys: to the chip before (-1) or after (1); ±1000 to either end."""
    dragged_away = Signal(object)

    def __init__(self, theme: Theme, address: Address, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(theme, "", 12, parent)
        self.address = address
        self.is_wrong = not is_fit(address.address)
        self._title = one_line(address.display) or "?"
        self._pressed_at: QPoint | None = None
        self.setFont(theme.font("small-medium"))
        lines = [one_line(written(address))]
        if note:
            lines.append(one_line(note))
        if self.is_wrong:
            lines.append(wrong_words(address))
        self.setToolTip(plain_tip("\n".join(lines)))
        self.setAccessibleName(", ".join(lines))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def sizeHint(self) -> QSize:
        text = min(text_width(self.font(), self._title), _WIDEST_TEXT)
        return QSize(2 + _AVATAR + 6 + text + 4 + _CROSS + 8, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        chosen = self.hasFocus()
        ground = t.danger_soft if self.is_wrong else t.soft if chosen else t.hover2
        frame = t.danger if self.is_wrong and chosen else t.accent_border if chosen else None
        rounded(painter, self.rect(), 12, ground, frame)
        scale = self.devicePixelRatioF()
        if self.is_wrong:
            painter.drawPixmap(QPoint(6, 5), pixmap("circle-alert", 14, t.danger, scale))
        else:
            face = avatar(self._theme, self._title, self.address.address, _AVATAR, scale)
            painter.drawPixmap(QPoint(2, 2), face)
        left = 2 + _AVATAR + 6
        area = QRect(left, 0, self.width() - left - 4 - _CROSS - 8, HEIGHT)
        colour = t.danger if self.is_wrong else t.accent if chosen else t.text
        line_of_text(painter, area, self._title, self.font(), colour, LEFT)
        cross = t.text if self._hot else t.secondary
        painter.drawPixmap(self._cross().topLeft(), pixmap("x", _CROSS, cross, scale))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -1000, Qt.Key.Key_End: 1000}
        if key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.removed.emit(self)
        elif key in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit_wanted.emit(self)
        elif key == Qt.Key.Key_Menu:
            self.menu_wanted.emit(self, self.mapToGlobal(QPoint(8, HEIGHT)))
        elif key in steps:
            self.stepped.emit(self, steps[Qt.Key(key)])
        elif (
            event.text().isprintable() and event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.stepped.emit(self, 1000)  # who types goes on in the field
            event.ignore()
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            at = event.position().toPoint()
            if self._cross().adjusted(-4, -6, 6, 6).contains(at):
                self.removed.emit(self)
                return
            self._pressed_at = at
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.edit_wanted.emit(self)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        start = self._pressed_at
        if start is not None and event.buttons() & Qt.MouseButton.LeftButton:
            way = (event.position().toPoint() - start).manhattanLength()
            if way >= QApplication.startDragDistance():
                self._pressed_at = None
                self.setDown(False)
                self._drag()
                return
        super().mouseMoveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self, event.globalPos())

    def _drag(self) -> None:
        drag = QDrag(self)
        drag.setMimeData(carried((self.address,)))
        drag.setPixmap(self.grab())
        if drag.exec(Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, Qt.DropAction.MoveAction) is (
            Qt.DropAction.MoveAction
        ):
            self.dragged_away.emit(self)

    def _cross(self) -> QRect:
        return QRect(self.width() - 8 - _CROSS, (HEIGHT - _CROSS) // 2, _CROSS, _CROSS)


def wrong_words(address: Address) -> str:
    """Return why no mail can go there."""
    if not address.address:
        return _("“{text}” has no email address.").format(text=one_line(address.name))
    return _("“{text}” is not an email address.").format(text=one_line(str(address)))


def written(address: Address) -> str:
    """Return a recipient as a person writes him."""
    return str(address) if address.address else address.name


def carried(addresses: tuple[Address, ...]) -> QMimeData:
    """Return recipients for a drag or the clipboard: ours, and text for other programs."""
    made = QMimeData()
    pairs = [[encodable(each.name), encodable(each.address)] for each in addresses]
    made.setData(DRAG_TYPE, QByteArray(json.dumps(pairs).encode()))
    made.setText(", ".join(encodable(written(each)) for each in addresses))
    return made


def brought(source: QMimeData) -> tuple[Address, ...] | None:
    """Return the recipients of a drag of ours; None for anything else. Another program may have written them."""
    if not source.hasFormat(DRAG_TYPE):
        return None
    try:
        pairs = json.loads(bytes(source.data(DRAG_TYPE).data()))
        return tuple(Address(one_line(str(name)), one_line(str(address))) for name, address in pairs[:1000])
    except (ValueError, TypeError, RecursionError):
        return None
