"""Files that lie outside the database for a while: copies for other programs, mails dragged out, drafts of downloads.

All lie in one private folder below the profile's cache. A draft that must lie beside where it is to be saved, so that
it can be moved there, leaves a note in it. What a killed program left goes with the next start. Any thread.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from desktop.base.paths import open_private

_DRAFT = ".rapport-"
_NOTES = "drafts"


class PrivateFiles:
    """The files of one run. Nothing is made before it is needed."""

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._all = cache / "opened"
        self._own = self._all / secrets.token_hex(8)

    def new_folder(self) -> Path:
        """Make an empty folder that only the person can look into; raises OSError."""
        self._make(self._own)
        return Path(tempfile.mkdtemp(dir=self._own))

    def new_draft_folder(self, beside: Path) -> Path:
        """Make such a folder in another one; `drop` it. Raises OSError."""
        notes = self._own / _NOTES
        self._make(notes)
        draft = beside / f"{_DRAFT}{secrets.token_hex(8)}"
        with open_private(notes / draft.name) as note:
            note.write(os.fsencode(draft))
        draft.mkdir(mode=0o700)
        return draft

    def drop(self, folder: Path) -> None:
        """Remove a folder made here, with all that is in it."""
        _remove(folder)
        if not folder.exists():
            (self._own / _NOTES / folder.name).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove what this run made."""
        with suppress(OSError):
            _remove_run(self._own)
            self._all.rmdir()  # unless an earlier run left something that is still in use

    def clear_left(self) -> None:
        """Remove what earlier runs left because they were killed."""
        runs = [run for run in self._all.iterdir() if run != self._own] if self._all.is_dir() else []
        for run in runs:
            with suppress(OSError):
                _remove_run(run)

    def _make(self, folder: Path) -> None:
        # one by one: `parents` would make those above with the mode the umask leaves
        for each in (self._cache, self._all, self._own, folder):
            each.mkdir(mode=0o700, exist_ok=True)


def _remove_run(run: Path) -> None:
    notes = run / _NOTES
    for note in notes.iterdir() if notes.is_dir() else ():
        draft = Path(os.fsdecode(note.read_bytes()))
        if draft.name == note.name and draft.name.startswith(_DRAFT):
            _remove(draft)
    _remove(run)


def _remove(path: Path) -> None:
    """Remove a folder or file. One that another program holds open is left to the next start."""
    with suppress(OSError):
        if path.is_symlink() or path.is_file():
            path.unlink()
            return
        path.chmod(0o700)
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                each = Path(folder, name)
                if not each.is_symlink():
                    # Windows removes nothing that is read-only
                    each.chmod(0o700 if name in folders else 0o600)
    shutil.rmtree(path, ignore_errors=True)
