"""What becomes of a profile whose last user crashed or whose database is damaged, before anything else opens it.

The file is examined; a damaged one is set aside, the newest backup put in its place, and what only the damaged one held
taken over as far as it can be read. What was done is noted in the profile (`store.restoration`), so that it is told by
whoever meets the person first: window, command line, doctor. Killed at any point, it is gone on with by the next start.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.base.paths import Profile, shown, sync_file, sync_folder, touch_private
from desktop.domain.mail.mail_account import MailAccount
from desktop.services.mail.account_changes import follow_changes
from desktop.services.mail.own_addresses import follow
from desktop.services.mail.whole_folders import catch_up, note_behind
from desktop.store import backup, damaged_rows, orphans, rescue, restoration
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail import blob_rescue
from desktop.store.mail.outbox import OutboxWriter
from desktop.store.restoration import Restoration
from desktop.store.settings import SettingValues

log = logging.getLogger(__name__)

_TAKEN_OVER = "upkeep.taken-over"
"""Says in the database from which file was taken over last: the note of it may get lost."""


def examine(profile: Profile, after_crash: bool, stop: Callable[[], bool]) -> None:
    """Set a damaged database of ours, or an empty file where it was, aside and its newest backup in its place.

    The whole file is read only where there is a reason to. Raises backup.Stopped when `stop` says so meanwhile.
    """
    waiting = profile.database.with_suffix(".restoring")
    if waiting.exists() and not profile.database.exists():
        waiting.replace(profile.database)  # killed before the backup took its place
    waiting.unlink(missing_ok=True)
    touch_private(profile.database)
    noted = restoration.read(profile.root)
    if noted is not None and noted.rescued is None and backup.move_back(profile.database, noted.damaged):
        after_crash = True  # killed while it was set aside
    if after_crash:
        # whoever ends us before the examination is done does not end the need for it
        backup.set_suspect(profile.database, suspect=True)
    found = _loss(profile, noted)
    if not found:
        suspect = backup.is_suspect(profile.database)
        found = backup.damage(profile.database, stop) if suspect else _damage_at_sight(profile)
    if found:
        log.error("the database is damaged: %s", found)
        if not (backup.is_orphans_only(found) and orphans.remove(profile.database)):
            _replace(profile, waiting)
    backup.set_suspect(profile.database, suspect=False)


def _loss(profile: Profile, noted: Restoration | None) -> str:
    """Return that a database was lost, "" where there is one, or none there ever was.

    SQLite takes an empty file for a new database; backups or sources beside it say that it held something. One that was
    begun anew, without a backup, is empty until it gets its tables.
    """
    if not backup.is_empty(profile.database) or (noted and noted.rescued is None and noted.backup_ms is None):
        return ""
    if backup.exists(profile.backup) or blob_rescue.holds_any(profile.raw):
        return "it is empty"
    return ""


def _damage_at_sight(profile: Profile) -> str:
    """Return what the first pages tell; a file that is no database was ours where there are backups of ours."""
    found = backup.damage_at_sight(profile.database)
    if found and not backup.is_database(profile.database) and not backup.exists(profile.backup):
        return ""  # somebody else's file: nothing is done to it
    return found


def _replace(profile: Profile, waiting: Path) -> None:
    good = backup.newest(profile.backup)
    if good is not None:
        _copy(good, waiting)
    now = clock.now()
    name = backup.name_aside(profile.database, now)
    made_ms = backup.made_at_ms(good) if good is not None else None
    restoration.write(profile.root, Restoration(now, name, made_ms, earlier=_not_taken_over(profile)))
    sync_folder(profile.root)
    backup.move_aside(profile.database, name)
    if good is not None:
        waiting.replace(profile.database)
    touch_private(profile.database)
    sync_folder(profile.root)


def _not_taken_over(profile: Profile) -> tuple[str, ...]:
    """Return the files of a restoration that was not ended when the database in their place was damaged too.

    Where its note cannot be read it may have been ended: `take_over` sees.
    """
    noted = restoration.read(profile.root)
    if noted is None and restoration.is_noted(profile.root):
        return tuple(file.name for file in backup.files_aside(profile.database)[-1:])
    if noted is None or noted.rescued is not None:
        return ()
    return tuple(name for name in (*noted.earlier, noted.damaged) if (profile.root / name).exists())


def _copy(good: Path, to: Path) -> None:
    """Copy a backup so that under the name `to` there is all of it or nothing, also after a loss of power."""
    half = to.with_suffix(".copying")
    touch_private(half)
    shutil.copyfile(good, half)
    sync_file(half)
    half.replace(to)


def take_over(profile: Profile, database: Database) -> Restoration | None:
    """Take over from the damaged file what is missing in the database in its place, once that has our schema.

    Returns what was done by this start, None when there was nothing to do.
    """
    noted = restoration.read(profile.root)
    if noted is None and restoration.is_noted(profile.root):
        noted = _noted_anew(profile, database)
    if noted is None or noted.rescued is not None:
        return None
    # nobody had worked with those that followed the first: what it holds counts most, and so comes last
    files = [profile.root / name for name in (noted.damaged, *reversed(noted.earlier))]
    with database.read() as view:
        known = {SettingValues(view).get(_TAKEN_OVER)}
    # SQLite deletes the log of an empty file
    held = [file for file in files if not backup.is_empty(file)]
    known.update(damaged_rows.setting(file, _TAKEN_OVER) for file in held)
    held = [file for file in held if json.dumps(file.name) not in known]
    with database.write() as work:
        OutboxWriter(work).doubt()
    done = replace(noted, rescued=sum(rescue.rescue(database, file, _follow) for file in held))
    with database.write() as work:
        SettingValues.put(work, _TAKEN_OVER, json.dumps(noted.damaged))
    database.settle()
    restoration.write(profile.root, done)
    catch_up(database)
    follow(database)
    log.warning("the database was restored; %d entries are taken over from the damaged one", done.rescued)
    return done


def _noted_anew(profile: Profile, database: Database) -> Restoration:
    """Return what stands for a note that cannot be read, and note that: the last file set aside is taken over once.

    Nothing is told where it was taken over already, or the person has deleted it.
    """
    now = clock.now()
    aside = backup.files_aside(profile.database)
    name = aside[-1].name if aside else backup.name_aside(profile.database, now)
    with database.read() as view:
        taken_over = SettingValues(view).get(_TAKEN_OVER) == json.dumps(name)
    good = backup.newest(profile.backup)
    made_ms = backup.made_at_ms(good) if good is not None else None
    is_done = taken_over or not aside
    noted = Restoration(now, name, made_ms, rescued=0 if is_done else None, told=is_done)
    restoration.write(profile.root, noted)
    return noted


def _follow(work: UnitOfWork, before: Sequence[MailAccount], folders: Sequence[int]) -> None:
    follow_changes(work, before)
    for key in folders:
        note_behind(work, key)


def words(profile: Profile, done: Restoration) -> tuple[str, ...]:
    """Return what the person must know of a restoration, in whole sentences."""
    if done.backup_ms is None:
        first = _("The mail database was damaged, and there was no backup of it: Rapport has begun a new one.")
    else:
        made = clock.to_datetime(done.backup_ms).astimezone().strftime("%Y-%m-%d %H:%M")
        first = _("The mail database was damaged; the backup of {date} was put in its place.").format(date=made)
    sentences = [first]
    if done.rescued:
        sentences.append(
            n_(
                "{n} newer entry of the damaged file could be taken over: mail accounts, settings, what you marked, "
                "what waits for a server.",
                "{n} newer entries of the damaged file could be taken over: mail accounts, settings, what you marked, "
                "what waits for a server.",
                done.rescued,
            ).format(n=done.rescued)
        )
    sentences.append(
        _("Mails are fetched again from their servers; what was newer and only on this computer may be missing.")
    )
    sentences += [
        _("The damaged file is kept as {path}; delete it when you miss nothing.").format(
            path=shown(profile.root / name)
        )
        for name in (*done.earlier, done.damaged)
    ]
    return tuple(sentences)
