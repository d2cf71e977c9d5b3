"""The open letter on its way out of the reader: printed, as PDF, as a file, and its source and headers in windows.

GUI thread; sources are read and files written on reader threads.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.base.i18n import _, language
from desktop.base.text import one_line
from desktop.domain.mail import names
from desktop.domain.mail.address import Address
from desktop.domain.mail.message import NO_DATE_MS
from desktop.domain.mail.reading import MessageHead
from desktop.ui import dates
from desktop.ui.mail import attachment_saving
from desktop.ui.mail.letter import Letter, Opened, Reading
from desktop.ui.mail.letter_pictures import LetterPictures
from desktop.ui.mail.message_header import MOST_RECIPIENTS
from desktop.ui.mail.private_files import PrivateFiles
from desktop.ui.mail.source_window import FIRST_BYTES, Source, SourceWindow, prepare
from desktop.ui.mail.whole_mails import WholeMails
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.web import shell
from desktop.ui.web.exhibit import Exhibit
from desktop.ui.widgets.file_dialog import FileDialog

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

    from desktop.ui.web.print_job import PrintJob


class LetterOutput(QObject):
    """Opens windows above `window`; each goes away by itself."""

    told = Signal(str)
    coming_changed = Signal(object)
    """Of a mail that is fetched in order to be saved what is `Coming`, or None."""
    previewed = Signal(object)
    """A PrintPreview that was opened."""

    def __init__(self, theme: Theme, tasks: Tasks, reading: Reading, files: PrivateFiles, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._tasks = tasks
        self._reading = reading
        self._window = window
        self._job: PrintJob | None = None
        self._pictures: LetterPictures | None = None
        self._whole = WholeMails(tasks, reading, files, self)
        self._whole.told.connect(self.told)
        self._whole.changed.connect(self.coming_changed)

    def print(self, opened: Opened, *, images: bool) -> None:
        """Lay the mail out on pages and show their preview, with remote pictures only where they are shown."""
        document = opened.document
        if document is None or self._job is not None:
            return
        made = shell.build(
            document.html,
            shell.PAPER,
            family=self._theme.font("body").family(),
            language=language(),
            head=shell.PrintHead(one_line(opened.head.subject), tuple(head_fields(opened.head))),
            images=images,
        )
        self._pictures = LetterPictures(self._tasks, self._reading, opened.letter, document)
        from desktop.ui.web.print_job import PrintJob

        self._job = PrintJob(Exhibit(made.document, made.policy, self._pictures, allow_remote=images), self)
        self._job.finished.connect(lambda pdf: self._preview(opened.head, pdf), Qt.ConnectionType.QueuedConnection)

    def show_source(self, opened: Opened) -> None:
        """Open a window with the source as it came."""
        self._tasks.run(self._show_source(opened))

    def show_headers(self, opened: Opened) -> None:
        """Open a window with every header line."""
        self._tasks.run(self._show_headers(opened))

    def save(self, opened: Opened) -> None:
        """Ask where to, and save the whole source as a mail file."""
        chooser = FileDialog(self._window, _("Save mail as"), file_name(opened.head, "eml"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilter(_("Mail (*.eml)"))
        chooser.setDefaultSuffix("eml")
        chooser.fileSelected.connect(lambda path: self._tasks.run(self.save_to(opened.letter, Path(path))))
        chooser.open()

    async def save_to(self, letter: Letter, path: Path) -> None:
        """Save the whole source as the file a person chose; what is not here is fetched."""
        if not await self._tasks.read(letter.is_whole):
            await self._whole.save(letter, path)
            return
        raw = await self._tasks.read(letter.source)
        await self._save(path, raw)

    def end_fetching(self) -> None:
        """End what `coming_changed` told of last."""
        self._whole.cancel()

    def close_browser(self) -> None:
        """End the browser of a print job that is under way."""
        if self._job is not None:
            self._job.close()
            self._job = None

    async def _save(self, path: Path, data: bytes) -> None:
        await self._tasks.read(attachment_saving.save_as, path, data)
        self.told.emit(_("{name} saved").format(name=path.name))

    async def _show_source(self, opened: Opened) -> None:
        source, whole = await self._tasks.read(_source_of, opened.letter)
        partly = _("Only the header and text of this mail are on this computer. The rest is on its server.")
        SourceWindow(
            self._theme,
            _("Source of “{subject}”").format(subject=one_line(opened.head.subject)),
            source,
            note="" if whole else partly,
            file_name=file_name(opened.head, "eml"),
            on_save=lambda path: self._tasks.run(self.save_to(opened.letter, path)),
            parent=self._window,
        ).show()

    async def _show_headers(self, opened: Opened) -> None:
        source = await self._tasks.read(_headers_of, opened.letter)
        title = _("Headers of “{subject}”").format(subject=one_line(opened.head.subject))
        SourceWindow(self._theme, title, source, parent=self._window).show()

    async def _paint(self, printer: QPrinter, pdf: bytes) -> None:
        from desktop.ui.mail.print_preview import paint_pages

        name = one_line(printer.printerName() or printer.outputFileName())
        if await self._tasks.read(paint_pages, pdf, printer):
            self.told.emit(_("Sent to {printer}").format(printer=name))
        else:
            self.told.emit(_("{printer} does not take the mail.").format(printer=name))

    def _preview(self, head: MessageHead, pdf: bytes) -> None:
        self.close_browser()
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None
        if not pdf:
            self.told.emit(_("This mail could not be laid out for printing."))
            return
        # what shows and prints pages is loaded by who prints
        from desktop.ui.mail.print_preview import PrintPreview

        preview = PrintPreview(
            self._theme,
            _("Print “{subject}”").format(subject=one_line(head.subject)),
            pdf,
            file_name(head, "pdf"),
            lambda path, data: self._tasks.run(self._save(path, data)),
            lambda printer, data: self._tasks.run(self._paint(printer, data)),
            self._window,
        )
        preview.show()
        self.previewed.emit(preview)


def _source_of(letter: Letter) -> tuple[Source, bool]:
    """Return what the window of a source shows, and whether the source is the whole mail (reader thread)."""
    raw = letter.source()
    # one character a byte where it is no UTF-8, and a little more than is shown, so that the end is told
    return prepare(raw[: FIRST_BYTES + 4096].decode("utf-8", "replace")), letter.is_whole()


def _headers_of(letter: Letter) -> Source:
    return prepare(letter.headers())


def head_fields(head: MessageHead) -> list[tuple[str, str]]:
    """Return the header fields above a printed mail."""
    fields = [(_("From"), one_line(str(head.sender)))]
    for title, people in ((_("To"), head.to), (_("Cc"), head.cc)):
        if people:
            fields.append((title, _listed(people)))
    if head.date_ms > NO_DATE_MS:
        fields.append((_("Date"), dates.full_date(head.date_ms, dates.zone())))
    return fields


def file_name(head: MessageHead, extension: str) -> str:
    """Return a name for a file made of a mail."""
    stem = names.safe_name(one_line(head.subject).replace("/", "-"))[:80].strip(" .")
    return f"{stem or _('Mail')}.{extension}"


def _listed(people: tuple[Address, ...]) -> str:
    return ", ".join(one_line(str(person)) for person in people[:MOST_RECIPIENTS])
