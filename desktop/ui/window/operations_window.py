"""The window of waiting and failed operations: what still has to happen on a server, and what a server refused."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDateTime, QLocale, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from desktop.base.i18n import _, n_
from desktop.domain.mail.mail_account import WaitingOperation
from desktop.ui.bridge import Bridge
from desktop.ui.mail.dates import locale
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


def operation_words(operation: WaitingOperation) -> str:
    """Return what an operation will do, in a sentence."""
    mails = n_("{n} mail", "{n} mails", operation.mails).format(n=locale().toString(operation.mails))
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
    def __init__(self, theme: Theme, operation: WaitingOperation) -> None:
        super().__init__()
        self._theme = theme
        moment = QDateTime.fromMSecsSinceEpoch(operation.created_at_ms)
        since = locale().toString(moment, QLocale.FormatType.ShortFormat)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(ElidedLabel(theme, operation_words(operation), "body-medium"))
        column.addWidget(ElidedLabel(theme, f"{operation.account_address} · {since}", "small", "secondary"))
        if operation.problem:
            column.addWidget(Paragraph(theme, operation.problem, "small", "danger" if operation.parked else "warning"))
        self.retry = Button(theme, _("Retry"), height=SMALL)
        self.drop = Button(theme, _("Drop…"), Kind.GHOST, height=SMALL)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 20, 8)
        row.setSpacing(8)
        row.addLayout(column, 1)
        for button in (self.retry, self.drop):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
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
        self._reading: asyncio.Future[Any] | None = None
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
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(_("Waiting and failed operations"))
        self._stack.addWidget(scroll)
        self.body.addWidget(self._stack)
        self.footer.row.addStretch(1)
        self.add_button(_("Close"), self.close)
        bridge.operations_changed.connect(self._read)
        self.finished.connect(self._forget)
        self._read()

    def show_operations(self, operations: Sequence[WaitingOperation]) -> None:
        """Show these operations."""
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        ordered = sorted(operations, key=lambda operation: not operation.parked)
        for operation in ordered[:SHOWN_MOST]:
            line = _Line(self.theme, operation)
            line.retry.clicked.connect(lambda _checked=False, key=operation.key: self._retry(key))
            line.drop.clicked.connect(lambda _checked=False, of=operation: self._ask_drop(of))
            self._column.addWidget(line)
        if len(ordered) > SHOWN_MOST:
            left = len(ordered) - SHOWN_MOST
            words = n_("and {n} more", "and {n} more", left).format(n=locale().toString(left))
            more = Paragraph(self.theme, words, "small", "secondary")
            more.setContentsMargins(20, 8, 20, 8)
            self._column.addWidget(more)
        self._column.addStretch(1)
        self._stack.setCurrentIndex(1 if ordered else 0)

    def _read(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._tasks.run(self._show())

    async def _show(self) -> None:
        self.show_operations(await self._tasks.read(self._operations.waiting))

    def _retry(self, key: int) -> None:
        self._tasks.run(self._call_retry(key))

    async def _call_retry(self, key: int) -> None:
        await self._tasks.write(self._operations.retry, key)

    def _ask_drop(self, operation: WaitingOperation) -> None:
        confirm(
            self.theme,
            self,
            title=_("Drop this operation?"),
            text=_("The server keeps what it has, and Rapport shows that."),
            action=_("Drop"),
            on_yes=lambda: self._tasks.run(self._call_drop(operation.key)),
        )

    async def _call_drop(self, key: int) -> None:
        await self._tasks.write(self._operations.drop, key)

    def _forget(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
