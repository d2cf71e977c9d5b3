"""Room on the disk: a reserve of real octets that lets a person delete mails when a write has failed."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from desktop.store import space
from desktop.store.database import Database, DiskFull
from desktop.store.space import RESERVE_BYTES, SHORT_BYTES, Space

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The free octets the disk says it has."""
    said = [10 << 30]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(1 << 40, 0, said[0]))
    return said


def test_m13_the_reserve_takes_real_room_and_is_given_up_when_a_write_fails(
    database: Database, tmp_path: Path, free: list[int]
) -> None:
    room = Space(tmp_path)
    room.keep_reserve()
    reserve = tmp_path / "reserve"
    assert reserve.stat().st_size == RESERVE_BYTES
    assert reserve.stat().st_blocks * 512 >= RESERVE_BYTES
    assert reserve.stat().st_mode & 0o77 == 0
    database.when_full = room.give_up_reserve

    def fill() -> None:
        with database.write():
            raise DiskFull

    with pytest.raises(DiskFull):
        fill()

    assert not reserve.exists()
    room.keep_reserve()
    assert reserve.exists(), "made again when there is room"


def test_m13_a_reserve_half_written_by_a_kill_is_made_whole(tmp_path: Path, free: list[int]) -> None:
    (tmp_path / "reserve").write_bytes(b"x" * 4096)

    Space(tmp_path).keep_reserve()

    assert (tmp_path / "reserve").stat().st_size == RESERVE_BYTES


def test_m13_no_reserve_is_made_where_room_is_short(tmp_path: Path, free: list[int]) -> None:
    free[0] = SHORT_BYTES + RESERVE_BYTES - 1

    Space(tmp_path).keep_reserve()

    assert not (tmp_path / "reserve").exists()


def test_r30_nothing_is_fetched_while_room_is_short(tmp_path: Path, free: list[int]) -> None:
    Space(tmp_path).check()
    free[0] = space.SHORT_BYTES - 1
    with pytest.raises(DiskFull, match="full"):
        Space(tmp_path).check()
