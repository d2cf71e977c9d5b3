"""The folder pane: chooses what the list shows, takes mails and folders that are dropped. GUI thread.

It remembers what is expanded and which list was open. It calls no service: it emits what was wanted.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from desktop.base.i18n import _
from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.mail_account import Activity
from desktop.ui.mail.folder_delegate import FolderDelegate
from desktop.ui.mail.folder_model import FolderModel
from desktop.ui.mail.folder_nodes import Node, NodeKind
from desktop.ui.mail.mail_drag import (
    FOLDER,
    MAILS,
    drag_picture,
    local_files,
    pack_folder,
    unpack_folder,
    unpack_mails,
)
from desktop.ui.state import State
from desktop.ui.theme import Theme

EXPAND_AFTER_MS = 700
_FOLDED_STATE = "folders.folded-accounts"
_KNOWN_STATE = "folders.known-accounts"
_UNFOLDED_STATE = "folders.unfolded"
_CURRENT_STATE = "folders.current"
_NO_IDS: list[str] = []

_Index = QModelIndex | QPersistentModelIndex


class FolderTree(QTreeView):
    """Shows a `FolderModel`."""

    opened = Signal(object)
    """The `Node` of the list to show."""
    mails_dropped = Signal(object, object)
    """A `MailLoad` and the `Node` it was dropped on."""
    files_dropped = Signal(object, object)
    """Files and folders (a list of `Path`) and the `Node` they were dropped on."""
    folder_dropped = Signal(int, object)
    """The key of a folder, and the `Node` (folder or account) it goes below."""
    menu_wanted = Signal(object, QPoint)
    writing = Signal(bool)
    """A person began to write the name of a folder, or is done with it."""
    picked = Signal()
    """A person clicked on the list that is open, or pressed Enter there: it need not have been another before."""
    trouble_wanted = Signal(int)
    """The key of an account whose dot was clicked."""

    def __init__(self, model: FolderModel, theme: Theme, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._state = state
        self._hovered: QPersistentModelIndex | None = None
        self._restoring = False
        self._picking = False
        """The click under way can only mean the row below it."""
        self._scrolled: int | None = None
        """How far down the pane was before its rows changed."""
        self._painter = FolderDelegate(theme, model, self)
        self.setAccessibleName(_("Folders"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)
        self.setAutoExpandDelay(EXPAND_AFTER_MS)
        self.setExpandsOnDoubleClick(False)
        self.setItemDelegate(self._painter)
        self.setModel(model)
        self.expanded.connect(self._remember)
        self.collapsed.connect(self._remember)
        self.clicked.connect(self._clicked)
        self.activated.connect(self._activated)
        self.selectionModel().currentChanged.connect(self._current_changed)
        self._painter.writing_began.connect(lambda: self.writing.emit(True))
        model.modelAboutToBeReset.connect(self._note_scrolling)
        theme.changed.connect(self.viewport().update)

    @property
    def current_node(self) -> Node | None:
        """The row with the cursor."""
        return self._model.node(self.currentIndex())

    @property
    def remembered(self) -> ListId:
        """The list that was open last; the unified Inbox the first time."""
        return self._state.get(_CURRENT_STATE, int(Unified.INBOX))

    def show_list(self, list_id: ListId) -> bool:
        """Put the cursor on a list, which opens it; False when it is not there."""
        index = self._model.index_of_list(list_id)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)
        return index.isValid()

    def put_back(self, changed: bool) -> None:
        """Expand what was expanded and put the cursor back after the model took another tree; this opens nothing."""
        if not changed:
            return
        folded = self._folded_accounts()
        self._restoring = True
        for row in range(self._model.rowCount()):
            index = self._model.index(row)
            node = self._model.node(index)
            if node is not None and node.kind is NodeKind.ACCOUNT and node.id not in folded:
                self.expand(index)
        for wanted in self._state.get(_UNFOLDED_STATE, _NO_IDS):
            index = self._model.index_of_id(wanted)
            if index.isValid():
                self.expand(index)
        current = self._model.index_of_list(self.remembered)
        if not current.isValid():
            current = self._model.index_of_list(int(Unified.INBOX))
            self._state.set(_CURRENT_STATE, int(Unified.INBOX))
        self.setCurrentIndex(current)
        self._restoring = False
        if self._scrolled is not None:
            self.executeDelayedItemsLayout()
            self.verticalScrollBar().setValue(self._scrolled)
            self._scrolled = None

    def rename_current(self) -> None:
        """Let the person write another name for the folder with the cursor."""
        node = self.current_node
        if node is not None and node.folder is not None:
            self.edit(self.currentIndex())

    # what Qt asks

    def rowsAboutToBeRemoved(self, parent: _Index, start: int, end: int) -> None:
        """Qt moves the cursor to a neighbour of a row that goes; that opens nothing."""
        self._note_scrolling()
        self._restoring = True
        super().rowsAboutToBeRemoved(parent, start, end)
        self._restoring = False

    def rowsInserted(self, parent: _Index, start: int, end: int) -> None:
        self._note_scrolling()
        super().rowsInserted(parent, start, end)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.tokens.surface)
        painter.end()
        super().paintEvent(event)

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: _Index) -> None:
        option = QStyleOptionViewItem(options)
        option.state = QStyle.StateFlag.State_Enabled
        if self.selectionModel().isSelected(index):
            option.state |= QStyle.StateFlag.State_Selected
        if self.isExpanded(index):
            option.state |= QStyle.StateFlag.State_Open
        if self._hovered is not None and self._hovered == index:
            option.state |= QStyle.StateFlag.State_MouseOver
        if self.hasFocus() and self.currentIndex() == index:
            option.state |= QStyle.StateFlag.State_HasFocus
        painter.save()
        self._painter.paint(painter, option, index)
        painter.restore()

    def drawBranches(self, painter: QPainter, rect: QRect, index: _Index) -> None:
        """The delegate paints the carets."""

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        super().closeEditor(editor, hint)
        self.writing.emit(False)

    def keyboardSearch(self, search: str) -> None:
        """Single letters are shortcuts of the window."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._picking = False
        point = event.position().toPoint()
        index = self.indexAt(point)
        node = self._model.node(index)
        if node is not None and event.button() is Qt.MouseButton.LeftButton:
            troubled = self._model.status(node.account_key).activity in (Activity.TROUBLE, Activity.WAITING)
            if node.kind is NodeKind.ACCOUNT and troubled and point.x() > self.viewport().width() - 28:
                self.trouble_wanted.emit(node.account_key)
                return
            if self._painter.caret_place(node, self.visualRect(index)).contains(point):
                self.setExpanded(index, not self.isExpanded(index))
                return
        if event.button() is Qt.MouseButton.RightButton:
            return  # the menu tells which row it is for; the list stays
        self._picking = event.button() is Qt.MouseButton.LeftButton
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        node = self._model.node(index)
        if node is not None and node.kind is NodeKind.FOLDER and node.children:
            self.setExpanded(index, not self.isExpanded(index))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.indexAt(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(QModelIndex())
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index, point = self.indexAt(event.pos()), event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            point = self.viewport().mapToGlobal(self.visualRect(index).center())
        node = self._model.node(index)
        if node is not None:
            self.menu_wanted.emit(node, point)

    # dragging

    def startDrag(self, supportedActions: Qt.DropAction) -> None:
        node = self.current_node
        if node is None or node.folder is None:
            return
        data = self._model.mimeData([self.currentIndex()])
        data.setData(FOLDER, pack_folder(node.folder.key))
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(drag_picture(self._theme, node.name, 1, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(16, 22))
        drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        data = event.mimeData()
        if data.hasFormat(MAILS) or data.hasFormat(FOLDER) or local_files(data):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        super().dragMoveEvent(event)  # scrolls at the edges and expands after a while
        index = self.indexAt(event.position().toPoint())
        if self._target(index, event) is not None:
            self._show_target(index)
            event.setDropAction(_drop_action(event.mimeData()))
            event.accept()
        else:
            self._show_target(QModelIndex())
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._show_target(QModelIndex())
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        node = self._target(self.indexAt(event.position().toPoint()), event)
        self._show_target(QModelIndex())
        self.stopAutoScroll()
        self.setState(QAbstractItemView.State.NoState)
        data = event.mimeData()
        load, folder, files = unpack_mails(data), unpack_folder(data), local_files(data)
        if node is None or (load is None and folder is None and not files):
            event.ignore()
            return
        event.setDropAction(_drop_action(data))
        event.accept()
        if load is not None:
            self.mails_dropped.emit(load, node)
        elif folder is not None:
            self.folder_dropped.emit(folder, node)
        else:
            self.files_dropped.emit(files, node)

    # inside

    def _target(self, index: QModelIndex, event: QDropEvent) -> Node | None:
        """Return the row that takes what is dragged over it."""
        node, data = self._model.node(index), event.mimeData()
        if node is None:
            return None
        if data.hasFormat(MAILS):
            return node if node.takes_mails else None
        if not data.hasFormat(FOLDER):
            return node if node.takes_files and local_files(data) else None
        key = unpack_folder(data)
        dragged = next((found for found, folder in self._model.folders() if folder.key == key), None)
        if dragged is None or node.kind is NodeKind.UNIFIED or node.account_key != dragged.account_key:
            return None
        walk: Node | None = node
        while walk is not None:
            if walk is dragged:
                return None
            walk = walk.parent
        return node

    def _show_target(self, index: QModelIndex) -> None:
        before = self._painter.drop_target
        self._painter.drop_target = QPersistentModelIndex(index) if index.isValid() else None
        for changed in (before, index):
            if changed is not None and changed.isValid():
                self.viewport().update(self.visualRect(changed))

    def _hover(self, index: QModelIndex) -> None:
        before = self._hovered
        if before is not None and before == index:
            return
        self._hovered = QPersistentModelIndex(index) if index.isValid() else None
        for changed in (before, index):
            if changed is not None and changed.isValid():
                self.viewport().update(self.visualRect(changed))

    def _current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        node = self._model.node(current)
        if self._restoring or node is None or not node.list_id:
            return
        self._state.set(_CURRENT_STATE, int(node.list_id))
        self.opened.emit(node)

    def _clicked(self, index: QModelIndex) -> None:
        if self._picking:
            self._activated(index)

    def _activated(self, index: QModelIndex) -> None:
        node = self._model.node(index)
        if node is not None and node.list_id:
            self.picked.emit()

    def _note_scrolling(self) -> None:
        if self._scrolled is None and self._model.has_accounts:
            self._scrolled = self.verticalScrollBar().value()

    def _folded_accounts(self) -> set[str]:
        """Return which accounts are folded: at first sight all but the first, and none that is added later."""
        rows = range(self._model.rowCount())
        nodes = (self._model.node(self._model.index(row)) for row in rows)
        accounts = [node.id for node in nodes if node is not None and node.kind is NodeKind.ACCOUNT]
        known = self._state.get(_KNOWN_STATE, _NO_IDS)
        folded = set(self._state.get(_FOLDED_STATE, _NO_IDS))
        if accounts and not known and not folded:
            folded = set(accounts[1:])
            self._state.set(_FOLDED_STATE, sorted(folded))
        self._state.set(_KNOWN_STATE, sorted({*known, *accounts}))
        return folded

    def _remember(self, index: QModelIndex) -> None:
        if self._restoring:
            return
        node = self._model.node(index)
        if node is None:
            return
        account = node.kind is NodeKind.ACCOUNT
        name = _FOLDED_STATE if account else _UNFOLDED_STATE
        kept = set(self._state.get(name, _NO_IDS))
        if self.isExpanded(index) is account:
            kept.discard(node.id)
        else:
            kept.add(node.id)
        self._state.set(name, sorted(kept))


def _drop_action(data: QMimeData) -> Qt.DropAction:
    """Files of other programs are copied: whoever is told that they were moved deletes them."""
    return Qt.DropAction.CopyAction if local_files(data) else Qt.DropAction.MoveAction
