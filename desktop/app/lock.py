"""One writing process per profile: the lock whoever wants to write must hold, and who holds it.

Two files in the profile. `lock` is locked by the system and never says anything: the lock of a process that was killed
is gone with it, so there is nothing stale to clear. `running` says who holds the lock; it is taken away at a clean end,
and finding it under a free lock means that the last holder crashed. Any thread.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import threading
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from desktop.app import os_lock
from desktop.app.file_system import network_kind
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.paths import Profile, ProfileUnusable, open_private, shown

LOCK_NAME = "lock"
HOLDER_NAME = "running"
_HOLDER_MAX_BYTES = 4096

_held: set[str] = set()
_held_lock = threading.Lock()


class Kind(StrEnum):
    """What the holder of a profile is."""

    WINDOW = "window"
    WORKER = "worker"
    COMMAND = "command"
    """A call of the command line: it ends by itself."""


class ProfileFull(Problem):
    """The profile's disk has no room for a few bytes."""

    remedy = Remedy.FREE_SPACE

    def __init__(self) -> None:
        super().__init__(_("The disk of the profile is full. Free some space, then start Rapport again."))


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a profile."""

    pid: int
    host: str
    kind: Kind


class Lock:
    """A profile that is ours until `release`. A forked copy of this process does not own it."""

    def __init__(self, root: Path, name: str, handle: int, *, after_crash: bool) -> None:
        self.after_crash = after_crash
        """The last holder did not end cleanly: look at the database before using it."""
        self._root = root
        self._name = name
        self._handle = handle
        self._pid = os.getpid()
        self._released = False

    def release(self) -> None:
        """Give the profile back, noting a clean end; the second time does nothing."""
        if self._released or os.getpid() != self._pid:
            return
        self._released = True
        (self._root / HOLDER_NAME).unlink(missing_ok=True)
        with _held_lock:
            os.close(self._handle)
            _held.discard(self._name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def acquire(profile: Profile, kind: Kind) -> Lock | None:
    """Make the profile's folders if need be and take its lock; None when somebody has it.

    Raises ProfileUnusable (no folder, no permission, a network file system), ProfileFull.
    """
    network = network_kind(profile.root)
    if network:
        sentence = _(
            "The profile folder {path} is on a network file system ({kind}), where the mail database would be damaged. "
            "Choose a folder of this computer with --profile."
        )
        raise ProfileUnusable(sentence.format(path=shown(profile.root), kind=network))
    profile.create()
    # the same folder has one name here, whatever link it was reached by
    name = os.path.realpath(profile.root)
    try:
        with _held_lock:
            if name in _held:
                return None
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
            handle = os.open(profile.root / LOCK_NAME, flags, 0o600)
            try:
                if not os_lock.try_lock(handle):
                    os.close(handle)
                    return None
                if os.name == "posix":
                    os.fchmod(handle, 0o600)
                after_crash = (profile.root / HOLDER_NAME).exists()
                _write_holder(profile.root, kind)
            except OSError:
                os.close(handle)
                raise
            _held.add(name)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ProfileFull from error
        sentence = _("The profile folder {path} cannot be used: {reason}.")
        reason = error.strerror or str(error)
        raise ProfileUnusable(sentence.format(path=shown(profile.root), reason=reason)) from error
    return Lock(profile.root, name, handle, after_crash=after_crash)


def holder(profile: Profile) -> Holder | None:
    """Return who holds the profile, or held it when it crashed; None when nobody does or it cannot be read."""
    try:
        with (profile.root / HOLDER_NAME).open("rb") as file:
            told = json.loads(file.read(_HOLDER_MAX_BYTES))
        return Holder(int(told["pid"]), str(told["host"]), Kind(told["kind"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_held(profile: Profile) -> bool:
    """Return whether somebody holds the profile now; False where that cannot be found out."""
    with _held_lock:
        if os.path.realpath(profile.root) in _held:
            return True
        try:
            handle = os.open(profile.root / LOCK_NAME, os.O_RDWR)
        except OSError:
            return False
        try:
            return not os_lock.try_lock(handle)
        except OSError:
            return False
        finally:
            os.close(handle)


def _write_holder(root: Path, kind: Kind) -> None:
    told = Holder(os.getpid(), platform.node(), kind)
    fresh = root / f".{HOLDER_NAME}.new"
    fresh.unlink(missing_ok=True)
    with open_private(fresh, "w", encoding="utf-8") as file:
        json.dump(asdict(told), file)
    fresh.replace(root / HOLDER_NAME)
