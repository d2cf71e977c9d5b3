"""Opens a profile for commands that only read, whoever else holds it."""

from __future__ import annotations

from desktop.app import passphrase
from desktop.app.core import Core, build_core
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.paths import Profile, shown
from desktop.store import migrate


class NothingHere(Problem):
    """The profile was never used."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, profile: Profile) -> None:
        text = _("There is no mail in {path} yet. Set up a mail account first: rapport mail-account add.")
        super().__init__(text.format(path=shown(profile.root)))


class OlderProfile(Problem):
    """The database must be migrated, which reading does not do."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("This profile was used by an older Rapport. Start Rapport once to bring it up to date."))


def was_used(profile: Profile) -> bool:
    """Return whether the profile has a database. Raises ProfileUnusable when that cannot be seen."""
    try:
        return profile.database.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        sentence = _("The profile folder {path} cannot be used: {reason}.")
        reason = getattr(error, "strerror", None) or str(error)
        raise Unreadable(sentence.format(path=shown(profile.root), reason=reason)) from error


class Unreadable(Problem):
    """The profile cannot be looked into."""

    remedy = Remedy.NONE
    can_retry = False


def open_to_read(profile: Profile) -> Core:
    """Return the profile opened read-only. Raises NothingHere, OlderProfile, NewerFile, ForeignFile, Unreadable."""
    if not was_used(profile):
        raise NothingHere(profile)
    if migrate.version_of(profile.database) < migrate.latest():
        raise OlderProfile
    return build_core(profile, passphrase.vault_passphrase, read_only=True)
