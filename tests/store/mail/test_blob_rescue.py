"""A damaged database of sources is replaced by what can be read of it; the rest comes from the servers again."""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from desktop.app import doctor
from desktop.app.arguments import Examine
from desktop.app.console import Console
from desktop.store import backup
from desktop.store.database import DatabaseDamaged
from desktop.store.mail import blob_rescue
from desktop.store.mail.blobs import Blobs, SourceMissing, digest_of
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot
from tests.store.damaging import destroy
from tests.store.power import Disk, needs_names

MAILS = 40


@pytest.fixture
def desk(dovecot: Dovecot, imap_user: str, tmp_path: Path) -> Desk:
    """A profile with mails whose sources fill some pages."""
    dovecot.deliver(imap_user, [mail(n, text=os.urandom(500).hex()) for n in range(1, MAILS + 1)])
    desk = Desk(tmp_path / "profile")
    desk.add(dovecot, imap_user)
    desk.sync()
    return desk


def readable(desk: Desk) -> int:
    """Return how many mails of the Inbox have their source."""
    found = 0
    for key in desk.mails():
        try:
            found += desk.core.services.reading.source(key).startswith(b"From: Anna")
        except SourceMissing:
            continue
    return found


def zero_header(database: Path) -> None:
    with database.open("r+b") as file:
        file.write(bytes(4096))


