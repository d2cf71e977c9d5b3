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
import tempfile
from pathlib import Path

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail import names

log = logging.getLogger(__name__)

_TRIES = 1000
_SAVED_MODE = 0o600
_OPENED_MODE = 0o400
_DRAFTS = ".rapport-"


Content = bytes | Path
"""What an attachment is: its octets, or the draft they were fetched into, which is moved into place."""


class NotSaved(Problem):
    """An attachment could not be written."""

    remedy = Remedy.RETRY


def draft_folder(folder: Path) -> Path:
    """Make a folder for a draft beside where it is to be moved: no second copy is written; raises NotSaved."""
    try:
        return Path(tempfile.mkdtemp(prefix=_DRAFTS, dir=folder))
    except OSError as error:
        raise _not_saved(folder.name, error) from error


def drop_draft_folder(folder: Path) -> None:
    """Remove a draft's folder and what was left in it."""
    shutil.rmtree(folder, ignore_errors=True)


def first_bytes(content: Content, count: int) -> bytes:
    """Return how an attachment begins; raises NotSaved."""
    if isinstance(content, bytes):
        return content[:count]
    try:
        with content.open("rb") as file:
            return file.read(count)
    except OSError as error:
        raise _not_saved(content.name, error) from error


def save(folder: Path, name: str, content: Content) -> Path:
    """Make a new file in `folder` of an attachment and return its path; "name (2).pdf" where the name is taken.

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
                _make_new(path, content, _SAVED_MODE)
            except FileExistsError:
                continue
            _mark_as_foreign(path)
            return path
    except OSError as error:
        raise _not_saved(safe, error) from error
    raise NotSaved(_("{name} could not be saved: the folder holds too many files of that name.").format(name=safe))


def save_as(path: Path, content: Content) -> Path:
    """Make an attachment exactly the file a person chose in a dialog, replacing it as he confirmed; raises NotSaved.

    The old file is replaced, not written through: a link at its place becomes an ordinary file.
    """
    draft = path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}")
    try:
        _make_new(draft, content, _SAVED_MODE)
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _not_saved(path.name, error) from error
    _mark_as_foreign(path)
    return path


class OpenedCopies:
    """Read-only copies of attachments that other programs show, in one private folder, gone when we end."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self._root = cache / "opened"

    def add(self, name: str, content: Content) -> Path:
        """Make a copy and return its path; raises NotSaved."""
        folder = self._root / secrets.token_hex(8)
        try:
            folder.mkdir(mode=0o700, parents=True)
            path = folder / (names.safe_name(name) or _("Attachment"))
            _make_new(path, content, _OPENED_MODE)
        except OSError as error:
            raise _not_saved(name, error) from error
        _mark_as_foreign(path)
        return path

    def remove_all(self) -> None:
        """Delete all copies; also those a killed program left. One that another program holds open is left."""
        for folder in (self._root, *self.cache.glob(f"{_DRAFTS}*")):
            shutil.rmtree(folder, ignore_errors=True)


def _not_saved(name: str, error: OSError) -> NotSaved:
    sentence = _("{name} could not be saved: {reason}.")
    return NotSaved(sentence.format(name=name, reason=error.strerror or error), details=str(error))


def _make_new(path: Path, content: Content, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            if isinstance(content, bytes):
                file.write(content)
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
        if isinstance(content, Path):
            # the name is ours by now, so nothing of somebody else is replaced
            content.chmod(mode if hasattr(os, "fchmod") else stat.S_IREAD | stat.S_IWRITE)
            content.replace(path)
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
