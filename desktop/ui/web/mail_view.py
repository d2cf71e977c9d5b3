"""The one web view: shows exhibits, watches that each is painted in time, and is renewed before its renderer grows fat.

The browser is loaded and made with the first HTML mail; until then this is an empty widget. A mail that is not painted
within `DEADLINE_MS` has its renderer killed and is reported by `failed`; the next mail gets a fresh page. GUI thread.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from shiboken6 import delete

from desktop.ui.web.exhibit import Exhibit

if TYPE_CHECKING:
    from desktop.ui.web.browser import Browser
    from desktop.ui.web.page import MailPage

log = logging.getLogger(__name__)

DEADLINE_MS = 10_000
RENEW_AFTER = 40
"""Mails one renderer shows. Its memory grows by 1 to 2 MB a mail and is only given back by its end."""
IDLE_MS = 2_000
NO_FRAME_MS = 100
"""A window that is covered or minimised gets no frames; then laid out is as good as painted."""
FIRST_FRAME_MS = 1_000
"""The first frame of a page gets so long instead: a browser that has just been started draws late."""

REFIT_MS = 50
SMALLEST_FIT = 0.7
"""A mail wider than the window is made smaller, down to this; what is still wider scrolls."""

# Lays the whole mail out, fits it to the width, and changes one pixel of ours, so that a frame with all of it follows.
_FIT = f"""(() => {{
  const mail = document.getElementById('rapport-mail');
  if (mail) {{
    mail.style.zoom = 1;
    const share = mail.clientWidth / mail.scrollWidth;
    if (share < 1) mail.style.zoom = Math.max({SMALLEST_FIT}, share);
    const beat = document.getElementById('rapport-beat');
    if (beat) beat.hidden = !beat.hidden;
    document.documentElement.offsetHeight;
  }}
  return document.readyState === 'complete' ? location.href : '';
}})()"""


class Failure(StrEnum):
    """Why a mail is not shown by the browser."""

    TOO_SLOW = "too-slow"
    CRASHED = "crashed"


class MailView(QWidget):
    """Shows one mail at a time and scrolls it itself. Call `close_browser` before the application ends."""

    starting = Signal()
    """The browser is about to be made."""
    painted = Signal()
    """The mail last given is on the screen."""
    failed = Signal(object)
    """A `Failure`; the browser is ready for another mail."""
    link_clicked = Signal(QUrl)
    link_hovered = Signal(str)
    found = Signal(int, int)
    """Number of the match shown, from 1, and of all matches."""
    menu_requested = Signal(object, str, QUrl)
    """Global position, selected text and link under the mouse."""

    def __init__(self, parent: QWidget | None = None, *, deadline_ms: int = DEADLINE_MS) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._browser: Browser | None = None
        self._page: MailPage | None = None
        self._shown = 0
        self._zoom = 1.0
        self._ground = QColor("#FFFFFF")
        self._frames_wanted = 0
        self._watchdog = QTimer(self, singleShot=True, interval=deadline_ms)
        self._watchdog.timeout.connect(self._give_up)
        self._no_frame = QTimer(self, singleShot=True)
        self._no_frame.timeout.connect(self._now_painted)
        self._again = QTimer(self, singleShot=True, interval=REFIT_MS)
        self._again.timeout.connect(self._loaded)
        self._refit = QTimer(self, singleShot=True, interval=REFIT_MS)
        self._refit.timeout.connect(self._fit_again)
        self._idle = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._idle.timeout.connect(self._renew_if_due)

    @property
    def page(self) -> MailPage | None:
        return self._page

    @property
    def is_loading(self) -> bool:
        """True from `show_mail` until the mail is painted or has failed."""
        return self._watchdog.isActive()

    def show_mail(self, exhibit: Exhibit, ground: QColor) -> None:
        """Load a mail in place of the one before. `ground` is what is seen until its first frame."""
        if self._shown >= RENEW_AFTER:
            self._renew()
        page = self._ready_page()
        self._ground = ground
        page.setBackgroundColor(ground)
        self._shown += 1
        self._frames_wanted = 0
        self._no_frame.stop()
        self._watchdog.start()
        page.show_exhibit(exhibit)

    def clear(self) -> None:
        """Show nothing; pictures that are still on their way are dropped."""
        self._watchdog.stop()
        self._no_frame.stop()
        self._frames_wanted = 0
        if self._page is not None:
            self._page.show_exhibit(None)
            self._idle.start()

    def set_zoom(self, factor: float) -> None:
        """Scale the mail; kept for the mails that follow."""
        self._zoom = factor
        if self._page is not None:
            self._page.setZoomFactor(factor)
            self._refit.start()

    def find_text(self, text: str, *, backward: bool = False) -> None:
        """Mark the next match of `text` ("" takes the marks away); `found` tells how many there are."""
        if self._page is not None:
            self._page.find_match(text, backward=backward)

    def copy(self) -> None:
        """Put the selected text on the clipboard."""
        if self._page is not None:
            self._page.copy_selected()

    def select_all(self) -> None:
        if self._page is not None:
            self._page.select_all()

    def scroll_page(self, direction: int) -> bool:
        """Scroll by nearly a window height, down for +1; False when there is nothing more in that direction."""
        if self._page is None or self._browser is None:
            return False
        height = self._browser.view.height()
        top, whole = self._page.scrollPosition().y(), self._page.contentsSize().height()
        if (direction > 0 and top + height >= whole - 1) or (direction < 0 and top <= 0):
            return False
        self._page.run_ours(f"window.scrollBy(0, {direction * (height - 40) / self._zoom:.0f})")
        return True

    def close_browser(self) -> None:
        """Let go of the browser, if there is one."""
        self._watchdog.stop()
        self._idle.stop()
        self._refit.stop()
        self._again.stop()
        self._no_frame.stop()
        self._page = None
        if self._browser is not None:
            self._browser.close()
            self._browser = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._page is not None:
            self._refit.start()

    def _fit_again(self) -> None:
        if self._page is not None and not self.is_loading:
            self._page.run_ours(_FIT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint and self._frames_wanted:
            self._frames_wanted -= 1
            # the last frame is being drawn in this very event; tell of it once it is
            self._no_frame.start(NO_FRAME_MS if self._frames_wanted else 0)
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            # who shows us scrolls by it and then goes on, which Chromium cannot
            if event.type() is QEvent.Type.KeyPress:
                QCoreApplication.sendEvent(self, QKeyEvent(event.type(), event.key(), event.modifiers(), event.text()))
            return True
        return super().eventFilter(watched, event)

    def _ready_page(self) -> MailPage:
        if self._page is not None:
            return self._page
        if self._browser is None:
            self.starting.emit()
            # loading it takes 30 MB and a tenth of a second, which who reads plain mails never pays
            from desktop.ui.web.browser import Browser

            self._browser = Browser(self)
            self._browser.view.menu_requested.connect(self.menu_requested)
            self._layout.addWidget(self._browser.view)
            self.setFocusProxy(self._browser.view)
        page = self._browser.new_page()
        page.loadFinished.connect(self._loaded)
        page.renderProcessTerminated.connect(self._terminated)
        page.link_clicked.connect(self.link_clicked)
        page.link_hovered.connect(self.link_hovered)
        page.found.connect(self.found)
        page.setZoomFactor(self._zoom)
        self._browser.view.setPage(page)
        self._page, self._shown = page, 0
        return page

    def _drop_page(self) -> None:
        """Let go of a page from inside one of its signals."""
        page, self._page, self._shown = self._page, None, 0
        if page is None:
            return
        for each in (page.loadFinished, page.renderProcessTerminated):
            each.disconnect()
        page.deleteLater()

    def _renew(self) -> None:
        """End page and renderer before the next page is made: one that lives on would be given the new page too."""
        page, self._page, self._shown = self._page, None, 0
        if page is not None:
            pid = page.renderProcessPid()
            delete(page)
            kill_renderer(pid)

    def _renew_if_due(self) -> None:
        if self._shown >= RENEW_AFTER // 2 and not self.is_loading:
            self._renew()

    def _loaded(self, _ok: bool = False) -> None:
        # not ok whenever the mail wished for something that was refused; the mail is shown all the same
        if not self._watchdog.isActive() or self._page is None:
            return
        self._page.history().clear()
        self._page.run_ours(_FIT, self._laid_out)

    def _laid_out(self, address: object) -> None:
        """Wait for the next frame.

        Unless it was what the page held before that was laid out: that says nothing of this mail, and of two loads that
        follow each other closely the end of the second may not be told.
        """
        if self._browser is None or self._page is None or not self.is_loading:
            return
        if address != self._page.address:
            self._again.start()
            return
        if not self.isVisible():
            self._now_painted()
            return
        surface = self._browser.view.focusProxy()
        if surface is None:
            return
        surface.removeEventFilter(self)
        surface.installEventFilter(self)
        # a new page shows its empty ground first
        first = self._shown == 1
        self._frames_wanted = 2 if first else 1
        self._no_frame.start(FIRST_FRAME_MS if first else NO_FRAME_MS)

    def _now_painted(self) -> None:
        self._frames_wanted = 0
        self._no_frame.stop()
        self._watchdog.stop()
        self.painted.emit()

    def _give_up(self) -> None:
        page = self._page
        self._no_frame.stop()
        self._frames_wanted = 0
        log.warning("a mail was not painted in time; its renderer is ended")
        self._drop_page()
        if page is not None:
            kill_renderer(page.renderProcessPid())
        self.failed.emit(Failure.TOO_SLOW)

    def _terminated(self, _status: object, code: int) -> None:
        log.warning("a renderer ended by itself (%s)", code)
        self._watchdog.stop()
        self._no_frame.stop()
        self._frames_wanted = 0
        self._drop_page()
        self.failed.emit(Failure.CRASHED)


def kill_renderer(pid: int) -> None:
    """End a renderer that does not listen any more."""
    if pid <= 0:
        return
    try:
        os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    except ProcessLookupError:
        log.debug("the renderer was gone already")
