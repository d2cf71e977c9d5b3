"""Complete backups: whole or not there, put back without losing what was there, ended after a kill."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from desktop.app.core import Core, build_core
from desktop.base import clock
from desktop.base.errors import Problem
from desktop.base.paths import Profile, open_private
from desktop.domain import settings
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
from desktop.domain.settings import Theme
from desktop.services.mail.ingest import Fetched, Ingest
from desktop.store import backup, full_backup, replacement
from desktop.store.database import DatabaseDamaged, DiskFull
from desktop.store.mail import blobs
from desktop.store.mail.blobs import Blobs
from tests.desk import PASSPHRASE, mail
from tests.proof import rounds
from tests.small_disk import fill, mounts, small_disk

__all__ = ["mounts"]


def _open(folder: Path) -> Core:
    return build_core(Profile(folder), lambda new: PASSPHRASE)


def _take(core: Core, *raws: bytes) -> None:
    kept = Blobs(core.profile.raw)
    for raw in raws:
        assert Ingest(core.database, kept).take_alone(Fetched(0, Flag.SEEN, 1, len(raw), raw, parse(raw)))
    kept.close()


def _subjects(core: Core) -> list[str]:
    keys = core.services.views.open_list(ListQuery(Unified.ALL, conversations=False)).keys
    return [row.subject for row in core.services.views.rows(list(keys), conversations=False)]


def _sources(core: Core) -> set[bytes]:
    keys = core.services.views.open_list(ListQuery(Unified.ALL, conversations=False)).keys
    return {core.services.reading.source(key) for key in keys}


LARGE = mail(3, subject="Large", text=os.urandom(700_000).hex())


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    """A profile that is closed, with three mails that are nowhere else, one of them a file of its own."""
    core = _open(tmp_path / "profile")
    core.services.settings.set(settings.THEME, Theme.DARK.value)
    _take(core, mail(1), mail(2), LARGE)
    core.close()
    assert list(core.profile.raw.glob(f"{blobs.FOLDERS}/*.z"))
    return core.profile


def _write(profile: Profile, to: Path) -> full_backup.Contents:
    return full_backup.write(profile.database, profile.raw, to)


def test_a_backup_put_into_an_empty_profile_holds_every_mail_with_its_source(profile: Profile, tmp_path: Path) -> None:
    contents = _write(profile, tmp_path / "kept")
    (tmp_path / "new").mkdir()

    done = replacement.restore(tmp_path / "new", tmp_path / "kept", replace=False)

    assert (contents.mails, contents.sources, contents.missing) == (3, 3, 0)
    assert (done.aside, done.missing) == (None, 0)
    core = _open(tmp_path / "new")
    assert core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert _sources(core) == {mail(1), mail(2), LARGE}
    core.close()


def test_a_backup_is_private_and_without_passwords(profile: Profile, tmp_path: Path, wide_umask: None) -> None:
    with open_private(profile.vault) as file:
        file.write(b"secrets")

    _write(profile, tmp_path / "kept")

    found = list((tmp_path / "kept").rglob("*"))
    assert {path.name for path in found if path.parent == tmp_path / "kept"} == {"rapport.db", "raw", "backup.json"}
    assert [path for path in (tmp_path / "kept", *found) if path.stat().st_mode & 0o77] == []


def test_r29_backups_under_write_load_are_all_whole(profile: Profile, tmp_path: Path) -> None:
    core = _open(profile.root)
    end = threading.Event()

    def keep_writing() -> None:
        number = 100
        while not end.is_set():
            number += 1
            _take(core, mail(number))
        core.database.close_thread()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        for number in range(rounds(5, 50)):
            contents = _write(profile, tmp_path / f"kept-{number}")
            assert backup.damage(tmp_path / f"kept-{number}" / "rapport.db") == ""
            assert contents.missing == 0
            assert contents.sources >= contents.mails
            shutil.rmtree(tmp_path / f"kept-{number}")
            made = backup.make(profile.database, profile.backup, why="daily")
            assert backup.damage(made) == ""
    finally:
        end.set()
        writer.join()
        core.close()


@pytest.mark.parametrize("there", ["file", "folder", "half of another program"])
def test_nothing_is_overwritten_by_a_backup(profile: Profile, tmp_path: Path, there: str) -> None:
    to = tmp_path / "kept"
    if there == "file":
        to.write_text("mine")
    else:
        folder = tmp_path / "kept.half" if there == "half of another program" else to
        folder.mkdir()
        (folder / "mine").write_text("mine")
    before = sorted(tmp_path.rglob("mine")) or [to]

    with pytest.raises(full_backup.PlaceTaken):
        _write(profile, to)

    assert [path.read_text() for path in before] == ["mine"]


def test_the_root_of_a_disk_is_taken(profile: Profile) -> None:
    with pytest.raises(full_backup.PlaceTaken):
        _write(profile, Path("/"))


def test_what_a_kill_left_of_a_backup_goes_with_the_next(profile: Profile, tmp_path: Path) -> None:
    half = tmp_path / "kept.half"
    half.mkdir()
    (half / "unfinished").touch()
    (half / "rapport.db").write_bytes(b"half")
    with pytest.raises(full_backup.NoBackup):
        full_backup.contents_of(half)

    _write(profile, tmp_path / "kept")

    assert not half.exists()


def test_a_damaged_database_gives_no_backup(profile: Profile, tmp_path: Path) -> None:
    with profile.database.open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff" * 60_000)

    with pytest.raises(DatabaseDamaged):
        _write(profile, tmp_path / "kept")

    assert not list(tmp_path.glob("kept*"))


def test_without_room_nothing_is_written_nothing_restored_and_nothing_left(
    profile: Profile, tmp_path: Path, mounts: None
) -> None:
    _write(profile, tmp_path / "kept")
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(16, disk):
        for free in (0, 16 << 10, 200 << 10, 1200 << 10):
            fill(disk, but_bytes=free)
            with pytest.raises(full_backup.NoRoomForBackup):
                _write(profile, disk / "kept")
            with pytest.raises(replacement.NoRoomToRestore):
                replacement.restore(disk, tmp_path / "kept", replace=True)
            assert [path.name for path in disk.iterdir()] == ["ballast"]
            (disk / "ballast").unlink()
        _write(profile, disk / "kept")


def test_a_living_profile_is_not_replaced_by_mistake(profile: Profile, tmp_path: Path) -> None:
    _write(profile, tmp_path / "kept")
    before = profile.database.read_bytes()

    with pytest.raises(replacement.ProfileHoldsMail):
        replacement.restore(profile.root, tmp_path / "kept", replace=False)

    assert profile.database.read_bytes() == before
    assert not list(profile.root.glob("incoming*"))


def test_what_is_replaced_is_set_aside_whole(profile: Profile, tmp_path: Path) -> None:
    _write(profile, tmp_path / "kept")
    core = _open(profile.root)
    _take(core, mail(9))
    core.close()

    done = replacement.restore(profile.root, tmp_path / "kept", replace=True)

    assert done.aside is not None
    core = _open(profile.root)
    assert mail(9) not in _sources(core)
    core.close()
    for folder in (profile.raw, profile.cache, profile.log, profile.backup):
        (done.aside / folder.name).mkdir(exist_ok=True)
    core = _open(done.aside)
    assert _sources(core) == {mail(1), mail(2), LARGE, mail(9)}
    core.close()


def test_a_copy_of_the_database_alone_leaves_the_sources_until_the_replaced_one_is_deleted(profile: Profile) -> None:
    made = backup.make(profile.database, profile.backup, why="daily")
    core = _open(profile.root)
    _take(core, mail(9))
    core.close()

    done = replacement.restore(profile.root, made, replace=True)

    assert done.aside is not None
    core = _open(profile.root)
    assert _sources(core) == {mail(1), mail(2), LARGE}
    upkeep = core.supervisor._housekeeping._upkeep
    for day in (0, 8, 16):
        with clock.frozen(clock.now() + day * 86_400_000):
            upkeep.run()
    kept = Blobs(profile.raw)
    assert kept.get(blobs.digest_of(mail(9))) == mail(9)
    shutil.rmtree(done.aside)
    for day in (24, 32):
        with clock.frozen(clock.now() + day * 86_400_000):
            upkeep.run()
    with pytest.raises(blobs.SourceMissing):
        kept.get(blobs.digest_of(mail(9)))
    kept.close()
    core.close()


def _garbled(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(5000)
        file.write(b"\xff" * 60_000)


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda kept: _garbled(kept / "rapport.db"), replacement.BackupDamaged),
        (lambda kept: (kept / "rapport.db").write_bytes(b""), full_backup.NoBackup),
        (lambda kept: (kept / "rapport.db").write_bytes(b"text" * 9999), full_backup.NoBackup),
        (lambda kept: (kept / "rapport.db").unlink(), full_backup.NoBackup),
        (lambda kept: (kept / "backup.json").write_text("{"), full_backup.NoBackup),
        (lambda kept: (kept / "backup.json").unlink(), full_backup.NoBackup),
    ],
)
def test_what_is_no_backup_changes_nothing(
    profile: Profile, tmp_path: Path, spoil: object, problem: type[Problem]
) -> None:
    _write(profile, tmp_path / "kept")
    spoil(tmp_path / "kept")  # type: ignore[operator]

    with pytest.raises(problem):
        replacement.restore(profile.root, tmp_path / "kept", replace=True)

    core = _open(profile.root)
    assert _sources(core) == {mail(1), mail(2), LARGE}
    core.close()
    assert not list(profile.root.glob("replaced-*"))


def test_sources_that_are_damaged_in_a_backup_cost_no_others(profile: Profile, tmp_path: Path) -> None:
    _write(profile, tmp_path / "kept")
    [large] = (tmp_path / "kept" / "raw").glob(f"{blobs.FOLDERS}/*.z")
    large.write_bytes(b"\0" * 600_000)
    connection = sqlite3.connect(tmp_path / "kept" / "raw" / "blobs.db")
    with connection:
        connection.execute("DELETE FROM blob WHERE digest = ?", (blobs.digest_of(mail(1)),))
    connection.close()
    (tmp_path / "new").mkdir()

    done = replacement.restore(tmp_path / "new", tmp_path / "kept", replace=False)

    assert done.missing == 2
    core = _open(tmp_path / "new")
    assert len(_subjects(core)) == 3
    kept = Blobs(core.profile.raw)
    assert kept.get(blobs.digest_of(mail(2))) == mail(2)
    kept.close()
    core.close()


@pytest.mark.parametrize("step", range(1, 12))
def test_a_restoration_killed_at_any_exchange_of_names_is_ended_by_the_next_start(
    profile: Profile, tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(profile, tmp_path / "kept")
    core = _open(profile.root)
    _take(core, mail(9))
    core.close()
    exchange, done = Path.replace, 0

    class Killed(BaseException):
        pass

    def until_killed(path: Path, target: Path) -> Path:
        nonlocal done
        if path.is_relative_to(profile.root):
            done += 1
            if done == step:
                raise Killed
        return exchange(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", until_killed)
        try:
            replacement.restore(profile.root, tmp_path / "kept", replace=True)
        except Killed:
            pass

    core = _open(profile.root)
    found = _sources(core)
    core.close()
    assert found == {mail(1), mail(2), LARGE}
    assert not list(profile.root.glob("incoming*"))
    [aside] = profile.root.glob("replaced-*")
    assert (aside / "rapport.db").exists()
    assert (aside / "raw").is_dir()


def test_a_restoration_without_room_for_its_end_says_so_and_is_ended_by_a_later_start(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(profile, tmp_path / "kept")

    def full(_path: Path, _aside: Path | None) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(replacement, "_set_aside", full)
        with pytest.raises(DiskFull):
            replacement.restore(profile.root, tmp_path / "kept", replace=True)
        with pytest.raises(DiskFull):
            _open(profile.root)

    core = _open(profile.root)
    assert _sources(core) == {mail(1), mail(2), LARGE}
    core.close()
    assert len(list(profile.root.glob("replaced-*"))) == 1


@pytest.mark.skipif("sys.platform == 'win32'", reason="links need rights there")
def test_sources_that_lay_on_another_disk_do_not_keep_a_restoration_from_its_end(
    profile: Profile, tmp_path: Path
) -> None:
    _write(profile, tmp_path / "kept")
    new, elsewhere = tmp_path / "new", tmp_path / "elsewhere"
    new.mkdir()
    elsewhere.mkdir()
    (new / "raw").symlink_to(elsewhere)

    replacement.restore(new, tmp_path / "kept", replace=False)

    core = _open(new)
    assert _sources(core) == {mail(1), mail(2), LARGE}
    core.close()


@pytest.mark.parametrize("left", [b"", b'{"aside":'])
def test_a_restoration_killed_while_it_copied_leaves_the_profile_as_it_was(profile: Profile, left: bytes) -> None:
    incoming = profile.root / "incoming-backup"
    incoming.mkdir()
    (incoming / "unfinished").touch()
    (incoming / "rapport.db").write_bytes(b"half")
    (incoming / "ready.json").write_bytes(left)

    core = _open(profile.root)

    assert _sources(core) == {mail(1), mail(2), LARGE}
    assert not incoming.exists()
    core.close()


def test_a_folder_of_the_persons_own_stays_whatever_it_is_called(profile: Profile) -> None:
    mine = profile.root / "incoming-backup"
    mine.mkdir()
    (mine / "letter").write_text("mine")

    _open(profile.root).close()

    assert (mine / "letter").read_text() == "mine"
    shutil.rmtree(mine)  # a profile has no files that others may read
