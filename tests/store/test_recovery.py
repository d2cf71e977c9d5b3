"""Damage and power loss: found, set aside, restored; nothing is lost in silence."""

from __future__ import annotations

import contextlib
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from desktop.app.core import build_core
from desktop.base import clock
from desktop.base.paths import Profile
from desktop.domain import settings
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.settings import Theme
from desktop.store import backup, database
from desktop.store.database import DatabaseDamaged
from desktop.store.mail.blobs import Blobs
from tests.desk import PASSPHRASE, Desk, mail
from tests.proof import rounds, seed
from tests.servers.dovecot import Dovecot


def test_r28_a_damaged_database_is_set_aside_and_what_only_was_here_comes_from_the_backup(
    dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    chance = random.Random(seed())
    dovecot.deliver(imap_user, [mail(n, text="x" * 3000) for n in range(1, 31)])
    desk = Desk(tmp_path / "profile")
    desk.add(dovecot, imap_user)
    desk.sync()
    backup.make(desk.profile.database, desk.profile.backup, why="test")
    desk.close()
    good = desk.profile.database.read_bytes()
    damaged, wanted = 0, rounds(4, 50)
    for _ in range(wanted * 10):
        if damaged == wanted:
            break
        raw = bytearray(good)
        for _ in range(chance.randrange(1, 40)):
            at = chance.randrange(100, len(raw))
            raw[at : at + chance.randrange(1, 4000)] = chance.randbytes(chance.randrange(1, 4000))
        desk.profile.database.write_bytes(bytes(raw))
        if not backup.damage(desk.profile.database):
            continue  # only free pages were hit
        damaged += 1

        desk = Desk(tmp_path / "profile", after_crash=True)
        desk.sync()

        assert len(desk.mails()) == 30
        assert desk.core.services.accounts.all()[0].address == imap_user
        assert list((tmp_path / "profile").glob("rapport-damaged-*.db"))
        desk.close()
        for aside in (tmp_path / "profile").glob("rapport-damaged-*"):
            aside.unlink()
    assert damaged == wanted


def _with_setting(folder: Path) -> Profile:
    """Return a profile with a backup that holds a setting."""
    core = build_core(Profile(folder), lambda new: PASSPHRASE)
    core.services.settings.set(settings.THEME, Theme.DARK.value)
    backup.make(core.profile.database, core.profile.backup, why="test")
    core.close()
    return core.profile


def test_r28_a_restoration_killed_half_way_is_ended_by_the_next_start(tmp_path: Path) -> None:
    profile = _with_setting(tmp_path / "profile")
    shutil.copyfile(next(profile.backup.glob("*.db")), profile.database.with_suffix(".restoring"))
    backup.move_aside(profile.database, "rapport-damaged-x.db")

    core = build_core(profile, lambda new: PASSPHRASE)

    assert core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert not list(profile.root.glob("*.restoring"))
    core.close()


def test_r28_damage_found_by_the_weekly_check_is_mended_at_the_next_start(tmp_path: Path) -> None:
    profile = _with_setting(tmp_path / "profile")
    core = build_core(profile, lambda new: PASSPHRASE)
    size = profile.database.stat().st_size
    with profile.database.open("r+b") as file:
        file.seek(size // 2)
        file.write(bytes(size - size // 2))
    upkeep = core.supervisor._housekeeping._upkeep
    with contextlib.suppress(DatabaseDamaged):
        upkeep.run()
    assert backup.is_suspect(profile.database)
    core.close()

    core = build_core(profile, lambda new: PASSPHRASE)

    assert core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert list(profile.root.glob("rapport-damaged-*.db"))
    assert not backup.is_suspect(profile.database)
    core.close()


def test_r28_without_a_backup_the_profile_begins_anew_and_the_damaged_file_is_kept(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "profile")
    profile.create()
    profile.database.write_bytes(b"SQLite format 3\0" + bytes(5000))

    core = build_core(profile, lambda new: PASSPHRASE, after_crash=True)

    assert core.services.accounts.all() == ()
    assert list(profile.root.glob("rapport-damaged-*.db"))
    core.close()


def test_r28_damage_found_while_running_is_said_in_words(dovecot: Dovecot, imap_user: str, tmp_path: Path) -> None:
    dovecot.deliver(imap_user, [mail(n, text="y" * 3000) for n in range(1, 200)])
    desk = Desk(tmp_path / "profile")
    desk.add(dovecot, imap_user)
    desk.sync()
    desk.close()
    raw = bytearray(desk.profile.database.read_bytes())
    raw[len(raw) // 3 :] = bytes(len(raw) - len(raw) // 3)
    desk.profile.database.write_bytes(bytes(raw))
    core = build_core(desk.profile, lambda new: PASSPHRASE)

    def look_everywhere() -> None:
        for list_id in Unified:
            core.services.views.rows(core.services.views.open_list(ListQuery(list_id)).keys, conversations=True)

    with pytest.raises(DatabaseDamaged, match="damaged"):
        look_everywhere()
    core.close()


def test_r27_a_lost_tail_of_the_log_loses_the_last_transactions_only(
    dovecot: Dovecot, imap_user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(seed())
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 301)])
    # A checkpoint writes through: only the log after the last one can be lost.
    monkeypatch.setattr(database, "_PRAGMAS", (*database._PRAGMAS, "PRAGMA wal_autocheckpoint = 0"))
    desk = Desk(tmp_path / "profile")
    desk.add(dovecot, imap_user)
    keeper = sqlite3.connect(desk.profile.database)
    keeper.execute("SELECT count(*) FROM user").fetchone()
    desk.sync()
    copies = []
    for number in range(rounds(5, 200)):
        copy = tmp_path / f"copy-{number}"
        copy.mkdir(mode=0o700)
        shutil.copy(desk.profile.database, copy / "rapport.db")
        log = desk.profile.root / "rapport.db-wal"
        size = log.stat().st_size
        kept = (0, size)[number] if number < 2 else chance.randrange(0, size + 1) // 4096 * 4096
        (copy / "rapport.db-wal").write_bytes(log.read_bytes()[:kept])
        shutil.copytree(desk.profile.raw, copy / "raw")
        copies.append(copy)
    keeper.close()
    desk.close()

    counts = set()
    for copy in copies:
        at_the_cut = _committed(copy, tmp_path / "reference")
        assert backup.damage(copy / "rapport.db") == ""
        again = Desk(copy, after_crash=True)
        assert again.mails() == at_the_cut
        blobs = Blobs(copy / "raw", read_only=True)
        for key in at_the_cut:
            with sqlite3.connect(copy / "rapport.db") as view:
                [(digest,)] = view.execute("SELECT raw_digest FROM email WHERE key = ?", (key,))
            assert blobs.get(digest)
        blobs.close()
        again.close()
        counts.add(len(at_the_cut))
    assert {0, 300} <= counts


def _committed(copy: Path, scratch: Path) -> list[int]:
    """Return the mails, newest first, that the whole transactions in the log of a profile made."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    shutil.copy(copy / "rapport.db", scratch / "rapport.db")
    log = (copy / "rapport.db-wal").read_bytes()
    end = 0
    frame = 24 + 4096
    for at in range(32, len(log) - frame + 1, frame):
        if int.from_bytes(log[at + 4 : at + 8], "big"):  # the size of the file after a commit, 0 inside one
            end = at + frame
    (scratch / "rapport.db-wal").write_bytes(log[:end])
    connection = sqlite3.connect(scratch / "rapport.db")
    try:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'email'").fetchone():
            return []  # cut before the tables were made
        return [row[0] for row in connection.execute("SELECT key FROM email ORDER BY key DESC")]
    finally:
        connection.close()


def test_a_backup_is_found_whatever_the_name_of_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "odd #1 %20?"
    folder.mkdir()
    profile = _with_setting(folder / "profile")

    made = backup.make(profile.database, profile.backup, why="test")

    assert backup.newest(profile.backup) == made
    assert list(tmp_path.iterdir()) == [folder], "nothing else was opened"


def test_backups_of_a_clock_that_ran_ahead_do_not_crowd_out_those_made_since(tmp_path: Path) -> None:
    profile = _with_setting(tmp_path / "profile")
    now = clock.now()
    for number in range(backup.KEPT):
        with clock.frozen(now + 10_000_000_000 + number * 1000):
            backup.make(profile.database, profile.backup, why="ahead")

    made = backup.make(profile.database, profile.backup, why="right")

    assert made.exists()
    assert backup.newest(profile.backup) == made
    assert len(list(profile.backup.glob("*.db"))) == backup.KEPT


def test_what_a_kill_left_of_a_backup_goes_with_the_next(tmp_path: Path) -> None:
    profile = _with_setting(tmp_path / "profile")
    backup.make(profile.database, profile.backup, why="test")
    half = profile.backup / "rapport-20260101-000000-weekly.half"
    half.write_bytes(b"half")

    backup.make(profile.database, profile.backup, why="test")

    assert not half.exists()
