"""Remembers across starts whether the first HTML mail ended the program, so that it does so once and not at each start.

Some graphics drivers end a program that lets Chromium draw through them. A note is written before the browser is made
and taken away when it has painted. A note that is still there at the next start says that it did not come to that:
from then on, until another version of Rapport, mails are drawn without the graphics card. GUI thread.
"""

from __future__ import annotations

import logging
from pathlib import Path

from desktop.base.paths import open_private
from desktop.base.version import VERSION

log = logging.getLogger(__name__)


class BrowserTrial:
    """Make it before the application, with the path of the note."""

    def __init__(self, note: Path) -> None:
        self._note = note
        self.failed = _read(note) == VERSION
        """Whether the browser ended the program before; then the note stays."""

    def begin(self) -> None:
        """Note that the browser is about to be made."""
        if not self.failed:
            try:
                with open_private(self._note, "w", encoding="ascii") as file:
                    file.write(VERSION)
            except OSError as error:
                log.warning("the start of the browser could not be noted: %s", error.strerror)

    def succeed(self) -> None:
        """Note that it has shown a mail, or was closed in order."""
        if not self.failed:
            self._note.unlink(missing_ok=True)


def _read(note: Path) -> str:
    try:
        return note.read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
