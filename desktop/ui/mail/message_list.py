"""The view of a message list: places lines, selects, scrolls, and says what a person did. GUI thread.

A QListView by name, so that screen readers find a list; the placing of lines is its own arithmetic over `LineMap`,
because Qt would ask for the height of each of 200,000 lines. It knows no service: it emits what was wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QCursor,
    QDrag,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from desktop.base.i18n import _
from desktop.domain.settings import Density
from desktop.ui.mail import row_geometry as geometry
from desktop.ui.mail import row_texts
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.mail_drag import MailDragData, MailLoad, drag_picture
from desktop.ui.mail.message_delegate import Look, MessageDelegate
from desktop.ui.mail.message_list_model import MessageListModel, place_of
from desktop.ui.mail.row_geometry import Action
from desktop.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_Command = QItemSelectionModel.SelectionFlag
_WHEEL_STEP = 24
_SUCCESSORS = 300
"""How far from the selection a neighbour is looked for when all that was selected goes."""


class MessageList(QListView):
    """Shows a `MessageListModel`. Keys in its signals are keys of mails."""

    selection_changed = Signal()
    opened = Signal(object)
    """Enter or a double click on a mail."""
    acted = Signal(object, object)
    """An `Action` and the key of the row whose button was clicked."""
    rows_needed = Signal()
    """Lines were painted whose rows are missing: ask `wanted_keys`."""
    menu_wanted = Signal(QPoint)
    unfold_wanted = Signal(object)
    """The key of a conversation whose mails should be shown below it."""
    escaped = Signal()
    """Escape: the person wants out of a search or a filter."""
    end_reached = Signal()
    """The last lines are in sight."""
    file_writer: Callable[[Sequence[int]], Sequence[Path]] | None = None
    """Writes mails as .eml files for drags to other programs."""

    def __init__(self, model: MessageListModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._painter = MessageDelegate(theme, self)
        self._hover = -1
        self._hot: Action | None = None
        self._updating = False
        self._kept_keys: tuple[int, ...] = ()
        self._kept_current = 0
        self._kept_conversation = 0
        self._neighbours: tuple[int, ...] = ()
        self._anchor: tuple[int, int] | None = None
        self._asking = QTimer(self, singleShot=True, interval=0)
        self._asking.timeout.connect(self.rows_needed)
        self.setAccessibleName(_("Messages"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # scrolling then moves what is painted
        self.setItemDelegate(self._painter)
        self.setModel(model)
        model.update_begins.connect(self._update_begins)
        model.update_ends.connect(self._update_ends)
        model.modelReset.connect(self._model_reset)
        theme.changed.connect(self.viewport().update)
        self.activated.connect(self._activated)

    # what others ask

    @property
    def painter_delegate(self) -> MessageDelegate:
        """The delegate, to set columns of the table."""
        return self._painter

    @property
    def current_key(self) -> int:
        """The key of the mail with the cursor; 0 when there is none."""
        return self._model.key_at(self.currentIndex().row()) if self.currentIndex().isValid() else 0

    def selected_count(self) -> int:
        """Return how many mails or conversations are selected."""
        return sum(self._model.lines.mails_between(first, last) for first, last in self._selected_parts())

    def selected_keys(self) -> tuple[int, ...]:
        """Return the keys of selected mails in the order they stand."""
        lines = self._model.lines
        return tuple(key for first, last in self._selected_parts() for key in lines.keys_between(first, last))

    def selected_load(self) -> MailLoad:
        """Return what an action on the selection means: folded conversations whole, and single mails."""
        keys = self.selected_keys()
        if not self._model.query.conversations:
            return MailLoad(mails=keys)
        whole = tuple(
            key for key in keys if not self._model.is_unfolded(key) and self._model.position_of(key) is not None
        )
        known = set(whole)
        return MailLoad(whole, tuple(key for key in keys if key not in known))

    def wanted_keys(self) -> list[int]:
        """Return keys in sight, and a page before and after, whose rows have to be read; those in sight come first."""
        first, last = self._lines_in_sight()
        if last < 0:
            return []
        page = last - first + 1
        wanted = self._model.missing(first, last)
        seen = set(wanted)
        nearby = self._model.missing(max(0, first - page), last + page)
        return wanted + [key for key in nearby if key not in seen]

    def set_density(self, density: Density) -> None:
        """Show rows of another height; what is at the top stays there."""
        self._anchor = self._take_anchor()
        self._painter.set_density(density)
        self.doItemsLayout()
        self._restore_anchor()

    def show_key(self, key: int, *, select: bool = True) -> bool:
        """Bring a mail into sight and put the cursor on it; False when it is not in the list."""
        number = self._model.line_of(key)
        if number is None:
            return False
        if select:
            self.setCurrentIndex(self._model.index(number))
        self.scrollTo(self._model.index(number))
        return True

    # moving by key

    def next(self) -> bool:
        """Go to the next mail; False at the end."""
        return self._step(1)

    def previous(self) -> bool:
        """Go to the mail before; False at the beginning."""
        return self._step(-1)

    def next_unread(self) -> bool:
        """Go to the next unread mail; False when none comes before the end or a row that was not read yet."""
        return self._step(1, unread=True)

    def previous_unread(self) -> bool:
        """Go to the unread mail before; False as for the next."""
        return self._step(-1, unread=True)

    def toggle_current(self) -> None:
        """Add the mail under the cursor to the selection, or take it out."""
        self.selectionModel().select(self.currentIndex(), _Command.Toggle)

    def fold_all(self, folded: bool = True) -> None:
        """Collapse or expand every day."""
        self._model.collapse_all(folded)

    # what Qt asks

    def visualRect(self, index: _Index) -> QRect:
        if not index.isValid() or index.row() >= len(self._model.lines):
            return QRect()
        return self._place(index.row())

    def indexAt(self, p: QPoint) -> QModelIndex:
        lines, row_height = self._model.lines, self._painter.row_height
        y = p.y() + self.verticalOffset()
        if not 0 <= y < lines.top(len(lines), geometry.HEAD_HEIGHT, row_height):
            return QModelIndex()
        return self._model.index(lines.line_at(y, geometry.HEAD_HEIGHT, row_height))

    def scrollTo(
        self, index: _Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        place, bar, height = self._place(index.row()), self.verticalScrollBar(), self.viewport().height()
        if hint is QAbstractItemView.ScrollHint.PositionAtTop or place.top() < 0:
            head = geometry.HEAD_HEIGHT if index.row() == 1 else 0  # the first mail brings the head of its day along
            bar.setValue(bar.value() + place.top() - head)
        elif hint is QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + place.center().y() - height // 2)
        elif place.bottom() >= height:
            bar.setValue(bar.value() + place.bottom() - height + 1)

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)  # QListView would measure every line

    def updateGeometries(self) -> None:
        lines, bar = self._model.lines, self.verticalScrollBar()
        height = lines.top(len(lines), geometry.HEAD_HEIGHT, self._painter.row_height)
        bar.setRange(0, max(0, height - self.viewport().height()))
        bar.setPageStep(max(1, self.viewport().height() - self._painter.row_height // 2))
        bar.setSingleStep(_WHEEL_STEP)

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        return 0

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(0, dy)
        self._hover_at(self.viewport().mapFromGlobal(QCursor.pos()) if self.underMouse() else None)
        if self.verticalScrollBar().value() >= self.verticalScrollBar().maximum() - self.viewport().height():
            self.end_reached.emit()

    def isIndexHidden(self, index: _Index) -> bool:
        return False

    def keyboardSearch(self, search: str) -> None:
        """Letters are shortcuts here, and a search would read every row."""

    def moveCursor(self, cursorAction: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        moves = QAbstractItemView.CursorAction
        count, at = len(self._model.lines), self.currentIndex().row()
        page = max(1, self.viewport().height() // self._painter.row_height - 1)
        if not count:
            return QModelIndex()
        if cursorAction in (moves.MoveHome, moves.MoveEnd):
            target, way = (0, 1) if cursorAction is moves.MoveHome else (count - 1, -1)
        elif cursorAction in (moves.MovePageUp, moves.MovePageDown):
            way = -1 if cursorAction is moves.MovePageUp else 1
            target = min(count - 1, max(0, at + way * page))
        else:
            way = -1 if cursorAction in (moves.MoveUp, moves.MovePrevious, moves.MoveLeft) else 1
            target = at + way
        found = self._stop_at(target, way)
        if found is None:
            found = self._stop_at(target, -way) if at < 0 or abs(target - at) > 1 else None
        return self.currentIndex() if found is None else self._model.index(found)

    def setSelection(self, rect: QRect, command: _Command) -> None:
        place, lines, row_height = rect.normalized(), self._model.lines, self._painter.row_height
        if not len(lines):
            return
        offset = self.verticalOffset()
        first = lines.line_at(place.top() + offset, geometry.HEAD_HEIGHT, row_height)
        last = lines.line_at(place.bottom() + offset, geometry.HEAD_HEIGHT, row_height)
        self.selectionModel().select(QItemSelection(self._model.index(first), self._model.index(last)), command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def dataChanged(self, topLeft: _Index, bottomRight: _Index, roles: Sequence[int] = ()) -> None:
        if QAccessible.isActive():
            super().dataChanged(topLeft, bottomRight, roles)
        first, last = self._lines_in_sight()
        for number in range(max(first, topLeft.row()), min(last, bottomRight.row()) + 1):
            self.viewport().update(self._place(number))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.viewport().update()  # one selected row and several look different
        if not self._updating:
            self.selection_changed.emit()

    # painting

    def paintEvent(self, e: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(e.rect(), self._theme.tokens.bg)
        self._painter.set_today(self._model.now_ms, self._model.where)
        first, last = self._lines_in_sight(e.rect())
        chosen = self.selectionModel()
        multi = self.selected_count() > 1
        focused = self.hasFocus() and self.isActiveWindow()
        current, missing = self.currentIndex().row(), False
        for number in range(first, last + 1):
            line = self._model.line(number)
            head = line.kind is LineKind.HEAD
            missing = missing or (not head and line.row is None)
            selected = not head and chosen.isSelected(self._model.index(number))
            hovered = number == self._hover
            look = Look(selected, multi, focused, number == current, hovered, self._hot if hovered else None)
            self._painter.paint_line(painter, self._place(number), line, look)
        painter.end()
        if last >= 0 and (missing or self._model.missing(first, last)):
            self._asking.start()

    def changeEvent(self, e: QEvent) -> None:
        super().changeEvent(e)
        if e.type() == QEvent.Type.LayoutDirectionChange:
            self.setProperty("mirrored", self.isRightToLeft())
        elif e.type() == QEvent.Type.ActivationChange:
            self.viewport().update()

    def resizeEvent(self, e: QResizeEvent) -> None:
        self.updateGeometries()

    # mouse and keys

    def mousePressEvent(self, e: QMouseEvent) -> None:
        point = e.position().toPoint()
        number = self.indexAt(point).row()
        if number >= 0 and e.button() is Qt.MouseButton.LeftButton:
            if self._model.lines.place(number).kind is LineKind.HEAD:
                self._model.toggle_group(number)
                return
            action = self._action_at(number, point)
            if action is not None:
                self.acted.emit(action, self._model.key_at(number))
                return
        super().mousePressEvent(e)

    def mouseDoubleClickEvent(self, e: QMouseEvent) -> None:
        point = e.position().toPoint()
        number = self.indexAt(point).row()
        head = number >= 0 and self._model.lines.place(number).kind is LineKind.HEAD
        if head or (number >= 0 and self._action_at(number, point) is not None):
            self.mousePressEvent(e)
            return
        super().mouseDoubleClickEvent(e)

    def mouseMoveEvent(self, e: QMouseEvent) -> None:
        self._hover_at(e.position().toPoint())
        super().mouseMoveEvent(e)

    def leaveEvent(self, e: QEvent) -> None:
        self._hover_at(None)
        super().leaveEvent(e)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover_at(event.position().toPoint())
        super().enterEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            return True  # nothing said in a row goes into a tooltip, which may read it as rich text
        return super().viewportEvent(event)

    def contextMenuEvent(self, a0: QContextMenuEvent) -> None:
        point = a0.globalPos()
        if a0.reason() is QContextMenuEvent.Reason.Keyboard and self.currentIndex().isValid():
            point = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).center())
        if self.selected_keys():
            self.menu_wanted.emit(point)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and self._plain_key(event.key()):
            return
        super().keyPressEvent(event)

    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        load = self.selected_load()
        if not load.keys:
            return
        row = self._model.row(load.keys[0])
        title = row_texts.subject(row) if row is not None else ""
        drag = QDrag(self)
        drag.setMimeData(MailDragData(load, self.file_writer))
        drag.setPixmap(drag_picture(self._theme, title, len(load.keys), self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(16, 22))
        drag.exec(Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, Qt.DropAction.MoveAction)

    # inside: keys and stops

    def _plain_key(self, key: int) -> bool:
        place = place_of(self._model, self.currentIndex())
        if key == Qt.Key.Key_X and place is not None:
            self.toggle_current()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif (
            place is not None
            and place.kind is LineKind.HEAD
            and key
            in (
                Qt.Key.Key_Left,
                Qt.Key.Key_Right,
                Qt.Key.Key_Return,
                Qt.Key.Key_Enter,
                Qt.Key.Key_Space,
            )
        ):
            self._model.toggle_group(self.currentIndex().row())
        elif place is not None and key == Qt.Key.Key_Right:
            if self._model.query.conversations and place.kind is LineKind.MAIL:
                self.unfold_wanted.emit(place.key)
        elif place is not None and key == Qt.Key.Key_Left:
            self._leave(place.kind, place.position, place.key)
        else:
            return False
        return True

    def _leave(self, kind: LineKind, position: int, key: int) -> None:
        """Go out of a conversation, then fold it, then collapse the day."""
        if kind is LineKind.CHILD:
            self.show_key(self._model.keys[position])
        elif self._model.is_unfolded(key):
            self._model.fold(key)
        else:
            for number in range(self.currentIndex().row(), -1, -1):
                if self._model.lines.place(number).kind is LineKind.HEAD:
                    self._model.toggle_group(number)
                    self.selectionModel().setCurrentIndex(self._model.index(number), _Command.ClearAndSelect)
                    return

    def _activated(self, index: QModelIndex) -> None:
        key = self._model.key_at(index.row())
        if key:
            self.opened.emit(key)

    def _stop_at(self, target: int, way: int) -> int | None:
        """Return the first line from `target` on where the cursor may rest: a mail or a collapsed day."""
        number = target
        while 0 <= number < len(self._model.lines):
            line = self._model.lines.place(number)
            if line.kind is not LineKind.HEAD or self._model.line(number).collapsed:
                return number
            number += way
        return None

    def _step(self, way: int, *, unread: bool = False) -> bool:
        current = self.currentIndex()
        # Qt puts the cursor on the first line with the focus, without choosing it
        chosen = current.isValid() and self.selectionModel().isSelected(current)
        number = current.row() + way if chosen else max(0, current.row())
        while 0 <= number < len(self._model.lines):
            key = self._model.key_at(number)
            row = self._model.row(key) if key else None
            if key and unread and row is None:
                return False
            if key and (not unread or (row is not None and row.unread)):
                self.setCurrentIndex(self._model.index(number))
                return True
            number += way
        return False

    # inside: places

    def _place(self, number: int) -> QRect:
        lines, row_height = self._model.lines, self._painter.row_height
        top = lines.top(number, geometry.HEAD_HEIGHT, row_height)
        height = lines.top(number + 1, geometry.HEAD_HEIGHT, row_height) - top
        return QRect(0, top - self.verticalOffset(), self.viewport().width(), height)

    def _lines_in_sight(self, part: QRect | None = None) -> tuple[int, int]:
        lines, row_height, seen = self._model.lines, self._painter.row_height, part or self.viewport().rect()
        top = seen.top() + self.verticalOffset()
        if not len(lines) or top >= lines.top(len(lines), geometry.HEAD_HEIGHT, row_height):
            return 0, -1
        first = lines.line_at(top, geometry.HEAD_HEIGHT, row_height)
        last = lines.line_at(seen.bottom() + self.verticalOffset(), geometry.HEAD_HEIGHT, row_height)
        return first, last

    def _selected_parts(self) -> list[tuple[int, int]]:
        """Return first and last line of every selected stretch, in the order they stand."""
        chosen = self.selectionModel().selection()
        return sorted((part.top(), part.bottom()) for part in map(chosen.at, range(chosen.count())))

    def _action_at(self, number: int, point: QPoint) -> Action | None:
        density = self._painter.density
        card = Density.COMPACT if density is Density.TABLE else density
        child = self._model.lines.place(number).kind is LineKind.CHILD
        actions = geometry.row_places(card, self.viewport().width(), child=child).actions
        if self.isRightToLeft():
            actions = geometry.mirrored(actions, self.viewport().width())
        return geometry.action_at(actions, point.x(), point.y() - self._place(number).top())

    def _hover_at(self, point: QPoint | None) -> None:
        number = self.indexAt(point).row() if point is not None else -1
        mail = number >= 0 and self._model.lines.place(number).kind is not LineKind.HEAD
        hot = self._action_at(number, point) if mail and point is not None else None
        if (number, hot) == (self._hover, self._hot):
            return
        for changed in {self._hover, number}:
            if 0 <= changed < len(self._model.lines):
                self.viewport().update(self._place(changed))
        self._hover, self._hot = number, hot
        self.viewport().setToolTip("")

    # inside: staying where one is while the list changes

    def _take_anchor(self) -> tuple[int, int] | None:
        """Return a key in sight and how far below the top it lies; None at the very top."""
        if self.verticalOffset() <= 0:
            return None
        first, last = self._lines_in_sight()
        known = [(key, self._place(n).top()) for n in range(first, last + 1) if (key := self._model.key_at(n))]
        # the first that is seen whole: of a row cut by the top it is not known which part matters
        return next((one for one in known if one[1] >= 0), known[0] if known else None)

    def _restore_anchor(self) -> None:
        self.updateGeometries()
        anchor, self._anchor = self._anchor, None
        number = self._model.line_of(anchor[0]) if anchor is not None else None
        if anchor is not None and number is not None:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self._place(number).top() - anchor[1])
        self.viewport().update()

    def _update_begins(self) -> None:
        self._updating = True
        self._hover, self._hot = -1, None
        self._anchor = self._take_anchor()
        self._kept_keys = self.selected_keys()
        self._kept_current = self.current_key
        row = self._model.row(self._kept_current) if self._model.query.conversations else None
        self._kept_conversation = row.conversation_key if row is not None else 0
        at = self._model.position_of(self._kept_current)
        keys = self._model.keys
        if at is None or not self._kept_keys:
            self._neighbours = ()
        else:
            before = tuple(keys[max(0, at - _SUCCESSORS) : at])
            self._neighbours = (*keys[at : at + _SUCCESSORS], *reversed(before))

    def _update_ends(self, was_reset: bool) -> None:
        if was_reset:
            self._select_again()
        if self._kept_keys and not self.selectionModel().hasSelection():
            self._select_neighbour()
        self._updating = False
        self._restore_anchor()
        if self.selected_keys() != self._kept_keys:
            self.selection_changed.emit()
        self._kept_keys, self._neighbours = (), ()

    def _select_again(self) -> None:
        chosen = QItemSelection()
        for key in self._kept_keys[:_SUCCESSORS]:
            number = self._model.line_of(key)
            if number is not None:
                chosen.select(self._model.index(number), self._model.index(number))
        current = self._model.line_of(self._kept_current)
        if current is not None:
            self.selectionModel().setCurrentIndex(self._model.index(current), _Command.NoUpdate)
        self.selectionModel().select(chosen, _Command.ClearAndSelect)

    def _select_neighbour(self) -> None:
        """Go on with the same conversation, whose row is now that of a newer mail, else with the next mail."""
        for key in (*self._newer_of_conversation(), *self._neighbours):
            number = self._model.line_of(key)
            if number is not None:
                self.selectionModel().setCurrentIndex(self._model.index(number), _Command.ClearAndSelect)
                return

    def _newer_of_conversation(self) -> list[int]:
        if not self._kept_conversation:
            return []
        known = ((key, self._model.row(key)) for key in self._model.keys[:_SUCCESSORS])
        return [key for key, row in known if row is not None and row.conversation_key == self._kept_conversation]

    def _model_reset(self) -> None:
        if not self._updating:  # another list: begin at its top
            self._hover, self._hot = -1, None
            self.updateGeometries()
            self.verticalScrollBar().setValue(0)
            self.viewport().update()