def zero_leaf(database: Path) -> None:
    """Overwrite one page that holds some of the sources."""
    raw = database.read_bytes()
    with closing(sqlite3.connect(database)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'blob'").fetchone()[0]
    # a leaf of a table begins with 0x0D; the last one is not that of an empty table
    leaf = max(n for n in range(root, len(raw) // size) if raw[n * size] == 0x0D)
    with database.open("r+b") as file:
        file.seek(leaf * size)
        file.write(bytes(size))


def test_all_sources_come_again_where_nothing_can_be_read(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    desk.close()
    zero_header(desk.profile.raw / "blobs.db")

    desk = Desk(desk.profile.root)

    assert readable(desk) == 0
    dovecot.deliver(imap_user, [mail(MAILS + 1)])
    desk.sync()
    assert readable(desk) == len(desk.mails()) == MAILS + 1
    assert len(list(desk.profile.raw.glob("blobs-damaged-*.db"))) == 1
    assert len(desk.mails(desk.folder("INBOX").key)) == MAILS + 1
    desk.close()


@pytest.mark.parametrize("left", [None, b""])
def test_all_sources_come_again_where_the_file_is_gone_or_empty(desk: Desk, left: bytes | None) -> None:
    desk.close()
    database = desk.profile.raw / "blobs.db"
    database.unlink()
    if left is not None:
        database.write_bytes(left)

    desk = Desk(desk.profile.root)

    assert readable(desk) == 0
    desk.sync()
    assert readable(desk) == len(desk.mails()) == MAILS
    desk.close()


def test_a_new_profile_has_lost_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(tmp_path / "profile")

    assert not blob_rescue.may_miss(desk.profile.raw)
    assert desk.core.restored is None
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    desk.close()


def test_a_damaged_file_of_a_large_source_is_fetched_again(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    large = mail(MAILS + 1, text=os.urandom(700_000).hex())
    dovecot.deliver(imap_user, [large])
    desk.sync()
    [path] = desk.profile.raw.rglob("*.z")
    path.write_bytes(path.read_bytes()[:4096])

    assert readable(desk) == MAILS
    desk.close()
    desk = Desk(desk.profile.root)
    desk.sync()

    assert readable(desk) == MAILS + 1
    assert len(desk.mails()) == MAILS + 1
    [aside] = blob_rescue.damaged_files(desk.profile.raw)
    assert aside.stat().st_size == 4096
    desk.close()


def test_one_damaged_page_costs_its_own_sources_only(desk: Desk) -> None:
    desk.close()
    zero_leaf(desk.profile.raw / "blobs.db")

    desk = Desk(desk.profile.root, after_crash=True)

    assert MAILS // 2 < readable(desk) < MAILS
    desk.sync()
    assert readable(desk) == MAILS
    desk.close()
    desk = Desk(desk.profile.root, after_crash=True)
    assert len(list(desk.profile.raw.glob("blobs-damaged-*.db"))) == 1, "what is whole is left alone"
    desk.close()


@needs_names
def test_lost_sources_are_noted_for_good_before_nothing_says_any_more_that_they_may_be_lost(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.close()
    (desk.profile.raw / "blobs.db").unlink()
    disk = Disk(monkeypatch, desk.profile.database)
    desk = Desk(desk.profile.root)
    found = disk.after_power_loss(tmp_path / "found")
    desk.close()

    desk = Desk(found.parent, after_crash=True)

    assert readable(desk) == 0
    desk.sync()
    assert readable(desk) == MAILS
    desk.close()


@pytest.mark.parametrize("codec", ["''", "x'01'", "NULL", "77"])
def test_a_flipped_bit_beside_a_source_costs_nothing(tmp_path: Path, codec: str) -> None:
    folder = tmp_path / "raw"
    sources = {digest_of(raw): raw for raw in (b"one", b"two")}
    blobs = Blobs(folder)
    blobs.keep(Blobs.pack(sources.items()))
    blobs.close()
    with closing(sqlite3.connect(folder / "blobs.db")) as connection:
        # the table refuses such a value as long as it is strict
        connection.executescript(
            "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'STRICT', '')"
        )
    with closing(sqlite3.connect(folder / "blobs.db")) as connection:
        connection.execute(f"UPDATE blob SET codec = {codec} WHERE digest = ?", (digest_of(b"one"),))
        connection.commit()
        connection.executescript(
            "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = sql || ' STRICT' WHERE type = 'table'"
        )
    with (folder / "blobs.db").open("r+b") as file:
        file.seek(36)
        file.write((7).to_bytes(4, "big"))  # there are seven free pages, which is not true

    blob_rescue.examine(folder, after_crash=True)

    assert list(folder.glob("blobs-damaged-*.db"))
    blobs = Blobs(folder)
    assert {digest: blobs.get(digest) for digest in sources} == sources
    assert not any(blobs.is_partial(digest) for digest in sources)
    blobs.close()


def test_a_source_that_no_server_has_is_missing_and_says_so(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    key = desk.mails()[0]
    desk.close()
    destroy(desk.profile.raw / "blobs.db", "blob")
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "all")

    desk = Desk(desk.profile.root, after_crash=True)
    for _ in range(2):
        with pytest.raises(SourceMissing):
            desk.core.services.reading.source(key)
        desk.sync()
    desk.close()


def test_damage_met_by_a_write_is_mended_by_the_next_start(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    desk.close()
    destroy(desk.profile.raw / "blobs.db", "blob")
    dovecot.deliver(imap_user, [mail(MAILS + 1)])
    desk = Desk(desk.profile.root)
    problems = desk.core.supervisor.sync_once()
    assert [type(problem) for problem in problems.values()] == [DatabaseDamaged]
    desk.close()
    assert backup.is_suspect(desk.profile.raw / "blobs.db")

    desk = Desk(desk.profile.root)

    desk.sync()
    assert readable(desk) == MAILS + 1
    desk.close()


@pytest.mark.parametrize("moment", ["before it is set aside", "before the new one takes its place"])
def test_a_kill_half_way_costs_nothing(desk: Desk, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.close()
    database = desk.profile.raw / "blobs.db"
    zero_leaf(database)
    at = database if moment == "before it is set aside" else database.with_suffix(".new")
    replace = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if self == at:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            Desk(desk.profile.root, after_crash=True)

    desk = Desk(desk.profile.root)

    assert MAILS // 2 < readable(desk) < MAILS
    desk.sync()
    assert readable(desk) == MAILS
    desk.close()


def _kept_in_the_log(folder: Path, raws: tuple[bytes, bytes] = (b"in the file", b"in the log")) -> dict[bytes, bytes]:
    """Keep sources in the folder so that the last is in the log only, as a crash leaves it; returns them all."""
    sources = {digest_of(raw): raw for raw in raws}
    blobs = Blobs(folder)
    for number, source in enumerate(sources.items()):
        blobs.keep(Blobs.pack([source]))
        if not number:
            blobs._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    left = {path: path.read_bytes() for path in (folder / "blobs.db", folder / "blobs.db-wal")}
    blobs.close()
    for path, octets in left.items():
        path.write_bytes(octets)
    return sources


@pytest.mark.parametrize("copy", ["whole", "half", "empty"])
def test_a_kill_between_log_and_file_loses_neither(tmp_path: Path, copy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "raw"
    sources = _kept_in_the_log(folder)
    database, waiting = folder / "blobs.db", folder / "blobs.new"
    replace = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if self == database:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(backup, "damage", lambda *arguments: "damaged")
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            blob_rescue.examine(folder, after_crash=True)
    assert not database.with_name("blobs.db-wal").exists()
    if copy != "whole":
        waiting.write_bytes(waiting.read_bytes()[: 4096 if copy == "half" else 0])

    blob_rescue.examine(folder, after_crash=False)

    blobs = Blobs(folder)
    assert {digest: blobs.get(digest) for digest in sources} == sources
    assert blob_rescue.may_miss(folder)
    assert all(Path(str(log).removesuffix("-wal")).exists() for log in folder.glob("*.db-wal"))
    assert not waiting.exists()
    blobs.close()


@pytest.mark.parametrize("lost", [(), ("unnamed",), ("blob",)])
def test_what_is_noted_of_sources_without_a_name_outlives_damage(tmp_path: Path, lost: tuple[str, ...]) -> None:
    folder = tmp_path / "raw"
    digest = digest_of(b"one")
    blobs = Blobs(folder)
    blobs.keep(Blobs.pack([(digest, b"one")]))
    blobs.note_unnamed([digest], 5)
    blobs.close()
    destroy(folder / "blobs.db", *lost)
    with (folder / "blobs.db").open("r+b") as file:
        file.seek(36)
        file.write((7).to_bytes(4, "big"))  # there are seven free pages, which is not true

    blob_rescue.examine(folder, after_crash=True)

    assert list(folder.glob("blobs-damaged-*.db"))
    blobs = Blobs(folder)
    assert blobs.unnamed_since(5, 9) == ([] if "unnamed" in lost else [digest])
    assert [kept for batch in blobs.walk() for kept in batch] == ([] if "blob" in lost else [digest])
    blobs.close()


@pytest.mark.parametrize("deleted", ["before a start", "before it is damaged", "before it is mended"])
def test_the_log_of_a_damaged_file_somebody_deleted_comes_to_no_other(
    tmp_path: Path, deleted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _kept_in_the_log(tmp_path / "older", (b"in an older file", b"in an older log"))
    folder = tmp_path / "raw"
    sources = _kept_in_the_log(folder)
    database = folder / "blobs.db"

    def delete() -> None:
        for end in ("wal", "shm"):
            log = folder / f"blobs-damaged-20250101-000001.db-{end}"
            log.write_bytes((tmp_path / "older" / "blobs.db-wal").read_bytes())

    def killed(self: Path, target: Path) -> Path:
        if self == database:
            raise KeyboardInterrupt
        return replace(self, target)

    if deleted == "before a start":
        delete()
        blob_rescue.examine(folder, after_crash=False)
        assert not list(folder.glob("blobs-damaged-*"))
    elif deleted == "before it is damaged":
        delete()
    replace = Path.replace
    with monkeypatch.context() as patched:
        patched.setattr(backup, "damage", lambda *arguments: "damaged")
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            blob_rescue.examine(folder, after_crash=True)
    if deleted == "before it is mended":
        delete()
    (folder / "blobs.new").write_bytes(b"")

    blob_rescue.examine(folder, after_crash=False)

    blobs = Blobs(folder)
    assert {digest: blobs.get(digest) for digest in sources} == sources
    blobs.close()


def test_the_doctor_finds_damaged_sources(desk: Desk) -> None:
    said: list[str] = []
    console = Console(lambda _octets: None, said.append)
    desk.close()
    destroy(desk.profile.raw / "blobs.db", "blob")

    assert doctor.run(Examine(as_json=True), desk.profile, console) == 1
    Desk(desk.profile.root).close()
    assert doctor.run(Examine(as_json=True), desk.profile, console) == 1

    told = [words for words in said if "sources" in words]
    assert len(told) == 2
    assert "are damaged. Rapport repairs them" in told[0]
    assert "blobs-damaged-" in told[1]
    for aside in desk.profile.raw.glob("blobs-damaged-*"):
        aside.unlink()
    assert doctor.run(Examine(as_json=True), desk.profile, console) == 0
