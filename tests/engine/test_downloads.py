"""Parts on their way to a file: the same octets wherever a download was stopped, and nothing half with a name."""

from __future__ import annotations

import base64
import binascii
import os
import random
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from desktop.base.errors import Remedy
from desktop.engine.downloads import Downloads, NoRoom, NotKept, Source, Stopped
from desktop.store.space import SHORT_BYTES
from tests.proof import rounds, seed
from tests.small_disk import fill, small_disk

CHUNK = 1000


class Cut(Exception):
    """The connection ended."""


def never() -> threading.Event:
    return threading.Event()


def ignore(_done: int, _total: int) -> None:
    return


def source(encoded: bytes, encoding: str = "base64", *, announced: int | None = None, cut_at: int = 1 << 60) -> Source:
    """Return a part whose server hangs up at an offset."""

    def read(offset: int) -> bytes:
        if offset >= cut_at:
            raise Cut
        return encoded[offset : offset + CHUNK]

    return Source(("film", 1), encoding, len(encoded) if announced is None else announced, CHUNK, read)


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("base64", base64.encodebytes),
        ("quoted-printable", partial(binascii.b2a_qp, istext=False)),
        ("8bit", bytes),
        ("", bytes),
    ],
)
def test_r11_wherever_it_is_cut_and_restarted_the_content_is_the_same(
    tmp_path: Path, encoding: str, encode: Callable[[bytes], bytes]
) -> None:
    chance = random.Random(seed())
    for number in range(rounds(3, 100)):
        content = chance.randbytes(chance.randrange(3 * CHUNK, 20 * CHUNK))
        encoded = encode(content)
        to = tmp_path / f"{number}.bin"
        for _ in range(3):
            with pytest.raises(Cut):
                # each time as after a restart of the program
                Downloads(tmp_path / "cache").fetch(
                    source(encoded, encoding, cut_at=chance.randrange(len(encoded) - CHUNK)), to, ignore, never()
                )
            assert not to.exists()

        Downloads(tmp_path / "cache").fetch(source(encoded, encoding), to, ignore, never())

        assert to.read_bytes() == content
        assert to.stat().st_mode & 0o777 == 0o600
        assert not list((tmp_path / "cache").iterdir())


@pytest.mark.parametrize("announced", [0, 10, 5 * CHUNK, 100 * CHUNK])
def test_r16_a_size_that_is_not_true_fails_nothing(tmp_path: Path, announced: int) -> None:
    content = bytes(range(250)) * 20
    assert len(content) % CHUNK == 0

    Downloads(tmp_path / "cache").fetch(source(content, "", announced=announced), tmp_path / "a", ignore, never())

    assert (tmp_path / "a").read_bytes() == content


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"[1,2]", b'[1, 99999999, "base64", "", false, true]', b'[0,0,0,"x",0,0]']
)
def test_a_note_that_makes_no_sense_begins_anew(tmp_path: Path, damage: bytes) -> None:
    content = bytes(5 * CHUNK)
    encoded = base64.encodebytes(content)
    downloads = Downloads(tmp_path / "cache")
    with pytest.raises(Cut):
        downloads.fetch(source(encoded, cut_at=2 * CHUNK), tmp_path / "a", ignore, never())
    [note] = (tmp_path / "cache").glob("*.json")
    note.write_bytes(damage)

    downloads.fetch(source(encoded), tmp_path / "a", ignore, never())

    assert (tmp_path / "a").read_bytes() == content


def test_a_part_with_another_size_is_another_part(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path / "cache")
    with pytest.raises(Cut):
        downloads.fetch(source(b"a" * 5000, "", cut_at=2000), tmp_path / "a", ignore, never())

    downloads.fetch(source(b"b" * 4000, ""), tmp_path / "a", ignore, never())

    assert (tmp_path / "a").read_bytes() == b"b" * 4000


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"mine")

    with pytest.raises(NotKept):
        Downloads(tmp_path / "cache").fetch(source(b"x", ""), tmp_path / "a", ignore, never())

    assert (tmp_path / "a").read_bytes() == b"mine"


