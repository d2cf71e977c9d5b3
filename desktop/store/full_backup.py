"""Complete backups: a folder with a copy of the database, the sources of all mails and a note of what is in it.

Laid out like a profile, without its passwords, caches and logs. It is made under another name and gets its own when
it was read through: under that name there is all of it or nothing. Who works with the profile meanwhile goes on.
Whoever puts a backup back is `store.replacement`. Any thread; takes as long as the disk does.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.paths import open_private, shown, sync_file, sync_folder
from desktop.store import backup
from desktop.store.database import DiskFailed, DiskFull, problem_of
from desktop.store.mail.blobs import FILE_NAME as SOURCES
from desktop.store.mail.blobs import FOLDERS, unpacked
from desktop.store.readable import readable_uri

DATABASE = "rapport.db"
RAW = "raw"
NOTE = "backup.json"
UNFINISHED = "unfinished"
"""Lies in a folder that is being filled: one a kill left may be taken away."""


class PlaceTaken(Problem):
    """The backup would have to overwrite something."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, path: Path) -> None:
        super().__init__(_("There is something at {path} already.").format(path=shown(path)))


class NoRoomForBackup(Problem):
    remedy = Remedy.FREE_SPACE

    def __init__(self) -> None:
        super().__init__(_("The disk is full, so no backup was made. Free some space, or choose another disk."))


class NoBackup(Problem):
    """What was given is no backup, or not all of one."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, path: Path) -> None:
        super().__init__(_("{path} is not a complete backup of Rapport.").format(path=shown(path)))


@dataclass(frozen=True, slots=True)
class Contents:
    """What a complete backup holds."""

    made_at_ms: int
    mails: int
    sources: int
    missing: int = 0
    """Mails whose source could not be copied: it was lost before, or deleted with its mail meanwhile."""


def write(database: Path, raw: Path, to: Path) -> Contents:
    """Write a complete backup of a profile, which may be in use, into the new folder `to`.

    Raises PlaceTaken, NoRoomForBackup, DatabaseDamaged, DiskFailed; then nothing is left of it.
    """
    if not to.name:  # the root of a disk
        raise PlaceTaken(to)
    half = to.with_name(f"{to.name}.half")
    try:
        _begin(half, to)
        try:
            contents = _fill(half, database, raw)
            sync_folder(half)
            half.replace(to)
            sync_folder(to.parent)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
    except DiskFull as problem:
        raise NoRoomForBackup from problem
    except OSError as error:
        failed = DiskFailed.of(error)
        raise (NoRoomForBackup() if isinstance(failed, DiskFull) else failed) from error
    return contents


def _begin(half: Path, to: Path) -> None:
    if to.is_dir() and not any(to.iterdir()):
        to.rmdir()
    if to.exists() or to.is_symlink():
        raise PlaceTaken(to)
    if (half / UNFINISHED).is_file() and not half.is_symlink():
        shutil.rmtree(half)
    try:
        half.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise PlaceTaken(half) from None
    open_private(half / UNFINISHED).close()


def _fill(half: Path, database: Path, raw: Path) -> Contents:
    # the database first: what it names is on the disk by then
    backup.copy(database, half / DATABASE)
    (half / RAW).mkdir(mode=0o700)
    if not backup.is_empty(raw / SOURCES):
        backup.copy(raw / SOURCES, half / RAW / SOURCES)
    copy_files(raw, half / RAW)
    present = present_in(half / RAW)
    with closing(sqlite3.connect(readable_uri(half / DATABASE), uri=True)) as connection:
        named = [row[0] for row in connection.execute("SELECT raw_digest FROM email WHERE raw_digest IS NOT NULL")]
        mails = int(connection.execute("SELECT count(*) FROM email").fetchone()[0])
    contents = Contents(clock.now(), mails, len(present), sum(digest not in present for digest in named))
    with open_private(half / NOTE, "w", encoding="utf-8") as file:
        json.dump(asdict(contents), file)
    sync_file(half / NOTE)
    (half / UNFINISHED).unlink()
    return contents


def copy_files(raw: Path, to: Path) -> None:
    """Copy those sources that are files of their own; one that is damaged, or goes meanwhile, is left out.

    Raises OSError.
    """
    for path in sorted(raw.glob(f"{FOLDERS}/*.z")):
        try:
            data = path.read_bytes()
            digest = bytes.fromhex(path.parent.name + path.stem)
        except (FileNotFoundError, ValueError):
            continue
        if unpacked(data, digest) is None:
            continue
        folder = to / path.parent.name
        folder.mkdir(mode=0o700, exist_ok=True)
        with open_private(folder / path.name) as file:
            file.write(data)
        sync_file(folder / path.name)


def present_in(raw: Path) -> set[bytes]:
    """Return the digests of the sources in a folder nobody works with."""
    present = {bytes.fromhex(path.parent.name + path.stem) for path in raw.glob(f"{FOLDERS}/*.z")}
    if not backup.is_empty(raw / SOURCES):
        try:
            with closing(sqlite3.connect(readable_uri(raw / SOURCES), uri=True)) as connection:
                present.update(row[0] for row in connection.execute("SELECT digest FROM blob"))
        except sqlite3.Error as error:
            raise problem_of(error, raw / SOURCES) or error from error
    return present


def contents_of(folder: Path) -> Contents:
    """Return what the note of a complete backup says. Raises NoBackup."""
    try:
        told = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        contents = Contents(*(int(told[name]) for name in ("made_at_ms", "mails", "sources", "missing")))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise NoBackup(folder) from error
    if not (folder / DATABASE).is_file() or (folder / UNFINISHED).exists():
        raise NoBackup(folder)
    return contents
