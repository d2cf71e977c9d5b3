"""Files and pictures of one draft: taken in away from the GUI thread, shown, put into the text, taken out again.

GUI thread; what it awaits runs on those of `ui.tasks`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QTextCursor

from desktop.base.errors import Problem
from desktop.base.i18n import _, n_
from desktop.base.text import encodable
from desktop.domain.mail import signature
from desktop.domain.mail.draft import Enclosure
from desktop.domain.mail.written import Block, Paragraph, Picture, pictures, without_pictures
from desktop.ui.compose import folder_zip, intake
from desktop.ui.compose.attachment_strip import MOST_BYTES, PICTURES, AttachmentStrip
from desktop.ui.compose.editor import Editor
from desktop.ui.compose.errands import Errands
from desktop.ui.compose.intake import Shown
from desktop.ui.compose.notice_bar import NoticeBar
from desktop.ui.compose.ports import Compose
from desktop.ui.line_texts import one_line, size_text
from desktop.ui.widgets.banner import Tone


class Enclosing(QObject):
    """`changed` tells that the draft has other files."""

    changed = Signal()
    settled = Signal(bool)
    """A file was read that was dropped or chosen, or could not be."""

    def __init__(
        self,
        compose: Compose,
        tasks: Errands,
        strip: AttachmentStrip,
        editor: Editor,
        notices: NoticeBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._compose, self._tasks, self._strip = compose, tasks, strip
        self._editor, self._notices = editor, notices
        self._files: list[Enclosure] = []
        self._pictures: dict[str, Enclosure] = {}
        self._pending: list[str] = []
        self._folders: list[Path] = []
        """Of which is asked whether they are to be packed."""
        self._came = asyncio.Event()
        self.unread = 0
        """So many files could not be read so far."""
        self.left_out: list[str] = []
        """Names of files that came when the mail was already handed over."""
        self.is_shut = False
        """The mail is handed over as it is: nothing goes into it any more."""
        strip.removed.connect(self._remove)
        strip.pending_dropped.connect(self._forget)
        strip.into_text.connect(lambda enclosure: tasks.run(self._move_into_text(enclosure)))
        strip.files_dropped.connect(self.attach)
        editor.files_given.connect(self.attach)
        editor.picture_given.connect(lambda image: tasks.run(self._paste_picture(image)))
        editor.html_pasted.connect(lambda html, place: tasks.run(self._paste_html(html, place)))

    @property
    def enclosures(self) -> tuple[Enclosure, ...]:
        """Files and every picture the text ever had; `written_draft.finished` leaves out what it has no more."""
        return (*self._files, *self._pictures.values())

    @property
    def files(self) -> tuple[Enclosure, ...]:
        """What is attached."""
        return tuple(self._files)

    @property
    def pending(self) -> tuple[str, ...]:
        """Names of files that are still being read."""
        return tuple(self._pending)

    def show_enclosures(self, enclosures: Sequence[Enclosure]) -> None:
        """Begin with what a draft has."""
        self._files = [each for each in enclosures if not each.content_id]
        self._pictures = {each.content_id: each for each in enclosures if each.content_id}
        self._show()

    async def show_pictures(self) -> None:
        """Load the pictures of the text; what cannot be shown stays a grey square."""
        for enclosure in tuple(self._pictures.values()):
            try:
                shown = await self._tasks.read(intake.picture, self._compose, enclosure)
            except Problem as problem:
                self._notices.say("picture", problem.text, Tone.DANGER, details=problem.details)
                continue
            if shown is not None:
                self._editor.add_picture(enclosure.content_id, shown.image)

    def attach(self, paths: Sequence[Path], into_text: bool = False) -> None:
        """Take files in; pictures among them go into the text where that is meant."""
        if self.is_shut:
            self.left_out += [one_line(encodable(path.name)) for path in paths]
            return
        for path in paths:
            self._tasks.run(self._settle(self._attach(path, into_text=into_text)))

    async def sign(self, html: str) -> tuple[Block, ...]:
        """Return a kept signature made safe; its pictures go along once they stand in the text."""
        try:
            blocks, shown = await self._tasks.write(intake.signed, self._compose, html, _("Picture"))
        except Problem as problem:
            self._notices.say("picture", problem.text, Tone.DANGER, details=problem.details)
            kept = await self._tasks.read(signature.read, html)
            return without_pictures(kept.blocks, lambda _content_id: False)
        self._know(shown)
        return self._known(blocks)

    def keep_pictures_as_files(self) -> None:
        """Let the pictures of the text go along as files: the text becomes plain."""
        shown = set(self._editor_pictures())
        for content_id in shown & set(self._pictures):
            enclosure = self._pictures.pop(content_id)
            self._files.append(Enclosure(enclosure.name, enclosure.media_type, enclosure.size_bytes, enclosure.digest))
        self._show()
        self.changed.emit()

    def _editor_pictures(self) -> list[str]:
        return list(pictures(self._editor.blocks()))

    async def _settle(self, coming: Awaitable[bool]) -> None:
        """Wait for something that comes, and tell that it is there, or could not be read."""
        taken = False
        try:
            taken = await coming
        finally:
            self.unread += not taken
            self._came.set()
            self.settled.emit(taken)

    async def all_came(self) -> None:
        """Wait for the files that still come."""
        while self._pending:
            self._came.clear()
            await self._came.wait()

    async def _attach(self, path: Path, *, into_text: bool) -> bool:
        """Read a file; returns whether it could be."""
        place = self._editor.place()
        self._pending.append(path.name)
        self._show()
        try:
            enclosure = await self._tasks.write(intake.attach, self._compose, path)
        except intake.IsFolder as problem:
            self._arrived(path.name)
            self._offer_to_pack(path, problem.text)
            return False
        except Problem as problem:
            self._arrived(path.name)
            self._notices.say("attach", problem.text, Tone.DANGER, details=problem.details)
            return False
        except Exception:
            self._arrived(path.name)
            raise
        self._notices.take_back("attach")
        if not self._arrived(path.name):
            return True
        if into_text and enclosure.media_type in PICTURES and not self._editor.is_plain:
            shown = await self._tasks.read(intake.picture, self._compose, enclosure)
            if shown is not None:
                self._insert(shown, place)
                return True
        self._add(enclosure)
        return True

    def _offer_to_pack(self, folder: Path, words: str) -> None:
        """Ask whether a folder is to go along as an archive, and those that were dropped with it."""
        if folder not in self._folders:
            self._folders.append(folder)
        count = len(self._folders)
        if count > 1:
            words = n_(
                "{n} folder can go along as a ZIP archive.", "{n} folders can go along as ZIP archives.", count
            ).format(n=count)
        self._notices.say(
            "folder", words, actions=((_("Attach as ZIP"), self._pack_all), (_("Leave"), self._forget_folders))
        )

    def _forget_folders(self) -> None:
        """Forget the folders."""
        self._folders.clear()
        self._notices.take_back("folder")

    def _pack_all(self) -> None:
        folders = tuple(self._folders)
        self._forget_folders()
        for folder in folders:
            self._tasks.run(self._settle(self._pack(folder)))

    async def _pack(self, folder: Path) -> bool:
        """Attach an archive of a folder; returns whether it could be made."""
        name = f"{intake.file_name(folder)}.zip"
        self._pending.append(name)
        self._show()
        try:
            octets = await self._tasks.read(folder_zip.packed, folder)
            enclosure = await self._tasks.write(self._compose.attach_octets, name, "application/zip", octets)
        except Problem as problem:
            self._arrived(name)
            self._notices.say("attach", problem.text, Tone.DANGER, details=problem.details)
            return False
        except Exception:
            self._arrived(name)
            raise
        self._notices.take_back("attach")
        if self._arrived(name):
            self._add(enclosure)
        return True

    def _add(self, enclosure: Enclosure) -> None:
        if enclosure not in self._files:
            self._files.append(enclosure)
        self._show()
        self.changed.emit()

    def _arrived(self, name: str) -> bool:
        """Count a file as read; returns whether it is still wanted."""
        wanted = name in self._pending
        if wanted:
            self._pending.remove(name)
        self._show()
        return wanted

    async def _move_into_text(self, enclosure: Enclosure) -> None:
        shown = await self._tasks.read(intake.picture, self._compose, enclosure)
        if shown is None or self._editor.is_plain:
            words = _("“{name}” cannot be shown in the text.").format(name=enclosure.name)
            self._notices.say("picture", words, Tone.WARNING)
            return
        self._insert(shown, self._editor.textCursor())
        self._remove(enclosure)

    async def _paste_picture(self, image: QImage) -> None:
        place = self._editor.place()
        try:
            shown = await self._tasks.write(intake.pasted, self._compose, image, _("Picture.png"))
        except Problem as problem:
            self._notices.say("picture", problem.text, Tone.DANGER, details=problem.details)
            return
        if shown is not None:
            self._insert(shown, place)

    async def _paste_html(self, html: str, place: QTextCursor) -> None:
        try:
            blocks, shown = await self._tasks.write(intake.web, self._compose, html, _("Picture"))
        except Problem as problem:
            self._notices.say("picture", problem.text, Tone.DANGER, details=problem.details)
            return
        self._know(shown)
        self._editor.insert(self._known(blocks), place)
        self.changed.emit()

    def _know(self, shown: Sequence[Shown]) -> None:
        for each in shown:
            self._pictures[each.enclosure.content_id] = each.enclosure
            self._editor.add_picture(each.enclosure.content_id, each.image)

    def _known(self, blocks: Sequence[Block]) -> tuple[Block, ...]:
        """Leave out pictures that name files of another mail."""
        return without_pictures(blocks, lambda content_id: content_id in self._pictures)

    def _insert(self, shown: Shown, cursor: QTextCursor) -> None:
        enclosure = shown.enclosure
        self._pictures[enclosure.content_id] = enclosure
        self._editor.add_picture(enclosure.content_id, shown.image)
        width = self._editor.fitting_width(shown.image)
        self._editor.insert((Paragraph((Picture(enclosure.content_id, enclosure.name, width),)),), cursor)
        self.changed.emit()

    def _remove(self, enclosure: Enclosure) -> None:
        if enclosure in self._files:
            self._files.remove(enclosure)
            self._show()
            self.changed.emit()

    def _forget(self, name: str) -> None:
        if name in self._pending:
            self._pending.remove(name)
            self._show()

    def _show(self) -> None:
        self._strip.show_files(self._files, self._pending)
        total = sum(each.size_bytes for each in self.enclosures)
        if total <= MOST_BYTES:
            self._notices.take_back("size")
            return
        count = len(self.enclosures)
        words = n_(
            "The attachment has {size}. Many mail servers refuse more than {most}.",
            "The {n} attachments have {size} together. Many mail servers refuse more than {most}.",
            count,
        ).format(n=count, size=size_text(total), most=size_text(MOST_BYTES))
        self._notices.say("size", words)
