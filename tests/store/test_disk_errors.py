"""What the disk answers, in words: only a disk that is full is told as full; nothing half-written stays."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from desktop.store.database import DiskFailed, DiskFull, problem_of
from desktop.store.mail.blobs import FILE_FROM_BYTES, Blobs, digest_of


def test_only_a_full_disk_is_told_as_full(tmp_path: Path) -> None:
    file = tmp_path / "rapport.db"
    assert isinstance(problem_of(sqlite3.OperationalError("database or disk is full"), file), DiskFull)
    failed = problem_of(sqlite3.OperationalError("disk I/O error"), file)
    assert isinstance(failed, DiskFailed)
    assert "full" not in failed.text
    assert failed.details == "disk I/O error"


@pytest.mark.parametrize(
    ("number", "problem"), [(errno.ENOSPC, DiskFull), (errno.EIO, DiskFailed), (errno.EACCES, DiskFailed)]
)
def test_a_source_that_cannot_be_written_says_why_and_leaves_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, problem: type[Exception]
) -> None:
    blobs = Blobs(tmp_path / "raw")
    raw = os.urandom(FILE_FROM_BYTES * 2)
    packed = Blobs.pack([(digest_of(raw), raw)])

    def refuse(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        with pytest.raises(problem):
            blobs.keep(packed)

    assert [path for path in (tmp_path / "raw").glob("*/*") if path.is_file()] == []
    blobs.keep(packed)
    assert blobs.get(digest_of(raw)) == raw
    blobs.close()
