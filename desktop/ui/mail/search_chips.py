"""Operators of the search field look like chips, each with a cross that takes it out. GUI thread.

The field stays one line of text that can be edited anywhere: QLineEdit has no formats of its own but takes those of an
input method, and the room for a cross is the letter spacing after the last letter of a chip. The grounds are painted
below the text before the field paints it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QFont,
    QInputMethodEvent,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextFormat,
    QTextLayout,
    QTextLine,
)
from PySide6.QtWidgets import QLineEdit

from desktop.base.i18n import _
from desktop.ui.icons import pixmap
from desktop.ui.mail.search_segments import Segment, segments
from desktop.ui.theme import Theme
from desktop.ui.widgets.paint import rounded
from desktop.ui.widgets.painted_button import PaintedButton

_ROOM = 20
_GAP = 6
_PADDING = 4
_HEIGHT = 22
_SIDE = 16
_CURSOR_HALF = 5
"""How far left of the place between two letters the rectangle of a cursor begins."""


class SearchChips(QObject):
    """Lives with the edit of a search field."""

    def __init__(self, theme: Theme, edit: QLineEdit) -> None:
        super().__init__(edit)
        self._theme = theme
        self._edit = edit
        self._crosses: list[_Cross] = []
        self._grounds: list[QRect] = []
        self._drawing = False
        edit.textChanged.connect(self.draw)
        edit.cursorPositionChanged.connect(self.draw)
        edit.installEventFilter(self)
        theme.changed.connect(self.draw)

    @property
    def crosses(self) -> tuple[PaintedButton, ...]:
        """The crosses in sight, from the left."""
        return tuple(cross for cross in self._crosses if not cross.isHidden())

    def draw(self) -> None:
        """Set the operators of the text off and put their crosses in place."""
        if self._drawing:  # the event below tells of a change again
            return
        self._drawing = True
        edit, cursor = self._edit, self._edit.cursorPosition()
        text, writing = edit.text(), edit.cursorPosition() if edit.hasFocus() else -1
        found = segments(text)
        formats = [each for segment in found for each in self._formats(segment, segment.end != writing)]
        formats += [_spaced(QTextCharFormat(), one.end, 1, _GAP) for one in found if text[one.end : one.end + 1] == " "]
        kind = QInputMethodEvent.AttributeType.TextFormat
        attributes = [
            QInputMethodEvent.Attribute(kind, each.start - cursor, each.length, QTextFormat(each.format))
            for each in formats
        ]
        edit.event(QInputMethodEvent("", attributes))
        self._place(found, writing, cursor, formats)
        self._drawing = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.draw()
        elif event.type() is QEvent.Type.Paint:
            painter = QPainter(self._edit)
            for ground in self._grounds:
                rounded(painter, ground, 4, self._theme.tokens.soft)
            painter.end()
        return False

    def _formats(self, segment: Segment, crossed: bool) -> list[QTextLayout.FormatRange]:
        tokens, made = self._theme.tokens, []
        last = segment.end - 1
        for start, end, weight, spaced in (
            (segment.start, segment.value, QFont.Weight.Normal, False),
            (segment.value, last, QFont.Weight.Medium, False),
            (last, segment.end, QFont.Weight.Medium, crossed),
        ):
            look = QTextCharFormat()
            look.setForeground(tokens.accent)
            look.setFontWeight(weight)
            made.append(_spaced(look, start, end - start, _ROOM if spaced else 0))
        return made

    def _place(
        self, found: Sequence[Segment], writing: int, cursor: int, formats: list[QTextLayout.FormatRange]
    ) -> None:
        edit, text = self._edit, self._edit.text()
        layout = QTextLayout(text, edit.font())
        layout.setFormats(formats)
        layout.beginLayout()
        line = layout.createLine()
        layout.endLayout()
        seen = QRectF(edit.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle))
        # where the text begins, scrolled as it is, follows from where the cursor is
        begin = seen.left() + _CURSOR_HALF - (_x(line, cursor) if text else 0)
        top = (edit.height() - _HEIGHT) // 2
        self._grounds = []
        crossed = 0
        for segment in found:
            left, right = round(begin + _x(line, segment.start)), round(begin + _x(line, segment.end))
            if segment.end == writing:
                self._grounds.append(QRect(left - _PADDING, top, right - left + 2 * _PADDING, _HEIGHT))
                continue
            self._grounds.append(QRect(left - _PADDING, top, right - left + _PADDING, _HEIGHT))
            cross = self._cross(crossed)
            cross.serve(text[segment.start : segment.end], partial(self._remove, segment))
            cross.move(right - _SIDE - 2, (edit.height() - _SIDE) // 2)
            cross.setVisible(0 <= cross.x() <= edit.width() - _SIDE)
            crossed += 1
        for cross in self._crosses[crossed:]:
            cross.hide()
        edit.update()

    def _cross(self, number: int) -> _Cross:
        if number == len(self._crosses):
            self._crosses.append(_Cross(self._theme, self._edit))
        return self._crosses[number]

    def _remove(self, segment: Segment) -> None:
        text = self._edit.text()
        end = segment.end + (text[segment.end : segment.end + 1] == " ")
        self._edit.setSelection(segment.start, end - segment.start)
        self._edit.del_()
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)


class _Cross(PaintedButton):
    """Takes an operator out of the search. The keyboard deletes letters instead."""

    def __init__(self, theme: Theme, edit: QLineEdit) -> None:
        super().__init__(theme, "", 4, edit)
        self.setFixedSize(_SIDE, _SIDE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._act: partial[None] | None = None
        self.clicked.connect(self._do)

    def serve(self, operator: str, act: partial[None]) -> None:
        """Stand for an operator."""
        self._act = act
        self.setAccessibleName(_("Remove {operator}").format(operator=operator))
        self.setToolTip(_("Remove this condition"))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        drawn = pixmap("x", 12, tokens.text if self._hot else tokens.accent, self.devicePixelRatioF())
        QPainter(self).drawPixmap(QPoint(2, 2), drawn)

    def _do(self) -> None:
        if self._act is not None:
            self._act()


def _spaced(look: QTextCharFormat, start: int, length: int, space: int) -> QTextLayout.FormatRange:
    """Return a stretch in a look, with room after each letter where `space` is not 0."""
    if space:
        look.setFontLetterSpacingType(QFont.SpacingType.AbsoluteSpacing)
        look.setFontLetterSpacing(space)
    stretch = QTextLayout.FormatRange()
    stretch.start, stretch.length, stretch.format = start, length, look
    return stretch


def _x(line: QTextLine, position: int) -> float:
    """Return where in a laid-out line a position is; Qt returns the position along with it."""
    found: object = line.cursorToX(position)
    return float(found[0]) if isinstance(found, tuple) else 0.0
