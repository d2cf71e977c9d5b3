"""Gets a profile for a program, or has the program that holds it carry the request out."""

from __future__ import annotations

import time

from desktop.app import lock
from desktop.app.console import Console
from desktop.app.lock import Holder, Kind, Lock
from desktop.base.clock import monotonic
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.paths import Profile

PATIENCE_S = 60.0
"""How long a holder that is starting, ending or about to end may take."""
_SAY_AFTER_S = 2.0
_LOOK_EVERY_S = 0.05


class ProfileInUse(Problem):
    """Another process holds the profile and does not do what was asked."""

    remedy = Remedy.NONE

    def __init__(self, holder: Holder | None) -> None:
        if holder is None:
            text = _("Another program holds this profile.")
        else:
            words = {
                Kind.WINDOW: _("This profile is open in the window of Rapport (process {pid})."),
                Kind.WORKER: _("This profile is in use by the worker of Rapport (process {pid}). Stop it first."),
                Kind.COMMAND: _("This profile is in use by a command of Rapport (process {pid})."),
            }
            text = words[holder.kind].format(pid=holder.pid)
        super().__init__(text)


def claim(
    profile: Profile,
    kind: Kind,
    console: Console,
    argv: tuple[str, ...] | None = None,
    *,
    folder: str = "",
    password: str | None = None,
) -> Lock | int:
    """Return the lock of the profile, or the exit code of the running program that did what `argv` says.

    Without `argv` only the lock will do. Raises ProfileInUse, ProfileUnusable, ProfileFull.
    """
    deadline = monotonic() + PATIENCE_S
    say_at = monotonic() + _SAY_AFTER_S
    while True:
        ours = lock.acquire(profile, kind)
        if ours is not None:
            return ours
        holder = lock.holder(profile)
        if argv is not None:
            code = _call(profile, argv, folder, password, console)
            if code is not None:
                return code
        elif holder is not None and holder.kind is not Kind.COMMAND:
            raise ProfileInUse(holder)
        if monotonic() > deadline:
            raise ProfileInUse(holder)
        if monotonic() > say_at and holder is not None:
            console.say(_("Waiting for another Rapport (process {pid}) ...").format(pid=holder.pid))
            say_at = deadline + 1
        # it has just started or is about to end: nothing wakes us then
        time.sleep(_LOOK_EVERY_S)


def _call(profile: Profile, argv: tuple[str, ...], folder: str, password: str | None, console: Console) -> int | None:
    from desktop.app import remote

    code = remote.call(profile, remote.Request(argv, folder, password), console)
    return None if code == remote.LATER else code
