"""The profile folder: where it lies, who may read it, and what it says when it cannot be used."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.base.paths import Profile, ProfileUnusable, default_root, open_private, touch_private
from desktop.base.resources import resource_dir

posix = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


def test_the_option_comes_before_the_variable_and_the_variable_before_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    default = Profile.choose().root
    monkeypatch.setenv("RAPPORT_PROFILE", str(tmp_path / "variable"))

    assert default == default_root(sys.platform, {}, tmp_path)
    assert Profile.choose().root == tmp_path / "variable"
    assert Profile.choose(str(tmp_path / "option")).root == tmp_path / "option"


def test_a_portable_bundle_has_its_profile_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RAPPORT_PROFILE", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "rapport"))
    default = Profile.choose().root
    (tmp_path / "portable.txt").touch()

    assert Profile.choose().root == default, "only a bundle is a program one can carry about"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert Profile.choose().root == tmp_path / "profile"
    assert Profile.choose(str(tmp_path / "option")).root == tmp_path / "option"
    monkeypatch.setenv("RAPPORT_PROFILE", str(tmp_path / "variable"))
    assert Profile.choose().root == tmp_path / "variable"


def test_a_relative_profile_without_a_working_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> str:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(os, "getcwd", gone)

    with pytest.raises(ProfileUnusable, match="cannot be used"):
        Profile.choose("relative")
    assert Profile.choose(str(tmp_path)).root == tmp_path


def test_each_system_has_its_own_place() -> None:
    home = Path("/home/anna")

    assert default_root("linux", {}, home) == home / ".local/share/rapport"
    assert default_root("linux", {"XDG_DATA_HOME": "/data"}, home) == Path("/data/rapport")
    assert default_root("linux", {"XDG_DATA_HOME": "relative"}, home) == home / ".local/share/rapport"
    assert default_root("darwin", {}, home) == home / "Library/Application Support/Rapport"
    assert default_root("win32", {"LOCALAPPDATA": "/local"}, home) == Path("/local/Rapport")


@posix
def test_c32_everything_made_is_private_under_a_wide_umask(
    tmp_path: Path, wide_umask: None, open_to_others: Callable[[Path], list[str]]
) -> None:
    profile = Profile(tmp_path / "deep" / "profile")

    profile.create()
    touch_private(profile.database)
    with sqlite3.connect(profile.database) as connection:
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
        assert profile.database.with_name("rapport.db-wal").exists()
        with open_private(profile.raw / "mail") as file:
            file.write(b"x")
        found = open_to_others(profile.root)
    connection.close()

    assert found == []


@posix
def test_c32_a_narrow_umask_does_not_lock_the_owner_out(tmp_path: Path) -> None:
    before = os.umask(0o777)
    try:
        profile = Profile(tmp_path / "profile")
        profile.create()
        touch_private(profile.database)
    finally:
        os.umask(before)

    assert profile.root.stat().st_mode & 0o777 == 0o700
    assert profile.database.stat().st_mode & 0o777 == 0o600


@posix
def test_c32_a_profile_left_open_is_closed_and_another_folder_keeps_its_mode(tmp_path: Path) -> None:
    ours, used = Profile(tmp_path / "ours"), Profile(tmp_path / "used")
    ours.create()
    touch_private(ours.database)
    for path, mode in ((ours.root, 0o755), (ours.raw, 0o777), (ours.database, 0o644)):
        path.chmod(mode)
    used.root.mkdir()
    used.root.chmod(0o755)
    (used.root / "letter.txt").write_text("not ours")

    ours.create()
    touch_private(ours.database)
    used.create()

    assert [path.stat().st_mode & 0o777 for path in (ours.root, ours.raw, ours.database)] == [0o700, 0o700, 0o600]
    assert used.root.stat().st_mode & 0o777 == 0o755
    assert used.raw.stat().st_mode & 0o777 == 0o700


@posix
@pytest.mark.parametrize(
    "name",
    [b"with space", b'quote\'s "and" more', b"\xff\xfe not utf-8", "юникод 🗂".encode(), b"-dash", b"%s?#&", b"a\nb"],
)
def test_odd_names_work(tmp_path: Path, name: bytes) -> None:
    profile = Profile(tmp_path / os.fsdecode(name))

    profile.create()
    profile.create()
    touch_private(profile.database)
    with sqlite3.connect(profile.database) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()

    assert profile.cache.is_dir()
    assert list(profile.cache.iterdir()) == []


def test_a_file_in_its_place_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ProfileUnusable) as caught:
            Profile(root).create()
        assert caught.value.text == f"The profile {root} is not a folder."


def test_a_name_no_system_takes_is_refused_with_a_sentence() -> None:
    for name in ("/tmp/\x00", "/tmp/" + "x" * 300):
        with pytest.raises(ProfileUnusable, match=r"^The profile folder .* cannot be used: .*\.$"):
            Profile(Path(name)).create()


def test_a_name_that_is_no_utf_8_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "bad\udcff").write_text("")

    with pytest.raises(ProfileUnusable) as caught:
        Profile(tmp_path / "bad\udcff").create()

    assert caught.value.text.encode()
    assert "bad\\xff" in caught.value.text


@contextmanager
def somebody_who_may_not(folder: Path) -> Iterator[None]:
    """Act as an ordinary user who may look into `folder`: root would be allowed everything."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.parents[: len(folder.parents) - 2]):
        path.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@posix
@pytest.mark.parametrize("mode", [0o500, 0o000, 0o600])
def test_an_unreadable_or_read_only_folder_is_refused_with_a_sentence(tmp_path: Path, mode: int) -> None:
    root = tmp_path / "profile"
    root.mkdir()
    (root / "log").mkdir()
    root.chmod(mode)

    with somebody_who_may_not(tmp_path), pytest.raises(ProfileUnusable) as caught:
        Profile(root).create()
    root.chmod(0o700)

    assert caught.value.text == f"The profile folder {root} cannot be read and written by this user."


def test_resources_lie_beside_the_package() -> None:
    assert (resource_dir() / "i18n" / "ru.po").is_file()
