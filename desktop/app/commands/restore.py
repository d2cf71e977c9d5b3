"""`rapport restore`: a backup takes the place of a profile that this process alone holds."""

from __future__ import annotations

from desktop.app.arguments import Restore
from desktop.app.commands import moment
from desktop.app.console import Console
from desktop.base.i18n import _, n_
from desktop.base.paths import Profile, shown
from desktop.store import replacement


def run(command: Restore, profile: Profile, console: Console) -> int:
    """Put the backup in its place and say what was done; returns 0. Raises Problem; then nothing has changed."""
    done = replacement.restore(profile.root, command.given, replace=command.replace)
    made = moment.in_words(done.made_at_ms, "%Y-%m-%d %H:%M")
    console.say(_("The backup of {date} is in its place.").format(date=made))
    if done.missing:
        words = n_(
            "{n} source it should hold could not be read; its mail is fetched again where a server has it.",
            "{n} sources it should hold could not be read; their mails are fetched again where a server has them.",
            done.missing,
        )
        console.say(words.format(n=done.missing))
    if done.aside is not None:
        words = _("What was there before is kept in {path}; delete it when you miss nothing.")
        console.say(words.format(path=shown(done.aside)))
    console.say(_("Passwords are not in a backup: Rapport asks where it has none."))
    return 0
