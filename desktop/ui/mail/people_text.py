"""People one below the other, as text one selects and copies, each a place to press. GUI thread.

A press without a selection is meant for the person of that line. With the keyboard the arrows choose the line, Enter
presses it, and the menu key opens its menu. All of them are one widget: a mail may have two hundred recipients.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QTextEdit, QToolTip, QWidget

from desktop.base.text import one_line
from desktop.domain.mail.address import Address
from desktop.ui.mail.person_words import can_be_written_to, invitation
from desktop.ui.theme import FontKind, Theme
from desktop.ui.widgets.focus_ring import FocusRing
from desktop.ui.widgets.labels import plain_tip
from desktop.ui.widgets.wrapped_text import SelectableText

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class PeopleText(SelectableText):
    """`rest` is a last line that stands for nobody: how many are not listed."""

    chosen = Signal(object)
    """The Address that is to be written to."""
    menu_wanted = Signal(object, QPoint)
    moved = Signal(QRect)
    """The keyboard went to the line that lies there."""

    def __init__(
        self, theme: Theme, people: Sequence[Address], kind: FontKind, rest: str = "", parent: QWidget | None = None
    ) -> None:
        lines = [one_line(str(each)) for each in people]
        super().__init__(theme, "\n".join([*lines, rest] if rest else lines), kind, parent=parent)
        self._people = tuple(people)
        self._places = [number for number, each in enumerate(people) if can_be_written_to(each)]
        """The lines that can be pressed."""
        self._hot = self._current = self._pressed = -1
        self._ring = FocusRing(theme, self, 4)
        self.viewport().setMouseTracking(True)
        if self._places:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not event.buttons():
            self._hover(self._line_at(event.position().toPoint()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        left = event.button() is Qt.MouseButton.LeftButton
        self._pressed = self._line_at(event.position().toPoint()) if left else -1

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, -1
        here = self._line_at(event.position().toPoint())
        if pressed >= 0 and pressed == here and not self.textCursor().hasSelection():
            self.chosen.emit(self._people[pressed])

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self._pressed = -1

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        line = self._current if by_keyboard else self._line_at(event.pos())
        if line < 0 or self.textCursor().hasSelection():
            super().contextMenuEvent(event)
            return
        at = self.mapToGlobal(self._rect_of(line).bottomLeft()) if by_keyboard else event.globalPos()
        self.menu_wanted.emit(self._people[line], at)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self._line_at(event.pos())
            tip = plain_tip(invitation(self._people[line])) if line >= 0 else ""
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        if event.type() is QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring.focus_in(event)
        if event.reason() is Qt.FocusReason.TabFocusReason and self._places:
            self._go_to(self._places[0])
        elif event.reason() is Qt.FocusReason.BacktabFocusReason and self._places:
            self._go_to(self._places[-1])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring.focus_out()
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._current = -1
            self._mark()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()), 0)
        if self._current < 0:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.chosen.emit(self._people[self._current])
        elif step:
            at = self._places.index(self._current) + step
            self._go_to(self._places[min(max(at, 0), len(self._places) - 1)])
        else:
            super().keyPressEvent(event)

    def _go_to(self, line: int) -> None:
        self._current = line
        self._mark()
        self.moved.emit(self._rect_of(line))

    def _hover(self, line: int) -> None:
        if line != self._hot:
            self._hot = line
            over = line >= 0
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor)
            self._mark()

    def _mark(self) -> None:
        """Underline the line under the mouse and the one the keyboard chose."""
        marks: list[QTextEdit.ExtraSelection] = []
        for line in {self._hot, self._current} - {-1}:
            mark = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document().findBlockByNumber(line))
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            shape = QTextCharFormat()
            shape.setFontUnderline(True)
            mark.cursor, mark.format = cursor, shape
            marks.append(mark)
        self.setExtraSelections(marks)

    def _line_at(self, point: QPoint) -> int:
        """Return the line of a person whose text is at a point, -1 where there is none."""
        at = self.document().documentLayout().hitTest(QPointF(point), Qt.HitTestAccuracy.ExactHit)
        line = self.document().findBlock(at).blockNumber() if at >= 0 else -1
        return line if line in self._places else -1

    def _rect_of(self, line: int) -> QRect:
        block = self.document().findBlockByNumber(line)
        return self.document().documentLayout().blockBoundingRect(block).toAlignedRect()
