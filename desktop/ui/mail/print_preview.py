"""The preview of a printed mail: the pages as they will come, to be printed or saved as PDF.

Shows a PDF that `ui.web.print_job` made, so nothing of the mail runs here. No dialog is executed: each is opened and
answers by signal. GUI thread, but for `paint_pages`: to paint a page for a printer takes a tenth of a second, so that
is done on a reader thread (Qt paints printers on any thread).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from desktop.base.i18n import _
from desktop.base.text import one_line
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.file_dialog import FileDialog

_PRINT_DPI = 300


class PrintPreview(Dialog):
    """Shows the pages. `on_save` gets the file a person chose and the PDF, `on_print` the printer and the PDF."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        pdf: bytes,
        file_name: str,
        on_save: Callable[[Path, bytes], object],
        on_print: Callable[[QPrinter, bytes], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, one_line(title), parent)
        self.resize(720, 800)
        self._pdf = pdf
        self._file_name = file_name
        self._on_save = on_save
        self._on_print = on_print
        self.document = QPdfDocument(self)
        self.view = QPdfView(self)
        self.view.setDocument(self.document)
        self.view.setPageMode(QPdfView.PageMode.MultiPage)
        self.view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.view.setAccessibleName(_("Pages of the mail"))
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.view, 1)
        self.add_button(_("Save as PDF…"), self.choose_file)
        self.footer.row.addStretch(1)
        self.add_button(_("Cancel"), self.close)
        self.add_button(_("Print…"), self._choose_printer, Kind.PRIMARY)
        QTimer.singleShot(0, self, self._load)  # the window first, then its pages

    def _load(self) -> None:
        self._buffer = opened(self._pdf, self)
        self.document.load(self._buffer)

    def choose_file(self) -> None:
        """Ask where to save the PDF."""
        chooser = FileDialog(self, _("Save as PDF"), self._file_name)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilter(_("PDF (*.pdf)"))
        chooser.setDefaultSuffix("pdf")
        chooser.fileSelected.connect(lambda path: self._on_save(Path(path), self._pdf))
        chooser.open()

    def _choose_printer(self) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self.windowTitle())
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QPrintDialog.PrintDialogOption.PrintPageRange, on=True)
        dialog.setMinMax(1, max(1, self.document.pageCount()))
        dialog.accepted.connect(lambda: self._print(printer))
        QDialog.open(dialog)  # QPrintDialog hides it behind an overload with a slot's name

    def _print(self, printer: QPrinter) -> None:
        self._on_print(printer, self._pdf)
        self.close()


def opened(pdf: bytes, owner: QObject) -> QBuffer:
    """Return a device to read a PDF from, which lives with its owner."""
    buffer = QBuffer(owner)
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    return buffer


def paint_pages(pdf: bytes, printer: QPrinter) -> bool:
    """Paint the chosen pages of a PDF on a printer, as large as the paper allows; False where it takes none."""
    document = QPdfDocument()
    document.load(opened(pdf, document))
    first = max(1, printer.fromPage() or 1)
    last = min(document.pageCount(), printer.toPage() or document.pageCount())
    printer.setFullPage(True)
    painter = QPainter()
    if not document.pageCount() or not painter.begin(printer):
        return False
    for number in range(first, last + 1):
        if number > first:
            printer.newPage()
        points = document.pagePointSize(number - 1)
        dpi = min(_PRINT_DPI, printer.resolution())
        image = document.render(number - 1, QSize(round(points.width() * dpi / 72), round(points.height() * dpi / 72)))
        area = painter.viewport()
        size = image.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        area.setSize(size)
        painter.drawImage(area, image)
    return painter.end()