def test_to_another_file_system_it_is_copied_and_may_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_link(_source: object, _target: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", no_link)
    content = random.Random(seed()).randbytes(3000)
    (tmp_path / "to").mkdir()
    stop = never()

    def at_the_end(done: int, total: int) -> None:
        if done == total:
            stop.set()

    with pytest.raises(Stopped):
        Downloads(tmp_path / "cache").fetch(source(content, ""), tmp_path / "to" / "a", at_the_end, stop)
    assert not list((tmp_path / "to").iterdir())
    Downloads(tmp_path / "cache").fetch(source(content, ""), tmp_path / "to" / "a", ignore, never())

    assert [(path.name, path.read_bytes()) for path in (tmp_path / "to").iterdir()] == [("a", content)]


def test_two_downloads_of_one_part_do_not_mix(tmp_path: Path) -> None:
    content = random.Random(seed()).randbytes(20 * CHUNK)
    downloads = Downloads(tmp_path / "cache")
    other = threading.Thread(
        target=lambda: downloads.fetch(source(content, ""), tmp_path / "other", ignore, never()), daemon=True
    )

    def begin_another(done: int, _total: int) -> None:
        if done == CHUNK:
            other.start()
            other.join(20)

    downloads.fetch(source(content, ""), tmp_path / "one", begin_another, never())

    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes() == content
    assert not list((tmp_path / "cache").iterdir())


def test_what_another_download_works_on_is_not_forgotten(tmp_path: Path) -> None:
    content = random.Random(seed()).randbytes(20 * CHUNK)
    downloads = Downloads(tmp_path / "cache")

    def cancel_another(done: int, _total: int) -> None:
        if done == CHUNK:
            stop = threading.Event()
            stop.set()
            with pytest.raises(Stopped):
                downloads.fetch(source(content, ""), tmp_path / "other", ignore, stop)
            downloads.forget(source(content, ""))

    downloads.fetch(source(content, ""), tmp_path / "one", cancel_another, never())

    assert (tmp_path / "one").read_bytes() == content
    assert not list((tmp_path / "cache").iterdir())


def test_what_nobody_went_on_with_is_forgotten(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path / "cache")
    with pytest.raises(Cut):
        downloads.fetch(source(b"a" * 5000, "", cut_at=2000), tmp_path / "a", ignore, never())
    old = list((tmp_path / "cache").iterdir())
    assert len(old) == 2
    for path in old:
        os.utime(path, (1_000_000_000, 1_000_000_000))

    downloads.fetch(Source(("other", 2), "", 1, CHUNK, lambda offset: b"b"[offset:]), tmp_path / "b", ignore, never())

    assert not list((tmp_path / "cache").iterdir())


def test_r30_a_disk_that_is_full_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file where a folder should be")

    with pytest.raises(NotKept) as caught:
        Downloads(tmp_path / "cache").fetch(source(b"x", ""), tmp_path / "a", ignore, never())

    assert "could not be written" in caught.value.text


@pytest.fixture
def disk(mounts: None, tmp_path: Path) -> Iterator[Path]:
    """A disk with room for two parts of a megabyte beside what mail needs."""
    made = tmp_path / "disk"
    made.mkdir()
    with small_disk((SHORT_BYTES >> 20) + 2, made):
        yield made


def large(announced: int, reads: list[int]) -> Source:
    """Return a part that never ends, whatever its server announces."""

    def read(offset: int) -> bytes:
        reads.append(offset)
        return bytes(1 << 20)

    return Source(("film", 1), "", announced, 1 << 20, read)


def test_r30_a_disk_that_becomes_full_is_not_kept_full(disk: Path) -> None:
    downloads = Downloads(disk / "cache")

    def fill_up(done: int, _total: int) -> None:
        if done == 1 << 20:
            fill(disk, but_bytes=(1 << 20) + (1 << 19))

    with pytest.raises(NoRoom) as caught:
        downloads.fetch(large(1 << 20, []), disk / "film", fill_up, never())

    assert caught.value.remedy is Remedy.FREE_SPACE
    assert "no room" in caught.value.text
    assert sorted(path.name for path in disk.iterdir()) == ["ballast", "cache"]
    assert list((disk / "cache").iterdir()) == []
    assert shutil.disk_usage(disk).free > 2 << 20, "what was here of the part is free again"


def test_r30_what_will_not_fit_is_not_begun(disk: Path) -> None:
    reads: list[int] = []

    with pytest.raises(NoRoom):
        Downloads(disk / "cache").fetch(large(3 << 20, reads), disk / "film", ignore, never())

    assert reads == []
    assert list((disk / "cache").iterdir()) == []


def test_r30_only_the_rest_of_a_part_must_fit(disk: Path) -> None:
    content = random.Random(seed()).randbytes(3 << 19)
    downloads = Downloads(disk / "cache")
    with pytest.raises(Cut):
        downloads.fetch(source(content, "", cut_at=1 << 20), disk / "film", ignore, never())

    downloads.fetch(source(content, ""), disk / "film", ignore, never())

    assert (disk / "film").read_bytes() == content


def test_r30_a_full_disk_elsewhere_costs_nothing_of_what_is_here(disk: Path, tmp_path: Path) -> None:
    content = random.Random(seed()).randbytes(20 * CHUNK)
    downloads = Downloads(tmp_path / "cache")
    with pytest.raises(Cut):
        downloads.fetch(source(content, "", cut_at=5 * CHUNK), disk / "film", ignore, never())
    begun = sorted((path.name, path.stat().st_size) for path in (tmp_path / "cache").iterdir())
    fill(disk, but_bytes=1 << 12)

    with pytest.raises(NoRoom):
        downloads.fetch(source(content, ""), disk / "film", ignore, never())

    assert sorted((path.name, path.stat().st_size) for path in (tmp_path / "cache").iterdir()) == begun
