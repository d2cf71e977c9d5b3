"""Files and folders a person has chosen, whoever made them: mails are found, nothing else is touched."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from desktop.domain.mail import mbox
from desktop.domain.mail.message import Flag
from desktop.services.mail import import_files
from desktop.services.mail.import_files import Fault, FileMail, find, read
from tests.corpora import corpus
from tests.desk import mail


def _boxed(*raws: bytes) -> bytes:
    return b"".join(mbox.boxed(raw, "", 1_780_000_000_000) for raw in raws)


def _all(*paths: Path) -> tuple[list[FileMail], list[Fault]]:
    entries, faults = find(paths)
    steps = [step for entry in entries for step in read(entry)]
    faults += [step.fault for step in steps if step.fault is not None]
    return [step.mail for step in steps if step.mail is not None], faults


def _raws(*paths: Path) -> list[bytes]:
    found, faults = _all(*paths)
    assert faults == []
    return [each.raw for each in found]


def test_a_tree_of_thunderbird_is_folders_of_mbox_files_and_indexes(tmp_path: Path) -> None:
    (tmp_path / "Inbox").write_bytes(_boxed(mail(1), mail(2)))
    (tmp_path / "Inbox.msf").write_text('// <!-- <mdb:mork:z v="1.4"/> -->\n< <(a=c)> >')
    (tmp_path / "Inbox.sbd" / "Deep.sbd").mkdir(parents=True)
    (tmp_path / "Inbox.sbd" / "Deep").write_bytes(b"")
    (tmp_path / "Inbox.sbd" / "Deep.sbd" / "Работа").write_bytes(_boxed(mail(3)))
    (tmp_path / "msgFilterRules.dat").write_text('version="9"\nlogging="no"\n')

    assert _raws(tmp_path) == [mail(1), mail(2), mail(3)]
    assert [each.folder for each in _all(tmp_path)[0]] == [("Inbox",), ("Inbox",), ("Inbox", "Deep", "Работа")]
    assert [each.folder for each in _all(tmp_path / "Inbox")[0]] == [(), ()], "what one names oneself is meant"


def test_a_maildir_has_its_state_in_names_and_its_folders_inside(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp", "Sub/cur", "Sub/new"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "cur" / "1780000000.1.host:2,FS").write_bytes(mail(1))
    (tmp_path / "new" / "1780000001.2.host").write_bytes(b"no mail at all")
    (tmp_path / "tmp" / "1780000002.3.host").write_bytes(mail(3))
    (tmp_path / ".Sent" / "cur" / "1780000003.4.host:2,RT").write_bytes(mail(4))
    (tmp_path / "Sub" / "new" / "odd name").write_bytes(mail(5))
    (tmp_path / "dovecot.index.cache").write_bytes(mail(6))

    found, faults = _all(tmp_path)

    assert faults == []
    assert [(each.raw, each.flags) for each in found] == [
        (mail(4), Flag.ANSWERED | Flag.DELETED),
        (mail(5), Flag.NONE),
        (mail(1), Flag.FLAGGED | Flag.SEEN),
        (b"no mail at all", Flag.NONE),
    ]
    assert found[2].date_ms == 1_780_000_000_000


@pytest.mark.parametrize(
    ("name", "content", "mails"),
    [
        ("a.eml", mail(1), [mail(1)]),
        ("A.EML", b"\xef\xbb\xbf" + mail(1), [mail(1)]),
        ("odd.eml", b"\0\xff" * 100, [b"\0\xff" * 100]),
        ("empty.eml", b"", []),
        ("white.eml", b"\r\n \n", []),
        ("no extension", mail(1), [mail(1)]),
        ("mail.txt", mail(1).replace(b"\r\n", b"\n"), [mail(1).replace(b"\r\n", b"\n")]),
        ("notes.txt", b"Subject: shopping\nmilk\n\nFrom: the cow\n", []),
        ("picture.png", b"\x89PNG\r\n\x1a\n", []),
        ("letter.txt", b"From my point of view\nall is well\n", []),
        ("one.mbox", _boxed(mail(1)), [mail(1)]),
    ],
)
def test_a_file_is_what_is_in_it(tmp_path: Path, name: str, content: bytes, mails: list[bytes]) -> None:
    (tmp_path / name).write_bytes(content)

    assert _raws(tmp_path / name) == mails


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
def test_links_and_what_is_no_file_are_left_alone(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    (outside / "cur").mkdir(parents=True)
    (outside / "secret.eml").write_bytes(mail(1))
    folder.mkdir()
    (folder / "link.eml").symlink_to(outside / "secret.eml")
    (folder / "circle").symlink_to(folder)
    (folder / "out").symlink_to(outside)
    os.mkfifo(folder / "pipe.eml")
    for inside in ("cur", "new"):
        (folder / "box" / inside).mkdir(parents=True)
    (folder / "box" / "cur" / "link").symlink_to(outside / "secret.eml")
    (folder / "real.eml").write_bytes(mail(2))

    assert _raws(folder) == [mail(2)]
    assert _raws(folder / "link.eml") == [mail(1)], "what the person names himself is meant"
    assert _all(folder / "pipe.eml", tmp_path / "nowhere", Path("/dev/zero")) == ([], [Fault.UNREADABLE] * 3)


@pytest.mark.skipif(os.name != "posix", reason="links and pipes of POSIX")
@pytest.mark.parametrize("becomes", ["link", "pipe", "nothing", "folder"])
def test_a_file_that_is_another_when_it_is_read_is_told(tmp_path: Path, becomes: str) -> None:
    path = tmp_path / "folder" / "a.eml"
    path.parent.mkdir()
    path.write_bytes(mail(1))
    (tmp_path / "other.eml").write_bytes(mail(2))
    [entry], _faults = find([path.parent])
    path.unlink()
    if becomes == "link":
        path.symlink_to(tmp_path / "other.eml")
    elif becomes == "pipe":
        os.mkfifo(path)
    elif becomes == "folder":
        path.mkdir()

    [step] = read(entry)

    assert (step.mail, step.fault) == (None, Fault.UNREADABLE)


def test_folders_within_folders_without_end_are_told(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (import_files.MOST_DEPTH + 2))
    deep.mkdir(parents=True)
    (deep / "a.eml").write_bytes(mail(1))
    (tmp_path / "b.eml").write_bytes(mail(2))

    found, faults = _all(tmp_path)

    assert [each.raw for each in found] == [mail(2)]
    assert faults == [Fault.TOO_DEEP]


def test_a_line_of_any_length_takes_no_memory_and_hides_no_mail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "LARGEST_BYTES", 1 << 20)
    path = tmp_path / "mbox"
    with path.open("wb") as file:
        file.write(_boxed(mail(1)) + b"From - \nSubject: long\n\n")
        file.seek(300 << 20, os.SEEK_CUR)
        file.write(b"\n\n" + _boxed(mail(2)))
    (tmp_path / "large.eml").write_bytes(b"Subject: large\n\n" + bytes(2 << 20))

    import tracemalloc

    tracemalloc.start()
    found, faults = _all(path, tmp_path / "large.eml")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [each.raw for each in found] == [mail(1), mail(2)]
    assert faults == [Fault.TOO_LARGE] * 2
    assert most < 8 << 20


def test_real_mails_of_a_corpus_come_as_they_are(tmp_path: Path) -> None:
    source = corpus("thunderbird-comm") / "mailnews" / "test" / "data"
    names = sorted(path for path in source.glob("*.eml") if path.stat().st_size)
    for path in names:
        shutil.copy(path, tmp_path / path.name)

    found = _raws(tmp_path)

    assert len(found) == len(names) > 20
    boxes = {path.read_bytes() for path in names if path.read_bytes().startswith(b"From ")}
    assert set(found) >= {path.read_bytes() for path in names} - boxes
    assert all(any(raw in box for raw in found) for box in boxes)


def test_mails_say_in_which_folders_they_lay(tmp_path: Path) -> None:
    for folder in ("Box.mbox", "Years/2019", "M/cur", "M/new", "M/.Work.Offers/cur", "M/.Work.Offers/new"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "Box.mbox" / "mbox").write_bytes(_boxed(mail(1)))
    (tmp_path / "Years" / "2019" / "a.eml").write_bytes(mail(2))
    (tmp_path / "M" / "cur" / "1:2,S").write_bytes(mail(3))
    (tmp_path / "M" / ".Work.Offers" / "new" / "2").write_bytes(mail(4))
    (tmp_path / "loose.eml").write_bytes(mail(5))
    (tmp_path / "Old.mbx").write_bytes(_boxed(mail(6)))

    found, faults = _all(tmp_path)

    assert faults == []
    assert {each.raw: each.folder for each in found} == {
        mail(1): ("Box",),
        mail(2): ("Years", "2019"),
        mail(3): ("M",),
        mail(4): ("M", "Work", "Offers"),
        mail(5): (),
        mail(6): ("Old",),
    }
