"""Writing attachments to disk: inside the chosen folder, over nothing, through no link, never to be run.

Runs on a reader thread. Names were made safe by `domain.mail.names`; they are made safe again here, because what is
written to disk must not depend on who called.
"""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import stat
import sys
from pathlib import Path

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail import names

log = logging.getLogger(__name__)

_TRIES = 1000
_SAVED_MODE = 0o600
_OPENED_MODE = 0o400


class NotSaved(Problem):
    """An attachment could not be written."""

    remedy = Remedy.RETRY


def save(folder: Path, name: str, data: bytes) -> Path:
    """Write `data` to a new file in `folder` and return its path; "name (2).pdf" where the name is taken.

    Raises NotSaved.
    """
    safe = names.safe_name(name) or _("Attachment")
    stem, dot, extension = safe.rpartition(".")
    if not dot:
        stem, extension = safe, ""
    try:
        for number in range(1, _TRIES):
            path = folder / (safe if number == 1 else f"{stem} ({number}){dot}{extension}")
            try:
                _write_new(path, data, _SAVED_MODE)
            except FileExistsError:
                continue
            _mark_as_foreign(path)
            return path
    except OSError as error:
        sentence = _("{name} could not be saved: {reason}.")
        raise NotSaved(sentence.format(name=safe, reason=error.strerror or error), details=str(error)) from error
    raise NotSaved(_("{name} could not be saved: the folder holds too many files of that name.").format(name=safe))


def save_as(path: Path, data: bytes) -> Path:
    """Write `data` to exactly the file a person chose in a dialog, replacing it as he confirmed; raises NotSaved.

    The old file is replaced, not written through: a link at its place becomes an ordinary file.
    """
    draft = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        _write_new(draft, data, _SAVED_MODE)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        sentence = _("{name} could not be saved: {reason}.")
        raise NotSaved(sentence.format(name=path.name, reason=error.strerror or error), details=str(error)) from error
    _mark_as_foreign(path)
    return path


class OpenedCopies:
    """Read-only copies of attachments that other programs show, in one private folder, gone when we end."""

    def __init__(self, cache: Path) -> None:
        self._root = cache / "opened"

    def add(self, name: str, data: bytes) -> Path:
        """Write a copy and return its path; raises NotSaved."""
        folder = self._root / secrets.token_hex(8)
        try:
            folder.mkdir(mode=0o700, parents=True)
            path = folder / (names.safe_name(name) or _("Attachment"))
            _write_new(path, data, _OPENED_MODE)
        except OSError as error:
            sentence = _("{name} could not be saved: {reason}.")
            raise NotSaved(sentence.format(name=name, reason=error.strerror or error), details=str(error)) from error
        _mark_as_foreign(path)
        return path

    def remove_all(self) -> None:
        """Delete all copies; also those a killed program left. One that another program holds open is left."""
        shutil.rmtree(self._root, ignore_errors=True)


def _write_new(path: Path, data: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    if not hasattr(os, "fchmod"):
        path.chmod(stat.S_IREAD if mode == _OPENED_MODE else stat.S_IREAD | stat.S_IWRITE)


def _mark_as_foreign(path: Path) -> None:
    """Tell Windows that the file came from outside ("Mark of the Web": zone 3 is the internet)."""
    if sys.platform == "win32":
        try:
            Path(f"{path}:Zone.Identifier").write_text("[ZoneTransfer]\r\nZoneId=3\r\n", encoding="ascii")
        except OSError:
            log.debug("the file system keeps no marks")
