"""A mail as pages: rendered to PDF by a page of its own behind the same defences, off the screen. GUI thread.

Printing and its preview both start from this PDF, so what is printed is what was seen there: all that the mail says,
quotations that are folded in the reader with it.
"""

from __future__ import annotations

import logging

from PySide6.QtCore import QByteArray, QMarginsF, QObject, QTimer, Signal
from PySide6.QtGui import QPageLayout, QPageSize
from shiboken6 import delete

from desktop.ui.web.exhibit import Exhibit
from desktop.ui.web.mail_view import DEADLINE_MS, kill_renderer
from desktop.ui.web.page import MailPage
from desktop.ui.web.profile import MailProfile

log = logging.getLogger(__name__)

_MARGIN_MM = 15


class PrintJob(QObject):
    """Makes one PDF and tells of it once; delete it afterwards with `close`."""

    finished = Signal(bytes)
    """The PDF; empty when the mail could not be laid out in time."""

    def __init__(self, exhibit: Exhibit, parent: QObject | None = None, *, deadline_ms: int = DEADLINE_MS) -> None:
        super().__init__(parent)
        self._profile = MailProfile()
        self._page: MailPage | None = MailPage(self._profile)
        self._done = False
        self._watchdog = QTimer(self, singleShot=True, interval=deadline_ms)
        self._watchdog.timeout.connect(self._give_up)
        self._page.loadFinished.connect(self._loaded)
        self._page.renderProcessTerminated.connect(lambda *_: self._tell(b""))
        self._watchdog.start()
        self._page.show_exhibit(exhibit)

    def close(self) -> None:
        """Let go of page and profile."""
        self._watchdog.stop()
        self._done = True
        page, self._page = self._page, None
        if page is not None:
            delete(page)
            delete(self._profile)
        self.deleteLater()

    def _loaded(self, _ok: bool) -> None:
        if self._page is not None and not self._done:
            self._page.printToPdf(self._printed, page_layout())

    def _printed(self, pdf: QByteArray | bytes) -> None:
        self._tell(bytes(pdf.data()) if isinstance(pdf, QByteArray) else pdf)

    def _give_up(self) -> None:
        log.warning("a mail could not be made into pages in time")
        if self._page is not None:
            kill_renderer(self._page.renderProcessPid())
        self._tell(b"")

    def _tell(self, pdf: bytes) -> None:
        if not self._done:
            self._done = True
            self._watchdog.stop()
            self.finished.emit(pdf)


def page_layout() -> QPageLayout:
    """Return the pages a mail is laid out on."""
    margins = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    size = QPageSize(QPageSize.PageSizeId.A4)
    return QPageLayout(size, QPageLayout.Orientation.Portrait, margins, QPageLayout.Unit.Millimeter)
