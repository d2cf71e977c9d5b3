"""Profile, view and pages of the browser that a `MailView` shows mails with. GUI thread.

Importing this loads Chromium. Nothing that is imported at start may import it, or `page`, `profile` and `scheme`.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

from desktop.ui.web.page import MailPage
from desktop.ui.web.profile import MailProfile


class Browser:
    """Lives from the first HTML mail until `close`."""

    def __init__(self, parent: QWidget) -> None:
        self._profile = MailProfile(parent)
        self.view = MailBrowserView(parent)

    def new_page(self) -> MailPage:
        """Return a page of this profile; the view shows it when told."""
        return MailPage(self._profile, self._profile)

    def close(self) -> None:
        """Delete pages, view and profile at once and in the order Chromium wants.

        A deferred deletion would wait for an event loop that may have ended.
        """
        for page in self._profile.findChildren(MailPage):
            delete(page)
        delete(self.view)
        delete(self._profile)


class MailBrowserView(QWebEngineView):
    """A view whose menu is ours and onto which nothing can be dropped."""

    menu_requested = Signal(object, str, QUrl)
    """Global position, selected text and link under the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAcceptDrops(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.DefaultContextMenu)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        request = self.lastContextMenuRequest()
        self.menu_requested.emit(event.globalPos(), request.selectedText(), request.linkUrl())
