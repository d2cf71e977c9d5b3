"""Imports and exports in the running program: on a real server, cancelled, cut by the end of the program."""

from __future__ import annotations

import os
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from desktop.domain.mail import mbox
from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.folder import Role, Unified
from desktop.engine.transfers import TransferThread
from desktop.services.mail.import_files import find, read
from desktop.services.mail.importing import Imported, NoRoom, Progress
from tests.desk import Desk, mail, until
from tests.servers.dovecot import Dovecot
from tests.small_disk import fill, mounts, small_disk

__all__ = ["mounts"]

LOOKED_IN = ("cur", "new")


def _box(path: Path, *numbers: int) -> Path:
    path.write_bytes(b"".join(mbox.boxed(mail(n, Status="RO"), "", 1_780_000_000_000) for n in numbers))
    return path


def test_imported_mails_lie_on_the_server_and_are_exported_as_they_are(
    dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    desk = Desk(tmp_path / "profile")
    desk.add(dovecot, imap_user)
    desk.sync()
    archive = desk.folder(Role.ARCHIVE)
    transfers = desk.core.services.transfers

    done = transfers.import_files([_box(tmp_path / "box", 1, 2)], archive.key, lambda _: None, threading.Event())
    assert done.result(60) == Imported(taken=2)
    desk.sync()
    again = transfers.import_files([tmp_path / "box"], archive.key, lambda _: None, threading.Event())
    assert again.result(60) == Imported(known=2)
    desk.sync()

    on_server = [path for path in dovecot.maildir(imap_user, archive.path).glob("*/*") if path.parent.name in LOOKED_IN]
    assert sorted(path.read_bytes().replace(b"\r\n", b"\n") for path in on_server) == [
        mail(n, Status="RO").replace(b"\r\n", b"\n") for n in (1, 2)
    ]
    assert all(path.name.endswith("S") for path in on_server), "they were read"
    assert len(desk.mails(archive.key)) == 2
    told: list[Progress] = []
    exported = transfers.export(
        desk.mails(archive.key), ExportForm.MBOX, tmp_path / "out", told.append, threading.Event()
    ).result(60)
    assert exported.mails == 2
    [entry], _faults = find([tmp_path / "out"])
    raws = [step.mail.raw for step in read(entry) if step.mail is not None]
    assert sorted(raws) == sorted(mail(n, Status="RO") for n in (1, 2))
    desk.close()


def test_a_cancelled_import_says_what_it_took(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "profile")
    cancel = threading.Event()

    def progress(told: Progress) -> None:
        if told.mails:
            cancel.set()

    done = desk.core.services.transfers.import_files(
        [_box(tmp_path / "box", *range(1000))], None, progress, cancel
    ).result(60)

    assert done.cancelled
    assert 0 < done.taken < 1000
    assert len(desk.mails(Unified.ALL)) == done.taken
    desk.close()


def test_an_import_is_ended_by_the_program_and_gone_on_with_by_the_next(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "profile")
    begun = threading.Event()
    box = _box(tmp_path / "box", *range(2000))
    done = desk.core.services.transfers.import_files(
        [box], None, lambda told: begun.set() if told.mails else None, threading.Event()
    )
    assert begun.wait(60)

    desk.close()

    taken = done.result(0).taken
    assert 0 < taken < 2000
    desk = Desk(tmp_path / "profile")
    rest = desk.core.services.transfers.import_files([box], None, lambda _: None, threading.Event()).result(60)
    assert rest == Imported(taken=2000 - taken, known=taken)
    desk.close()


def test_one_is_done_after_the_other_and_what_waits_is_cancelled_with_the_end() -> None:
    closed: list[str] = []
    thread = TransferThread(lambda: closed.append(threading.current_thread().name))
    first = thread.run(lambda ending: until(ending))
    second = thread.run(lambda ending: None)

    thread.close()

    assert first.done()
    with pytest.raises(CancelledError):
        second.result(0)
    assert closed == ["transfer_0"]


def test_r30_a_disk_that_fills_up_ends_an_import_which_goes_on_when_there_is_room(tmp_path: Path, mounts: None) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    raws = [mail(n, text=os.urandom(150_000).hex()) for n in range(300)]
    (tmp_path / "box").write_bytes(b"".join(mbox.boxed(raw, "", 1_780_000_000_000) for raw in raws))

    with small_disk(256, disk):
        desk = Desk(disk / "profile")
        run = desk.core.services.transfers.import_files

        def fill_up(told: Progress) -> None:
            if told.mails and not (disk / "ballast").exists():
                fill(disk, but_bytes=1 << 20)

        full = run([tmp_path / "box"], None, fill_up, threading.Event()).result(60)
        here = len(desk.mails(Unified.ALL))
        with pytest.raises(NoRoom):
            run([tmp_path / "box"], None, lambda _: None, threading.Event()).result(60)
        (disk / "ballast").unlink()
        rest = run([tmp_path / "box"], None, lambda _: None, threading.Event()).result(60)
        sources = {desk.core.services.reading.source(key) for key in desk.mails(Unified.ALL)}
        desk.close()

    assert isinstance(full.problem, NoRoom)
    assert 0 < full.taken == here < 300
    assert rest == Imported(taken=300 - here, known=here)
    assert sources == set(raws)
