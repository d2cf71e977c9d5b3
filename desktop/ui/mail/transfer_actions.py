"""What a person does to bring mails in from files and out into files: asked for places, told of how far it is.

GUI thread; the work is done on a thread of the engine, one import or export after the other. It is told while it runs
by `changed`, for who shows it, and can be cancelled at any time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.folder import ListId
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.names import safe_name
from desktop.services.mail.importing import Progress
from desktop.services.mail.mail_actions import MailActions
from desktop.services.mail.transfer_words import exported, imported
from desktop.services.mail.transfers import Tell, Transfers
from desktop.services.mail.views import MailViews
from desktop.ui.mail import transfer_words
from desktop.ui.mail.folder_nodes import Node
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.tasks import Tasks
from desktop.ui.widgets.file_dialog import FileDialog

T = TypeVar("T")

_NOTHING = Progress(0, 0, 0)


@dataclass(slots=True, eq=False)
class UnderWay:
    """An import or export that was asked for and is not done."""

    say: Callable[[Progress], str]
    told: Progress = _NOTHING
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def words(self) -> str:
        return _("Ending…") if self.cancelled.is_set() else self.say(self.told)


class TransferActions(QObject):
    """Imports and exports of one window."""

    changed = Signal(object)
    """The `UnderWay` that is done now, None when there is none."""
    told = Signal(str)
    """What came of one."""
    _moved = Signal(object, object)
    """An `UnderWay` and how far it is; emitted on the thread that works."""

    def __init__(self, transfers: Transfers, views: MailViews, mails: MailActions, tasks: Tasks, host: QWidget) -> None:
        super().__init__(host)
        self._transfers = transfers
        self._views = views
        self._mails = mails
        self._tasks = tasks
        self._host = host
        self._under_way: list[UnderWay] = []
        self._moved.connect(self._show, Qt.ConnectionType.QueuedConnection)

    # what a person asks for

    def choose_files(self, folder_key: int | None) -> QFileDialog:
        """Ask which files to import into a folder of a two-way account; None keeps their mails here only."""
        chooser = self._chooser(_("Import mail files"), _("Import"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFiles)
        chooser.filesSelected.connect(lambda names: self.import_files(folder_key, [Path(name) for name in names]))
        chooser.open()
        return chooser

    def choose_folder(self, folder_key: int | None) -> QFileDialog:
        """Ask for a folder all mails of which are imported: a Maildir, one of Thunderbird, one with EML files."""
        chooser = self._chooser(_("Import a folder of mail"), _("Import"))
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.fileSelected.connect(lambda name: self.import_files(folder_key, [Path(name)]))
        chooser.open()
        return chooser

    def choose_place(self, name: str, form: ExportForm, keys: Callable[[], Sequence[int]]) -> QFileDialog:
        """Ask where mails go; `keys` reads which they are, on a reader thread, once the place is chosen."""
        called = safe_name(name.replace("/", "_")) or _("Mails")
        if form is ExportForm.MBOX:
            chooser = self._chooser(_("Export mails"), _("Export"))
            chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            chooser.selectFile(f"{called}.mbox")
            chooser.fileSelected.connect(lambda chosen: self._tasks.run(self._export(keys, form, Path(chosen))))
        else:
            chooser = self._chooser(_("Export mails into a new folder in"), _("Export"))
            chooser.setFileMode(QFileDialog.FileMode.Directory)
            chooser.fileSelected.connect(
                lambda chosen: self._tasks.run(self._export(keys, form, Path(chosen) / called))
            )
        chooser.open()
        return chooser

    def export_list(self, node: Node, form: ExportForm) -> QFileDialog:
        """Ask where all mails of a list go."""
        return self.choose_place(node.name, form, partial(self._members, node.list_id))

    def export_mails(self, load: MailLoad, form: ExportForm) -> QFileDialog:
        """Ask where mails go, and what a list has of their conversations."""
        keys = partial(self._mails.meant, load.mails, load.conversations, load.list_id)
        return self.choose_place(_("Mails"), form, lambda: sorted(keys()))

    def import_files(self, folder_key: int | None, paths: Sequence[Path]) -> None:
        """Import files and folders into a folder of a two-way account; None keeps their mails here only."""
        self._tasks.run(self._import(folder_key, tuple(paths)))

    def cancel(self) -> None:
        """End what is shown; what waits behind it goes on."""
        if self._under_way:
            self._under_way[0].cancelled.set()
            self.changed.emit(self._under_way[0])

    # inside

    def _chooser(self, title: str, action: str) -> QFileDialog:
        chooser = FileDialog(self._host.window(), title)
        chooser.setLabelText(QFileDialog.DialogLabel.Accept, action)
        return chooser

    def _members(self, list_id: ListId) -> Sequence[int]:
        """Return the mails of a list, oldest first."""
        return sorted(self._views.open_list(ListQuery(list_id, conversations=False)).keys)

    async def _import(self, folder_key: int | None, paths: Sequence[Path]) -> None:
        started = UnderWay(transfer_words.import_progress)
        done = await self._follow(
            started, lambda tell: self._transfers.import_files(paths, folder_key, tell, started.cancelled)
        )
        self.told.emit(imported(done, transfer_words.number))

    async def _export(self, keys: Callable[[], Sequence[int]], form: ExportForm, to: Path) -> None:
        started = UnderWay(transfer_words.export_progress)
        mails = await self._tasks.read(keys)
        done = await self._follow(
            started, lambda tell: self._transfers.export(mails, form, to, tell, started.cancelled)
        )
        self.told.emit(exported(done, transfer_words.number))

    async def _follow(self, started: UnderWay, begin: Callable[[Tell], Future[T]]) -> T:
        """Let it be shown as long as it runs."""
        self._under_way.append(started)
        self.changed.emit(self._under_way[0])
        try:
            return await self._tasks.errand(begin(lambda told: self._moved.emit(started, told)))
        finally:
            self._under_way.remove(started)
            self.changed.emit(self._under_way[0] if self._under_way else None)

    def _show(self, started: UnderWay, told: Progress) -> None:
        started.told = told
        if self._under_way and self._under_way[0] is started:
            self.changed.emit(started)
