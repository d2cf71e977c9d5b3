"""The profile: the one folder that holds everything of one user, and the rule that nobody else may read it.

Folders get mode 0700 and files 0600 whatever the umask says; SQLite gives its side files the mode of the database, so
the store creates that one with `touch_private`. Paths are bytes to the system: names with quotes, spaces or bytes that
are no UTF-8 are ordinary names here. Windows has no modes: there the user's own folder carries the protection.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _

PROFILE_VARIABLE = "RAPPORT_PROFILE"
PORTABLE_NAME = "portable.txt"

_PRIVATE_FOLDER = 0o700
_PRIVATE_FILE = 0o600


class ProfileUnusable(Problem):
    """The profile folder cannot be used as it is."""

    remedy = Remedy.NONE
    can_retry = False


@dataclass(frozen=True, slots=True)
class Profile:
    """The folder of one user. Making the object touches nothing; `create` makes the folders."""

    root: Path

    @classmethod
    def choose(cls, option: str | os.PathLike[str] | None = None) -> Profile:
        """Return the profile of `--profile`, else of RAPPORT_PROFILE, else beside a portable program, else of the user.

        Raises ProfileUnusable for a relative one when there is no working folder.
        """
        chosen = option or os.environ.get(PROFILE_VARIABLE) or portable_root()
        chosen = chosen or default_root(sys.platform, os.environ, Path.home())
        try:
            return cls(Path(chosen).absolute())
        except OSError as error:  # relative to a working folder that was removed
            sentence = _("The profile folder {path} cannot be used: {reason}.")
            text = sentence.format(path=shown(Path(chosen)), reason=error.strerror or str(error))
            raise ProfileUnusable(text) from error

    @property
    def database(self) -> Path:
        """The local truth."""
        return self.root / "rapport.db"

    @property
    def raw(self) -> Path:
        """Sources of mails that are kept as files."""
        return self.root / "raw"

    @property
    def cache(self) -> Path:
        """What can be made or fetched again; a person may delete it."""
        return self.root / "cache"

    @property
    def backup(self) -> Path:
        """Copies of the database: daily ones, and from before an update or an import."""
        return self.root / "backup"

    @property
    def vault(self) -> Path:
        """Encrypted secrets, where the system has no keyring."""
        return self.root / "vault"

    @property
    def log(self) -> Path:
        """The folder of log files."""
        return self.root / "log"

    def create(self) -> None:
        """Make the folders that are missing and see that they can be written; raises ProfileUnusable."""
        try:
            ours = not self.root.exists() or self.database.exists() or not any(self.root.iterdir())
            self.root.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            if ours:  # a folder the person already used for other things keeps its mode
                _make_private(self.root, _PRIVATE_FOLDER)
            for folder in (self.raw, self.cache, self.backup, self.log):
                folder.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
                _make_private(folder, _PRIVATE_FOLDER)
            probe = self.cache / f".write-test-{os.getpid()}"
            touch_private(probe)
            probe.unlink()
        except (NotADirectoryError, FileExistsError) as error:
            sentence = _("The profile {path} is not a folder.")
            raise ProfileUnusable(sentence.format(path=shown(self.root)), details=str(error)) from error
        except PermissionError as error:
            sentence = _("The profile folder {path} cannot be read and written by this user.")
            raise ProfileUnusable(sentence.format(path=shown(self.root)), details=str(error)) from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            sentence = _("The profile folder {path} cannot be used: {reason}.")
            raise ProfileUnusable(sentence.format(path=shown(self.root), reason=reason), details=str(error)) from error


def portable_root() -> Path | None:
    """Return the profile beside a bundled program that `portable.txt` lies beside, None for any other program."""
    folder = Path(sys.executable).parent
    if not getattr(sys, "frozen", False) or not (folder / PORTABLE_NAME).is_file():
        return None
    return folder / "profile"


def default_root(platform: str, environ: Mapping[str, str], home: Path) -> Path:
    """Return where this system keeps a user's data (XDG base directories, Known Folders, Apple's file system guide)."""
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Rapport"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "Rapport"
    data_home = environ.get("XDG_DATA_HOME", "")
    # the XDG specification has relative paths ignored
    return (Path(data_home) if data_home.startswith("/") else home / ".local" / "share") / "rapport"


def open_private(path: Path, mode: str = "wb", **options: Any) -> IO[Any]:
    """Open a file like `open`; one that is made by it gets mode 0600."""
    return open(path, mode, opener=_private_opener, **options)


def touch_private(path: Path) -> None:
    """Make an empty file of mode 0600 if there is none, and take a wider mode from one that is there."""
    os.close(_private_opener(str(path), os.O_RDWR | os.O_CREAT))
    _make_private(path, _PRIVATE_FILE)


def sync_file(path: Path) -> None:
    """See that what is in a file outlives a power cut."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """See that the names in a folder outlive a power cut; Windows does so by itself."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def shown(path: Path) -> str:
    """Return the path as text for a person; bytes that are no UTF-8 become visible escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _private_opener(path: str, flags: int) -> int:
    existed = os.path.lexists(path)
    handle = os.open(path, flags, _PRIVATE_FILE)
    if not existed and (flags & os.O_CREAT) and hasattr(os, "fchmod"):
        os.fchmod(handle, _PRIVATE_FILE)  # the umask may have taken even the owner's bits
    return handle


def _make_private(path: Path, mode: int) -> None:
    if os.name == "posix" and path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)
