"""The window of waiting and failed operations: what still has to happen on a server, and what a server refused."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.domain.mail.mail_account import WaitingOperation
from desktop.ui import dates
from desktop.ui.bridge import Bridge
from desktop.ui.rereading import Rereading
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.dialog import Dialog, confirm
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.labels import ElidedLabel, Paragraph
from desktop.ui.widgets.paint import hairline

if TYPE_CHECKING:
    from desktop.services.mail.operations import Operations

SHOWN_MOST = 200
"""A longer queue is told in a sentence; nobody reads 10,000 lines."""
_MADE_AT_ONCE = 4
"""New lines between two turns of the event loop: making one takes up to 2 ms."""


def operation_words(operation: WaitingOperation) -> str:
    """Return what an operation will do, in a sentence."""
    mails = n_("{n} mail", "{n} mails", operation.mails).format(n=dates.locale().toString(operation.mails))
    folder, target = operation.folder_path, operation.target_path
    match operation.verb:
        case "flags":
            return _("Mark {mails} in {folder}").format(mails=mails, folder=folder)
        case "move":
            return _("Move {mails} from {folder} to {target}").format(mails=mails, folder=folder, target=target)
        case "expunge":
            return _("Delete {mails} in {folder} permanently").format(mails=mails, folder=folder)
        case "append":
            return _("Copy {mails} to {folder}").format(mails=mails, folder=folder)
        case "save-draft":
            return _("Save a draft in {folder}").format(folder=folder)
        case "create-folder":
            return _("Create the folder {folder}").format(folder=target or folder)
        case "rename-folder":
            return _("Rename the folder {folder} to {target}").format(folder=folder, target=target)
        case "delete-folder":
            return _("Delete the folder {folder}").format(folder=folder)
        case "subscribe-folder":
            return _("Change the subscription of {folder}").format(folder=folder)
    return _("Change something on the server")


class _Line(QWidget):
    """One operation; the window connects its buttons."""

    def __init__(self, theme: Theme, operation: WaitingOperation) -> None:
        super().__init__()
        self._theme = theme
        self._words = ElidedLabel(theme, "", "body-medium")
        self._about = ElidedLabel(theme, "", "small", "secondary")
        self._problem: Paragraph | None = None
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addWidget(self._words)
        self._column.addWidget(self._about)
        self.retry = Button(theme, _("Retry"), height=SMALL)
        self.drop = Button(theme, _("Drop…"), Kind.GHOST, height=SMALL)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 20, 8)
        row.setSpacing(8)
        row.addLayout(self._column, 1)
        for button in (self.retry, self.drop):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.operation = operation
        self._fill()

    def show_operation(self, operation: WaitingOperation) -> None:
        """Show what has become of the operation."""
        if operation != self.operation:
            self.operation = operation
            self._fill()

    def _fill(self) -> None:
        operation = self.operation
        since = dates.table_date(operation.created_at_ms, clock.now(), dates.zone())
        self._words.set_text(operation_words(operation))
        self._about.set_text(f"{operation.account_address} · {since}")
        if self._problem is not None:
            self._column.removeWidget(self._problem)
            self._problem.hide()
            self._problem.deleteLater()
            self._problem = None
        if operation.problem:
            colour = "danger" if operation.parked else "warning"
            self._problem = Paragraph(self._theme, operation.problem, "small", colour)
            self._column.addWidget(self._problem)
        for button in (self.retry, self.drop):
            button.setVisible(operation.parked or operation.attempts > 0)
        if not operation.can_retry:
            self.retry.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self._theme.tokens.subtle, Qt.Edge.BottomEdge)


class OperationsWindow(Dialog):
    """Stays beside the main window and follows the queue. Failed ones stand first."""

    def __init__(
        self, operations: Operations, tasks: Tasks, bridge: Bridge, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, _("Waiting and failed operations"), parent)
        self._operations, self._tasks = operations, tasks
        self._reading = Rereading(tasks, self._show)
        self._lines: dict[int, _Line] = {}
        self._shown: tuple[WaitingOperation, ...] = ()
        self._more_lines = QTimer(self, singleShot=True, interval=0)
        self._more_lines.timeout.connect(self._arrange)
        self.resize(600, 420)
        self.body.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                theme,
                "circle-check",
                _("Nothing waits"),
                _("What you do to mails is carried to the server at once, or here while you are offline."),
            )
        )
        page = QWidget()
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._more = Paragraph(theme, "", "small", "secondary")
        self._more.setContentsMargins(20, 8, 20, 8)
        below = QVBoxLayout(page)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addLayout(self._column)
        below.addWidget(self._more)
        below.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(_("Waiting and failed operations"))
        self._stack.addWidget(scroll)
        self.body.addWidget(self._stack)
        self.footer.row.addStretch(1)
        self.add_button(_("Close"), self.close)
        # a bound method: Qt cuts it from the bridge, which outlives this window
        bridge.operations_changed.connect(self._operations_changed)
        self.finished.connect(self._reading.stop)
        self._reading.ask()

    def show_operations(self, operations: Sequence[WaitingOperation]) -> None:
        """Show these operations; the line of one that stays is kept, and with it the focus."""
        ordered = sorted(operations, key=lambda operation: not operation.parked)
        self._shown = tuple(ordered[:SHOWN_MOST])
        for key in self._lines.keys() - {operation.key for operation in self._shown}:
            gone = self._lines.pop(key)
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        left = len(ordered) - len(self._shown)
        self._more.setText(n_("and {n} more", "and {n} more", left).format(n=dates.locale().toString(left)))
        self._more.setVisible(left > 0)
        self._stack.setCurrentIndex(1 if ordered else 0)
        self._arrange()

    def _arrange(self) -> None:
        """Put the lines in their order; many new ones are made a few at a time."""
        made = 0
        for position, operation in enumerate(self._shown):
            line = self._lines.get(operation.key)
            if line is None:
                if made == _MADE_AT_ONCE:
                    self._more_lines.start()
                    return
                made += 1
                line = self._new_line(operation)
            line.show_operation(operation)
            item = self._column.itemAt(position)
            if item is None or item.widget() is not line:
                self._column.insertWidget(position, line)

    def _new_line(self, operation: WaitingOperation) -> _Line:
        key = operation.key
        line = self._lines[key] = _Line(self.theme, operation)
        line.retry.clicked.connect(lambda _checked=False: self._retry(key))
        line.drop.clicked.connect(lambda _checked=False: self._ask_drop(key))
        return line

    def _operations_changed(self) -> None:
        if not self.isHidden():  # closed, it is still there for a moment
            self._reading.ask()

    async def _show(self) -> None:
        self.show_operations(await self._tasks.read(self._operations.waiting))

    def _retry(self, key: int) -> None:
        self._tasks.run(self._call_retry(key))

    async def _call_retry(self, key: int) -> None:
        await self._tasks.write(self._operations.retry, key)

    def _ask_drop(self, key: int) -> None:
        confirm(
            self.theme,
            self,
            title=_("Drop this operation?"),
            text=_("The server keeps what it has, and Rapport shows that."),
            action=_("Drop"),
            on_yes=lambda: self._tasks.run(self._call_drop(key)),
        )

    async def _call_drop(self, key: int) -> None:
        await self._tasks.write(self._operations.drop, key)
