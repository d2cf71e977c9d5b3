"""Imports and exports as one asks for them: they are done one after the other on a thread of the engine.

Results come through futures. `cancel` is set by who asked, at any time; what was done until then is told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol, TypeVar

from desktop.domain.mail.export_form import ExportForm
from desktop.services.mail.exporting import Exported, Exporting
from desktop.services.mail.importing import Imported, Importing, Progress

T = TypeVar("T")

Tell = Callable[[Progress], None]
"""Called on the thread that does the work, some times a second."""


class Runner(Protocol):
    """The engine's side of the bargain."""

    def run(self, work: Callable[[Callable[[], bool]], T]) -> Future[T]:
        """Do it on a thread of its own; `work` is given what says that the program ends."""


class Transfers:
    """Mails on their way into and out of files."""

    def __init__(self, importing: Importing, exporting: Exporting, runner: Runner) -> None:
        self._importing = importing
        self._exporting = exporting
        self._runner = runner

    def import_files(
        self, paths: Sequence[Path], folder_key: int | None, progress: Tell, cancel: threading.Event
    ) -> Future[Imported]:
        """Import files and folders; `folder_key` is one of a two-way account, None keeps the mails here only."""
        return self._runner.run(
            lambda ending: self._importing.run(paths, folder_key, progress, lambda: ending() or cancel.is_set())
        )

    def export(
        self, keys: Sequence[int], form: ExportForm, to: Path, progress: Tell, cancel: threading.Event
    ) -> Future[Exported]:
        """Write mails to a new file or folder, in this order."""
        return self._runner.run(
            lambda ending: self._exporting.run(keys, form, to, progress, lambda: ending() or cancel.is_set())
        )
