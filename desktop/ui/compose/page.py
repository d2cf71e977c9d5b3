"""The part of the composer that scrolls: the text, and the quote below it. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop.ui.compose.editor import Editor
from desktop.ui.compose.quote_block import QuoteBlock
from desktop.ui.compose.speller import Speller
from desktop.ui.theme import Theme


class _Sheet(QWidget):
    """A press beside the text goes to its end."""

    def __init__(self, theme: Theme, editor: Editor, quote: QuoteBlock) -> None:
        super().__init__()
        self._theme = theme
        self._editor = editor
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(editor)
        column.addWidget(quote)
        column.addStretch(1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._editor.moveCursor(QTextCursor.MoveOperation.End)
        self._editor.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._theme.tokens.bg)


class Page(QScrollArea):
    """Holds the editor, which is as high as its text, and keeps its cursor where one can see it."""

    def __init__(self, theme: Theme, speller: Speller, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.editor = Editor(theme, speller, self._seen)
        self.quote = QuoteBlock(theme)
        self._sheet = _Sheet(theme, self.editor, self.quote)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._sheet)
        self.editor.cursorPositionChanged.connect(self._follow_cursor)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.editor.marks.look_soon())

    def resizeEvent(self, arg__1: QResizeEvent) -> None:
        super().resizeEvent(arg__1)
        self.editor.marks.look_soon()

    def _seen(self) -> QRect:
        """Return what of the editor one can see, in the coordinates of its text."""
        corner = self.editor.viewport().mapFrom(self._sheet, -self._sheet.pos())
        return QRect(corner, self.viewport().size())

    def _follow_cursor(self) -> None:
        if self.editor.hasFocus():
            place = self.editor.cursorRect()
            at = self.editor.viewport().mapTo(self._sheet, place.center())
            self.ensureVisible(at.x(), at.y(), 0, place.height() + 16)
