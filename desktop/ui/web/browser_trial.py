"""Remembers across starts that the first HTML mail ended the program, so that it does so twice and not each time.

Some graphics drivers end a program that lets Chromium draw through them. A note is written before the browser is made
and taken away when it has painted. A note that is still there at the next start says that it did not come to that. Once
is forgiven, since a kill or a power cut may have come just then; after two such ends in a row mails are drawn without
the graphics card, until another version of Rapport. GUI thread.
"""

from __future__ import annotations

import logging
from pathlib import Path

from desktop.base.paths import open_private
from desktop.base.version import VERSION

log = logging.getLogger(__name__)

_ENDS = 2
"""So many in a row are no accident."""


class BrowserTrial:
    """Make it before the application, with the path of the note."""

    def __init__(self, note: Path) -> None:
        self._note = note
        self._ends = _read(note)
        self.failed = self._ends >= _ENDS
        """Whether the browser ended the program before; then the note stays."""

    def begin(self) -> None:
        """Note that the browser is about to be made."""
        if not self.failed:
            try:
                with open_private(self._note, "w", encoding="ascii") as file:
                    file.write(f"{VERSION}\n{self._ends + 1}")
            except OSError as error:
                log.warning("the start of the browser could not be noted: %s", error.strerror)

    def succeed(self) -> None:
        """Note that it has shown a mail, or was closed in order."""
        if not self.failed:
            self._ends = 0
            self._note.unlink(missing_ok=True)


def _read(note: Path) -> int:
    """Return how often in a row a browser of this version ended the program."""
    try:
        version, _line, ends = note.read_text(encoding="ascii", errors="replace").partition("\n")
        return int(ends) if version == VERSION else 0
    except (OSError, ValueError):
        return 0
