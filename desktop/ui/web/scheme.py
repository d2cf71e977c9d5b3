"""The schemes `mail:` and `cid:`: how a mail and its pictures reach Chromium without a network and without `setHtml`.

A `Stage` shows one mail at a time. `mail://msg/<serial>/` is the document, with its Content-Security-Policy as a real
header; `cid:<id>` is a picture of the same mail; `mail://msg/<serial>/remote/<n>` (in the document: `mail:remote/<n>`)
is the n-th remote picture, whose bytes the application fetched itself, or an empty one as long as the person has not
asked for it. Whatever is not of the mail on the stage is refused. Everything here lives on the GUI thread; pictures
are delivered by callback whenever they come.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QUrl
from PySide6.QtWebEngineCore import (
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)
from shiboken6 import isValid

from desktop.ui.web.exhibit import Deliver, Exhibit

MAIL = b"mail"
CID = b"cid"
HOST = "msg"

PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"})
"""What is served as a picture. No SVG: it is a document that can name others."""

# one transparent pixel (GIF89a): a blocked picture keeps the room its mail gives it and shows nothing
PLACEHOLDER = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")


def register() -> None:
    """Make the schemes known, before the first profile: Chromium asks for them once, when it starts."""
    for name, syntax in ((MAIL, QWebEngineUrlScheme.Syntax.Host), (CID, QWebEngineUrlScheme.Syntax.Path)):
        if QWebEngineUrlScheme.schemeByName(QByteArray(name)).name() == name:
            continue
        scheme = QWebEngineUrlScheme(QByteArray(name))
        scheme.setSyntax(syntax)
        scheme.setFlags(QWebEngineUrlScheme.Flag.SecureScheme)
        QWebEngineUrlScheme.registerScheme(scheme)


class Stage(QWebEngineUrlSchemeHandler):
    """Serves the one mail that is shown; installed for both schemes of one profile."""

    def __init__(self) -> None:
        super().__init__()
        self._exhibit: Exhibit | None = None
        self._serial = 0

    @property
    def url(self) -> QUrl:
        """The address of the document on the stage."""
        return QUrl(f"mail://{HOST}/{self._serial}/")

    @property
    def exhibit(self) -> Exhibit | None:
        return self._exhibit

    def show(self, exhibit: Exhibit | None) -> QUrl:
        """Put a mail on the stage in place of the one before and return the address to load."""
        self._serial += 1
        self._exhibit = exhibit
        return self.url

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        url = job.requestUrl()
        exhibit = self._exhibit
        by_a_mail = job.initiator() == QUrl(f"mail://{HOST}")
        if exhibit is None or bytes(job.requestMethod().data()) != b"GET":
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
        elif url == self.url and not by_a_mail:  # our own navigation has no initiator: no mail can frame a mail
            _serve_document(job, exhibit)
        elif not by_a_mail:
            job.fail(QWebEngineUrlRequestJob.Error.RequestDenied)
        elif url.scheme() == "cid":
            _serve_inline(job, exhibit)
        elif (number := self._remote_number(url)) is not None:
            _serve_remote(job, exhibit, number)
        else:
            job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)

    def _remote_number(self, url: QUrl) -> int | None:
        prefix = self.url.toString() + "remote/"
        number = url.toString().removeprefix(prefix)
        known = len(number) <= 6 and number.isascii() and number.isdigit()
        return int(number) if known else None


def _serve_document(job: QWebEngineUrlRequestJob, exhibit: Exhibit) -> None:
    _set_headers(
        job,
        {
            "Content-Security-Policy": exhibit.policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )
    _reply(job, exhibit.document, "text/html;charset=utf-8")


def _serve_inline(job: QWebEngineUrlRequestJob, exhibit: Exhibit) -> None:
    if exhibit.pictures is None:
        job.fail(QWebEngineUrlRequestJob.Error.UrlNotFound)
        return
    written = job.requestUrl().toString(QUrl.ComponentFormattingOption.FullyEncoded)
    exhibit.pictures.inline(unquote(written.removeprefix("cid:")), _deliver_to(job))


def _serve_remote(job: QWebEngineUrlRequestJob, exhibit: Exhibit, number: int) -> None:
    if exhibit.pictures is None or not exhibit.allow_remote:
        _serve_picture(job, PLACEHOLDER, "image/gif")
    else:
        exhibit.pictures.remote(number, _deliver_to(job))


def _deliver_to(job: QWebEngineUrlRequestJob) -> Deliver:
    """Return a callback that answers the job, if Chromium still wants it by then."""

    def deliver(data: bytes, media_type: str) -> None:
        if not isValid(job):
            return
        if data and media_type.lower() in PICTURE_TYPES:
            _serve_picture(job, data, media_type.lower())
        else:
            _serve_picture(job, PLACEHOLDER, "image/gif")

    return deliver


def _serve_picture(job: QWebEngineUrlRequestJob, data: bytes, media_type: str) -> None:
    # the next mail may use the same Content-ID: Chromium's memory must not answer for it
    _set_headers(job, {"Cache-Control": "no-store"})
    _reply(job, data, media_type)


def _set_headers(job: QWebEngineUrlRequestJob, headers: Mapping[str, str]) -> None:
    # a QMultiMap takes a list of values; the type stubs of PySide6 6.11 do not know
    values: Any = {QByteArray(name.encode()): [QByteArray(value.encode())] for name, value in headers.items()}
    job.setAdditionalResponseHeaders(values)


def _reply(job: QWebEngineUrlRequestJob, data: bytes, content_type: str) -> None:
    buffer = QBuffer(job)
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    job.reply(QByteArray(content_type.encode("ascii")), buffer)
