"""Mails as .eml files for a drag to another program. GUI thread, but the sources are read on a thread of its own.

The other program asks at the moment of the drop and waits, so this waits too, for a few seconds at most. The files go
with the program: who took a drop has copied it by then.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from desktop.base.errors import Problem
from desktop.base.paths import open_private
from desktop.domain.mail.names import name_of_mail
from desktop.services.mail.reading import Reading
from desktop.ui.mail.private_files import PrivateFiles

log = logging.getLogger(__name__)

_DEADLINE_S = 10


class MailFiles:
    """Writes the sources of mails; make one for a window."""

    def __init__(self, reading: Reading, files: PrivateFiles) -> None:
        self._reading = reading
        self._files = files
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="drag-out")

    def write(self, keys: Sequence[int]) -> list[Path]:
        """Return one file a mail; mails that are not here as a whole are left out. None where all takes too long."""
        written = self._pool.submit(self._write_all, tuple(keys))
        try:
            return written.result(timeout=_DEADLINE_S)
        except TimeoutError:
            written.cancel()
            return []

    def _write_all(self, keys: Sequence[int]) -> list[Path]:
        try:
            return self._write_into(self._files.new_folder(), keys)
        except OSError as error:
            log.warning("mails could not be written for a drag: %s", error.strerror)
            return []

    def _write_into(self, folder: Path, keys: Sequence[int]) -> list[Path]:
        paths: list[Path] = []
        for key in keys:
            try:
                subject = self._reading.head(key).subject
                if not self._reading.is_whole(key):
                    continue  # most of it is still on the server
                source = self._reading.source(key)
            except Problem:
                continue  # gone meanwhile, or its source is still on the server
            path = _free(folder, name_of_mail(subject))
            with open_private(path) as file:
                file.write(source)
            paths.append(path)
        return paths


def _free(folder: Path, name: str) -> Path:
    """Return a path that is not taken: "Offer.eml", "Offer (2).eml"."""
    path, number = folder / f"{name}.eml", 1
    while path.exists():
        number += 1
        path = folder / f"{name} ({number}).eml"
    return path
