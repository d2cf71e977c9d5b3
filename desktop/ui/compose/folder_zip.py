"""A folder a person drops on a mail, packed into one file. Runs on a thread of `ui.tasks`; no widget, no Qt.

Links are left out, so nothing goes along that lies elsewhere, and so is what is no file: a pipe would be waited for for
ever. It is packed in memory, hence the limit, which lies above what mail servers take.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

from desktop.base.i18n import _
from desktop.base.text import encodable
from desktop.ui.compose.intake import NotAttached, file_name
from desktop.ui.line_texts import size_text

MOST_BYTES = 50_000_000
"""Of all files together, before they are packed."""
MOST_FILES = 2000


def packed(folder: Path) -> bytes:
    """Return a ZIP archive of a folder; raises NotAttached where it is too large, is empty or cannot be read."""
    name = file_name(folder)
    held = io.BytesIO()
    try:
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
            count, room = 0, MOST_BYTES
            for path in _files(folder):
                count += 1
                inside = f"{name}/{_name_inside(path.relative_to(folder))}"
                room = _add(archive, path, inside, room) if count <= MOST_FILES else -1
                if room < 0:
                    words = _("“{name}” is too large to go along: more than {size}, or more than {n} files.")
                    raise NotAttached(words.format(name=name, size=size_text(MOST_BYTES), n=MOST_FILES))
    except (OSError, ValueError, RecursionError) as error:
        words = _("“{name}” could not be read.").format(name=name)
        raise NotAttached(words, details=str(error)) from error
    if not count:
        raise NotAttached(_("There is no file in “{name}”.").format(name=name))
    return held.getvalue()


def _add(archive: zipfile.ZipFile, path: Path, inside: str, room: int) -> int:
    """Add a file; returns how many octets are left for others, less than none where it has more than fit."""
    with path.open("rb") as source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            return room
        octets = source.read(room + 1)
    if len(octets) <= room:
        entry = zipfile.ZipInfo.from_file(path, inside, strict_timestamps=False)
        archive.writestr(entry, octets, zipfile.ZIP_DEFLATED)
    return room - len(octets)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and of those in it, in the order of their names. Raises OSError."""
    with os.scandir(folder) as listed:
        entries = sorted(listed, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _name_inside(path: Path) -> str:
    """Return a path as it stands in the archive: what unpacks it may take a backslash for a folder."""
    return "/".join(encodable(part).replace("\\", "_") for part in path.parts)
