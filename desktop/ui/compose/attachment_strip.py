"""What goes along: cards of 44x216, a place to drop more, and how much it is together. It only asks; the window acts.

Names are those of the person's own files and of mails he answers: plain text, made safe to write down before they are
shown (C20, C45). GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.i18n import _, n_
from desktop.domain.mail import names
from desktop.domain.mail.draft import Enclosure
from desktop.ui.compose.editor import files_in
from desktop.ui.icons import pixmap
from desktop.ui.line_texts import one_line, size_text
from desktop.ui.theme import Theme
from desktop.ui.widgets.file_look import file_look
from desktop.ui.widgets.labels import ElidedLabel, plain_tip
from desktop.ui.widgets.menu import Menu
from desktop.ui.widgets.paint import CENTER, LEFT, line_of_text, rounded, text_width
from desktop.ui.widgets.painted_button import PaintedButton

CARD = QSize(216, 44)
GAP = 8
MOST_BYTES = 25_000_000
"""What many servers take at most: above it a person is warned."""
_DROP_PX = 134
_MOST_ROWS = 2


class AttachmentCard(PaintedButton):
    """One file, or one that is being read (`enclosure` is None)."""

    opened = Signal(object)
    removed = Signal(object)
    into_text = Signal(object)

    def __init__(self, theme: Theme, name: str, enclosure: Enclosure | None, parent: QWidget) -> None:
        super().__init__(theme, "", 6, parent)
        self.enclosure = enclosure
        self.setFixedSize(CARD)
        self._title = one_line(name) or _("Attachment")
        if enclosure is None:
            self._line = _("Being read…")
            self._icon, self._entity = file_look(name, "")
        else:
            extension = names.extension(name).upper()[:8]
            kind = extension or enclosure.media_type.rpartition("/")[2][:20]
            self._line = _("{kind}, {size}").format(kind=kind, size=size_text(enclosure.size_bytes))
            self._icon, self._entity = file_look(name, enclosure.media_type)
        self.setAccessibleName(_("Attachment {name}, {details}").format(name=self._title, details=self._line))
        self.setToolTip(plain_tip(self._title))

    @property
    def is_picture(self) -> bool:
        """Whether it may stand in the text."""
        return self.enclosure is not None and self.enclosure.media_type in PICTURES

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        rounded(painter, self.rect(), 6, t.hover if self._hot else t.raised, t.border)
        colour, ground = t.entities[self._entity]
        rounded(painter, QRect(8, 8, 28, 28), 5, ground)
        scale = self.devicePixelRatioF()
        painter.drawPixmap(QPoint(14, 14), pixmap(self._icon, 16, colour, scale))
        room = self.width() - 44 - (28 if self._hot or self.hasFocus() else 8)
        middle = Qt.TextElideMode.ElideMiddle
        line_of_text(
            painter, QRect(44, 5, room, 18), self._title, self._theme.font("body-medium"), t.text, LEFT, middle
        )
        small = self._theme.font("small")
        line_of_text(painter, QRect(44, 22, room, 16), self._line, small, t.secondary, LEFT)
        if self._hot or self.hasFocus():
            painter.drawPixmap(self._cross().topLeft(), pixmap("x", 14, t.secondary, scale))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._cross().adjusted(-4, -8, 6, 8).contains(event.position().toPoint()):
            self.removed.emit(self)
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(self)
        elif event.key() == Qt.Key.Key_Menu:
            self._menu(self.mapToGlobal(QPoint(8, self.height())))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._menu(event.globalPos())

    def _menu(self, where: QPoint) -> None:
        menu = Menu(self._theme, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ready = self.enclosure is not None
        menu.add(_("Open"), lambda: self.opened.emit(self.enclosure), icon="external-link", enabled=ready)
        if self.is_picture:
            menu.add(_("Put into the text"), lambda: self.into_text.emit(self), icon="image")
        menu.add(_("Remove"), lambda: self.removed.emit(self), icon="x", shortcut="Del")
        menu.popup(where)

    def _cross(self) -> QRect:
        return QRect(self.width() - 22, (self.height() - 14) // 2, 14, 14)


PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
"""Types of pictures a mail can show in its text."""


class _DropZone(PaintedButton):
    """A dashed place that says what may be dropped here; pressed, it asks for files."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, _("Drop files here"), 6, parent)
        self.setFont(theme.font("small"))
        self.is_target = False

    def sizeHint(self) -> QSize:
        return QSize(max(_DROP_PX, text_width(self.font(), self.text()) + 46), CARD.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.is_target
        if on or self._hot:
            rounded(painter, self.rect(), 6, t.soft if on else t.hover)
        pen = QPen(t.accent if on else t.field, 1, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1).toRectF().adjusted(0.5, 0.5, 0, 0), 6, 6)
        colour = t.accent if on else t.secondary
        words = text_width(self.font(), self.text())
        left = (self.width() - words - 20) // 2
        painter.drawPixmap(QPoint(left, 15), pixmap("plus", 14, colour, self.devicePixelRatioF()))
        area = QRect(left + 20, 0, words + 4, self.height())
        line_of_text(painter, area, self.text(), self.font(), colour, LEFT if words < self.width() else CENTER)


