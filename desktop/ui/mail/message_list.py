"""The view of a message list: shows lines, scrolls, and says what a person did. GUI thread.

A QListView by name, so that screen readers find a list. Where lines lie, what is selected, where the cursor goes and
what stays while the list changes have modules of their own (`list_places`, `list_selection`, `list_cursor`,
`list_keeping`). It knows no service: it emits what was wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
from desktop.domain.mail.folder import Unified
from desktop.domain.settings import Density
from desktop.ui.mail import list_cursor, row_texts
from desktop.ui.mail import row_geometry as geometry
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.list_keeping import ListKeeping
from desktop.ui.mail.list_places import ListPlaces
from desktop.ui.mail.list_selection import ListSelection
from desktop.ui.mail.mail_drag import MailDragData, MailLoad, drag_picture
from desktop.ui.mail.message_delegate import MessageDelegate
from desktop.ui.mail.message_list_model import MessageListModel, place_of
from desktop.ui.mail.row_canvas import Look
from desktop.ui.mail.row_geometry import Action
from desktop.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_Command = QItemSelectionModel.SelectionFlag
_WHEEL_STEP = 24
_TURNS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
"""Keys that collapse or expand the day with the cursor."""


class MessageList(QListView):
    """Shows a `MessageListModel`. Keys in its signals are keys of mails."""

    selection_changed = Signal()
    followed = Signal(object, object)
    """The selected conversation got another newest mail: the key its row had, and the one it has now."""
    opened = Signal(object)
    """Enter or a double click on a mail."""
    picked = Signal(object)
    """A plain click on a mail."""
    acted = Signal(object, object)
    """An `Action` and the key of the row whose button was clicked."""
    rows_needed = Signal()
    """Lines were painted whose rows are missing: ask `wanted_keys`."""
    menu_wanted = Signal(QPoint)
    unfold_wanted = Signal(object)
    """The key of a conversation whose mails should be shown below it."""
    escaped = Signal()
    """Escape: the person wants out of a search or a filter."""
    resized = Signal()
    """The room for lines is another: the window was resized, or the scroll bar came or went."""
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
        self._picking = False
        """The click under way can only mean the mail below it."""
        self._places = ListPlaces(self, model, self._painter)
        self._selection = ListSelection(self, model)
        self._keeping = ListKeeping(self, model, self._places, self._selection)
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
        self.clicked.connect(self._clicked)

    # what others ask

    @property
    def painter_delegate(self) -> MessageDelegate:
        """The delegate, to set columns of the table."""
        return self._painter

    @property
    def current_key(self) -> int:
        """The key of the mail with the cursor; 0 when there is none."""
        return self._selection.current_key

    @property
    def current_row_key(self) -> int:
        """The key of the row with the cursor: of a mail below its conversation, that of the conversation."""
        place = place_of(self._model, self.currentIndex())
        return self._model.keys[place.position] if place is not None and place.position >= 0 else 0

    def selected_count(self) -> int:
        """Return how many mails or conversations are selected."""
        return self._selection.count()

    def selected_keys(self) -> tuple[int, ...]:
        """Return the keys of selected mails in the order they stand."""
        return tuple(self._selection.keys())

    def selected_load(self) -> MailLoad:
        """Return what an action on the selection means: folded conversations whole, and single mails."""
        return self._selection.load()

    def wanted_keys(self) -> list[int]:
        """Return keys in sight, and a page before and after, whose rows have to be read; those in sight come first."""
        first, last = self._places.in_sight()
        if last < 0:
            return []
        page = last - first + 1
        wanted = self._model.missing(first, last)
        seen = set(wanted)
        nearby = self._model.missing(max(0, first - page), last + page)
        return wanted + [key for key in nearby if key not in seen]

    def sees(self, key: int) -> bool:
        """Return whether a mail's line is in sight."""
        number = self._model.line_of(key)
        first, last = self._places.in_sight()
        return self.isVisible() and number is not None and first <= number <= last

    def set_density(self, density: Density) -> None:
        """Show rows of another height; what is at the top stays there, as a whole row."""
        self._keeping.take_anchor()
        self._painter.set_density(density)
        self.doItemsLayout()
        self._scroll_back()
        first, _last = self._places.in_sight()
        if self.verticalScrollBar().value() > 0 and self._places.of(first).top() < 0:
            self.scrollTo(self._model.index(first), QAbstractItemView.ScrollHint.PositionAtTop)

    def show_key(self, key: int, *, select: bool = True) -> bool:
        """Bring a mail into sight and put the cursor on it; False when it is not in the list."""
        number = self._model.line_of(key)
        if number is None:
            return False
        if select:
            self._choose(number)
        self.scrollTo(self._model.index(number))
        return True

    def select_keys(self, keys: Iterable[int]) -> None:
        """Select those of these mails that have a line; the cursor stays where it is."""
        chosen = QItemSelection()
        for key in keys:
            number = self._model.line_of(key)
            if number is not None:
                chosen.select(self._model.index(number), self._model.index(number))
        self.selectionModel().select(chosen, _Command.ClearAndSelect)

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
        if place_of(self._model, self.currentIndex()) is not None:
            self.selectionModel().select(self.currentIndex(), _Command.Toggle)

    def fold_all(self, folded: bool = True) -> None:
        """Collapse or expand every day."""
        self._model.collapse_all(folded)

    # what Qt asks

    def visualRect(self, index: _Index) -> QRect:
        if not index.isValid() or index.row() >= len(self._model.lines):
            return QRect()
        return self._places.of(index.row())

    def indexAt(self, p: QPoint) -> QModelIndex:
        return self._model.index(self._places.line_at(p.y())) if self._places.is_within(p.y()) else QModelIndex()

    def scrollTo(
        self, index: _Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        place, bar, height = self._places.of(index.row()), self.verticalScrollBar(), self.viewport().height()
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
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._places.height - self.viewport().height()))
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
        page = max(1, self.viewport().height() // self._painter.row_height - 1)
        found = list_cursor.moved(self._model, self.currentIndex().row(), cursorAction, page)
        if found is None:
            return self.currentIndex() if len(self._model.lines) else QModelIndex()
        return self._model.index(found)

    def setSelection(self, rect: QRect, command: _Command) -> None:
        place = rect.normalized()
        if not len(self._model.lines):
            return
        first, last = self._places.line_at(place.top()), self._places.line_at(place.bottom())
        self.selectionModel().select(QItemSelection(self._model.index(first), self._model.index(last)), command)

    def selectAll(self) -> None:
        # QAbstractItemView would ask about each of 200,000 lines
        count = len(self._model.lines)
        if count:
            every = QItemSelection(self._model.index(0), self._model.index(count - 1))
            self.selectionModel().select(every, _Command.ClearAndSelect)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def dataChanged(self, topLeft: _Index, bottomRight: _Index, roles: Sequence[int] = ()) -> None:
        if QAccessible.isActive():
            super().dataChanged(topLeft, bottomRight, roles)
        first, last = self._places.in_sight()
        for number in range(max(first, topLeft.row()), min(last, bottomRight.row()) + 1):
            self.viewport().update(self._places.of(number))

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.viewport().update()  # one selected row and several look different
        if not self._updating:
            self.selection_changed.emit()

    # painting

    def paintEvent(self, e: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(e.rect(), self._theme.tokens.bg)
        self._painter.set_today(
            self._model.now_ms,
            self._model.where,
            under_days=self._model.has_days,
            by_leaving=self._model.query.list_id == Unified.OUTBOX,
        )
        first, last = self._places.in_sight(e.rect())
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
            self._painter.paint_line(painter, self._places.of(number), line, look)
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
        if self._painter.height_at(self.width()) != self._painter.row_height:
            self._keeping.take_anchor()
            self._painter.set_width(self.width())
            self._scroll_back()
        self._painter.set_width(self.width())
        self.updateGeometries()
        self.resized.emit()

    # mouse and keys

    def mousePressEvent(self, e: QMouseEvent) -> None:
        self._picking = False
        point = e.position().toPoint()
        number = self.indexAt(point).row()
        if number >= 0 and e.button() is Qt.MouseButton.LeftButton:
            if self._model.lines.place(number).kind is LineKind.HEAD:
                self._model.toggle_group(number)
                return
            action = self._places.action_at(number, point)
            if action is not None:
                self.acted.emit(action, self._model.key_at(number))
                return
            self._picking = e.modifiers() == Qt.KeyboardModifier.NoModifier
        super().mousePressEvent(e)

    def mouseDoubleClickEvent(self, e: QMouseEvent) -> None:
        point = e.position().toPoint()
        number = self.indexAt(point).row()
        head = number >= 0 and self._model.lines.place(number).kind is LineKind.HEAD
        if head or (number >= 0 and self._places.action_at(number, point) is not None):
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
        if self.selected_count():
            self.menu_wanted.emit(point)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and self._plain_key(event.key()):
            return
        super().keyPressEvent(event)

    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        load = self.selected_load()
        if not load.count:
            return
        row = self._model.row(load.keys[0])
        title = row_texts.subject(row) if row is not None else ""
        drag = QDrag(self)
        drag.setMimeData(MailDragData(load, self.file_writer))
        drag.setPixmap(drag_picture(self._theme, title, load.count, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(16, 22))
        drag.exec(Qt.DropAction.MoveAction | Qt.DropAction.CopyAction, Qt.DropAction.MoveAction)

    # inside: keys and stops

    def _plain_key(self, key: int) -> bool:
        place = place_of(self._model, self.currentIndex())
        if key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif place is not None and place.kind is LineKind.HEAD and key in _TURNS:
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
            head = list_cursor.head_above(self._model, self.currentIndex().row())
            if head is not None:
                self._model.toggle_group(head)
                self.selectionModel().setCurrentIndex(self._model.index(head), _Command.ClearAndSelect)

    def _activated(self, index: QModelIndex) -> None:
        key = self._model.key_at(index.row())
        if key:
            if not self.selectionModel().isSelected(index):  # the cursor came with the focus alone
                self.selectionModel().select(index, _Command.ClearAndSelect)
            self.opened.emit(key)

    def _clicked(self, index: QModelIndex) -> None:
        key = self._model.key_at(index.row())
        if key and self._picking:
            self.picked.emit(key)

    def _step(self, way: int, *, unread: bool = False) -> bool:
        current = self.currentIndex()
        # Qt puts the cursor on the first line with the focus, without choosing it
        chosen = current.isValid() and self.selectionModel().isSelected(current)
        start = current.row() + way if chosen else max(0, current.row())
        found = list_cursor.next_mail(self._model, start, way, unread=unread)
        if found is not None:
            self._choose(found)
        return found is not None

    def _choose(self, number: int) -> None:
        """Select one line alone; `setCurrentIndex` would add it to the others while Ctrl or Shift is held."""
        self.selectionModel().setCurrentIndex(self._model.index(number), _Command.ClearAndSelect)

    # inside: the mouse, and staying where one is

    def _hover_at(self, point: QPoint | None) -> None:
        number = self.indexAt(point).row() if point is not None else -1
        mail = number >= 0 and self._model.lines.place(number).kind is not LineKind.HEAD
        hot = self._places.action_at(number, point) if mail and point is not None else None
        if (number, hot) == (self._hover, self._hot):
            return
        for changed in {self._hover, number}:
            if 0 <= changed < len(self._model.lines):
                self.viewport().update(self._places.of(changed))
        self._hover, self._hot = number, hot
        self.viewport().setToolTip("")

    def _scroll_back(self) -> None:
        self.updateGeometries()
        self._keeping.scroll_back()
        self.viewport().update()

    def _update_begins(self) -> None:
        self._updating = True
        self._hover, self._hot = -1, None
        self._keeping.take()

    def _update_ends(self, was_reset: bool) -> None:
        changed = self._keeping.select_back(was_reset)
        self._updating = False
        self._scroll_back()
        if self._keeping.followed is not None:
            self.followed.emit(*self._keeping.followed)
        if changed:
            self.selection_changed.emit()

    def _model_reset(self) -> None:
        if not self._updating:  # another list: begin at its top
            self._hover, self._hot = -1, None
            self.updateGeometries()
            self.verticalScrollBar().setValue(0)
            self.viewport().update()
