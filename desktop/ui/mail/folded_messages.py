"""The messages of a conversation that are not open: rows of 44 px, hairlines between, a count where there are many."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.base.text import one_line
from desktop.domain.mail.reading import MessageHead
from desktop.ui import dates
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.chips import avatar
from desktop.ui.widgets.giving_area import GivingArea
from desktop.ui.widgets.paint import LEFT, RIGHT, hairline, line_of_text, rounded
from desktop.ui.widgets.painted_button import PaintedButton

ROW = 44
COUNT_ROW = 32
SHOWN = 2
"""So many rows next to the open message; the others wait behind a count."""
AT_ONCE = 20
"""So many more come with each press on the count: a row costs a third of a millisecond."""
_MOST_HEIGHT = 5 * ROW


class FoldedMessage(PaintedButton):
    """One row: avatar, name, first words, attachment, date."""

    def __init__(self, theme: Theme, head: MessageHead, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", 0, parent)
        self.setFixedHeight(ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_head(head)

    def show_head(self, head: MessageHead) -> None:
        """Show this message."""
        self.head = head
        name = one_line(head.sender.display) or _("(no sender)")
        date = dates.row_date(head.date_ms, clock.now(), dates.zone())
        self._name, self._date = name, date
        state = _("unread") if head.unread else _("read")
        self.setAccessibleName(
            _("Message of {name}, {date}, {state}. {snippet}").format(
                name=name, date=date, state=state, snippet=one_line(head.snippet)
            )
        )
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        if self._hot:
            painter.fillRect(self.rect(), t.hover)
        hairline(painter, self.rect(), t.border, Qt.Edge.TopEdge)
        scale = self.devicePixelRatioF()
        sender = self.head.sender
        painter.drawPixmap(QPoint(20, 10), avatar(self._theme, one_line(sender.name), sender.address, 24, scale))
        if self.head.unread:
            rounded(painter, QRect(6, 18, 8, 8), 4, t.accent)
        strong = self._theme.font("body-strong" if self.head.unread else "body-medium")
        small = self._theme.font("small")
        right = self.width() - 20
        width = QFontMetrics(small).horizontalAdvance(self._date) + 2
        line_of_text(painter, QRect(right - width, 0, width, ROW), self._date, small, t.secondary, RIGHT)
        right -= width + 8
        if any(not part.inline for part in self.head.parts):
            painter.drawPixmap(QPoint(right - 14, 15), pixmap("paperclip", 14, t.secondary, scale))
            right -= 22
        left = 54
        taken = min(QFontMetrics(strong).horizontalAdvance(self._name) + 1, (right - left) // 2)
        line_of_text(painter, QRect(left, 0, taken, ROW), self._name, strong, t.text, LEFT)
        left += taken + 10
        line_of_text(painter, QRect(left, 0, right - left, ROW), one_line(self.head.snippet), small, t.secondary, LEFT)


class _Count(PaintedButton):
    """Stands for the rows that are not shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", 0, parent)
        self.setFixedHeight(COUNT_ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, COUNT_ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        if self._hot:
            painter.fillRect(self.rect(), t.hover)
        hairline(painter, self.rect(), t.border, Qt.Edge.TopEdge)
        drawn = pixmap("chevron-right", 12, t.secondary, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(26, 10), drawn)
        area = self.rect().adjusted(54, 0, -20, 0)
        line_of_text(painter, area, self.text(), self._theme.font("small-medium"), t.secondary, LEFT)


class FoldedMessages(GivingArea):
    """The rows above or below the open message; scrolls when there are many, or little room."""

    chosen = Signal(object)
    """The key of the message to open."""

    def __init__(self, theme: Theme, *, above: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._above = above
        self._heads: tuple[MessageHead, ...] = ()
        self._limit = SHOWN
        self._rows: dict[int, FoldedMessage] = {}
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.setWidget(self._inner)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._count = _Count(theme)
        self._count.clicked.connect(self._show_more)
        self._column.addWidget(self._count)
        self.hide()

    def show_heads(self, heads: Sequence[MessageHead]) -> None:
        """Show rows for these messages, oldest first."""
        if tuple(heads) == self._heads:
            return
        if {head.key for head in heads}.isdisjoint(head.key for head in self._heads):
            self._limit = SHOWN
        self._heads = tuple(heads)
        self._fill()

    def keys(self) -> tuple[int, ...]:
        """The messages these rows stand for."""
        return tuple(head.key for head in self._heads)

    def _fill(self) -> None:
        """Show the rows next to the open message up to the limit; the row of a message that stays stays."""
        count = len(self._heads)
        # a count of one row would take as much room as that row
        shown = count if count <= self._limit + 1 else self._limit
        heads = self._heads[count - shown :] if self._above else self._heads[:shown]
        wanted = {head.key for head in heads}
        for key in self._rows.keys() - wanted:
            row = self._rows.pop(key)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        first = 1 if self._above else 0
        for number, head in enumerate(heads, first):
            row = self._row(head)
            if self._column.indexOf(row) != number:
                self._column.insertWidget(number, row)
                row.show()  # at once, so that it can take the keyboard
        self._say_hidden(count - shown)
        height = shown * ROW + (COUNT_ROW if count > shown else 0)
        self.setVisible(count > 0)
        self.set_heights(min(height, _MOST_HEIGHT))

    def _row(self, head: MessageHead) -> FoldedMessage:
        row = self._rows.get(head.key)
        if row is None:
            row = self._rows[head.key] = FoldedMessage(self._theme, head)
            row.clicked.connect(lambda: self.chosen.emit(head.key))
        elif row.head != head:
            row.show_head(head)
        return row

    def _say_hidden(self, hidden: int) -> None:
        words = (
            n_("{n} older message", "{n} older messages", hidden)
            if self._above
            else n_("{n} newer message", "{n} newer messages", hidden)
        ).format(n=hidden)
        self._count.setText(words)
        self._count.setAccessibleName(words)
        self._count.setVisible(hidden > 0)

    def _show_more(self) -> None:
        """Show the next rows and give the keyboard to the one next to those that were there."""
        before = set(self._rows)
        self._limit += AT_ONCE
        self._fill()
        new = [head.key for head in self._heads if head.key in self._rows and head.key not in before]
        if new:
            row = self._rows[new[-1] if self._above else new[0]]
            row.setFocus(Qt.FocusReason.TabFocusReason)
            # laid out only now that there is more of it
            self._inner.adjustSize()
            self.ensureWidgetVisible(row)
