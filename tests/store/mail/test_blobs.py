"""Sources are kept as they came, and what goes wrong with one leaves the next unharmed."""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.store.database import DatabaseBusy
from desktop.store.mail import blob_rescue
from desktop.store.mail.blobs import FILE_FROM_BYTES, Blobs, SourceMissing, digest_of


@pytest.fixture
def blobs(tmp_path: Path) -> Iterator[Blobs]:
    made = Blobs(tmp_path / "raw")
    yield made
    made.close()


def _keep(blobs: Blobs, raw: bytes) -> bytes:
    digest = digest_of(raw)
    blobs.keep(Blobs.pack([(digest, raw)]))
    return digest


@pytest.mark.parametrize("raw", [b"", b"small", os.urandom(FILE_FROM_BYTES + 1)])
def test_a_source_comes_back_as_it_was_and_can_be_forgotten(blobs: Blobs, raw: bytes) -> None:
    digest = _keep(blobs, raw)
    assert blobs.get(digest) == raw

    blobs.drop([digest])

    with pytest.raises(SourceMissing):
        blobs.get(digest)


@pytest.mark.parametrize("raw", [b"small", os.urandom(FILE_FROM_BYTES + 1)])
def test_a_source_kept_again_is_no_longer_noted_as_unnamed(blobs: Blobs, raw: bytes) -> None:
    digest = _keep(blobs, raw)
    blobs.note_unnamed([digest], 1)
    assert blobs.unnamed_since(1, 10) == [digest]

    _keep(blobs, raw)

    assert blobs.unnamed_since(1, 10) == []


@pytest.mark.parametrize("raw", [b"small", os.urandom(FILE_FROM_BYTES + 1)])
def test_a_source_damaged_on_disk_is_missing(tmp_path: Path, raw: bytes) -> None:
    blobs = Blobs(tmp_path / "raw")
    digest = _keep(blobs, raw)
    blobs.close()
    for path in (tmp_path / "raw").rglob("*.z"):
        path.write_bytes(b"else")
    connection = sqlite3.connect(tmp_path / "raw" / "blobs.db")
    connection.execute("UPDATE blob SET data = x'00'")
    connection.commit()
    connection.close()

    blobs = Blobs(tmp_path / "raw")
    with pytest.raises(SourceMissing):
        blobs.get(digest)
    blobs.close()


@pytest.mark.parametrize("octets", [b"", b"else", zlib.compress(b"else")])
def test_a_damaged_file_makes_way_for_the_source_and_is_kept(blobs: Blobs, tmp_path: Path, octets: bytes) -> None:
    raw = os.urandom(FILE_FROM_BYTES + 1)
    digest = _keep(blobs, raw)
    [path] = (tmp_path / "raw").rglob("*.z")
    path.write_bytes(octets)
    reader = Blobs(tmp_path / "raw", read_only=True)
    with pytest.raises(SourceMissing):
        reader.get(digest)
    reader.close()
    assert path.exists(), "who only reads changes nothing"
    assert not blob_rescue.may_miss(tmp_path / "raw")

    for _ in range(2):
        with pytest.raises(SourceMissing):
            blobs.get(digest)

    assert [digests for digests in blobs.walk() if digests] == []
    assert blob_rescue.may_miss(tmp_path / "raw")
    [aside] = blob_rescue.damaged_files(tmp_path / "raw")
    assert aside.read_bytes() == octets
    assert _keep(blobs, raw) == digest
    assert blobs.get(digest) == raw
    blobs.clear_halves(clock.now() + 1)
    assert aside.exists()


def test_a_source_that_comes_again_while_its_damaged_file_is_met_is_not_set_aside(
    blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = os.urandom(FILE_FROM_BYTES + 1)
    digest = _keep(blobs, raw)
    [path] = (tmp_path / "raw").rglob("*.z")
    path.write_bytes(b"else")
    set_aside = blobs._set_aside

    def late(digest: bytes) -> bytes | None:
        monkeypatch.undo()
        with pytest.raises(SourceMissing):
            blobs.get(digest)  # another thread met it first, and it was fetched again
        _keep(blobs, raw)
        return set_aside(digest)

    monkeypatch.setattr(blobs, "_set_aside", late)

    assert blobs.get(digest) == raw
    assert blobs.get(digest) == raw
    assert len(blob_rescue.damaged_files(tmp_path / "raw")) == 1


def test_a_file_takes_its_place_while_nobody_sets_one_aside(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = os.urandom(FILE_FROM_BYTES + 1)
    locked: list[bool] = []
    replace = Path.replace

    def watched(path: Path, target: Path) -> Path:
        locked.append(blobs._lock.locked())
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", watched)

    assert blobs.get(_keep(blobs, raw)) == raw

    assert locked == [True]


def test_after_a_failed_deletion_sources_are_kept_and_deleted_again(blobs: Blobs, tmp_path: Path) -> None:
    digest = _keep(blobs, b"one")
    blobs._connection.execute("PRAGMA busy_timeout = 0")
    blobs._connection.execute("CREATE TEMP TRIGGER full BEFORE DELETE ON blob BEGIN SELECT RAISE(FAIL, 'busy'); END")
    with pytest.raises(DatabaseBusy):
        blobs.drop([digest])
    blobs._connection.execute("DROP TRIGGER full")

    other = _keep(blobs, b"two")

    assert blobs.get(other) == b"two"
    blobs.drop([digest])
