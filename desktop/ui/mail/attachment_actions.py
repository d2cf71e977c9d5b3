"""What is done with attachments: open after a question, save, save all, drag out, fetch what is still on the server.

The GUI thread asks; reader threads decode and write. A dangerous attachment is never opened and never dragged; it is
saved after a question that says why. No dialog is executed: each is opened and answers by signal.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPoint, QStandardPaths, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.base.i18n import _, n_
from desktop.base.text import one_line
from desktop.domain.mail import names
from desktop.domain.mail.message import Completeness, Part
from desktop.domain.mail.names import Danger
from desktop.ui.mail import attachment_saving
from desktop.ui.mail.attachment_bar import danger_words
from desktop.ui.mail.attachment_saving import Content, OpenedCopies
from desktop.ui.mail.letter import Opened, Reading
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog, confirm
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.menu import Menu

_FOLDER = "reader.save-folder"
_FIRST_BYTES = 512

OpenUrl = Callable[[QUrl], object]


class AttachmentActions(QObject):
    """Acts on the parts of the letter last given to `set_letter`.

    What was begun goes on with the letter it was begun for, though another is shown by then: sections of two mails
    have the same numbers.
    """

    progress = Signal(str, object)
    """Section of a part, and the share fetched or None."""
    told = Signal(str)
    """A sentence about what was done."""
    _fetched = Signal(str, int, int)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        reading: Reading,
        state: State,
        copies: OpenedCopies,
        window: QWidget,
        open_url: OpenUrl,
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._tasks = tasks
        self._reading = reading
        self._state = state
        self._copies = copies
        self._window = window
        self._open_url = open_url
        self._opened: Opened | None = None
        self._fetches: dict[str, Future[Path]] = {}
        # told on a thread of the engine
        self._fetched.connect(self._tell_progress, Qt.ConnectionType.QueuedConnection)

    def set_letter(self, opened: Opened | None) -> None:
        """Act on this letter from now on; fetches for the one before are cancelled."""
        for fetch in self._fetches.values():
            fetch.cancel()
        self._fetches.clear()
        self._opened = opened

    def open(self, part: Part) -> None:
        """Show the part with the system's program for it, after a question; refuse a dangerous one."""
        if part.section in self._fetches:
            self._fetches[part.section].cancel()
            return
        if self._opened is not None:
            self._tasks.run(self._open(self._opened, part))

    def save(self, part: Part) -> None:
        """Ask where to, and save; ask before that about a dangerous part."""
        opened = self._opened
        if opened is None:
            return
        danger = names.danger(part.name, part.media_type)
        if danger is not None:
            self._warn(part, danger, lambda: self._choose_file(opened, part))
        else:
            self._choose_file(opened, part)

    def save_all(self, parts: Sequence[Part]) -> None:
        """Ask for a folder and save all parts there under their own names."""
        opened = self._opened
        if opened is None:
            return
        dangerous = [part for part in parts if names.danger(part.name, part.media_type) is not None]
        if not dangerous:
            self._choose_folder(opened, tuple(parts))
            return
        listed = ", ".join(one_line(part.name) for part in dangerous[:5])
        confirm(
            self._theme,
            self._window,
            title=_("Save dangerous attachments too?"),
            text=_("These can do harm when they are opened: {names}.").format(names=listed),
            action=_("Save all"),
            on_yes=lambda: self._choose_folder(opened, tuple(parts)),
        )

    def drag(self, part: Part) -> None:
        """Drag a copy out to another program; a dangerous part stays."""
        if self._opened is not None and names.danger(part.name, part.media_type) is None:
            self._tasks.run(self._drag(self._opened, part))

    def show_menu(self, part: Part, at: QPoint) -> None:
        """Show what can be done with the part."""
        menu = Menu(self._theme, self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        safe = names.danger(part.name, part.media_type) is None
        menu.add(_("Open…"), lambda: self.open(part), icon="external-link", enabled=safe)
        menu.add(_("Save as…"), lambda: self.save(part), icon="save")
        parts = () if self._opened is None else listed(self._opened)
        if len(parts) > 1:
            menu.add(_("Save all…"), lambda: self.save_all(parts), icon="download")
        menu.popup(at)

    async def _open(self, opened: Opened, part: Part) -> None:
        copy, danger = await self._copy(opened, part)
        if danger is not None:
            self._warn(part, danger, lambda: self._choose_file(opened, part))
        elif copy is not None:
            self._ask_to_open(opened, part, copy)

    async def _copy(self, opened: Opened, part: Part) -> tuple[Path | None, Danger | None]:
        """Return a copy for another program, and what is dangerous about it: of that no copy is made."""
        async with self._content(opened, part, self._copies.cache) as content:
            if content is None:
                return None, None
            begin = await self._tasks.read(attachment_saving.first_bytes, content, _FIRST_BYTES)
            danger = names.danger(part.name, part.media_type, begin)
            if danger is not None:
                return None, danger
            return await self._tasks.read(self._copies.add, part.name, content), None

    def _ask_to_open(self, opened: Opened, part: Part, copy: Path) -> None:
        name = one_line(part.name) or _("Attachment")
        asked = Dialog(self._theme, _("Open attachment?"), self._window)
        asked.setWindowModality(Qt.WindowModality.WindowModal)
        asked.setFixedWidth(420)
        asked.body.addWidget(Paragraph(self._theme, _("Open “{name}”?").format(name=name), "section"))
        words = _("A copy that cannot be changed is shown by the program your system uses for such files.")
        asked.body.addWidget(Paragraph(self._theme, words, "body", "secondary"))

        def save() -> None:
            asked.reject()
            self._choose_file(opened, part)

        def show() -> None:
            asked.accept()
            self._open_url(QUrl.fromLocalFile(str(copy)))

        asked.add_button(_("Save as…"), save)
        asked.footer.row.addStretch(1)
        asked.add_button(_("Cancel"), asked.reject)
        asked.add_button(_("Open"), show, Kind.PRIMARY)
        asked.open()

    async def _drag(self, opened: Opened, part: Part) -> None:
        path, _danger = await self._copy(opened, part)
        if path is None:
            return
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            # a drag runs a loop of its own, which must not stand inside a coroutine
            QTimer.singleShot(0, lambda: _drag_file(self._window, path))

    def _warn(self, part: Part, danger: Danger, save: Callable[[], object]) -> None:
        name = one_line(part.name) or _("Attachment")
        confirm(
            self._theme,
            self._window,
            title=_("Save “{name}”?").format(name=name),
            text=danger_words(danger) + "\n" + _("It is not opened here. Save it only if you expected it."),
            action=_("Save as…"),
            on_yes=save,
        )

    def _choose_file(self, opened: Opened, part: Part) -> None:
        name = names.safe_name(part.name) or _("Attachment")
        chooser = QFileDialog(self._window, _("Save attachment"), str(Path(self._folder()) / name))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(lambda path: self._tasks.run(self.save_to(opened, part, Path(path))))
        chooser.open()

    def _choose_folder(self, opened: Opened, parts: tuple[Part, ...]) -> None:
        chooser = QFileDialog(self._window, _("Save all attachments"), self._folder())
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly, on=True)
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.fileSelected.connect(lambda path: self._tasks.run(self.save_all_to(opened, parts, Path(path))))
        chooser.open()

    async def save_to(self, opened: Opened, part: Part, path: Path) -> None:
        """Save one part as the file a person chose."""
        async with self._content(opened, part, path.parent) as content:
            if content is None:
                return
            await self._tasks.read(attachment_saving.save_as, path, content)
        self._state.set(_FOLDER, str(path.parent))
        self.told.emit(_("{name} saved").format(name=path.name))

    async def save_all_to(self, opened: Opened, parts: Sequence[Part], folder: Path) -> None:
        """Save parts under their own names, over nothing that is there."""
        saved = 0
        for part in parts:
            async with self._content(opened, part, folder) as content:
                if content is not None:
                    await self._tasks.read(attachment_saving.save, folder, part.name, content)
                    saved += 1
        self._state.set(_FOLDER, str(folder))
        self.told.emit(n_("{n} attachment saved", "{n} attachments saved", saved).format(n=saved))

    @asynccontextmanager
    async def _content(self, opened: Opened, part: Part, folder: Path) -> AsyncIterator[Content | None]:
        """Give the octets of a part, or the draft in `folder` into which it was fetched; None when it was cancelled."""
        if opened.head.completeness is not Completeness.TEXT or not opened.letter.key:
            yield await self._tasks.read(opened.letter.part, part.section)
            return
        drafts = await self._tasks.read(attachment_saving.draft_folder, folder)
        try:
            yield await self._fetch(opened.letter.key, part.section, drafts / "part")
        finally:
            attachment_saving.drop_draft_folder(drafts)

    async def _fetch(self, key: int, section: str, to: Path) -> Path | None:
        """Fetch a part from its server; None when the person cancelled."""
        self.progress.emit(section, 0.0)
        try:
            fetch = await self._tasks.read(
                self._reading.fetch_part,
                key,
                section,
                to,
                lambda done, total: self._fetched.emit(section, done, total),
            )
            self._fetches[section] = fetch
            return await self._tasks.errand(fetch)
        except asyncio.CancelledError:
            if self._fetches.get(section) is None:
                raise
            return None
        finally:
            self._fetches.pop(section, None)
            self.progress.emit(section, None)

    def _tell_progress(self, section: str, done: int, total: int) -> None:
        if section in self._fetches:
            self.progress.emit(section, done / total if total else 0.0)

    def _folder(self) -> str:
        default = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
        known = self._state.get(_FOLDER, default)
        return known if Path(known).is_dir() else default


def listed(opened: Opened) -> tuple[Part, ...]:
    """Return the parts the strip shows: all but pictures the body really shows."""
    document = opened.document
    known = () if document is None else document.parts
    # the head tells of the current copy alone
    parts = known if opened.form.twin else opened.head.parts or known
    shown = set() if document is None else set(document.content_ids.values())
    return tuple(part for part in parts if not (part.inline and part.section in shown))


def _drag_file(window: QWidget, path: Path) -> None:
    drag = QDrag(window)
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    drag.setMimeData(carried)
    drag.exec(Qt.DropAction.CopyAction)
