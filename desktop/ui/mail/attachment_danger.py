"""What is dangerous about an attachment by what it holds: its first bytes, and the names in a zip archive.

Runs on a reader thread. Nothing is unpacked; an archive whose list cannot be read within limits is told as such,
and so is one that holds another.
"""

from __future__ import annotations

from desktop.domain.mail import names, zip_listing
from desktop.domain.mail.message import Part
from desktop.domain.mail.names import Danger
from desktop.ui.mail.attachment_saving import Content, bytes_at, size_of

_FIRST_BYTES = 512
_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_DOCUMENTS = frozenset("docx xlsx pptx dotx xltx potx odt ods odp odg ott ots otp epub pages numbers key".split())
"""Archives by their form, which one opens as a whole."""
_ORDINARY_INSIDE = frozenset({None, Danger.ACTIVE})
"""Pages and their drawings are in many an honest archive."""


def danger_of(part: Part, content: Content) -> Danger | None:
    """Say what is dangerous about opening a part; raises NotSaved where its draft cannot be read."""
    begin = bytes_at(content, 0, _FIRST_BYTES)
    known = names.danger(part.name, part.media_type, begin)
    if known is None and begin.startswith(_ARCHIVE) and names.extension(part.name) not in _DOCUMENTS:
        return _danger_inside(content)
    return known


def _danger_inside(content: Content) -> Danger | None:
    size = size_of(content)
    start = max(size - zip_listing.END_BYTES, 0)
    place = zip_listing.list_place(bytes_at(content, start, zip_listing.END_BYTES), size)
    inside = None if place is None else zip_listing.names_in(bytes_at(content, place.start, place.length), place.count)
    if inside is None:
        return Danger.SEALED
    files = [name.rpartition("/")[2][-200:] for name in inside if not name.endswith("/")]
    dangers = {names.danger(name, "") for name in files} - _ORDINARY_INSIDE
    if dangers - {Danger.SEALED}:
        return Danger.PACKED
    return Danger.SEALED if dangers or any(names.extension(name) == "zip" for name in files) else None