class _Grid(QWidget):
    """Lays the cards out in as many columns as fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles: list[QWidget] = []

    def lay_out(self, width: int, *, move: bool) -> int:
        """Return the height the tiles take in a width."""
        x = y = 0
        for tile in self.tiles:
            size = CARD if isinstance(tile, AttachmentCard) else QSize(tile.sizeHint().width() + 1, CARD.height())
            if x and x + size.width() > width:
                x, y = 0, y + CARD.height() + GAP
            if move:
                tile.setGeometry(QRect(QPoint(x, y), size))
                tile.show()
            x += size.width() + GAP
        return y + CARD.height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.lay_out(self.width(), move=True)


class AttachmentStrip(QWidget):
    """Hidden while nothing is attached and nothing is dragged over the window."""

    files_dropped = Signal(object)
    add_wanted = Signal()
    open_wanted = Signal(object)
    """An Enclosure; so with the next two."""
    removed = Signal(object)
    into_text = Signal(object)
    pending_dropped = Signal(str)
    """The name of a file that is being read and is no longer wanted."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._enclosures: tuple[Enclosure, ...] = ()
        self._pending: list[str] = []
        self.setAccessibleName(_("Attachments"))
        self._grid = _Grid()
        self.drop = _DropZone(theme, self._grid)
        self.drop.clicked.connect(self.add_wanted)
        self._area = QScrollArea()
        self._area.setWidget(self._grid)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._sum = ElidedLabel(theme, "", "small", "secondary", self._grid)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(4)
        column.addWidget(self._area)
        self.setAcceptDrops(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fill()

    @property
    def cards(self) -> tuple[AttachmentCard, ...]:
        """The cards, those of files being read last."""
        return tuple(tile for tile in self._grid.tiles if isinstance(tile, AttachmentCard))

    def show_files(self, enclosures: Sequence[Enclosure], pending: Sequence[str]) -> None:
        """Show a card for each file, and for each name of one that is being read."""
        if tuple(enclosures) != self._enclosures or list(pending) != self._pending:
            self._enclosures, self._pending = tuple(enclosures), list(pending)
            self._fill()

    def set_target(self, on: bool) -> None:
        """Show where files dragged over the window may go."""
        if self.drop.is_target is not on:
            self.drop.is_target = on
            self.drop.update()
            self._fit()

    def _fill(self) -> None:
        for card in self.cards:
            card.hide()
            card.deleteLater()
        files = [self._card(enclosure.name, enclosure) for enclosure in self._enclosures]
        self._grid.tiles = [*files, *(self._card(name, None) for name in self._pending), self.drop]
        total = sum(each.size_bytes for each in self._enclosures)
        count = len(self._enclosures)
        words = n_("{n} file, {size}", "{n} files, {size}", count).format(n=count, size=size_text(total))
        self._sum.set_text(words)
        if count > 1:
            self._grid.tiles.append(self._sum)
        self._sum.setVisible(count > 1)
        self._fit()

    def _card(self, name: str, enclosure: Enclosure | None) -> AttachmentCard:
        card = AttachmentCard(self._theme, names.safe_name(name) or name, enclosure, self._grid)
        card.opened.connect(self.open_wanted)
        if enclosure is not None:
            card.clicked.connect(lambda: self.open_wanted.emit(enclosure))
        card.removed.connect(lambda gone: self._remove(gone, name))
        card.into_text.connect(lambda chosen: self.into_text.emit(chosen.enclosure))
        return card

    def _remove(self, card: AttachmentCard, name: str) -> None:
        if card.enclosure is None:
            self.pending_dropped.emit(name)
        else:
            self.removed.emit(card.enclosure)

    def _fit(self) -> None:
        shown = bool(self._enclosures or self._pending or self.drop.is_target)
        self.setVisible(shown)
        width = max(self.width() - 32, CARD.width())
        most = _MOST_ROWS * (CARD.height() + GAP) - GAP + CARD.height() // 2
        self._area.setFixedHeight(min(self._grid.lay_out(width, move=False), most))
        self._grid.setMinimumHeight(self._grid.lay_out(width, move=True))
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files_in(event.mimeData()):
            event.acceptProposedAction()
            self.set_target(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.set_target(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.set_target(False)
        files: tuple[Path, ...] = files_in(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.files_dropped.emit(files)
