"""The sheet of keys: every action that has one, by group, in as many columns as there is room for. GUI thread.

What has no key is found by searching. It shows the keys of this moment, also when they change beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.actions import Catalogue
from desktop.ui.keymap import Keymap, shown
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.dialog import ReturningDialog
from desktop.ui.widgets.fields import LineEdit
from desktop.ui.widgets.key_caps import KeyCaps, caps_width, read_out
from desktop.ui.widgets.labels import ElidedLabel, Paragraph
from desktop.ui.widgets.paint import hairline

_SIZE, _ROOM = QSize(1000, 640), QSize(48, 60)
_COLUMN_PX, _GAP_PX = 272, 28
_LINE_PX, _HEADING_PX, _APART_PX = 26, 28, 14


class CheatSheet(ReturningDialog):
    """A window beside its own; Esc closes it."""

    change_wanted = Signal()
    """The person wants to change keys."""

    def __init__(
        self, theme: Theme, keymap: Keymap, catalogues: Sequence[Catalogue], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._keymap, self._catalogues = theme, keymap, tuple(catalogues)
        self.setWindowTitle(_("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        room = parent.window().size() - _ROOM if parent is not None else _SIZE
        self.resize(_SIZE.boundedTo(room))
        self.field = LineEdit(theme, _("Search actions and keys"), placeholder=_("Search actions and keys"))
        self.field.setMaximumWidth(360)
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.change = Button(theme, _("Change keys…"), icon="keyboard")
        self.change.clicked.connect(self.change_wanted)
        self._nothing = Paragraph(theme, _("No action is called so"), "body", "secondary")
        self.sheet = _Sheet(theme)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self.sheet)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setAccessibleName(_("Keyboard shortcuts"))
        top = QHBoxLayout()
        top.setContentsMargins(24, 16, 24, 16)
        top.setSpacing(12)
        top.addWidget(self.field, 1)
        top.addStretch(1)
        top.addWidget(self.change)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._nothing)
        column.addWidget(self._scroll, 1)
        self._nothing.setContentsMargins(24, 0, 24, 0)
        keymap.changed.connect(self._fill)
        self._fill()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the keys that scroll do so while the field has the keyboard."""
        pressed = event if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress else None
        if pressed is not None and (key := pressed.key()) in _SCROLLS:
            bar = self._scroll.verticalScrollBar()
            step = bar.pageStep() if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) else 2 * _LINE_PX
            bar.setValue(bar.value() + (step if key in (Qt.Key.Key_PageDown, Qt.Key.Key_Down) else -step))
            return True
        return super().eventFilter(watched, event)

    def _fill(self, _text: str = "") -> None:
        words = self.field.text().casefold().split()
        blocks = []
        for catalogue in self._catalogues:
            keys = self._keymap.keys(catalogue)
            for group in catalogue.groups:
                lines = [(spec.words().rstrip("…"), keys[catalogue.stored_name(spec)]) for spec in group.specs]
                found = [line for line in lines if _fits(*line, words)]
                if found:
                    blocks.append((group.words(), found))
        self.sheet.show_blocks(blocks)
        self._nothing.setVisible(not blocks)


_SCROLLS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)

_Block = tuple[str, list[tuple[str, tuple[str, ...]]]]


def _fits(words: str, keys: Sequence[str], wanted: Sequence[str]) -> bool:
    if not wanted:
        return bool(keys)
    text = " ".join((words, *(shown(key) for key in keys))).casefold()
    return all(word in text for word in wanted)


class _Sheet(QWidget):
    """The groups one below the other, column beside column, the columns about as long as one another."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._blocks: list[QWidget] = []

    def show_blocks(self, blocks: Sequence[_Block]) -> None:
        """Show other groups."""
        for block in self._blocks:
            block.hide()
            block.deleteLater()
        self._blocks = [_GroupBlock(self._theme, heading, lines, self) for heading, lines in blocks]
        for block in self._blocks:
            block.show()
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._lay_out()

    def _lay_out(self) -> None:
        inner = self.width() - 48
        count = max(1, (inner + _GAP_PX) // (_COLUMN_PX + _GAP_PX))
        width = (inner - (count - 1) * _GAP_PX) // count
        heights = [block.sizeHint().height() + _APART_PX for block in self._blocks]
        most = _least_height(heights, count)
        column, top, lowest = 0, 0, 0
        for block, height in zip(self._blocks, heights, strict=True):
            if top and top + height > most:
                column, top = column + 1, 0
            block.setGeometry(24 + column * (width + _GAP_PX), top, width, height - _APART_PX)
            top += height
            lowest = max(lowest, top)
        self.setMinimumHeight(lowest)


def _least_height(heights: Sequence[int], count: int) -> int:
    """Return the least height at which so many columns hold everything in its order."""
    for most in sorted(
        {sum(heights[first:last]) for first in range(len(heights)) for last in range(first + 1, len(heights) + 1)}
    ):
        columns, top = 1, 0
        for height in heights:
            if top and top + height > most:
                columns, top = columns + 1, 0
            top += height
        if columns <= count and most >= max(heights):
            return most
    return 0


class _GroupBlock(QWidget):
    """A heading, and a line for each action."""

    def __init__(
        self, theme: Theme, heading: str, lines: Sequence[tuple[str, tuple[str, ...]]], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._height = _HEADING_PX + _LINE_PX * len(lines)
        self.setAccessibleName(heading)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        title = ElidedLabel(theme, heading, "body-strong", "accent")
        title.setFixedHeight(_HEADING_PX)
        column.addWidget(title)
        for words, keys in lines:
            column.addWidget(_ActionLine(theme, words, keys))

    def sizeHint(self) -> QSize:
        return QSize(_COLUMN_PX, self._height)


class _ActionLine(QWidget):
    """What is done, and its keys at the right end."""

    def __init__(self, theme: Theme, words: str, keys: tuple[str, ...]) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(_LINE_PX)
        self.setAccessibleName(", ".join(part for part in (words, read_out(keys)) if part))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        label = ElidedLabel(theme, words, "body")
        fitting = keys
        while len(fitting) > 1 and label.sizeHint().width() + 8 + caps_width(theme, fitting) > _COLUMN_PX:
            fitting = fitting[:-1]
        row.addWidget(label, 1)
        row.addWidget(KeyCaps(theme, fitting))

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self._theme.tokens.subtle, Qt.Edge.BottomEdge)
