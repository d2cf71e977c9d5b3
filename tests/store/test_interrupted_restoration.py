"""A restoration that is broken off, or met by further damage, loses nothing of what the first file held."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from desktop.app import recovery
from desktop.base.paths import Profile
from desktop.domain import settings
from desktop.domain.mail.operation import Verb
from desktop.domain.settings import Theme
from desktop.store import backup, restoration
from desktop.store.database import Database, DiskFull
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot
from tests.store.damaging import back_up, destroy, start_damaged
from tests.store.power import Disk, needs_names, reading


def test_r28_a_second_damage_before_the_rescue_does_not_forget_the_first_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.core.services.settings.set(settings.THEME, Theme.LIGHT.value)
    back_up(desk)
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)
    desk.do(Verb.STAR, desk.mails()[0])

    def full(*arguments: object) -> int:
        raise DiskFull

    with monkeypatch.context() as patched:
        patched.setattr(recovery.rescue, "rescue", full)
        with pytest.raises(DiskFull):
            start_damaged(desk)
    destroy(desk.profile.database, "email_search_data")

    desk = Desk(desk.profile.root, after_crash=True)

    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert len(desk.core.services.operations.waiting()) == 1
    kept = list(desk.profile.root.glob("rapport-damaged-*.db"))
    assert len(kept) == 2
    assert desk.core.restored is not None
    words = " ".join(recovery.words(desk.profile, desk.core.restored))
    assert all(path.name in words for path in kept)
    desk.close()


def test_r28_a_kill_between_log_and_database_loses_neither(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(desk)
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)
    profile = Profile(tmp_path / "copy")
    shutil.copytree(desk.profile.root, profile.root)
    desk.close()
    log = profile.database.with_name("rapport.db-wal")
    assert log.stat().st_size, "what was last written lies in the log"
    replace = Path.replace

    def killed(path: Path, target: Path) -> Path:
        if path == profile.database:
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(backup, "damage", lambda *arguments: "damaged")
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            recovery.examine(profile, True, lambda: False)
    assert not log.exists()

    desk = Desk(profile.root)

    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert len(desk.core.services.accounts.all()) == 1
    desk.close()


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not tell the names of open files")
def test_r28_copy_and_note_are_on_the_disk_before_the_damaged_file_is_moved(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(desk)
    desk.close()
    root = desk.profile.root
    done: list[str] = []
    synced, replace = os.fsync, Path.replace

    def syncs(descriptor: int) -> None:
        done.append(f"{Path(f'/proc/self/fd/{descriptor}').readlink().name} synced")
        synced(descriptor)

    def moves(path: Path, target: Path) -> Path:
        done.append(f"{path.name} moved")
        return replace(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(backup, "damage", lambda *arguments: "damaged")
        patched.setattr(os, "fsync", syncs)
        patched.setattr(Path, "replace", moves)
        recovery.examine(desk.profile, True, lambda: False)

    assert [step for step in done if "-wal" not in step and "-shm" not in step] == [
        "rapport.copying synced",
        "rapport.copying moved",
        "restored.json.new synced",
        "restored.json.new moved",
        f"{root.name} synced",
        "rapport.db moved",
        "rapport.restoring moved",
        f"{root.name} synced",
    ]
    Desk(root).close()


@pytest.mark.parametrize("taken_over", [False, True])
def test_r28_a_second_damage_where_the_note_cannot_be_read_takes_over_from_both_files_what_is_newest(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, taken_over: bool
) -> None:
    back_up(desk)
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)

    def killed(*arguments: object) -> int:
        raise KeyboardInterrupt

    if taken_over:
        desk = start_damaged(desk)
        desk.core.services.settings.set(settings.THEME, Theme.LIGHT.value)
        desk.close()
    else:
        with monkeypatch.context() as patched:
            patched.setattr(recovery.rescue, "rescue", killed)
            with pytest.raises(KeyboardInterrupt):
                start_damaged(desk)
    (desk.profile.root / restoration.FILE_NAME).write_bytes(b"")
    destroy(desk.profile.database, "email_search_data")

    desk = Desk(desk.profile.root, after_crash=True)

    expected = Theme.LIGHT if taken_over else Theme.DARK
    assert desk.core.services.settings.get(settings.THEME) == expected.value
    assert len(backup.files_aside(desk.profile.database)) == 2
    desk.close()


@needs_names
def test_r28_what_was_taken_over_outlives_a_loss_of_power_while_another_process_reads(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(desk)
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)
    disk = Disk(monkeypatch, desk.profile.database)
    taken_over = recovery.rescue.rescue

    with ExitStack() as readers, monkeypatch.context() as patched:

        def rescue(database: Database, *arguments: Any) -> int:
            readers.enter_context(reading(database.path))
            return taken_over(database, *arguments)

        patched.setattr(recovery.rescue, "rescue", rescue)
        desk = start_damaged(desk)
        found = disk.after_power_loss(tmp_path / "found")
    desk.close()

    desk = Desk(found.parent, after_crash=True)

    noted = restoration.read(found.parent)
    assert noted is not None
    assert noted.rescued is not None
    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    desk.close()


@pytest.mark.parametrize("octets", [b"", b"{", b"[]"])
def test_r28_a_note_that_cannot_be_read_does_not_bar_the_damaged_file_for_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, octets: bytes
) -> None:
    back_up(desk)
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)

    def killed(*arguments: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(recovery.rescue, "rescue", killed)
        with pytest.raises(KeyboardInterrupt):
            start_damaged(desk)
    (desk.profile.root / restoration.FILE_NAME).write_bytes(octets)

    desk = Desk(desk.profile.root)

    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert desk.core.restored is not None
    assert desk.core.restored.backup_ms is not None
    assert not desk.core.restored.told
    assert restoration.has_strays(desk.profile.root)
    desk.close()


@pytest.mark.parametrize("kept", [True, False])
def test_r28_what_was_taken_over_is_not_taken_over_again_where_the_note_is_lost(desk: Desk, kept: bool) -> None:
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)
    desk = start_damaged(desk)
    desk.core.services.settings.set(settings.THEME, Theme.LIGHT.value)
    desk.close()
    (desk.profile.root / restoration.FILE_NAME).write_bytes(b"")
    if not kept:
        for path in backup.files_aside(desk.profile.database):
            path.unlink()

    desk = Desk(desk.profile.root)

    assert desk.core.services.settings.get(settings.THEME) == Theme.LIGHT.value
    noted = restoration.read(desk.profile.root)
    assert noted is not None
    assert noted.told
    assert noted.strays is None, "strays are looked for once more"
    desk.close()


def test_a_row_that_points_nowhere_costs_that_row_and_not_the_newer_mails(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    back_up(desk)
    dovecot.deliver(imap_user, [mail(9)])
    desk.sync()
    newest, *_others = desk.mails()
    desk.close()
    with closing(sqlite3.connect(desk.profile.database)) as connection:
        connection.execute("INSERT INTO operation_place VALUES (999, 999)")
        connection.execute("UPDATE place SET pending_folder_key = 999 WHERE email_key = ?", (newest,))
        connection.commit()
    assert backup.is_orphans_only(backup.damage(desk.profile.database))

    desk = Desk(desk.profile.root, after_crash=True)

    assert desk.core.restored is None
    assert newest in desk.mails()
    assert backup.damage(desk.profile.database) == ""
    desk.sync()
    assert len(desk.mails()) == 4
    desk.close()


@pytest.mark.parametrize("table", ["user", "email"])
def test_rows_that_lack_what_is_worth_more_are_left_to_the_backup(desk: Desk, table: str) -> None:
    back_up(desk)
    desk.close()
    with closing(sqlite3.connect(desk.profile.database)) as connection:
        connection.execute(f"DELETE FROM {table} WHERE key = (SELECT max(key) FROM {table})")
        connection.commit()

    desk = Desk(desk.profile.root, after_crash=True)

    assert desk.core.restored is not None
    assert len(desk.core.services.accounts.all()) == 1
    assert len(desk.mails()) == 3
    desk.close()
