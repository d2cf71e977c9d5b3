"""Mails over the size limit on their way from their servers to files a person chose. GUI thread.

Only header and text of such a mail are here. The rest comes as an errand, in chunks, into a draft beside the file; it
gets its name when it is whole, so what is cancelled or fails leaves nothing. What was begun goes on whatever is shown.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from desktop.base.i18n import _
from desktop.ui.mail import attachment_saving
from desktop.ui.mail.letter import Letter, Reading
from desktop.ui.mail.private_files import PrivateFiles
from desktop.ui.tasks import Tasks


@dataclass(frozen=True, slots=True)
class Coming:
    """What a person waits for: the name of the file, and how many octets of how many are here."""

    name: str
    done: int = 0
    total: int = 0


@dataclass(slots=True, eq=False)
class _Fetch:
    coming: Coming
    errand: Future[Path] | None = None
    cancelled: bool = False


class WholeMails(QObject):
    """Fetches mails into files. With several under way it tells of the one that was begun last."""

    changed = Signal(object)
    """What is `Coming`, or None."""
    told = Signal(str)
    _fetched = Signal(object, object, object)

    def __init__(self, tasks: Tasks, reading: Reading, files: PrivateFiles, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._reading = reading
        self._files = files
        self._fetches: list[_Fetch] = []
        # told on a thread of the engine
        self._fetched.connect(self._note_progress, Qt.ConnectionType.QueuedConnection)

    async def save(self, letter: Letter, path: Path) -> None:
        """Fetch a mail and make it the file a person chose. Raises Problem; then the file is as it was."""
        drafts = await self._tasks.read(attachment_saving.draft_folder, self._files, path.parent)
        try:
            draft = await self._fetch(letter, path.name, drafts / "mail")
            if draft is not None:
                await self._tasks.read(attachment_saving.save_as, path, draft)
        finally:
            await self._tasks.read(self._files.drop, drafts)
        if draft is not None:
            self.told.emit(_("{name} saved").format(name=path.name))

    def cancel(self) -> None:
        """End the fetch that is told of."""
        if not self._fetches:
            return
        fetch = self._fetches[-1]
        fetch.cancelled = True
        if fetch.errand is not None:
            fetch.errand.cancel()

    async def _fetch(self, letter: Letter, name: str, to: Path) -> Path | None:
        """Fetch a mail into a new file; None when the person ended it."""
        fetch = _Fetch(Coming(name))
        self._fetches.append(fetch)
        self._tell()
        try:
            fetch.errand = await self._tasks.read(
                self._reading.fetch_source,
                letter.key,
                to,
                lambda done, total: self._fetched.emit(fetch, done, total),
                twin=letter.twin,
            )
            if fetch.cancelled:
                fetch.errand.cancel()
            return await self._tasks.errand(fetch.errand)
        except asyncio.CancelledError:
            if not fetch.cancelled:
                raise
            self.told.emit(_("Fetching of {name} ended").format(name=name))
            return None
        finally:
            self._fetches.remove(fetch)
            self._tell()

    def _note_progress(self, fetch: _Fetch, done: int, total: int) -> None:
        fetch.coming = replace(fetch.coming, done=done, total=total)
        self._tell()

    def _tell(self) -> None:
        self.changed.emit(self._fetches[-1].coming if self._fetches else None)
