"""The browser profile of a mail: off the record, deny by default, no scripts, no downloads, and one mail at a time.

Each place that shows mail (reader, print, a mail opened from a file) has a profile of its own, so that what a document
asks for can only be answered from the mail of that place. GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)

from desktop.ui.web.scheme import CID, HOST, MAIL, Stage, register

USER_AGENT = "Mozilla/5.0"
"""Says nothing about this machine. No request ever carries it out; it is what a document could be told."""

Attribute = QWebEngineSettings.WebAttribute

ALLOWED = frozenset(
    {
        Attribute.AutoLoadImages,
        Attribute.LinksIncludedInFocusChain,
        Attribute.PlaybackRequiresUserGesture,
        Attribute.PrintElementBackgrounds,
        Attribute.ShowScrollBars,
        Attribute.WebRTCPublicInterfacesOnly,
    }
)
"""The only attributes that are on. Attributes of a later Qt are off until somebody reads what they do."""


class Interceptor(QWebEngineUrlRequestInterceptor):
    """Lets through the document itself and pictures of our two schemes; blocks all else, also future kinds."""

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        info.block(not may_request(info))


def may_request(info: QWebEngineUrlRequestInfo) -> bool:
    """Return whether a request is one a shown mail needs."""
    kinds = QWebEngineUrlRequestInfo.ResourceType
    url, kind = info.requestUrl(), info.resourceType()
    ours = (url.scheme(), url.host()) == ("mail", HOST)
    if kind == kinds.ResourceTypeMainFrame:
        return ours or url.toString() == "about:blank"
    return kind == kinds.ResourceTypeImage and (ours or url.scheme() in ("cid", "data"))


class MailProfile(QWebEngineProfile):
    """A profile with a stage. Delete its pages before it: Chromium insists on that order."""

    def __init__(self, parent: QObject | None = None) -> None:
        register()
        # no storage name: nothing of this profile touches the disk
        super().__init__(parent)
        self.stage = Stage()
        self._interceptor = Interceptor()
        self.setUrlRequestInterceptor(self._interceptor)
        self.installUrlSchemeHandler(QByteArray(MAIL), self.stage)
        self.installUrlSchemeHandler(QByteArray(CID), self.stage)
        self.setHttpUserAgent(USER_AGENT)
        self.setHttpAcceptLanguage("en")
        self.setHttpCacheType(QWebEngineProfile.HttpCacheType.NoCache)
        self.setPersistentCookiesPolicy(QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies)
        self.setPersistentPermissionsPolicy(QWebEngineProfile.PersistentPermissionsPolicy.AskEveryTime)
        self.setSpellCheckEnabled(False)
        self.setPushServiceEnabled(False)
        self.cookieStore().setCookieFilter(lambda _request: False)
        self.downloadRequested.connect(_refuse_download)
        lock_down(self.settings())


def lock_down(settings: QWebEngineSettings) -> None:
    """Switch off every attribute that is not in ALLOWED."""
    for attribute in Attribute:
        settings.setAttribute(attribute, attribute in ALLOWED)
    settings.setUnknownUrlSchemePolicy(QWebEngineSettings.UnknownUrlSchemePolicy.DisallowUnknownUrlSchemes)
    settings.setDefaultTextEncoding("utf-8")


def _refuse_download(request: QWebEngineDownloadRequest) -> None:
    request.cancel()
