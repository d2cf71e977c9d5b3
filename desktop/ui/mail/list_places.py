"""Where the lines of a message list lie in its viewport, and what lies at a point. GUI thread.

Arithmetic over `LineMap` in place of QListView's own, which would ask for the height of each of 200,000 lines.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QListView

from desktop.domain.settings import Density
from desktop.ui.mail import row_geometry as geometry
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.message_delegate import MessageDelegate
from desktop.ui.mail.message_list_model import MessageListModel
from desktop.ui.mail.outbox_line import refuses
from desktop.ui.mail.row_geometry import Action


class ListPlaces:
    """Lives with one view; measures its model with the row height of its delegate."""

    def __init__(self, view: QListView, model: MessageListModel, painter: MessageDelegate) -> None:
        self._view = view
        self._model = model
        self._painter = painter

    @property
    def height(self) -> int:
        """How high all lines are together."""
        return self._top(len(self._model.lines))

    @property
    def _offset(self) -> int:
        return self._view.verticalScrollBar().value()

    def of(self, number: int) -> QRect:
        """Return where a line lies."""
        top = self._top(number)
        return QRect(0, top - self._offset, self._view.viewport().width(), self._top(number + 1) - top)

    def line_at(self, y: int) -> int:
        """Return the line at a height, the first or last beyond the ends; -1 in an empty list."""
        return self._model.lines.line_at(y + self._offset, geometry.HEAD_HEIGHT, self._painter.row_height)

    def is_within(self, y: int) -> bool:
        """Return whether any line lies at a height."""
        return 0 <= y + self._offset < self.height

    def in_sight(self, part: QRect | None = None) -> tuple[int, int]:
        """Return the first and last line in the viewport or a part of it; (0, -1) for none."""
        seen = part or self._view.viewport().rect()
        if not len(self._model.lines) or seen.top() + self._offset >= self.height:
            return 0, -1
        return self.line_at(seen.top()), self.line_at(seen.bottom())

    def action_at(self, number: int, point: QPoint) -> Action | None:
        """Return the button of a line's row under a point, unless it can do nothing for its mail."""
        density, width = self._painter.density, self._view.viewport().width()
        card = Density.COMPACT if density is Density.TABLE and not self._painter.is_stacked else density
        child = self._model.lines.place(number).kind is LineKind.CHILD
        actions = geometry.row_places(card, width, child=child).actions
        if self._view.isRightToLeft():
            actions = geometry.mirrored(actions, width)
        action = geometry.action_at(actions, point.x(), point.y() - self.of(number).top())
        row = self._model.line(number).row
        return None if action is not None and row is not None and refuses(row, action) else action

    def _top(self, number: int) -> int:
        return self._model.lines.top(number, geometry.HEAD_HEIGHT, self._painter.row_height)
