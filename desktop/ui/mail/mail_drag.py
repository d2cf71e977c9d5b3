"""Mails on the way by mouse: what a drag carries and how it looks. GUI thread.

Inside the program a drag carries keys. For other programs it carries .eml files, which are written to a temporary
folder only when one of them asks: most drags end on a folder of the tree.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QRect, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import QPainter, QPen, QPixmap

from desktop.base.i18n import n_
from desktop.domain.mail.folder import ListId, Unified
from desktop.ui import icons
from desktop.ui.theme import Theme, font

_THIS_PROGRAM = secrets.token_hex(8)
"""Keys mean other mails to another Rapport, with a profile of its own: it is to see files only."""
MAILS = f"application/x-rapport-mails-{_THIS_PROGRAM}"
"""Little-endian 64-bit numbers: how many conversations, the list, and the keys; see `MailLoad`."""
FOLDER = f"application/x-rapport-folder-{_THIS_PROGRAM}"
"""The key of a server folder, as one such number."""
FILES = "text/uri-list"

_HEAD = struct.Struct("<qq")
_FOLDER_KEY = struct.Struct("<q")
MOST_FILES = 100
"""A drag of more mails offers no files to other programs."""
MOST_DROPPED = 10_000
"""Files in one drop; a folder may hold more."""


@dataclass(frozen=True, slots=True)
class MailLoad:
    """What rows stand for: conversations by their row's key, and single mails."""

    conversations: tuple[int, ...] = ()
    mails: tuple[int, ...] = ()
    list_id: ListId = int(Unified.ALL)
    """Of a conversation the mails of this list are meant, the one whose rows these are."""

    @property
    def count(self) -> int:
        return len(self.conversations) + len(self.mails)

    @property
    def keys(self) -> tuple[int, ...]:
        return self.conversations + self.mails

    def pack(self) -> bytes:
        """Return the bytes of the MAILS format."""
        keys = self.keys
        return _HEAD.pack(len(self.conversations), self.list_id) + struct.pack(f"<{len(keys)}q", *keys)


def unpack_mails(data: QMimeData) -> MailLoad | None:
    """Return what a drag carries; None when it is not ours or broken."""
    packed = bytes(data.data(MAILS).data())
    if len(packed) <= _HEAD.size or len(packed) % 8:
        return None
    whole, list_id = _HEAD.unpack_from(packed)
    keys = struct.unpack_from(f"<{(len(packed) - _HEAD.size) // 8}q", packed, _HEAD.size)
    if not 0 <= whole <= len(keys):
        return None
    return MailLoad(keys[:whole], keys[whole:], list_id)


def pack_folder(key: int) -> bytes:
    """Return the bytes of the FOLDER format."""
    return _FOLDER_KEY.pack(key)


def unpack_folder(data: QMimeData) -> int | None:
    """Return the folder a drag carries; None when it carries none."""
    packed = bytes(data.data(FOLDER).data())
    return int(_FOLDER_KEY.unpack(packed)[0]) if len(packed) == _FOLDER_KEY.size else None


def local_files(data: QMimeData) -> list[Path]:
    """Return the files and folders of this computer that another program's drag carries; none for mails of ours.

    A file on another host is not asked for: that alone would tell its owner who we are.
    """
    if data.hasFormat(MAILS) or not data.hasUrls():
        return []
    urls = data.urls()[:MOST_DROPPED]
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile() and not url.host() and url.toLocalFile()]


class MailDragData(QMimeData):
    """Carries mails; writes files at the moment another program takes them."""

    def __init__(self, load: MailLoad, write_files: Callable[[Sequence[int]], Sequence[Path]] | None = None) -> None:
        super().__init__()
        self._load = load
        self._write_files = write_files if load.count <= MOST_FILES else None
        self._files: list[QUrl] | None = None
        self.setData(MAILS, load.pack())

    def formats(self) -> list[str]:
        return [MAILS, FILES] if self._write_files is not None else [MAILS]

    def hasFormat(self, mimetype: str) -> bool:
        return mimetype in self.formats()

    def retrieveData(self, mimetype: str, preferredType: Any) -> Any:
        if mimetype != FILES or self._write_files is None:
            return super().retrieveData(mimetype, preferredType)
        if self._files is None:
            self._files = [QUrl.fromLocalFile(str(path)) for path in self._write_files(self._load.keys)]
        return self._files


def drag_picture(theme: Theme, title: str, count: int, scale: float) -> QPixmap:
    """Return the small card under the mouse: an icon, the subject, and how many are dragged when there are several."""
    tokens = theme.tokens
    size = QSize(240, 40)
    picture = QPixmap(size * scale)
    picture.setDevicePixelRatio(scale)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tokens.accent, 1))
    painter.setBrush(tokens.raised)
    painter.drawRoundedRect(QRectF(0.5, 6.5, 230, 32), 6, 6)
    name = "mails" if count > 1 else "mail"
    painter.drawPixmap(10, 14, icons.pixmap(name, 16, tokens.secondary, scale))
    painter.setFont(font("body-medium"))
    painter.setPen(tokens.text)
    words = title if count == 1 else n_("{n} mail", "{n} mails", count).format(n=count)
    shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, 184)
    painter.drawText(QRect(34, 6, 190, 32), Qt.AlignmentFlag.AlignVCenter, shown)
    if count > 1:
        number = str(count) if count < 1000 else "999+"
        painter.setFont(font("badge"))
        width = max(16, painter.fontMetrics().horizontalAdvance(number) + 8)
        badge = QRect(size.width() - width, 0, width, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.fill)
        painter.drawRoundedRect(badge, 8, 8)
        painter.setPen(tokens.on_fill)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, number)
    painter.end()
    return picture
