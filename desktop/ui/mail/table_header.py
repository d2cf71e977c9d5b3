"""The head of the table: columns that can be sorted, moved, resized and hidden. GUI thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.listing import SortBy
from desktop.ui.icons import icon
from desktop.ui.mail.row_geometry import STACKED_BELOW, Column
from desktop.ui.mail.table_painting import Cell
from desktop.ui.theme import Theme
from desktop.ui.widgets.menu import Menu

_COLUMNS = tuple(Column)
_WIDTHS = {Column.STAR: 28, Column.ATTACHMENT: 28, Column.SENDER: 180, Column.DATE: 128, Column.SIZE: 76}
_SORTS = {
    Column.SENDER: SortBy.SENDER,
    Column.SUBJECT: SortBy.SUBJECT,
    Column.DATE: SortBy.DATE,
    Column.SIZE: SortBy.SIZE,
}
_ICONS = {Column.STAR: "star", Column.ATTACHMENT: "paperclip"}
_NARROW_PX = 600
"""Narrower than this there is no column for the size, and sender and date give way to the subject."""
_NARROW_WIDTHS = {Column.SENDER: 130, Column.DATE: 92}
_LEFT = 24
"""Room before the first column for the unread dot, or the disc of a row that is one of several selected."""


class TableHeader(QHeaderView):
    """A QHeaderView without a table below it: the list paints its own cells by `cells`."""

    sorted = Signal(object, bool)
    """A `SortBy`, and whether the greatest comes first."""
    cells_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._hidden: set[str] = set()
        self._narrow: bool | None = None
        self._stacked = False
        self._order = SortBy.DATE
        self._columns = QStandardItemModel(0, len(_COLUMNS), self)
        self._fill()
        self.setModel(self._columns)
        self.setViewportMargins(_LEFT, 0, 0, 0)
        self.setFixedHeight(28)
        self.setFont(theme.font("small-strong"))
        self.setSectionsClickable(True)
        self.setSectionsMovable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setMinimumSectionSize(28)
        self.setStretchLastSection(False)
        self.setAccessibleName(_("Columns"))
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for number, column in enumerate(_COLUMNS):
            if column is not Column.SUBJECT:
                self.resizeSection(number, _WIDTHS[column])
        self.sectionClicked.connect(self._clicked)
        self.sectionResized.connect(self.cells_changed)
        self.sectionMoved.connect(self.cells_changed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        theme.changed.connect(self._fill)
        self.show_order(SortBy.DATE, True)
        self._show_sections()

    def sizeHint(self) -> QSize:
        return QSize(400, 28)

    def cells(self) -> tuple[Cell, ...]:
        """Return where the visible columns lie, in the order they stand."""
        shown = [number for number in range(len(_COLUMNS)) if not self.isSectionHidden(number)]
        shown.sort(key=self.visualIndex)
        return tuple(
            Cell(_COLUMNS[number], _LEFT + self.sectionViewportPosition(number), self.sectionSize(number))
            for number in shown
        )

    def leave_right(self, width: int) -> None:
        """Keep clear of the scroll bar of the list below."""
        if self.viewportMargins().right() != width:
            self.setViewportMargins(_LEFT, 0, width, 0)

    def show_order(self, sort_by: SortBy, descending: bool) -> None:
        """Show by which column the list is sorted."""
        self._order = SortBy.DATE if sort_by is SortBy.DUE else sort_by
        number = _COLUMNS.index(self._ordering())
        order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
        self.setSortIndicator(number, order)
        if self._stacked:
            self._show_sections()

    def hidden_columns(self) -> list[str]:
        """Return the names of columns the person hid, to be remembered."""
        return sorted(self._hidden)

    def hide_columns(self, names: list[str]) -> None:
        """Hide exactly these columns; the subject always stays."""
        self._hidden = {name for name in names if name != Column.SUBJECT}
        self._show_sections()

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow, stacked = self.width() < _NARROW_PX, self.width() < STACKED_BELOW
        if (narrow, stacked) != (self._narrow, self._stacked):
            self._narrow, self._stacked = narrow, stacked
            self._show_sections()
            widths = {**_WIDTHS, **_NARROW_WIDTHS} if narrow else _WIDTHS
            for column in (Column.SENDER, Column.DATE, Column.SIZE):
                self.resizeSection(_COLUMNS.index(column), widths[column])
        super().resizeEvent(event)
        self.cells_changed.emit()

    def _show_sections(self) -> None:
        for number, column in enumerate(_COLUMNS):
            if self._stacked:  # rows have two lines then and no columns: the head says what they are sorted by
                hidden = column is not self._ordering()
            else:
                hidden = column.value in self._hidden or (column is Column.SIZE and self._narrow is True)
            self.setSectionHidden(number, hidden)
            stretched = column is (self._ordering() if self._stacked else Column.SUBJECT)
            mode = QHeaderView.ResizeMode.Stretch if stretched else QHeaderView.ResizeMode.Interactive
            self.setSectionResizeMode(number, mode)
        self.cells_changed.emit()

    def _ordering(self) -> Column:
        return next(column for column, sort_by in _SORTS.items() if sort_by is self._order)

    def _clicked(self, number: int) -> None:
        sort_by = _SORTS.get(_COLUMNS[number])
        if sort_by is None:
            return
        # names and subjects are looked for from A, dates and sizes from the greatest
        self.sorted.emit(sort_by, self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder)

    def _menu(self, point: QPoint) -> None:
        menu = Menu(self._theme, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in _COLUMNS:
            if column is not Column.SUBJECT:
                shown = column.value not in self._hidden
                menu.add(column_title(column), partial(self._show, column, not shown), checked=shown)
        menu.popup(self.mapToGlobal(point))

    def _show(self, column: Column, shown: bool) -> None:
        self.hide_columns(sorted(self._hidden - {column.value} if shown else self._hidden | {column.value}))

    def _fill(self) -> None:
        for number, column in enumerate(_COLUMNS):
            item = QStandardItem("" if column in _ICONS else column_title(column))
            item.setData(column_title(column), Qt.ItemDataRole.AccessibleTextRole)
            item.setToolTip(column_title(column))
            if column is Column.SIZE:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if column in _ICONS:
                item.setIcon(icon(self._theme, _ICONS[column], 14))
            self._columns.setHorizontalHeaderItem(number, item)


def column_title(column: Column) -> str:
    """Return the words over a column."""
    return {
        Column.STAR: _("Starred"),
        Column.ATTACHMENT: _("Attachments"),
        Column.SENDER: _("Correspondent"),
        Column.SUBJECT: _("Subject"),
        Column.DATE: _("Date"),
        Column.SIZE: _("Size"),
    }[column]
