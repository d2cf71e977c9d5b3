"""Puts a backup in the place of a profile's database and sources, on the person's wish; what was there is set aside.

Everything is copied into the profile and checked first; then a note makes it valid, and names are exchanged. A kill
before the note leaves the profile as it was, one after it is made good by the next start (`finish`). A backup of the
database alone leaves the sources where they are: they are only ever added to while what was replaced is kept.
The caller holds the profile's lock.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.paths import open_private, shown, sync_file, sync_folder, touch_private
from desktop.store import backup, full_backup, migrate, restoration
from desktop.store.database import DatabaseDamaged, DiskFailed, DiskFull
from desktop.store.full_backup import DATABASE, RAW, UNFINISHED, NoBackup
from desktop.store.mail import blob_rescue
from desktop.store.mail.blobs import FILE_NAME as SOURCES
from desktop.store.mail.blobs import LOST_NOTE
from desktop.store.mail.outbox import DOUBT

_INCOMING = "incoming-backup"
_READY = "ready.json"
_ASIDE = "replaced-"
_ALONG = ("rapport.db-wal", "rapport.db-shm", DATABASE, restoration.FILE_NAME, "rapport.suspect", "rapport.restoring")
"""What belongs to a database, its log first: without it the database would pass for sound."""


class ProfileHoldsMail(Problem):
    """A backup would take the place of something."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, root: Path) -> None:
        text = _(
            "The profile {path} holds mail already. With --replace its database and sources are set aside in a folder "
            "of the profile, and the backup takes their place."
        )
        super().__init__(text.format(path=shown(root)))


class BackupDamaged(Problem):
    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, path: Path, details: str) -> None:
        text = _("The backup {path} is damaged, so nothing was restored. Try an older one.")
        super().__init__(text.format(path=shown(path)), details=details)


class NoRoomToRestore(Problem):
    remedy = Remedy.FREE_SPACE

    def __init__(self) -> None:
        super().__init__(_("The disk is full, so nothing was restored. Free some space, then try again."))


@dataclass(frozen=True, slots=True)
class Replaced:
    """What was done."""

    made_at_ms: int
    """When the backup was made."""
    aside: Path | None
    """The folder that now holds what was there before; None where there was nothing."""
    missing: int
    """Sources the backup should hold and does not."""


def restore(root: Path, given: Path, *, replace: bool) -> Replaced:
    """Put a backup (a complete one, or a copy of the database) in its place in the profile `root`.

    Raises NoBackup, BackupDamaged, NewerFile, ProfileHoldsMail, NoRoomToRestore, DiskFailed; then nothing has changed.
    """
    finish(root)
    whole = full_backup.contents_of(given) if given.is_dir() else None
    source = given / DATABASE if whole is not None else given
    _check(source)
    holds = not backup.is_empty(root / DATABASE) or (whole is not None and blob_rescue.holds_any(root / RAW))
    if holds and not replace:
        raise ProfileHoldsMail(root)
    incoming = root / _INCOMING
    try:
        incoming.mkdir(mode=0o700)
        open_private(incoming / UNFINISHED).close()
        backup.copy(source, incoming / DATABASE)
        _doubt_outbox(incoming / DATABASE)
        missing = 0
        if whole is not None:
            missing = max(whole.sources - _copy_sources(given / RAW, incoming / RAW), 0)
        aside = _free_name(root) if holds else ""
        with open_private(incoming / _READY, "w", encoding="utf-8") as file:
            json.dump({"aside": aside}, file)
        sync_file(incoming / _READY)
        sync_folder(incoming)
    except BaseException as error:
        _discard(incoming)
        if (problem := _problem_of(error, given)) is None:
            raise
        raise problem from error
    finish(root)
    made_at_ms = whole.made_at_ms if whole is not None else backup.made_at_ms(given)
    return Replaced(made_at_ms, root / aside if aside else None, missing)


def _problem_of(error: BaseException, given: Path) -> Problem | None:
    """Return what went wrong as the person is to read it, None where that is said already or is our own fault."""
    problem = DiskFailed.of(error) if isinstance(error, OSError) else error
    if isinstance(problem, DatabaseDamaged):
        return BackupDamaged(given, problem.details)
    if isinstance(problem, DiskFull):
        return NoRoomToRestore()
    return problem if isinstance(problem, DiskFailed) else None


def _check(source: Path) -> None:
    """See that a file is a database of ours that this program can read."""
    try:
        if not source.is_file() or not migrate.version_of(source):
            raise NoBackup(source)
    except migrate.ForeignFile as error:
        raise NoBackup(source) from error
    except DatabaseDamaged as error:
        raise BackupDamaged(source, error.details) from error


def _copy_sources(raw: Path, to: Path) -> int:
    """Copy the sources as far as they can be read; returns how many these are."""
    to.mkdir(mode=0o700)
    touch_private(to / SOURCES)
    if (raw / SOURCES).is_file():
        shutil.copyfile(raw / SOURCES, to / SOURCES)
        sync_file(to / SOURCES)
    blob_rescue.examine(to, after_crash=True)
    full_backup.copy_files(raw, to)
    # the next start notes which are missing, and fetches them again
    touch_private(to / LOST_NOTE)
    return len(full_backup.present_in(to))


def _doubt_outbox(database: Path) -> None:
    """Let nothing leave unasked that may have left since the backup was made."""
    with closing(sqlite3.connect(database)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'outbox'").fetchone():
            with connection:
                for statement in DOUBT:
                    connection.execute(statement)
    sync_file(database)


def _free_name(root: Path) -> str:
    stem = f"{_ASIDE}{clock.to_datetime(clock.now()):%Y%m%d-%H%M%S}"
    names = (f"{stem}{f'-{number}' if number > 1 else ''}" for number in range(1, 1000))
    return next(name for name in names if not (root / name).exists())


def finish(root: Path) -> None:
    """End what a kill may have interrupted: exchange the names of what is ready, forget what is not.

    Raises DiskFull, DiskFailed: then it is gone on with the next time.
    """
    incoming = root / _INCOMING
    try:
        told = json.loads((incoming / _READY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        _discard(incoming)
        return
    try:
        _exchange(root, incoming, told)
    except OSError as error:
        raise DiskFailed.of(error) from error


def _exchange(root: Path, incoming: Path, told: dict[str, str]) -> None:
    aside = root / told["aside"] if told["aside"] else None
    if aside is not None:
        aside.mkdir(mode=0o700, exist_ok=True)
    if (incoming / DATABASE).exists():
        for name in _ALONG:
            _set_aside(root / name, aside)
        (incoming / DATABASE).replace(root / DATABASE)
    if (incoming / RAW).exists():
        _set_aside(root / RAW, aside)
        (incoming / RAW).replace(root / RAW)
    sync_folder(root)
    shutil.rmtree(incoming)


def _discard(incoming: Path) -> None:
    """Take away what a restoration left that was not ready; what others keep under its name stays."""
    if (incoming / UNFINISHED).is_file():
        shutil.rmtree(incoming, ignore_errors=True)
    else:
        with suppress(OSError):
            incoming.rmdir()


def _set_aside(path: Path, aside: Path | None) -> None:
    if aside is not None and path.exists() and not (aside / path.name).exists():
        path.replace(aside / path.name)
    elif path.is_dir() and not path.is_symlink():  # a start of the program made it anew
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def set_aside_in(root: Path) -> list[Path]:
    """Return the folders of databases that were replaced and are still kept: what these name must stay readable."""
    return sorted(path.parent for path in root.glob(f"{_ASIDE}*/{DATABASE}"))
