"""The question for the name of a new folder. It stays until the folder is there, and complains where one can mend it.

A folder is made here at once and on the server as soon as it can be reached. A server that answers quickly is waited
for: what it refuses is said below the name, and taken back. Later refusals stand among the failed operations. GUI
thread.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.services.mail.operations import Operations
from desktop.ui.bridge import Bridge
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.fields import LineEdit
from desktop.ui.widgets.labels import Paragraph

ANSWER_WITHIN_MS = 2_000
"""So long a server is waited for; one that is away carries it out later."""


class NewFolder(Dialog):
    """Asks for a name. `create` is called with it on the writer thread and returns the key of the folder."""

    created = Signal(int, str)
    """Key and name of the folder that was made, when the dialog closes."""

    def __init__(
        self,
        theme: Theme,
        where: str,
        create: Callable[[str], int],
        operations: Operations,
        tasks: Tasks,
        bridge: Bridge,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, _("New folder"), parent)
        self.fit_width(360)
        self._create = create
        self._operations = operations
        self._tasks = tasks
        self._queued: int | None = None
        self._made: tuple[int, str] | None = None
        self.field = LineEdit(theme, _("Name"), placeholder=_("Name"))
        self.complaint = Paragraph(theme, "", "small", "danger")
        self.complaint.hide()
        self.body.addWidget(Paragraph(theme, _("New folder"), "section"))
        self.body.addWidget(Paragraph(theme, _("In {folder}").format(folder=where), "body", "secondary"))
        self.body.addWidget(self.field)
        self.body.addWidget(self.complaint)
        self.footer.row.addStretch(1)
        self.add_button(_("Cancel"), self.reject)
        self._button = self.add_button(_("Create"), self._take, Kind.PRIMARY)
        self._button.setEnabled(False)
        self._patience = QTimer(self, singleShot=True, interval=ANSWER_WITHIN_MS)
        self._patience.timeout.connect(self.accept)
        self.field.textChanged.connect(self._written)
        bridge.operations_changed.connect(self._look)
        self.open()
        self.field.setFocus()

    def _written(self, text: str) -> None:
        self._button.setEnabled(bool(text.strip()))
        self._say("")

    def _take(self) -> None:
        if self._button.isEnabled():
            self._wait(True)
            self._tasks.run(self._make(self.field.text().strip()))

    async def _make(self, name: str) -> None:
        try:
            key, self._queued = await self._tasks.write(_make, self._create, self._operations, name)
        except Problem as problem:
            self._complain(problem.text)
            return
        self._made = (key, name)
        if self._queued is None:
            self.accept()
        else:
            self._patience.start()
            await self._follow(self._queued)

    def _look(self) -> None:
        if self._queued is not None:
            self._tasks.run(self._follow(self._queued))

    async def _follow(self, queued: int) -> None:
        """Close once the server has done it; say what it refused."""
        waiting = await self._tasks.read(self._operations.waiting)
        operation = next((each for each in waiting if each.key == queued), None)
        if self._queued != queued:
            return
        if operation is None:
            self.accept()
        elif operation.parked:
            self._queued = self._made = None
            await self._tasks.write(self._operations.drop, queued)
            self._complain(operation.problem or _("The server refused to create this folder."))

    def done(self, result: int) -> None:
        """Close for good; what the server says from now on is told elsewhere."""
        self._queued = None
        self._patience.stop()
        if self._made is not None:
            self.created.emit(*self._made)
            self._made = None
        super().done(result)

    def _complain(self, text: str) -> None:
        self._patience.stop()
        self._wait(False)
        self._say(text)
        self.field.setFocus()
        self.field.selectAll()

    def _wait(self, on: bool) -> None:
        self.field.setReadOnly(on)
        self._button.setEnabled(not on)

    def _say(self, text: str) -> None:
        self.field.set_wrong(bool(text))
        self.complaint.setText(text)
        self.complaint.setVisible(bool(text))
        self.adjustSize()


def _make(create: Callable[[str], int], operations: Operations, name: str) -> tuple[int, int | None]:
    """Make the folder; return its key and that of the operation that carries it out, None where that is through."""
    before = {operation.key for operation in operations.waiting()}
    key = create(name)
    new = [each for each in operations.waiting() if each.key not in before and each.verb == "create-folder"]
    return key, new[-1].key if new else None
