"""Attachments on disk: always inside the chosen folder, over nothing, through no link, never to be run."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from desktop.ui.mail import attachment_saving
from desktop.ui.mail.attachment_saving import NotSaved
from desktop.ui.mail.private_files import PrivateFiles

NAMES = [
    "offer.pdf", "../../etc/passwd", "..", ".", "", "/etc/shadow", "//server/share/x", "\\\\server\\share\\x",
    "C:\\Windows\\x.exe", "C:x", "a/b/c.txt", "a\\b\\c.txt", "x\x00y.pdf", "x\ny.pdf", "x\ry", "\x1b[31mred", "\x7f",
    "invoice\u202efdp.exe", "\u2066x\u2069.pdf", "a\u200bb.pdf", "\ufeffx", "trailing.", "trailing ", "trailing. . .",
    "many" + " " * 300 + ".exe", "CON", "con.txt", "AUX.pdf", "NUL", "COM1", "LPT9.doc", "x" * 300 + ".pdf",
    "ж" * 300 + ".pdf", "=?utf-8?q?=2E=2E=2Fevil?=", "%2e%2e%2fevil", "-rf", "--help", ".bashrc", ".ssh", "~root",
    "~/x", "$(reboot)", "`id`", "; rm -rf ~", "| cat", "a'b\"c.pdf", "<script>.html", "file:///etc/passwd", "x:y:z",
    "x*?.pdf", "Offer.PDF", "offer.pdf ", "\u2028x", "e\u0301.txt", "😀.png", "x\ud800.pdf", "....//....//x",
    "..\\..\\x", "x/../../y", "a" * 254, "\u2215etc\u2215passwd", "..%c0%af..", "nul.tar.gz", "x.pdf\u00a0", "\t.txt",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_c20_every_name_stays_in_the_folder(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "chosen"
    folder.mkdir()

    path = attachment_saving.save(folder, name, b"content")

    assert path.parent == folder
    assert path.resolve().parent == folder.resolve()
    assert [each.read_bytes() for each in folder.iterdir()] == [b"content"]
    assert [each.name for each in tmp_path.iterdir()] == ["chosen"]


def test_c20_nothing_is_overwritten(tmp_path: Path) -> None:
    paths = [attachment_saving.save(tmp_path, "offer.pdf", bytes([n])) for n in range(3)]

    assert [path.name for path in paths] == ["offer.pdf", "offer (2).pdf", "offer (3).pdf"]
    assert [path.read_bytes() for path in paths] == [b"\0", b"\1", b"\2"]


@pytest.mark.parametrize("exists", [True, False])
def test_c20_a_link_at_the_target_is_not_followed(exists: bool, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    if exists:
        outside.write_bytes(b"mine")
    folder = tmp_path / "chosen"
    folder.mkdir()
    (folder / "offer.pdf").symlink_to(outside)

    path = attachment_saving.save(folder, "offer.pdf", b"content")

    assert path.name == "offer (2).pdf"
    assert not exists or outside.read_bytes() == b"mine"
    assert outside.exists() is exists


def test_c20_saving_over_a_link_replaces_the_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    target = tmp_path / "offer.pdf"
    target.symlink_to(outside)

    attachment_saving.save_as(target, b"content")

    assert outside.read_bytes() == b"mine"
    assert not target.is_symlink()
    assert target.read_bytes() == b"content"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["offer.pdf", "outside"]


@pytest.mark.usefixtures("wide_umask")
def test_c21_a_saved_file_is_private_and_cannot_be_run(tmp_path: Path) -> None:
    path = attachment_saving.save(tmp_path, "setup.sh", b"#!/bin/sh\n")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.usefixtures("wide_umask")
def test_c21_opened_copies_are_private_read_only_and_go(tmp_path: Path) -> None:
    files = PrivateFiles(tmp_path)

    first = attachment_saving.copy_to_open(files, "offer.pdf", b"1")
    second = attachment_saving.copy_to_open(files, "offer.pdf", b"2")

    assert (first.name, second.name) == ("offer.pdf", "offer.pdf")
    assert first != second
    assert {stat.S_IMODE(path.stat().st_mode) for path in (first, second)} == {0o400}
    above = [folder for folder in first.parents if folder.is_relative_to(tmp_path) and folder != tmp_path]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in above] == [0o700] * 3
    files.clear()
    assert list(tmp_path.iterdir()) == []


def test_c21_copies_a_killed_program_left_go_with_the_next_start_and_new_ones_stay(tmp_path: Path) -> None:
    old = attachment_saving.copy_to_open(PrivateFiles(tmp_path), "offer.pdf", b"1")
    files = PrivateFiles(tmp_path)
    new = attachment_saving.copy_to_open(files, "offer.pdf", b"2")

    files.clear_left()

    assert (old.exists(), new.exists()) == (False, True)


def test_c21_drafts_a_killed_program_left_where_it_was_saving_go_with_the_next_start(tmp_path: Path) -> None:
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    draft = attachment_saving.draft_folder(PrivateFiles(tmp_path / "cache"), chosen)
    (draft / "part").write_bytes(b"half")
    (chosen / ".rapport-mine").mkdir()

    PrivateFiles(tmp_path / "cache").clear_left()

    assert [path.name for path in chosen.iterdir()] == [".rapport-mine"], "only what the program itself made"


@pytest.mark.usefixtures("wide_umask")
def test_c32_what_cannot_be_written_is_removed_all_the_same(tmp_path: Path) -> None:
    files = PrivateFiles(tmp_path)
    folder = files.new_folder()
    (folder / "copy").write_bytes(b"x")
    (folder / "copy").chmod(0o400)
    folder.chmod(0o500)

    files.clear()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotSaved, match=r"offer\.pdf could not be saved"):
        attachment_saving.save(tmp_path / "gone", "offer.pdf", b"x")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int, _mode: str) -> object:
        os.close(handle)
        return Path("/dev/full").open("wb", buffering=0)

    monkeypatch.setattr(attachment_saving.os, "fdopen", full)

    with pytest.raises(NotSaved):
        attachment_saving.save(tmp_path, "offer.pdf", b"x")

    assert list(tmp_path.iterdir()) == []
