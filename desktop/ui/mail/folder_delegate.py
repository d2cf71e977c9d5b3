"""Paints rows of the folder pane: lists and folders with their numbers, heads of accounts with how they are doing.

GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.domain.mail.mail_account import Activity
from desktop.ui import dates, icons
from desktop.ui.line_texts import one_line
from desktop.ui.mail.folder_model import FolderModel, FolderRole
from desktop.ui.mail.folder_nodes import Node, NodeKind
from desktop.ui.theme import FontKind, Theme, font
from desktop.ui.widgets.paint import draw_text

ROW_HEIGHT = 28
HEAD_HEIGHT = 36
MARGIN = 8
CARET = 12
_PADDING = 8
_ICON = 16
_GAP = 8
_FIRST_INDENT = 22
_INDENT = 14
"""Deeper levels step in less: a tree of five levels must fit in 188 px."""
_ACTIVITY_ICONS = {
    Activity.SYNCING: "refresh-cw",
    Activity.CONNECTING: "refresh-cw",
    Activity.PAUSED: "pause",
    Activity.WAITING: "cloud-off",
}

_FILLED = "filled"

_Index = QModelIndex | QPersistentModelIndex


class FolderDelegate(QStyledItemDelegate):
    """The pane tells it which row is a drop target and which are expanded."""

    writing_began = Signal()
    """A person writes another name for a folder."""

    def __init__(self, theme: Theme, model: FolderModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self.drop_target: QPersistentModelIndex | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        node = index.data(FolderRole.NODE)
        head = isinstance(node, Node) and node.kind is NodeKind.ACCOUNT
        return QSize(120, HEAD_HEIGHT if head else ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        node = index.data(FolderRole.NODE)
        if not isinstance(node, Node):
            return
        state = option.state
        opened = bool(state & QStyle.StateFlag.State_Open)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        target = self.drop_target is not None and self.drop_target == index
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if node.kind is NodeKind.ACCOUNT:
            place = option.rect.adjusted(MARGIN, HEAD_HEIGHT - ROW_HEIGHT, -MARGIN, 0)
            self._ground(painter, place, False, hovered, target)
            self._paint_account(painter, place, node, opened)
        else:
            place = option.rect.adjusted(MARGIN, 0, -MARGIN, 0)
            selected = bool(state & QStyle.StateFlag.State_Selected)
            self._ground(painter, place, selected, hovered, target)
            self._paint_list(painter, place, node, selected, opened, hovered)
        if focused and not (state & QStyle.StateFlag.State_Selected):
            painter.setPen(QPen(self._theme.tokens.ring, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(place).adjusted(1, 1, -1, -1), 6, 6)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setFont(font("body"))
        self.writing_began.emit()
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Fill the editor once: the row may change while a person writes."""
        if not editor.property(_FILLED):
            editor.setProperty(_FILLED, True)
            super().setEditorData(editor, index)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        node = index.data(FolderRole.NODE)
        left = self.text_left(node) if isinstance(node, Node) else 0
        editor.setGeometry(option.rect.adjusted(left - 8, 0, -MARGIN, 0))

    def text_left(self, node: Node) -> int:
        """Return how far from the pane's edge a row's words begin."""
        depth = node.depth
        left = MARGIN + _PADDING
        if node.kind is NodeKind.ACCOUNT:
            return left + CARET + 6
        return left + (_ICON + _GAP if depth == 0 else _FIRST_INDENT + _INDENT * (depth - 1))

    def caret_place(self, node: Node, row: QRect) -> QRect:
        """Return where a click folds a row: around the caret; empty where there is nothing to fold."""
        if node.kind is NodeKind.ACCOUNT:
            return row
        if not node.children:
            return QRect()
        left = MARGIN if node.depth == 0 else row.left() + self.text_left(node) - CARET - 2
        return QRect(row.left() + (0 if node.depth == 0 else left - row.left() - 2), row.top(), 16, row.height())

    def _ground(self, painter: QPainter, place: QRect, selected: bool, hovered: bool, target: bool) -> None:
        tokens = self._theme.tokens
        if not (selected or hovered or target):
            return
        painter.setPen(QPen(tokens.accent, 1) if target else Qt.PenStyle.NoPen)
        painter.setBrush(tokens.soft if target else tokens.selected_folder if selected else tokens.hover2)
        area = QRectF(place)
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5) if target else area, 6, 6)

    def _paint_account(self, painter: QPainter, place: QRect, node: Node, opened: bool) -> None:
        tokens, scale = self._theme.tokens, painter.device().devicePixelRatioF()
        self._caret(painter, place.left() + _PADDING, place, opened)
        status = self._model.status(node.account_key)
        right = place.right() + 1 - _PADDING
        if status.activity is Activity.TROUBLE:
            right -= 8
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.warning)
            painter.drawEllipse(QRectF(right, place.center().y() - 3.5, 8, 8))
            right -= _GAP
        elif (name := _ACTIVITY_ICONS.get(status.activity)) is not None:
            right -= 14
            painter.drawPixmap(right, place.top() + 7, icons.pixmap(name, 14, tokens.secondary, scale))
            right -= _GAP
        left = place.left() + _PADDING + CARET + 6
        self._words(painter, one_line(node.name), "small-strong", place, left, right)

    def _paint_list(
        self, painter: QPainter, place: QRect, node: Node, selected: bool, opened: bool, hovered: bool
    ) -> None:
        tokens, scale = self._theme.tokens, painter.device().devicePixelRatioF()
        usable = node.list_id != 0
        warns = bool(self._model.warning(node))
        left = place.left() - MARGIN + self.text_left(node)
        if node.depth == 0:
            colour = tokens.accent if selected else tokens.secondary if usable else tokens.disabled
            icon, colour = ("circle-alert", tokens.warning) if warns else (node.icon, colour)
            picture = icons.pixmap(icon, _ICON, colour, scale)
            painter.drawPixmap(place.left() + _PADDING, place.top() + 6, picture)
        if node.children and (hovered or not opened):
            self._caret(painter, place.left() - 4 if node.depth == 0 else left - CARET - 2, place, opened)
        right = place.right() + 1 - _PADDING
        strong = selected or warns or node.has_unread
        if node.shown_count:
            number = dates.locale().toString(node.shown_count)
            kind: FontKind = "small-strong" if strong else "small"
            painter.setFont(font(kind))
            right -= painter.fontMetrics().horizontalAdvance(number)
            colour = tokens.accent if selected else tokens.text if node.has_unread else tokens.secondary
            painter.setPen(tokens.warning if warns else colour)
            self._draw(painter, number, place, right)
            right -= _GAP
        colour = tokens.accent if selected else tokens.text if usable else tokens.secondary
        painter.setPen(tokens.warning if warns else colour)
        self._words(painter, one_line(node.name), "body-strong" if strong else "body", place, left, right, own=False)

    def _words(
        self, painter: QPainter, text: str, kind: FontKind, place: QRect, left: int, right: int, *, own: bool = True
    ) -> None:
        painter.setFont(font(kind))
        if own:
            painter.setPen(self._theme.tokens.secondary)
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(0, right - left))
        self._draw(painter, shown, place, left)

    def _draw(self, painter: QPainter, text: str, place: QRect, left: int) -> None:
        metrics = painter.fontMetrics()
        baseline = place.top() + (place.height() - metrics.ascent() - metrics.descent()) // 2 + metrics.ascent()
        draw_text(painter, text, left, baseline)

    def _caret(self, painter: QPainter, left: int, place: QRect, opened: bool) -> None:
        name = "chevron-down" if opened else "chevron-right"
        scale = painter.device().devicePixelRatioF()
        picture = icons.pixmap(name, CARET, self._theme.tokens.secondary, scale)
        painter.drawPixmap(QPointF(left, place.top() + (place.height() - CARET) / 2), picture)
