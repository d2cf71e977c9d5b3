"""`rapport backup`: a complete backup, written by this process while whoever holds the profile goes on."""

from __future__ import annotations

from desktop.app.arguments import BackUp
from desktop.app.console import Console
from desktop.app.reading_only import NothingHere, was_used
from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.base.paths import Profile, shown
from desktop.store import full_backup, migrate


def run(command: BackUp, profile: Profile, console: Console) -> int:
    """Write the backup and print its path; returns 0. Raises Problem, leaving nothing behind."""
    if not was_used(profile):
        raise NothingHere(profile)
    migrate.version_of(profile.database)
    name = f"rapport-backup-{clock.to_datetime(clock.now()):%Y%m%d-%H%M%S}"
    to = command.to or command.folder / name
    contents = full_backup.write(profile.database, profile.raw, to)
    console.line(shown(to))
    words = n_("{n} mail is in the backup.", "{n} mails are in the backup.", contents.mails)
    console.say(words.format(n=contents.mails))
    if contents.missing:
        words = n_(
            "{n} of them has no source on this computer; it is fetched again where a server has it.",
            "{n} of them have no source on this computer; they are fetched again where a server has them.",
            contents.missing,
        )
        console.say(words.format(n=contents.missing))
    console.say(_("Passwords are not in it. It is not encrypted: keep it as private as your mail."))
    return 0
