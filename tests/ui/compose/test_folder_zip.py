"""A folder that is packed: what goes in, what is left out, and how much is too much."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from desktop.ui.compose import folder_zip
from desktop.ui.compose.intake import NotAttached


def names(octets: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


@pytest.mark.skipif("sys.platform == 'win32'", reason="a system without pipes and links in folders")
def test_links_and_pipes_are_left_out(tmp_path: Path) -> None:
    """Nothing goes along that lies elsewhere, and nobody waits for what never ends."""
    folder, secret = tmp_path / "folder", tmp_path / "secret"
    folder.mkdir()
    secret.mkdir()
    (secret / "key").write_text("mine")
    (folder / "a").write_text("a")
    (folder / "file").symlink_to(secret / "key")
    (folder / "elsewhere").symlink_to(secret)
    (folder / "round").symlink_to(folder)
    os.mkfifo(folder / "pipe")

    assert names(folder_zip.packed(folder)) == ["folder/a"]


@pytest.mark.skipif("sys.platform != 'linux'", reason="other systems refuse such names themselves")
def test_names_no_other_system_takes_are_packed_all_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "Отчёт"
    folder.mkdir()
    for name in (b"..\\..\\evil", b"\xff", "ключ".encode()):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"x")
    os.utime(folder / "ключ", (0, 0))  # before the first year an archive knows

    assert names(folder_zip.packed(folder)) == ["Отчёт/.._.._evil", "Отчёт/ключ", "Отчёт/\ufffd"]


@pytest.mark.parametrize("limit", ["MOST_BYTES", "MOST_FILES"])
def test_what_is_too_large_says_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    for number in range(4):
        (tmp_path / f"{number}").write_bytes(b"x" * 1000)
    monkeypatch.setattr(folder_zip, limit, {"MOST_BYTES": 4000, "MOST_FILES": 4}[limit])
    fits = names(folder_zip.packed(tmp_path))
    (tmp_path / "one more").write_bytes(b"x")

    assert len(fits) == 4
    with pytest.raises(NotAttached, match="too large"):
        folder_zip.packed(tmp_path)


@pytest.mark.parametrize("is_there", [True, False])
def test_an_empty_or_vanished_folder_is_refused(tmp_path: Path, is_there: bool) -> None:
    folder = tmp_path / "folder"
    if is_there:
        (folder / "empty").mkdir(parents=True)

    with pytest.raises(NotAttached, match="no file" if is_there else "could not be read"):
        folder_zip.packed(folder)
