"""A page that shows a mail and goes nowhere. A click on a link is reported; who shows the page decides. GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtWebEngineCore import (
    QWebEngineCertificateError,
    QWebEngineDesktopMediaRequest,
    QWebEngineFileSystemAccessRequest,
    QWebEngineFindTextResult,
    QWebEngineFullScreenRequest,
    QWebEngineNewWindowRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineRegisterProtocolHandlerRequest,
)

from desktop.ui.web.exhibit import Exhibit
from desktop.ui.web.profile import MailProfile, lock_down


class MailPage(QWebEnginePage):
    """Shows what stands on the stage of its profile. Every wish of a document is denied."""

    OUR_WORLD = 1
    """`QWebEngineScript.ScriptWorldId.ApplicationWorld`: scripts of ours see the document, and it never sees them."""

    link_clicked = Signal(QUrl)
    link_hovered = Signal(str)
    found = Signal(int, int)
    """Number of the match shown, from 1, and of all matches."""

    def __init__(self, profile: MailProfile, parent: QObject | None = None) -> None:
        super().__init__(profile, parent)
        self._profile = profile
        lock_down(self.settings())
        self.permissionRequested.connect(_deny_permission)
        self.fullScreenRequested.connect(_deny_full_screen)
        self.newWindowRequested.connect(self._report_new_window)
        self.registerProtocolHandlerRequested.connect(_deny_protocol_handler)
        self.fileSystemAccessRequested.connect(_deny_file_access)
        self.desktopMediaRequested.connect(_deny_screen)
        self.certificateError.connect(_deny_certificate)
        self.linkHovered.connect(self.link_hovered)
        self.findTextFinished.connect(self._tell_found)

    @property
    def address(self) -> str:
        """Where the mail on the stage lies; no other has the same."""
        return self._profile.stage.url.toString()

    def show_exhibit(self, exhibit: Exhibit | None) -> None:
        """Put a mail on the stage and load it; None empties the page."""
        url = self._profile.stage.show(exhibit)
        self.load(url if exhibit is not None else QUrl("about:blank"))

    def run_ours(self, script: str, tell: Callable[[object], None] | None = None) -> None:
        """Run a script of ours in a world of its own (those of a mail run nowhere); `tell` gets what it returns."""
        if tell is None:
            self.runJavaScript(script, self.OUR_WORLD)
        else:
            self.runJavaScript(script, self.OUR_WORLD, tell)

    def find_match(self, text: str, *, backward: bool) -> None:
        """Mark the next match of `text` ("" takes the marks away); `found` tells how many there are."""
        self.findText(text, self.FindFlag.FindBackward if backward else self.FindFlag(0))

    def copy_selected(self) -> None:
        """Put the selected text on the clipboard."""
        self.triggerAction(self.WebAction.Copy)

    def select_all(self) -> None:
        """Select the whole mail."""
        self.triggerAction(self.WebAction.SelectAll)

    def acceptNavigationRequest(
        self, url: QUrl | str, kind: QWebEnginePage.NavigationType, is_main_frame: bool
    ) -> bool:
        target = QUrl(url)
        if kind == QWebEnginePage.NavigationType.NavigationTypeLinkClicked:
            self.link_clicked.emit(target)
            return False
        ours = target == self._profile.stage.url or target == QUrl("about:blank")
        return is_main_frame and ours and kind == QWebEnginePage.NavigationType.NavigationTypeTyped

    def javaScriptAlert(self, _origin: QUrl | str, _text: str) -> None:
        """Say nothing: no script runs here, and none would get a window."""

    def javaScriptConfirm(self, _origin: QUrl | str, _text: str) -> bool:
        return False

    def javaScriptConsoleMessage(
        self, _level: QWebEnginePage.JavaScriptConsoleMessageLevel, _text: str, _line: int, _source: str
    ) -> None:
        """Keep what Chromium says about a mail (refused loads with their addresses) out of the log."""

    def chooseFiles(
        self, _mode: QWebEnginePage.FileSelectionMode, _old_files: object, _media_types: object
    ) -> list[str]:
        return []

    def _tell_found(self, result: QWebEngineFindTextResult) -> None:
        self.found.emit(result.activeMatch(), result.numberOfMatches())

    def _report_new_window(self, request: QWebEngineNewWindowRequest) -> None:
        if request.isUserInitiated():
            self.link_clicked.emit(request.requestedUrl())


def _deny_permission(permission: QWebEnginePermission) -> None:
    permission.deny()


def _deny_full_screen(request: QWebEngineFullScreenRequest) -> None:
    request.reject()


def _deny_protocol_handler(request: QWebEngineRegisterProtocolHandlerRequest) -> None:
    request.reject()


def _deny_file_access(request: QWebEngineFileSystemAccessRequest) -> None:
    request.reject()


def _deny_screen(request: QWebEngineDesktopMediaRequest) -> None:
    request.cancel()


def _deny_certificate(error: QWebEngineCertificateError) -> None:
    error.rejectCertificate()
