"""Writing attachments to disk: inside the chosen folder, over nothing, through no link, never to be run.

Runs on a reader thread. Names were made safe by `domain.mail.names`; they are made safe again here, because what is
written to disk must not depend on who called.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail import names
from desktop.ui.mail import foreign_mark
from desktop.ui.mail.private_files import PrivateFiles

_TRIES = 1000
_SAVED_MODE = 0o600
_OPENED_MODE = 0o400


Content = bytes | Path
"""What an attachment is: its octets, or the draft they were fetched into, which is moved into place."""


class NotSaved(Problem):
    """An attachment could not be written."""

    remedy = Remedy.RETRY


def draft_folder(files: PrivateFiles, beside: Path | None) -> Path:
    """Make a folder for a draft beside where it is to be moved, so that no second copy is written; raises NotSaved."""
    try:
        return files.new_folder() if beside is None else files.new_draft_folder(beside)
    except OSError as error:
        raise _not_saved(_("Attachment") if beside is None else beside.name, error) from error


def size_of(content: Content) -> int:
    """Return how many bytes an attachment has; raises NotSaved."""
    if isinstance(content, bytes):
        return len(content)
    try:
        return content.stat().st_size
    except OSError as error:
        raise _not_saved(content.name, error) from error


def bytes_at(content: Content, start: int, count: int) -> bytes:
    """Return `count` bytes of an attachment, or what there is of them; raises NotSaved."""
    if isinstance(content, bytes):
        return content[start : start + count]
    try:
        with content.open("rb") as file:
            file.seek(start)
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
    return path


def copy_to_open(files: PrivateFiles, name: str, content: Content) -> Path:
    """Make a read-only copy that other programs show, in a folder of its own; raises NotSaved."""
    try:
        path = files.new_folder() / (names.safe_name(name) or _("Attachment"))
        _make_new(path, content, _OPENED_MODE)
    except OSError as error:
        raise _not_saved(name, error) from error
    return path


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
        made = content if isinstance(content, Path) else path
        # marked first: what is read-only takes no mark
        foreign_mark.mark(made)
        made.chmod(mode)
        if made is not path:
            # the name is ours by now, so nothing of somebody else is replaced
            made.replace(path)
    except OSError:
        path.unlink(missing_ok=True)
        raise
