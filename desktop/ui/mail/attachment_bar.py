"""The strip of attachments: a count, "Save all", and cards of 44 px, two a row. It only asks; the reader acts.

A card is pressed to open or dragged out to another program; its menu saves. A dangerous one says so in words and
colour, is never opened, and is saved after a question. GUI thread.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.i18n import _, n_
from desktop.base.text import one_line
from desktop.domain.mail import names
from desktop.domain.mail.message import Part
from desktop.domain.mail.names import Danger
from desktop.ui.icons import pixmap
from desktop.ui.line_texts import size_text
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.file_look import file_look
from desktop.ui.widgets.giving_area import GivingArea
from desktop.ui.widgets.labels import plain_tip
from desktop.ui.widgets.paint import LEFT, hairline, line_of_text, rounded
from desktop.ui.widgets.painted_button import PaintedButton

CARD = 44
GAP = 8
_HEAD = 32
_TWO_ROWS_FROM = 2
_MOST_ROWS = 2
_ONE_COLUMN_BELOW = 380
AT_ONCE = 20
"""So many cards are made before one asks for more: each costs a third of a millisecond."""


def danger_words(danger: Danger) -> str:
    """Return why an attachment is not opened, in one sentence."""
    return {
        Danger.PROGRAM: _("This is a program: it does what its sender wants as soon as it is opened."),
        Danger.MACROS: _("This document may carry macros, which are programs."),
        Danger.ACTIVE: _("This is a web page: opened in a browser, it runs its sender's scripts."),
        Danger.DISK: _("This is a disk image: what is inside escapes the warnings of the system."),
        Danger.DISGUISED: _("This file is not what its name says."),
        Danger.PACKED: _("This archive holds a program or another file that can do harm when it is opened."),
        Danger.SEALED: _("It cannot be seen from here what this archive holds."),
    }[danger]


class AttachmentCard(PaintedButton):
    """One attachment."""

    menu_wanted = Signal(object, QPoint)
    drag_wanted = Signal(object)

    def __init__(self, theme: Theme, part: Part, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", 6, parent)
        self.part = part
        self.danger = names.danger(part.name, part.media_type)
        self._pressed_at: QPoint | None = None
        self._progress: float | None = None
        self.setFixedHeight(CARD)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._title = one_line(part.name) or _("Attachment")
        extension = names.extension(part.name).upper()[:8]
        kind = extension or part.media_type.rpartition("/")[2][:20]
        self._line = _("{kind}, {size}").format(kind=kind, size=size_text(part.size_bytes))
        self.setAccessibleName(_("Attachment {name}, {details}").format(name=self._title, details=self._line))
        self.set_danger(self.danger)

    def set_danger(self, danger: Danger | None) -> None:
        """Mark it as dangerous, for its name or for what it turned out to hold."""
        self.danger = danger
        # a long name is cut in its middle; what it ends with matters most, so all of it can be read
        lines = (self._title,) if danger is None else (self._title, danger_words(danger))
        self.setToolTip(plain_tip("\n".join(lines)))
        self.update()

    @property
    def progress(self) -> float | None:
        """How much of it has been fetched; None when nothing is under way."""
        return self._progress

    def set_progress(self, share: float | None) -> None:
        """Show how much of it has been fetched."""
        self._progress = share
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, CARD)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, CARD)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        rounded(painter, self.rect(), 6, t.hover if self._hot else t.raised, t.border)
        icon, entity = file_look(self.part.name, self.part.media_type)
        colour, ground = t.entities[entity]
        if self.danger is not None:
            icon, colour, ground = "file-warning", t.danger, t.danger_soft
        rounded(painter, QRect(8, 8, 28, 28), 5, ground)
        painter.drawPixmap(QPoint(14, 14), pixmap(icon, 16, colour, self.devicePixelRatioF()))
        room = self.width() - 44 - 8
        middle = Qt.TextElideMode.ElideMiddle
        area = QRect(44, 5, room, 18)
        line_of_text(painter, area, self._title, self._theme.font("body-medium"), t.text, LEFT, middle)
        small = self._theme.font("small")
        if self._progress is not None:
            bar = QRect(44, 30, room, 4)
            rounded(painter, bar, 2, t.track)
            bar.setWidth(max(4, round(room * min(self._progress, 1.0))))
            rounded(painter, bar, 2, t.fill)
            return
        line, colour = self._line, t.secondary
        if self.danger is not None:
            line, colour = _("{details} · not safe").format(details=line), t.danger
        line_of_text(painter, QRect(44, 22, room, 16), line, small, colour, LEFT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        start = self._pressed_at
        if start is not None and event.buttons() & Qt.MouseButton.LeftButton:
            way = (event.position().toPoint() - start).manhattanLength()
            if way >= QApplication.startDragDistance():
                self._pressed_at = None
                self.setDown(False)
                self.drag_wanted.emit(self.part)
                return
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragged = event.button() is Qt.MouseButton.LeftButton and self._pressed_at is None
        self._pressed_at = None
        if not dragged:
            super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self.part, event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() is Qt.Key.Key_Menu:
            self.menu_wanted.emit(self.part, self.mapToGlobal(QPoint(8, self.height())))
            return
        super().keyPressEvent(event)


class _Grid(QWidget):
    """Lays cards out, two a row where there is room. Also what the scroll area scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[AttachmentCard] = []
        self.more: Button | None = None
        """Stands after the cards for those that are not there yet."""

    def rows(self, width: int) -> int:
        """Return how many rows the cards take at a width."""
        columns = 1 if width < _ONE_COLUMN_BELOW else _TWO_ROWS_FROM
        return -(-self._places() // columns)

    def place(self) -> None:
        """Put every card where it belongs."""
        columns = 1 if self.width() < _ONE_COLUMN_BELOW else _TWO_ROWS_FROM
        width = (self.width() - GAP * (columns - 1)) // columns
        for number, card in enumerate(self.cards):
            row, column = divmod(number, columns)
            card.setGeometry(column * (width + GAP), row * (CARD + GAP), width, CARD)
        if self.more is not None and not self.more.isHidden():
            row, column = divmod(len(self.cards), columns)
            size = self.more.sizeHint()
            top = row * (CARD + GAP) + (CARD - size.height()) // 2
            self.more.setGeometry(column * (width + GAP), top, min(size.width(), width), size.height())

    def _places(self) -> int:
        return len(self.cards) + (self.more is not None and not self.more.isHidden())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.place()


class AttachmentBar(QWidget):
    """Hidden for a mail without attachments."""

    open_requested = Signal(object)
    """A Part; so with the next two."""
    menu_requested = Signal(object, QPoint)
    drag_requested = Signal(object)
    save_all_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts: tuple[Part, ...] = ()
        self._summary = ("", "")
        self._limit = AT_ONCE
        self._grid = _Grid()
        self._grid.more = Button(theme, "", Kind.LINK, height=SMALL, parent=self._grid)
        self._grid.more.clicked.connect(self._show_more)
        self._grid.more.hide()
        self._area = GivingArea()
        self._area.setWidget(self._grid)
        self._save_all = Button(theme, _("Save all"), Kind.LINK, height=SMALL, parent=self)
        self._save_all.clicked.connect(self.save_all_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, _HEAD, 20, 12)
        column.addWidget(self._area)
        self.hide()

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is shown."""
        return self._parts

    def cards(self) -> tuple[AttachmentCard, ...]:
        """The cards, in order."""
        return tuple(self._grid.cards)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show a card for each part; parts the body shows inline are left out by the caller."""
        if tuple(parts) != self._parts:
            self._parts = tuple(parts)
            self._limit = AT_ONCE
        for card in self._grid.cards:
            card.set_progress(None)
        self._fill()
        count = len(self._parts)
        total = sum(part.size_bytes for part in self._parts)
        self._summary = (
            n_("{n} attachment", "{n} attachments", count).format(n=count),
            size_text(total),
        )
        self._save_all.setVisible(count > 1)
        self._fit()
        self.setVisible(count > 0)
        self.update()

    def _fill(self) -> None:
        """Show cards for the parts up to the limit; a card of a part that stays stays, with the keyboard."""
        shown = self._parts[: self._limit]
        there = self._grid.cards
        same = next((n for n, (card, part) in enumerate(zip(there, shown, strict=False)) if card.part != part), None)
        keep = min(len(there), len(shown)) if same is None else same
        for card in there[keep:]:
            card.hide()
            card.deleteLater()
        self._grid.cards = [*there[:keep], *(self._card(part) for part in shown[keep:])]
        hidden = len(self._parts) - len(shown)
        if self._grid.more is not None:
            self._grid.more.setText(n_("Show {n} more", "Show {n} more", hidden).format(n=hidden))
            self._grid.more.setVisible(hidden > 0)

    def _card(self, part: Part) -> AttachmentCard:
        card = AttachmentCard(self._theme, part, self._grid)
        card.clicked.connect(lambda: self.open_requested.emit(part))
        card.menu_wanted.connect(self.menu_requested)
        card.drag_wanted.connect(self.drag_requested)
        card.show()
        return card

    def _show_more(self) -> None:
        first = len(self._grid.cards)
        self._limit += AT_ONCE
        self._fill()
        self._fit()
        self._grid.cards[first].setFocus(Qt.FocusReason.TabFocusReason)
        self._area.ensureWidgetVisible(self._grid.cards[first])

    def set_progress(self, section: str, share: float | None) -> None:
        """Show the fetching of one part."""
        for card in self._grid.cards:
            if card.part.section == section:
                card.set_progress(share)

    def set_danger(self, section: str, danger: Danger) -> None:
        """Mark one part by what it turned out to hold."""
        for card in self._grid.cards:
            if card.part.section == section:
                card.set_danger(danger)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        hairline(painter, self.rect().adjusted(20, 0, -20, 0), t.border, Qt.Edge.TopEdge)
        strong = self._theme.font("small-strong")
        area = QRect(20, 0, self.width() - 40, _HEAD)
        line_of_text(painter, area, self._summary[0], strong, t.text, LEFT)
        painter.setFont(strong)
        left = painter.fontMetrics().horizontalAdvance(self._summary[0]) + 8
        line_of_text(painter, area.adjusted(left, 0, 0, 0), self._summary[1], self._theme.font("small"), t.secondary)

    def resizeEvent(self, event: QResizeEvent) -> None:
        size = self._save_all.sizeHint()
        self._save_all.setGeometry(self.width() - 20 - size.width() + 6, 4, size.width(), size.height())
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        rows = self._grid.rows(max(self.width() - 40, 1))
        shown = min(rows, _MOST_ROWS)
        self._grid.setMinimumHeight(max(rows * (CARD + GAP) - GAP, 0))
        self._area.set_heights(max(shown * (CARD + GAP) - GAP, 0))
        self._grid.place()
