"""Pictures made small enough for a signature, which goes along with every mail. Runs on threads of `ui.tasks`."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.base.text import encodable
from desktop.domain import image_header
from desktop.domain.mail.signature import PICTURE_MOST_BYTES
from desktop.ui.compose.intake import decoded
from desktop.ui.line_texts import one_line

WIDEST_PX = 400
_FILE_MOST_BYTES = 20_000_000
_QUALITY = 85


class NoPicture(Problem):
    """Nothing a signature can show."""

    can_retry = False


def of_file(path: Path) -> tuple[bytes, QImage]:
    """Return the picture in a file. Raises NoPicture."""
    name = one_line(encodable(path.name))
    try:
        # what is no file may have no end
        octets = path.read_bytes() if path.is_file() and path.stat().st_size <= _FILE_MOST_BYTES else b""
    except (OSError, ValueError) as error:
        raise NoPicture(_("“{name}” could not be read.").format(name=name), details=str(error)) from error
    image = decoded(octets)
    if image is None:
        raise NoPicture(_("“{name}” is no picture that a signature can show.").format(name=name))
    if len(octets) <= PICTURE_MOST_BYTES and image.width() <= WIDEST_PX and image_header.read(octets) is not None:
        return octets, image
    return of_image(image)


def of_image(image: QImage) -> tuple[bytes, QImage]:
    """Return a picture as wide as a signature at most. Raises NoPicture."""
    small = image
    if image.width() > WIDEST_PX:
        small = image.scaledToWidth(WIDEST_PX, Qt.TransformationMode.SmoothTransformation)
    octets = _written(small, "PNG", -1)
    if len(octets) > PICTURE_MOST_BYTES and not small.hasAlphaChannel():
        octets = _written(small, "JPEG", _QUALITY)
    if not 0 < len(octets) <= PICTURE_MOST_BYTES:
        raise NoPicture(_("This picture is too large for a signature, which goes along with every mail."))
    return octets, small


def _written(image: QImage, form: str, quality: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if image.isNull() or not image.save(buffer, form, quality):  # type: ignore[call-overload]
        return b""
    return bytes(buffer.data().data())
