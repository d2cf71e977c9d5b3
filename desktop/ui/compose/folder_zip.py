"""A folder a person drops on a mail, packed into one file. Runs on a thread of `ui.tasks`; no widget, no Qt.

Links are left out, so nothing goes along that lies elsewhere, and so is what is no file: a pipe would be waited for for
ever. It is packed in memory, hence the limit, which lies above what mail servers take.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

from desktop.base.i18n import _
from desktop.base.text import encodable
from desktop.domain.mail.zip_writing import Moment, ZipWriter
from desktop.ui.compose.intake import NotAttached, file_name
from desktop.ui.line_texts import size_text

MOST_BYTES = 50_000_000
"""Of all files together, before they are packed."""
MOST_FILES = 2000


def packed(folder: Path) -> bytes:
    """Return a ZIP archive of a folder; raises NotAttached where it is too large, is empty or cannot be read."""
    name = file_name(folder)
    archive, room = ZipWriter(), MOST_BYTES
    try:
        for path in _files(folder):
            with path.open("rb") as source:
                facts = os.fstat(source.fileno())
                octets = source.read(room + 1)
            room -= len(octets)
            if room < 0 or archive.count == MOST_FILES:
                words = _("“{name}” is too large to go along: more than {size}, or more than {n} files.")
                raise NotAttached(words.format(name=name, size=size_text(MOST_BYTES), n=MOST_FILES))
            changed = Moment(*time.localtime(facts.st_mtime)[:6])
            archive.add(f"{name}/{_name_inside(path.relative_to(folder))}", octets, changed)
    except (OSError, ValueError, OverflowError, RecursionError) as error:
        words = _("“{name}” could not be read.").format(name=name)
        raise NotAttached(words, details=str(error)) from error
    if not archive.count:
        raise NotAttached(_("There is no file in “{name}”.").format(name=name))
    return archive.archive()


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
