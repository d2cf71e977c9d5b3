"""Import of files into the store: marked as they were, once, and on to a server where that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from desktop.domain.mail import mbox
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Completeness, Flag, Message
from desktop.domain.mail.mime_parse import parse
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.state import UserState
from desktop.services.mail import importing, upload
from desktop.services.mail.import_files import Fault
from desktop.services.mail.importing import Imported, Importing, Progress
from desktop.services.mail.ingest import Fetched
from desktop.store import backup
from desktop.store.database import DiskFull
from desktop.store.mail.blobs import digest_of
from desktop.store.mail.life import Life
from desktop.store.mail.lost_sources import note_lost
from desktop.store.mail.states import States
from desktop.store.space import Space
from tests.desk import mail
from tests.shelf import Shelf


class Parser:
    """Reads here what the import process reads; what is called "hopeless" it gives up."""

    def begin(self, batch: Sequence[bytes]) -> Callable[[], list[Message | None]]:
        return lambda: [None if b"hopeless" in raw else parse(raw) for raw in batch]


class Importer:
    def __init__(self, shelf: Shelf, folder: Path) -> None:
        self.backups = folder / "backup"
        self.told: list[Progress] = []
        self._importing = Importing(shelf.database, shelf.ingest, Parser(), Space(folder), self.backups)

    def __call__(self, *paths: Path, into: int | None = None, stopped: Callable[[], bool] = lambda: False) -> Imported:
        return self._importing.run(paths, into, self.told.append, stopped)


@pytest.fixture
def importer(shelf: Shelf, tmp_path: Path) -> Importer:
    return Importer(shelf, tmp_path)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """An mbox file of three mails: read, unread and starred, without a word of their state."""
    path = tmp_path / "box"
    raws = (mail(1, Status="RO"), mail(2, X_Mozilla_Status="0004"), mail(3))
    path.write_bytes(b"".join(mbox.boxed(raw, "", 1_780_000_000_000) for raw in raws))
    return path


def _states(shelf: Shelf, list_id: int = Unified.ALL) -> list[UserState]:
    keys = shelf.mails(list_id)
    with shelf.database.read() as view:
        states = States(view).of(keys)
    return [states[key] for key in keys]


def test_mails_come_as_their_program_had_them_and_stay(shelf: Shelf, importer: Importer, box: Path) -> None:
    done = importer(box)

    assert done == Imported(taken=3)
    assert shelf.subjects(Unified.ALL) == ["Mail 3", "Mail 2", "Mail 1"]
    assert _states(shelf) == [UserState(read=True), UserState(important=True), UserState(read=True)]
    assert shelf.mails(Unified.INBOX) == []
    with shelf.database.read() as view:
        assert Life(view).gone_before(2**60, 10) == []  # type: ignore[arg-type]
    [kept] = importer.backups.iterdir()
    assert kept.name.endswith("-before-import.db")


def test_the_same_again_adds_nothing(shelf: Shelf, importer: Importer, box: Path) -> None:
    importer(box)
    before = shelf.mails(Unified.ALL)

    assert importer(box, box) == Imported(known=6)
    assert importer(box, into=shelf.folder(Role.ARCHIVE).key) == Imported(taken=3)
    assert importer(box, into=shelf.folder(Role.ARCHIVE).key) == Imported(known=3)

    assert shelf.mails(Unified.ALL) == before


def test_mails_for_a_server_wait_in_its_folder_and_follow_it_once_it_has_them(
    shelf: Shelf, importer: Importer, box: Path
) -> None:
    target = shelf.folder(Role.ARCHIVE)

    done = importer(box, into=target.key)

    assert done == Imported(taken=3)
    assert shelf.subjects(target.key) == ["Mail 3", "Mail 2", "Mail 1"]
    assert [state.in_archive for state in _states(shelf)] == [True] * 3
    flags = []
    for uid in range(1, 4):
        operation = shelf.queue.next(shelf.account)
        assert operation is not None
        appendix = shelf.queue.to_append(operation)
        assert appendix is not None
        assert appendix.raw.count(b"\n") == appendix.raw.count(b"\r\n")
        flags.append(appendix.flags)
        shelf.queue.appended(operation, appendix.place_key, (7, uid))
    assert flags == [Flag.SEEN, Flag.FLAGGED, Flag.SEEN]
    with shelf.database.read() as view:
        assert view.column("SELECT kept FROM email") == [0, 0, 0]
    shelf.do(Verb.DELETE, shelf.mails(target.key)[0])
    assert len(shelf.mails(Unified.ALL)) == 2


def test_a_copy_that_is_given_up_leaves_the_mail_here(shelf: Shelf, importer: Importer, box: Path) -> None:
    target = shelf.folder(Role.ARCHIVE)
    importer(box, into=target.key)

    for waiting in shelf.operations.waiting():
        shelf.operations.drop(waiting.key)

    assert shelf.mails(target.key) == []
    assert len(shelf.mails(Unified.ALL)) == 3
    with shelf.database.read() as view:
        assert Life(view).gone_before(2**60, 10) == []  # type: ignore[arg-type]


def test_lines_of_unix_files_get_the_ends_of_mail_on_their_way(
    shelf: Shelf, importer: Importer, tmp_path: Path
) -> None:
    unix = mail(1).replace(b"\r\n", b"\n")
    (tmp_path / "a.eml").write_bytes(unix)

    importer(tmp_path / "a.eml", into=shelf.folder(Role.ARCHIVE).key)

    operation = shelf.queue.next(shelf.account)
    assert operation is not None
    appendix = shelf.queue.to_append(operation)
    assert appendix is not None
    assert appendix.raw == mail(1)
    with shelf.database.read() as view:
        [digest] = view.column("SELECT raw_digest FROM email")
    assert shelf.blobs.get(digest) == unix


def test_what_was_here_and_gone_comes_back(shelf: Shelf, importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(mail(1))
    uid = shelf.arrive(mail(1))
    folder = shelf.folder()
    shelf.mirror.vanished(folder, folder.uidvalidity, [uid])
    assert shelf.mails(Unified.ALL) == []

    assert importer(tmp_path / "a.eml") == Imported(taken=1)

    assert shelf.subjects(Unified.ALL) == ["Mail 1"]
    assert importer(tmp_path / "a.eml") == Imported(known=1)


def test_a_mail_of_another_account_goes_to_this_one_too_and_stays_where_it_is(
    shelf: Shelf, importer: Importer, tmp_path: Path
) -> None:
    (tmp_path / "a.eml").write_bytes(mail(1))
    other = shelf.add("other@example.org")
    shelf.arrive(mail(1))

    assert importer(tmp_path / "a.eml", into=shelf.folder(Role.ARCHIVE, other).key) == Imported(taken=1)

    assert len(shelf.mails(shelf.folder().key)) == 1
    assert len(shelf.mails(shelf.folder(Role.ARCHIVE, other).key)) == 1


def test_nothing_goes_to_an_account_that_is_only_archived(shelf: Shelf, importer: Importer, box: Path) -> None:
    archive = shelf.add("archive@example.org", Mode.ARCHIVE_ONLY)

    with pytest.raises(upload.NoTarget):
        importer(box, into=shelf.folder(Role.ARCHIVE, archive).key)
    with pytest.raises(upload.NoTarget):
        importer(box, into=999)

    assert shelf.mails(Unified.ALL) == []


def test_what_cannot_be_shown_is_kept_with_its_source_and_deleted_ones_are_left_out(
    shelf: Shelf, importer: Importer, tmp_path: Path
) -> None:
    (tmp_path / "bad.eml").write_bytes(b"Subject: hopeless\n\nx")
    (tmp_path / "deleted.eml").write_bytes(mail(2, X_Mozilla_Status="0009"))

    done = importer(tmp_path / "bad.eml", tmp_path / "deleted.eml", tmp_path / "nowhere")

    assert (done.taken, done.unreadable, done.deleted, dict(done.faults)) == (1, 1, 1, {Fault.UNREADABLE: 1})
    [key] = shelf.mails(Unified.ALL)
    assert shelf.views.head(key).completeness is Completeness.CANNOT_SHOW
    with shelf.database.read() as view:
        [digest] = view.column("SELECT raw_digest FROM email")
    assert shelf.blobs.get(digest) == b"Subject: hopeless\n\nx"
    assert importer(tmp_path / "bad.eml").known == 1


def test_a_mail_without_a_date_has_that_of_its_file(shelf: Shelf, importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(mbox.boxed(mail(1, Date=""), "", 1_500_000_000_000))

    importer(tmp_path / "box")

    [key] = shelf.mails(Unified.ALL)
    assert shelf.views.head(key).date_ms == 1_500_000_000_000


def test_an_import_ended_early_keeps_what_it_took_and_the_next_does_the_rest(
    shelf: Shelf, importer: Importer, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_MAILS", 1)

    done = importer(box, stopped=lambda: bool(importer.told and importer.told[-1].mails))

    assert (done.taken, done.cancelled) == (1, True)
    assert importer(box) == Imported(taken=2, known=1)
    assert [(told.mails, told.done <= told.total) for told in importer.told[-3:]] == [(1, True), (2, True), (3, True)]


def test_r30_a_full_disk_ends_an_import_with_what_it_took(
    shelf: Shelf, importer: Importer, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH_MAILS", 1)
    take, calls = shelf.ingest.take_files, 0

    def full(*arguments: object) -> int:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise DiskFull
        return take(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(shelf.ingest, "take_files", full)

    done = importer(box)

    assert done.taken == 1
    assert isinstance(done.problem, importing.NoRoom)
    calls = 1
    with pytest.raises(importing.NoRoom):
        importer(box)


def test_without_room_for_its_backup_nothing_is_imported(
    shelf: Shelf, importer: Importer, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_options: object) -> Path:
        raise DiskFull

    monkeypatch.setattr(backup, "make", full)

    with pytest.raises(importing.NoRoom):
        importer(box)

    assert shelf.mails(Unified.ALL) == []


def test_what_holds_no_mail_makes_no_backup(importer: Importer, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert importer(tmp_path / "empty") == Imported()
    assert not importer.backups.exists()


def test_a_file_gives_back_what_was_lost_and_what_was_here_in_part(
    shelf: Shelf, importer: Importer, tmp_path: Path
) -> None:
    folder = shelf.folder()
    home = shelf.mirror.home(folder, folder.uidvalidity)
    assert home is not None
    cut = mail(1, text="all of it") + b"\r\n"
    shelf.ingest.take(home, [Fetched(9, Flag.NONE, 1_780_000_000_000, 10**7, cut, parse(cut), partial=True)])
    shelf.arrive(mail(2))
    with shelf.database.write() as work:
        note_lost(work, {digest_of(cut)})
    (tmp_path / "a.eml").write_bytes(mail(1, text="all of it"))
    (tmp_path / "b.eml").write_bytes(mail(2))

    done = importer(tmp_path / "a.eml", tmp_path / "b.eml")

    assert done == Imported(known=2)
    assert [shelf.views.head(key).completeness for key in shelf.mails()] == [Completeness.FULL] * 2
    with shelf.database.read() as view:
        digests = view.column("SELECT raw_digest FROM email ORDER BY key")
    assert [shelf.blobs.get(digest) for digest in digests] == [mail(1, text="all of it"), mail(2)]


@pytest.mark.parametrize("marked", [False, True])
def test_an_import_ends_inside_a_huge_mail(shelf: Shelf, importer: Importer, tmp_path: Path, marked: bool) -> None:
    """Whoever ends it does not wait until the mail is read, and no half of it is stored."""
    lines = 200_000
    huge = mail(2, **({"Content_Length": str(lines * 12)} if marked else {})) + b"a long line\n" * lines
    path = tmp_path / "box"
    path.write_bytes(mbox.boxed(mail(1), "", 1_780_000_000_000) + mbox.boxed(huge, "", 1_780_000_000_000))
    asked = 0

    def stopped() -> bool:
        nonlocal asked
        asked += 1
        return asked > 1000

    done = importer(path, stopped=stopped)

    assert done.cancelled
    assert asked < 2000
    assert set(shelf.subjects(Unified.ALL)) <= {"Mail 1"}
    assert importer(path).faults == {}
    assert set(shelf.subjects(Unified.ALL)) == {"Mail 1", "Mail 2"}
