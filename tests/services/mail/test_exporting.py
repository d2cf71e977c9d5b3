"""Export: what is written is what came, private, whole or not there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
from desktop.services.mail.exporting import CannotWrite, Exported, Exporting
from desktop.services.mail.import_files import find, read
from desktop.services.mail.importing import Progress
from desktop.services.mail.ingest import Fetched
from desktop.store.mail.blobs import digest_of
from tests.desk import mail
from tests.shelf import Shelf
from tests.small_disk import fill, mounts, small_disk

__all__ = ["mounts"]

RAWS = [
    mail(1, subject="../../etc/passwd", text="From me\n>From you"),
    mail(2, subject="Offer").replace(b"\r\n", b"\n"),
    mail(3, subject="offer") + b"\0\xff\r\n",
    mail(4, subject="con"),
    mail(5, subject="Offer", X_Odd="From x"),
]


class Exporter:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.told: list[Progress] = []
        self._exporting = Exporting(shelf.database, shelf.blobs)

    def __call__(self, form: ExportForm, to: Path, stopped: Callable[[], bool] = lambda: False) -> Exported:
        keys = sorted(self.shelf.mails(Unified.ALL))
        return self._exporting.run(keys, form, to, self.told.append, stopped)


@pytest.fixture
def exporter(shelf: Shelf) -> Exporter:
    for raw in RAWS:
        shelf.arrive(raw)
    return Exporter(shelf)


def _sources(path: Path) -> list[bytes]:
    entries, faults = find([path])
    steps = [step for entry in entries for step in read(entry)]
    assert faults == []
    return [step.mail.raw for step in steps if step.mail is not None]


@pytest.mark.parametrize("form", ExportForm)
def test_what_is_written_is_read_back_octet_by_octet(exporter: Exporter, tmp_path: Path, form: ExportForm) -> None:
    to = tmp_path / "there" / "Inbox"
    to.parent.mkdir()

    done = exporter(form, to)

    assert done == Exported(to, mails=5)
    assert sorted(_sources(to)) == sorted(RAWS)
    assert list(to.parent.iterdir()) == [to]


@pytest.mark.parametrize("form", ExportForm)
def test_files_are_private(exporter: Exporter, tmp_path: Path, form: ExportForm, wide_umask: None) -> None:
    exporter(form, tmp_path / "Inbox")

    found = [tmp_path / "Inbox", *(tmp_path / "Inbox").rglob("*")]
    assert [path for path in found if path.stat().st_mode & 0o77] == []


def test_hostile_subjects_become_names_of_files_that_differ(exporter: Exporter, tmp_path: Path) -> None:
    done = exporter(ExportForm.EML, tmp_path / "Inbox")

    assert sorted(path.name for path in done.path.iterdir()) == [
        "2026-05-28 Offer (3).eml",
        "2026-05-28 Offer.eml",
        "2026-05-28 _.._etc_passwd.eml",
        "2026-05-28 _con.eml",
        "2026-05-28 offer (2).eml",
    ]


def test_a_maildir_carries_what_was_done_to_the_mails(shelf: Shelf, tmp_path: Path) -> None:
    shelf.arrive(mail(1), flags=Flag.SEEN | Flag.FLAGGED)
    shelf.arrive(mail(2))

    done = Exporter(shelf)(ExportForm.MAILDIR, tmp_path / "box")

    found = sorted(path.name.partition(",")[2] for path in (done.path / "cur").iterdir())
    assert found == ["", "FS"]
    assert {path.name for path in done.path.iterdir()} == {"cur", "new", "tmp"}


def test_mails_that_are_here_in_part_or_without_their_source_are_told(shelf: Shelf, tmp_path: Path) -> None:
    folder = shelf.folder()
    home = shelf.mirror.home(folder, folder.uidvalidity)
    assert home is not None
    partial = Fetched(9, Flag.NONE, 1_780_000_000_000, 10**7, mail(1), parse(mail(1)), partial=True)
    shelf.ingest.take(home, [partial])
    shelf.arrive(mail(2))
    shelf.arrive(mail(3))
    shelf.blobs.drop([digest_of(mail(2))])

    done = Exporter(shelf)(ExportForm.MBOX, tmp_path / "box")

    assert done == Exported(tmp_path / "box", mails=2, partial=1, missing=1)


@pytest.mark.parametrize("form", [ExportForm.EML, ExportForm.MAILDIR])
def test_a_folder_that_is_there_is_left_alone(exporter: Exporter, tmp_path: Path, form: ExportForm) -> None:
    (tmp_path / "Inbox").mkdir()
    (tmp_path / "Inbox" / "mine").write_text("mine")
    (tmp_path / "Inbox (2)").symlink_to(tmp_path / "nowhere")

    done = exporter(form, tmp_path / "Inbox")

    assert done.path == tmp_path / "Inbox (3)"
    assert list((tmp_path / "Inbox").iterdir()) == [tmp_path / "Inbox" / "mine"]


@pytest.mark.parametrize("form", ExportForm)
def test_nothing_is_left_of_an_export_that_was_cancelled(exporter: Exporter, tmp_path: Path, form: ExportForm) -> None:
    to = tmp_path / "there" / "Inbox"
    to.parent.mkdir()
    if form is ExportForm.MBOX:
        to.write_text("mine")
    asked = 0

    def after_some() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3

    done = exporter(form, to, after_some)

    assert done == Exported(to, cancelled=True)
    assert [path.read_text() for path in to.parent.iterdir()] == (["mine"] if form is ExportForm.MBOX else [])


@pytest.mark.parametrize("form", ExportForm)
def test_r30_a_full_disk_is_told_and_nothing_is_left(
    shelf: Shelf, tmp_path: Path, form: ExportForm, mounts: None
) -> None:
    shelf.arrive(mail(1, text=os.urandom(400_000).hex()))
    shelf.arrive(mail(2))
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(2, disk):
        for free in (0, 64 << 10, 512 << 10):
            fill(disk, but_bytes=free)
            with pytest.raises(CannotWrite, match="The disk is full"):
                Exporter(shelf)(form, disk / "Inbox")
            assert [path.name for path in disk.iterdir()] == ["ballast"]
            (disk / "ballast").unlink()
        assert Exporter(shelf)(form, disk / "Inbox").mails == 2


def test_a_place_that_cannot_be_written_is_told(exporter: Exporter, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="No such file or directory"):
        exporter(ExportForm.MBOX, tmp_path / "nowhere" / "box")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CannotWrite):
        exporter(ExportForm.MBOX, tmp_path / "folder")

    assert list(tmp_path.glob("*.half")) == list(tmp_path.glob(".*.half")) == []


@pytest.mark.parametrize("form", ExportForm)
def test_what_was_exported_comes_into_an_empty_store_as_it_was(
    exporter: Exporter, tmp_path: Path, form: ExportForm
) -> None:
    exporter(form, tmp_path / "Inbox")
    shutil.rmtree(tmp_path / "raw")  # the sources of this store say nothing about those that come

    found = _sources(tmp_path / "Inbox")

    assert {parse(raw).message_id for raw in found} == {parse(raw).message_id for raw in RAWS}


def test_the_role_of_an_account_does_not_matter(shelf: Shelf, tmp_path: Path) -> None:
    archive = shelf.add("archive@example.org", Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1), Role.SENT, account=archive)

    assert Exporter(shelf)(ExportForm.EML, tmp_path / "Sent").mails == 1


def test_subjects_that_end_as_our_numbers_do_stop_nothing(shelf: Shelf, tmp_path: Path) -> None:
    for number, subject in enumerate(("Report", "Report", "Report (2)", "Report"), start=1):
        shelf.arrive(mail(number, subject=subject))

    done = Exporter(shelf)(ExportForm.EML, tmp_path / "Inbox")

    assert done.mails == 4
    assert len(list((tmp_path / "Inbox").iterdir())) == 4
