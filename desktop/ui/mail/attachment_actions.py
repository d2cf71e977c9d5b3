"""What is done with attachments: open after a question, save, save all, drag out, fetch what is still on the server.

The GUI thread asks; reader threads decode and write. A dangerous attachment is never opened and never dragged; it is
saved after a question that says why. No dialog is executed: each is opened and answers by signal.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
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
from desktop.ui.mail.attachment_danger import danger_of
from desktop.ui.mail.attachment_saving import Content
from desktop.ui.mail.letter import Opened, Reading
from desktop.ui.mail.private_files import PrivateFiles
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog, confirm
from desktop.ui.widgets.file_dialog import FileDialog
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.menu import Menu

_FOLDER = "reader.save-folder"
_NAMED = 5
"""So many names a question about several attachments tells."""

OpenUrl = Callable[[QUrl], bool]
"""Hands an address to the system; False where no program takes it."""
Place = tuple[int, str]
"""Key of a mail and section of a part: sections of two mails have the same numbers."""


@dataclass(frozen=True, slots=True)
class _Held:
    """One part whose content is here, and what is dangerous about it."""

    part: Part
    content: Content
    danger: Danger | None


@dataclass(slots=True)
class _Fetch:
    """One part on its way from its server."""

    share: float = 0.0
    errand: Future[Path] | None = None
    cancelled: bool = False

    def cancel(self) -> None:
        self.cancelled = True
        if self.errand is not None:
            self.errand.cancel()


class AttachmentActions(QObject):
    """Acts on the parts of the letter last given to `set_letter`.

    What was begun goes on with the letter it was begun for, though another is shown by then. Only the person ends it,
    by pressing the card again.
    """

    progress = Signal(str, object)
    """Section of a part of the letter that is shown, and the share fetched or None."""
    told = Signal(str)
    """A sentence about what was done."""
    danger_found = Signal(str, object)
    """Section of a part of the letter that is shown, and the `Danger` its content turned out to be."""
    mail_wanted = Signal(object)
    """The path of an attached mail, to be read here."""
    _fetched = Signal(object, int, int)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        reading: Reading,
        state: State,
        files: PrivateFiles,
        window: QWidget,
        open_url: OpenUrl,
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._tasks = tasks
        self._reading = reading
        self._state = state
        self._files = files
        self._window = window
        self._open_url = open_url
        self._opened: Opened | None = None
        self._fetches: dict[Place, list[_Fetch]] = {}
        self._dangers: dict[tuple[int, int, str], Danger] = {}
        """By mail, copy and section: what was found in contents that were looked at."""
        # told on a thread of the engine
        self._fetched.connect(self._tell_progress, Qt.ConnectionType.QueuedConnection)

    def set_letter(self, opened: Opened | None) -> None:
        """Act on this letter from now on, and tell what of it is under way."""
        self._opened = opened
        for (key, twin, section), danger in self._dangers.items():
            if opened is not None and (opened.letter.key, opened.form.twin) == (key, twin):
                self.danger_found.emit(section, danger)
        for (key, section), fetches in self._fetches.items():
            if opened is not None and opened.letter.key == key:
                self.progress.emit(section, fetches[0].share)

    def open(self, part: Part) -> None:
        """Show the part with the system's program for it, after a question; read a mail here, refuse a dangerous part.

        While it is being fetched this ends the fetching.
        """
        opened = self._opened
        if opened is None:
            return
        fetches = self._fetches.get((opened.letter.key, part.section))
        if fetches is None:
            self._tasks.run(self._open(opened, part))
            return
        for fetch in fetches:
            fetch.cancel()

    def save(self, part: Part) -> None:
        """Ask where to, and save; ask before that about a dangerous part."""
        opened = self._opened
        if opened is None:
            return
        danger = names.danger(part.name, part.media_type)
        if danger is not None:
            self._warn(part, danger, lambda: self._choose_file(opened, part), _("Save as…"))
        else:
            self._choose_file(opened, part)

    def save_all(self, parts: Sequence[Part]) -> None:
        """Ask for a folder and save all parts there under their own names."""
        opened = self._opened
        if opened is None:
            return
        self._choose_folder(opened, tuple(parts))

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
            self._warn(part, danger, lambda: self._choose_file(opened, part, warned=True), _("Save as…"))
        elif copy is not None and _is_mail(part):
            self.mail_wanted.emit(copy)
        elif copy is not None:
            self._ask_to_open(opened, part, copy)

    async def _copy(self, opened: Opened, part: Part) -> tuple[Path | None, Danger | None]:
        """Return a copy for another program, and what is dangerous about it: of that no copy is made."""
        async with self._content(opened, part, None) as content:
            if content is None:
                return None, None
            danger = await self._look(opened, part, content)
            if danger is not None:
                return None, danger
            return await self._tasks.read(attachment_saving.copy_to_open, self._files, part.name, content), None

    def _ask_to_open(self, opened: Opened, part: Part, copy: Path) -> None:
        name = one_line(part.name) or _("Attachment")
        asked = Dialog(self._theme, _("Open attachment?"), self._window)
        asked.setWindowModality(Qt.WindowModality.WindowModal)
        asked.fit_width(420)
        asked.body.addWidget(Paragraph(self._theme, _("Open “{name}”?").format(name=name), "section"))
        words = _("A copy that cannot be changed is shown by the program your system uses for such files.")
        asked.body.addWidget(Paragraph(self._theme, words, "body", "secondary"))

        def save() -> None:
            asked.reject()
            self._choose_file(opened, part)

        def show() -> None:
            asked.accept()
            if not self._open_url(QUrl.fromLocalFile(str(copy))):
                self._offer_to_save(opened, part)

        asked.add_button(_("Save as…"), save)
        asked.footer.row.addStretch(1)
        asked.add_button(_("Cancel"), asked.reject)
        asked.add_button(_("Open"), show, Kind.PRIMARY)
        asked.open()

    def _offer_to_save(self, opened: Opened, part: Part) -> None:
        """Say that no program was found for a part; it can still be saved."""
        name = one_line(part.name) or _("Attachment")
        told = Dialog(self._theme, _("Attachment not opened"), self._window)
        told.setWindowModality(Qt.WindowModality.WindowModal)
        told.fit_width(420)
        heading = _("No program was found for “{name}”").format(name=name)
        told.body.addWidget(Paragraph(self._theme, heading, "section"))
        words = _("Your system knows no program for such files. Save it to open it with a program you choose.")
        told.body.addWidget(Paragraph(self._theme, words, "body", "secondary"))

        def save() -> None:
            told.accept()
            self._choose_file(opened, part)

        told.footer.row.addStretch(1)
        told.add_button(_("Cancel"), told.reject)
        told.add_button(_("Save as…"), save, Kind.PRIMARY)
        told.open()

    async def _drag(self, opened: Opened, part: Part) -> None:
        path, _danger = await self._copy(opened, part)
        if path is None:
            return
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            # a drag runs a loop of its own, which must not stand inside a coroutine
            QTimer.singleShot(0, lambda: _drag_file(self._window, path))

    def _warn(self, part: Part, danger: Danger, save: Callable[[], object], action: str) -> Dialog:
        name = one_line(part.name) or _("Attachment")
        return confirm(
            self._theme,
            self._window,
            title=_("Save “{name}”?").format(name=name),
            text=danger_words(danger) + "\n" + _("It is not opened here. Save it only if you expected it."),
            action=action,
            on_yes=save,
        )

    async def _which(self, held: Sequence[_Held]) -> Sequence[_Held]:
        """Ask once which of these to save, where some are dangerous; return them."""
        dangerous = [each for each in held if each.danger is not None]
        if not dangerous:
            return held
        safe = [each for each in held if each.danger is None]
        answer: asyncio.Future[Sequence[_Held]] = asyncio.get_running_loop().create_future()

        def say(chosen: Sequence[_Held]) -> None:
            if not answer.done():
                answer.set_result(chosen)

        question = self._ask_which(dangerous, lambda: say(held), (lambda: say(safe)) if safe else None)
        question.finished.connect(lambda _code: say(()))
        return await answer

    def _ask_which(
        self, dangerous: Sequence[_Held], save_all: Callable[[], object], save_safe: Callable[[], object] | None
    ) -> Dialog:
        asked = Dialog(self._theme, _("Save dangerous attachments too?"), self._window)
        asked.setWindowModality(Qt.WindowModality.WindowModal)
        asked.fit_width(460)
        heading = _("These can do harm when they are opened")
        asked.body.addWidget(Paragraph(self._theme, heading, "section"))
        for each in dangerous[:_NAMED]:
            if each.danger is not None:
                named = one_line(each.part.name) or _("Attachment")
                why = _("{name}: {reason}").format(name=named, reason=danger_words(each.danger))
                asked.body.addWidget(Paragraph(self._theme, why, "body", "secondary"))
        more = len(dangerous) - _NAMED
        if more > 0:
            words = n_("And {n} other", "And {n} others", more).format(n=more)
            asked.body.addWidget(Paragraph(self._theme, words, "body", "secondary"))

        def answering(answer: Callable[[], object]) -> Callable[[], None]:
            def call() -> None:
                answer()
                asked.accept()

            return call

        asked.footer.row.addStretch(1)
        safest = asked.add_button(_("Cancel"), asked.reject)
        if save_safe is not None:
            safest = asked.add_button(_("Save all but these"), answering(save_safe))
        asked.add_button(_("Save all"), answering(save_all), Kind.FINAL)
        asked.open()
        safest.setFocus()
        return asked

    def _choose_file(self, opened: Opened, part: Part, *, warned: bool = False) -> None:
        name = names.safe_name(part.name) or _("Attachment")
        chooser = FileDialog(self._window, _("Save attachment"), name, folder=self._folder())
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.fileSelected.connect(
            lambda path: self._tasks.run(self.save_to(opened, part, Path(path), warned=warned))
        )
        chooser.open()

    def _choose_folder(self, opened: Opened, parts: tuple[Part, ...]) -> None:
        chooser = FileDialog(self._window, _("Save all attachments"), folder=self._folder())
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly, on=True)
        chooser.fileSelected.connect(lambda path: self._tasks.run(self.save_all_to(opened, parts, Path(path))))
        chooser.open()

    async def save_to(self, opened: Opened, part: Part, path: Path, *, warned: bool = False) -> None:
        """Save one part as the file a person chose; ask once more where it is not what it seemed to be."""
        async with self._content(opened, part, path.parent) as content:
            if content is None:
                return
            if not warned and names.danger(part.name, part.media_type) is None:
                danger = await self._look(opened, part, content)
                if danger is not None and not await self._asked(part, danger):
                    return
            await self._tasks.read(attachment_saving.save_as, path, content)
        self._state.set(_FOLDER, str(path.parent))
        self.told.emit(_("{name} saved").format(name=path.name))

    async def save_all_to(self, opened: Opened, parts: Sequence[Part], folder: Path) -> None:
        """Save parts under their own names, over nothing that is there; ask before that about those that are dangerous.

        All are looked into first, so that there is one question.
        """
        async with AsyncExitStack() as stack:
            held: list[_Held] = []
            for part in parts:
                content = await stack.enter_async_context(self._content(opened, part, folder))
                if content is not None:
                    held.append(_Held(part, content, await self._look(opened, part, content)))
            chosen = await self._which(held)
            for each in chosen:
                await self._tasks.read(attachment_saving.save, folder, each.part.name, each.content)
        self._state.set(_FOLDER, str(folder))
        saved = len(chosen)
        if saved:
            self.told.emit(n_("{n} attachment saved", "{n} attachments saved", saved).format(n=saved))

    async def _look(self, opened: Opened, part: Part, content: Content) -> Danger | None:
        """Look at what a part holds; what is found is remembered of a mail that is stored."""
        danger = await self._tasks.read(danger_of, part, content)
        place = opened.letter.key, opened.form.twin, part.section
        if danger is not None:
            if opened.letter.key:
                self._dangers[place] = danger
            if self._opened is not None and self._opened.letter == opened.letter:
                self.danger_found.emit(part.section, danger)
        return danger

    async def _asked(self, part: Part, danger: Danger) -> bool:
        """Ask whether a part is to be saved that is dangerous by what it holds."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        question = self._warn(part, danger, lambda: None, _("Save"))
        question.finished.connect(lambda code: None if answer.done() else answer.set_result(bool(code)))
        return await answer

    @asynccontextmanager
    async def _content(self, opened: Opened, part: Part, folder: Path | None) -> AsyncIterator[Content | None]:
        """Give the octets of a part, or the draft it was fetched into, in `folder` or a private one.

        None when the person ended the fetching.
        """
        if opened.head.completeness is not Completeness.TEXT or not opened.letter.key:
            yield await self._tasks.read(opened.letter.part, part.section)
            return
        drafts = await self._tasks.read(attachment_saving.draft_folder, self._files, folder)
        try:
            yield await self._fetch(opened.letter.key, part, drafts / "part")
        finally:
            await self._tasks.read(self._files.drop, drafts)

    async def _fetch(self, key: int, part: Part, to: Path) -> Path | None:
        """Fetch a part from its server; None when the person ended it."""
        place = key, part.section
        fetch = _Fetch()
        self._fetches.setdefault(place, []).append(fetch)
        self._tell(place, fetch.share)
        try:
            fetch.errand = await self._tasks.read(
                self._reading.fetch_part,
                key,
                part.section,
                to,
                lambda done, total: self._fetched.emit(place, done, total),
            )
            if fetch.cancelled:
                fetch.errand.cancel()
            return await self._tasks.errand(fetch.errand)
        except asyncio.CancelledError:
            if not fetch.cancelled:
                raise
            name = one_line(part.name) or _("Attachment")
            self.told.emit(_("Fetching of {name} ended").format(name=name))
            return None
        finally:
            self._fetches[place].remove(fetch)
            if not self._fetches[place]:
                del self._fetches[place]
                self._tell(place, None)

    def _tell_progress(self, place: Place, done: int, total: int) -> None:
        for fetch in self._fetches.get(place, ()):
            fetch.share = done / total if total else 0.0
            self._tell(place, fetch.share)

    def _tell(self, place: Place, share: float | None) -> None:
        key, section = place
        if self._opened is not None and self._opened.letter.key == key:
            self.progress.emit(section, share)

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


def _is_mail(part: Part) -> bool:
    return part.media_type == "message/rfc822" or names.extension(part.name) == "eml"


def _drag_file(window: QWidget, path: Path) -> None:
    drag = QDrag(window)
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path))])
    drag.setMimeData(carried)
    drag.exec(Qt.DropAction.CopyAction)
