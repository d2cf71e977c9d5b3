"""The three panes of the mail room in their splitters. Remembers the places of each layout; rules in `arrangement`."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QVBoxLayout, QWidget

from desktop.domain.settings import Layout
from desktop.ui.state import State
from desktop.ui.window import arrangement
from desktop.ui.window.arrangement import Pane


class _Handle(QSplitterHandle):
    """A hairline; a double click puts the panes back to where they stood at first."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        splitter = self.splitter()
        if isinstance(splitter, _Splitter):
            splitter.reset.emit()


class _Splitter(QSplitter):
    reset = Signal()
    needs_changed = Signal()
    """A pane needs another height or width than before; Qt only makes room, and never takes it back."""

    def __init__(self, orientation: Qt.Orientation) -> None:
        super().__init__(orientation)
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self.needs_changed.emit()
        return handled

    def createHandle(self) -> QSplitterHandle:
        return _Handle(self.orientation(), self)


class Panes(QWidget):
    """Tree, list and reader. `head` is the row above list and reader; the row beside it belongs to the tree."""

    back_changed = Signal(bool)
    """Whether Back leads anywhere."""
    reader_shown = Signal()
    """The reader has come into sight."""

    def __init__(
        self, tree: QWidget, head: QWidget, list_: QWidget, reader: QWidget, state: State, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tree, self._head, self._list, self._reader = tree, head, list_, reader
        self._state = state
        self._layout = Layout.VERTICAL
        self._reading_pane = state.get("window.reading-pane", True)
        self._current = Pane.LIST
        self._back = False
        self._placed: Layout | None = None
        self._right: QWidget | None = None
        self._outer: _Splitter | None = None
        self._inner: _Splitter | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._fit()

    @property
    def current(self) -> Pane:
        """The pane being worked in."""
        return self._current

    @property
    def has_back(self) -> bool:
        """Whether Back leads anywhere."""
        return self._back

    @property
    def single(self) -> bool:
        """Whether one pane is shown at a time."""
        return self._window_width() < arrangement.SINGLE_PX

    @property
    def reading_pane(self) -> bool:
        """Whether the reader stands beside the list."""
        return self._reading_pane

    def arrange(self, layout: Layout) -> None:
        """Put the panes where `layout` has them."""
        self._layout = layout
        self._fit()

    def set_reading_pane(self, on: bool) -> None:
        """Show the reader beside the list, or in its place once a mail is opened."""
        self._reading_pane = on
        self._state.set("window.reading-pane", on)
        if on and self._current is Pane.READER:
            self._current = Pane.LIST
        self._fit()

    def go_to(self, pane: Pane) -> None:
        """Work in `pane`: where only one is shown, show that one."""
        if pane is not self._current:
            self._current = pane
            self._fit()

    def go_back(self) -> None:
        """Show the pane before this one."""
        if self._back:
            self.go_to(arrangement.pane_before(self._current))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _window_width(self) -> int:
        return self.window().width()

    def _place(self, layout: Layout) -> None:
        """Build the splitters of a layout around the panes; none leaves the window, for one may have the keyboard."""
        old, self._placed = self._outer, layout
        horizontal, vertical = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        outer = _Splitter(vertical if layout is Layout.WIDE else horizontal)
        inner = _Splitter(vertical if layout is Layout.CLASSIC else horizontal)
        self._column.addWidget(outer)
        self._right = right = QWidget(outer)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head)
        if layout is Layout.WIDE:
            outer.addWidget(inner)
            inner.addWidget(self._tree)
            inner.addWidget(right)
            column.addWidget(self._list, 1)
            outer.addWidget(self._reader)
        else:
            outer.addWidget(self._tree)
            outer.addWidget(right)
            column.addWidget(inner, 1)
            inner.addWidget(self._list)
            inner.addWidget(self._reader)
        self._outer, self._inner = outer, inner
        if layout is not Layout.VERTICAL:
            stacked = outer if layout is Layout.WIDE else inner
            stacked.needs_changed.connect(lambda: self._share_height(stacked, layout))
        for splitter in (outer, inner):
            splitter.splitterMoved.connect(self._remember)
            splitter.reset.connect(self._reset)
        if old is not None:
            old.hide()
            self._column.removeWidget(old)
            old.deleteLater()
        self._head.show()
        inner.show()
        outer.show()
        self._column.activate()

    def _fit(self) -> None:
        width, reading_pane = self._window_width(), self._reading_pane
        placed = arrangement.placing(self._layout, width, reading_pane=reading_pane)
        if placed is not self._placed:
            focused = self.window().focusWidget()
            inside = self.isAncestorOf(focused)
            self._place(placed)
            if inside:
                focused.setFocus(Qt.FocusReason.OtherFocusReason)
        outer, inner, right = self._outer, self._inner, self._right
        if outer is None or inner is None or right is None:
            return
        seen = arrangement.shown(self._layout, width, reading_pane=reading_pane, current=self._current)
        reader_comes = seen.reader and self._reader.isHidden()
        for pane, on in (
            (self._tree, seen.tree),
            (self._list, seen.list),
            (self._reader, seen.reader),
            (right, seen.list or seen.reader),
        ):
            if pane.isHidden() is on:
                pane.setVisible(on)
        if seen.back is not self._back:
            self._back = seen.back
            self.back_changed.emit(self._back)
        self._share_room(outer, inner, seen, placed)
        if reader_comes:
            self.reader_shown.emit()

    def _share_room(self, outer: _Splitter, inner: _Splitter, seen: arrangement.Shown, placed: Layout) -> None:
        """Give every visible pane its width or height."""
        narrow = self._window_width() < arrangement.NARROW_PX
        tree = self._state.get(self._name("tree"), arrangement.TREE_PX)
        if placed is Layout.VERTICAL and seen.tree and seen.list and seen.reader:
            list_ = self._state.get(self._name("list"), arrangement.LIST_PX)
            shares = arrangement.widths(self.width() - 2, tree, list_, narrow=narrow)
            outer.setSizes([shares.tree, shares.list + shares.reader + 1])
            inner.setSizes([shares.list, shares.reader])
            return
        tree = min(tree, arrangement.TREE_NARROW_PX) if narrow else tree
        beside_tree, stacked = (inner, outer) if placed is Layout.WIDE else (outer, inner)
        beside_tree.setSizes([tree, max(self.width() - 1 - tree, 1)])
        if placed is not Layout.VERTICAL:
            self._share_height(stacked, placed)

    def _share_height(self, stacked: _Splitter, placed: Layout) -> None:
        """Give list and reader their heights, one above the other."""
        # in the one the list stands below the search, in the other it holds it
        room = self.height() - (self._head.sizeHint().height() if placed is Layout.CLASSIC else 0)
        list_ = arrangement.list_height(room, self._state.get(self._name("list-share"), 0))
        stacked.setSizes([list_, max(room - list_, 1)])

    def _remember(self) -> None:
        if not self._tree.isHidden():
            self._state.set(self._name("tree"), self._tree.width())
        if self._list.isHidden() or self._reader.isHidden():
            return
        if self._placed is Layout.VERTICAL:
            self._state.set(self._name("list"), self._list.width())
            return
        stacked = self._outer if self._placed is Layout.WIDE else self._inner
        if stacked is not None:
            sizes = stacked.sizes()
            self._state.set(self._name("list-share"), round(100 * sizes[0] / max(sum(sizes), 1)))

    def _reset(self) -> None:
        for what, first in (("tree", arrangement.TREE_PX), ("list", arrangement.LIST_PX), ("list-share", 0)):
            self._state.set(self._name(what), first)
        self._fit()

    def _name(self, what: str) -> str:
        return f"panes.{self._layout}{'.narrow' if self._window_width() < arrangement.NARROW_PX else ''}.{what}"
