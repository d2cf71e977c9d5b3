"""Damage that a clean end left unseen is found by the start that meets it, and mended by the same start."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktop.app import doctor, recovery
from desktop.app.arguments import Examine
from desktop.app.console import Console
from desktop.base import clock
from desktop.base.paths import Profile, open_private
from desktop.domain import settings
from desktop.domain.mail.folder import Unified
from desktop.domain.settings import Theme
from desktop.store import backup, migrate
from desktop.store.database import DiskFull
from desktop.store.migrate import ForeignFile
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot
from tests.store.damaging import back_up, destroy, start_without


def _users(database: Path) -> None:
    destroy(database, "user")


def _before_an_update(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA user_version = 1")
    destroy(database, "email_user")


def _first_page(database: Path) -> None:
    with database.open("r+b") as file:
        file.write(bytes(4096))


def test_a_full_disk_lets_nothing_be_mended_and_is_told_until_there_is_room(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)
    back_up(desk)
    desk.close()
    _first_page(desk.profile.database)

    def full(_from: Path, _to: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(recovery.shutil, "copyfile", full)
        for _start in range(2):
            with pytest.raises(DiskFull):
                Desk(desk.profile.root)

    desk = Desk(desk.profile.root)
    assert desk.core.restored is not None
    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    desk.close()


@pytest.mark.parametrize("damage", [_users, _before_an_update, _first_page])
def test_damage_met_by_a_start_after_a_clean_end_is_mended_by_it(desk: Desk, damage: Callable[[Path], None]) -> None:
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)
    back_up(desk)
    desk.close()
    damage(desk.profile.database)

    desk = Desk(desk.profile.root)

    assert desk.core.restored is not None
    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert len(desk.mails()) == 3
    assert not backup.is_suspect(desk.profile.database)
    desk.close()
    desk = Desk(desk.profile.root)
    assert desk.core.restored is None
    desk.close()


@pytest.mark.parametrize("left", [None, b""])
def test_the_backup_comes_in_the_place_of_a_database_that_is_gone_or_empty(desk: Desk, left: bytes | None) -> None:
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)
    back_up(desk)

    desk = start_without(desk, left)

    assert desk.core.restored is not None
    assert desk.core.restored.backup_ms is not None
    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert len(desk.mails()) == 3
    desk.sync()
    desk.core.supervisor._housekeeping.gather_strays()
    desk.close()
    desk = Desk(desk.profile.root, after_crash=True)
    assert desk.core.restored is None
    assert len(backup.files_aside(desk.profile.database)) == 1
    desk.close()


def test_a_log_without_its_database_is_set_aside_with_it(desk: Desk) -> None:
    back_up(desk)
    desk.close()
    desk.profile.database.write_bytes(b"")
    with open_private(desk.profile.database.with_name("rapport.db-wal")) as file:
        file.write(b"what was last written")

    desk = Desk(desk.profile.root)

    [aside] = backup.files_aside(desk.profile.database)
    assert aside.with_name(f"{aside.name}-wal").read_bytes() == b"what was last written"
    desk.close()


@pytest.mark.parametrize("backed_up", [True, False])
def test_a_mail_that_was_only_here_outlives_the_loss_of_the_database(
    desk: Desk, dovecot: Dovecot, imap_user: str, backed_up: bool
) -> None:
    if backed_up:
        back_up(desk)
    dovecot.deliver(imap_user, [mail(7, subject="Only here")])
    desk.sync()
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "subject", "Only here")

    desk = start_without(desk, None)
    if not backed_up:
        assert desk.core.restored is not None
        assert "no backup" in recovery.words(desk.profile, desk.core.restored)[0]
        desk.add(dovecot, imap_user)
    for days in (0, 8, 16):
        with clock.frozen(clock.now() + days * 86_400_000):
            desk.core.supervisor._housekeeping._upkeep.run()
    desk.sync()
    desk.core.supervisor._housekeeping.gather_strays()

    assert desk.subjects(Unified.ALL).count("Only here") == 1
    assert len(desk.mails()) == 3
    desk.close()


def test_a_start_killed_before_the_new_database_has_its_tables_sets_nothing_more_aside(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(migrate, "migrate", killed)
        for _ in range(3):
            with pytest.raises(KeyboardInterrupt):
                start_without(desk, None)

    desk = Desk(desk.profile.root)

    assert desk.core.restored is not None
    assert len(backup.files_aside(desk.profile.database)) == 1
    desk.close()


def test_a_new_profile_that_was_killed_before_it_had_a_database_is_still_new(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "profile")
    Desk(profile.root).close()
    profile.database.write_bytes(b"")

    desk = Desk(profile.root, after_crash=True)

    assert desk.core.restored is None
    assert not backup.files_aside(profile.database)
    desk.close()


def test_a_file_of_somebody_else_stays_where_it_is(tmp_path: Path) -> None:
    profile = Profile(tmp_path / "profile")
    profile.create()
    profile.database.write_bytes(b"no database" * 1000)

    with pytest.raises(ForeignFile):
        Desk(profile.root)

    assert profile.database.read_bytes() == b"no database" * 1000


def test_damage_found_by_the_doctor_is_mended_by_the_next_start_as_it_says(
    desk: Desk,
) -> None:
    back_up(desk)
    desk.close()
    destroy(desk.profile.database, "email_user")

    said: list[str] = []
    assert doctor.run(Examine(as_json=True), desk.profile, Console(lambda octets: None, said.append)) == 1
    assert any("damaged" in line for line in said)
    assert backup.is_suspect(desk.profile.database)

    desk = Desk(desk.profile.root)
    assert desk.core.restored is not None
    assert backup.damage(desk.profile.database) == ""
    desk.close()
