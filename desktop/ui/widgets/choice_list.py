"""Lines to choose from under a field that keeps the focus: suggestions of the search, folders to move to. GUI thread.

A list by name for screen readers; headings between the lines cannot be chosen. Everything is drawn as plain text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.ui import icons
from desktop.ui.line_texts import one_line
from desktop.ui.theme import Theme, font
from desktop.ui.widgets.key_caps import caps_width, draw_caps, read_out
from desktop.ui.widgets.paint import draw_text, soft_shadow

_LINE, _HEADING = 28, 24
_PADDING = 4
_SHADOW = 12
_NOTE_LEFT = 112

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Choice:
    """One line. A heading has no value. `note` stands in a second column, `keys` as caps at the right end."""

    text: str
    icon: str = ""
    note: str = ""
    value: object = None
    heading: bool = False
    keys: tuple[str, ...] = ()


class _Role(IntEnum):
    CHOICE = Qt.ItemDataRole.UserRole + 1


class _Choices(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.choices: tuple[Choice, ...] = ()

    def show(self, choices: Sequence[Choice]) -> None:
        self.beginResetModel()
        self.choices = tuple(choices)
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.choices):
            return None
        choice = self.choices[index.row()]
        if role == _Role.CHOICE:
            return choice
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            parts = (one_line(choice.text), one_line(choice.note), read_out(choice.keys))
            return ", ".join(part for part in parts if part)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not 0 <= index.row() < len(self.choices) or self.choices[index.row()].heading:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren


class _Lines(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.columns = True
        self.line = _LINE
        self.icons = False
        """Some lines have one: the words of all stand beside them."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        choice = index.data(_Role.CHOICE)
        return QSize(160, _HEADING if isinstance(choice, Choice) and choice.heading else self.line)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        choice = index.data(_Role.CHOICE)
        if not isinstance(choice, Choice):
            return
        tokens, place = self._theme.tokens, option.rect
        hot = bool(option.state & QStyle.StateFlag.State_Selected)
        if choice.heading:
            painter.setFont(font("micro"))
            painter.setPen(tokens.secondary)
            painter.drawText(place.adjusted(8, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, one_line(choice.text))
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if hot:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.soft)
            painter.drawRoundedRect(place, 4, 4)
        left = place.left() + 8
        if choice.icon:
            colour = tokens.accent if hot else tokens.secondary
            scale = painter.device().devicePixelRatioF()
            painter.drawPixmap(
                left, place.top() + (place.height() - 16) // 2, icons.pixmap(choice.icon, 16, colour, scale)
            )
        if self.icons:
            left += 24
        painter.setFont(font("body-medium"))
        painter.setPen(tokens.accent if hot else tokens.text)
        metrics, right = painter.fontMetrics(), place.right() - 8
        if choice.keys:
            draw_caps(painter, self._theme, choice.keys, place.adjusted(0, 0, -8, 0))
            right -= caps_width(self._theme, choice.keys) + 8
            painter.setFont(font("body-medium"))
            painter.setPen(tokens.accent if hot else tokens.text)
        baseline = place.top() + (place.height() - metrics.ascent() - metrics.descent()) // 2 + metrics.ascent()
        note, most = one_line(choice.note), right - left
        if note and not self.columns:
            most = round(most * 0.6)
        text = metrics.elidedText(one_line(choice.text), Qt.TextElideMode.ElideRight, most)
        draw_text(painter, text, left, baseline)
        used = left + metrics.horizontalAdvance(text) + 12
        if note:
            painter.setFont(font("small"))
            painter.setPen(tokens.secondary)
            small = painter.fontMetrics()
            start = max(used, place.left() + 32 + _NOTE_LEFT) if self.columns else used
            shown = small.elidedText(note, Qt.TextElideMode.ElideRight, max(0, right - start))
            if not self.columns:
                start = right - small.horizontalAdvance(shown)
            draw_text(painter, shown, start, baseline)


class ChoiceList(QListView):
    """The lines. The field above moves the choice with `step` and takes it with `current`.

    One that `walks` has the keyboard itself, and the mouse passing over it chooses nothing.
    """

    chosen = Signal(object)
    """The value of a line a person clicked."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        *,
        columns: bool = True,
        walks: bool = False,
        line: int = _LINE,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices = _Choices(self)
        self._lines = _Lines(theme, self)
        self._lines.columns = columns
        self._lines.line = line
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if walks else Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(not walks)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(self._lines)
        self.setModel(self._choices)
        if not walks:
            self.entered.connect(self._entered)
        self.clicked.connect(self._clicked)

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self._choices.choices

    @property
    def current(self) -> Choice | None:
        """The line that is chosen now."""
        row = self.currentIndex().row()
        return self._choices.choices[row] if 0 <= row < len(self._choices.choices) else None

    def show_choices(self, choices: Sequence[Choice], *, choose_first: bool) -> None:
        """Show other lines."""
        self._lines.icons = any(choice.icon for choice in choices)
        self._choices.show(choices)
        if choose_first:
            self.step(1)

    def step(self, way: int) -> None:
        """Choose the next line (1) or the one before (-1), round the ends."""
        usable = [row for row, choice in enumerate(self._choices.choices) if not choice.heading]
        if not usable:
            return
        current = self.currentIndex().row()
        at = usable.index(current) + way if current in usable else (0 if way > 0 else -1)
        index = self._choices.index(usable[at % len(usable)])
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def choose(self, is_it: Callable[[object], bool]) -> None:
        """Choose the line whose value it is, where there is one."""
        for row, choice in enumerate(self._choices.choices):
            if not choice.heading and is_it(choice.value):
                self.setCurrentIndex(self._choices.index(row))
                self.scrollTo(self._choices.index(row))

    def lines_height(self, most: int) -> int:
        """Return how high all lines are together, at most `most` px."""
        whole = sum(_HEADING if choice.heading else self._lines.line for choice in self._choices.choices)
        return min(whole, most)

    def paintEvent(self, e: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(e.rect(), self._theme.tokens.raised)  # lists in general have the ground of the page
        painter.end()
        super().paintEvent(e)

    def _entered(self, index: QModelIndex) -> None:
        if self._choices.flags(index) & Qt.ItemFlag.ItemIsSelectable:
            self.setCurrentIndex(index)

    def _clicked(self, index: QModelIndex) -> None:
        choice = self._choices.choices[index.row()]
        if not choice.heading:
            self.chosen.emit(choice.value)


class PopupFrame(QWidget):
    """A raised card with a shadow that lies on its window, so that the field keeps the focus."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(host.window())
        self._theme = theme
        self._host = host
        self.column = QVBoxLayout(self)
        margin = _SHADOW + _PADDING
        self.column.setContentsMargins(margin, margin, margin, margin)
        self.column.setSpacing(_PADDING)
        self.hide()

    def place(self, corner: QPoint, size: QSize) -> None:
        """Lie with the card's left top corner at a point of the window."""
        area = QRect(corner, size)
        if self.parentWidget() is not self._host.window():  # made before its host stood in a window
            self.setParent(self._host.window())
        room = self._host.window().rect()
        area.moveRight(min(area.right(), room.right() - 8))
        area.setBottom(min(area.bottom(), room.bottom() - 8))
        self.setGeometry(area.adjusted(-_SHADOW, -_SHADOW, _SHADOW, _SHADOW))
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        card = self.rect().adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        soft_shadow(painter, card, 8, _SHADOW, dark=tokens.dark)
        painter.setPen(QPen(tokens.border, 1))
        painter.setBrush(tokens.raised)
        painter.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)


POPUP_PADDING = 2 * _PADDING
"""What a card needs in each direction beside its lines."""
