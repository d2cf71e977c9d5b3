"""What comes into a mail from outside: files, pictures and HTML of other programs. Runs on threads of `ui.tasks`.

Nothing here touches a widget; pictures are read into QImage, which any thread may do.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.base.text import encodable
from desktop.domain import image_header
from desktop.domain.mail import names, sanitise, signature, written_reading
from desktop.domain.mail.draft import Enclosure
from desktop.domain.mail.written import Block, pictures
from desktop.ui.compose.ports import Compose
from desktop.ui.line_texts import one_line


class NotAttached(Problem):
    """A file that cannot go along."""

    can_retry = False


class IsFolder(NotAttached):
    """A folder goes along as an archive alone, where the person wants that."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture for the text and how it looks."""

    enclosure: Enclosure
    image: QImage


def attach(compose: Compose, path: Path) -> Enclosure:
    """Keep a file a person chose or dropped; raises NotAttached for what is no file, IsFolder for a folder (C45)."""
    name = file_name(path)
    try:
        if path.is_dir():
            raise IsFolder(_("“{name}” is a folder. It can go along as a ZIP archive.").format(name=name))
        if not path.is_file():
            raise NotAttached(_("“{name}” is not a file that can be sent.").format(name=name))
        return compose.attach(path)
    except (OSError, ValueError) as error:
        words = _("“{name}” could not be read.").format(name=name)
        raise NotAttached(words, details=str(error)) from error


def file_name(path: Path) -> str:
    """Return the name of a file or folder as it is shown and sent."""
    return one_line(names.safe_name(encodable(path.name))) or "?"


def picture(compose: Compose, enclosure: Enclosure) -> Shown | None:
    """Return an enclosure as a picture for the text, with a content id of its own; None where it is none."""
    octets = compose.content(enclosure)
    image = decoded(octets)
    if image is None:
        return None
    return Shown(enclosure if enclosure.content_id else replace(enclosure, content_id=new_id()), image)


def pasted(compose: Compose, image: QImage, name: str) -> Shown | None:
    """Keep a picture of the clipboard as PNG."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if image.isNull() or not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        return None
    enclosure = compose.attach_octets(name, "image/png", bytes(buffer.data().data()))
    return Shown(replace(enclosure, content_id=new_id()), image)


def web(compose: Compose, html: str, name: str) -> tuple[tuple[Block, ...], tuple[Shown, ...]]:
    """Return HTML of another program made safe, and the pictures written into it (C31, C45).

    Pictures that lie elsewhere are left out: nothing is fetched, and nobody is told that it was pasted.
    """
    found: list[Shown] = []

    def keep(source: str) -> str | None:
        url = sanitise.data_image(source)
        octets = sanitise.data_of(url) if url is not None else b""
        image = decoded(octets)
        header = image_header.read(octets)
        if image is None or header is None:
            return None
        enclosure = compose.attach_octets(name, header.media_type, octets)
        found.append(Shown(replace(enclosure, content_id=new_id()), image))
        return found[-1].enclosure.content_id

    blocks = written_reading.read(encodable(html), keep, foreign=True)
    return blocks, tuple(found)


def signed(compose: Compose, html: str, name: str) -> tuple[tuple[Block, ...], tuple[Shown, ...]]:
    """Return a kept signature made safe, and its pictures, which go along with the mail from now on."""
    kept = signature.read(html)
    found: list[Shown] = []
    for content_id in pictures(kept.blocks):
        octets = kept.pictures[content_id]
        image, header = decoded(octets), image_header.read(octets)
        if image is not None and header is not None:
            enclosure = compose.attach_octets(name, header.media_type, octets)
            found.append(Shown(replace(enclosure, content_id=content_id), image))
    return kept.blocks, tuple(found)


def decoded(octets: bytes) -> QImage | None:
    """Return a picture, unless it is none or claims to be huge."""
    header = image_header.read(octets)
    if header is None or not header.fits:
        return None
    image = QImage.fromData(octets)
    return None if image.isNull() else image


def new_id() -> str:
    """Return a content id nobody else has."""
    return f"{uuid.uuid4().hex}@rapport"
