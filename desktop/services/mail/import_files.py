"""Mails in files a person has chosen: mbox, EML, Maildir, and folders of them, Thunderbird's among these.

Whose files they are nobody knows: links are not followed, what is no ordinary file is not opened, names and contents
mean nothing but what they say of mails. Nothing is read twice and no file as a whole but an EML. Blocking; any thread.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import IO

from desktop.domain.mail import file_marks, header, mbox
from desktop.domain.mail.file_marks import Marks
from desktop.domain.mail.message import Flag

LARGEST_BYTES = 128 << 20
"""A larger mail is told and left: it would have to be in memory several times."""
MOST_DEPTH = 40
"""Folders within folders."""
_LOOK_BYTES = 8192
_PIECE_BYTES = 1 << 16
_PEEK_BYTES = 12
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NAMES = frozenset(
    (
        b"bcc cc content-type date delivered-to from in-reply-to message-id mime-version received reply-to return-path "
        b"sender subject to x-mozilla-status"
    ).split()
)
_ENDINGS = ("sbd", "mbox", "mbx")
_LEAST_FIELDS = 2
"""So many fields of a mail make one of a file whose name does not say that it is."""


class Fault(StrEnum):
    """Why a mail, or a file, was left."""

    TOO_LARGE = "too-large"
    UNREADABLE = "unreadable"
    """The system does not give it."""
    TOO_DEEP = "too-deep"
    """A folder is in too many others."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that may hold mails; `is_new` is set for one of a Maildir: whether it lies in `new`."""

    path: str
    size_bytes: int
    is_new: bool | None = None
    folder: tuple[str, ...] = ()
    """The folders it lies in, below what the person chose: names as they are, the outermost first."""
    holds_folder: bool = False
    """Where it holds many mails it is a folder of its own: it was found in one the person chose."""


@dataclass(frozen=True, slots=True)
class FileMail:
    """A mail as it lies in a file."""

    raw: bytes
    flags: Flag | None
    """None where the file does not say."""
    date_ms: int
    """When it came, as far as the file says; else when the file was changed last."""
    folder: tuple[str, ...] = ()
    """The folders it lies in, below what the person chose."""


@dataclass(frozen=True, slots=True)
class Step:
    """What comes next of a file: a mail or a fault (neither where it holds no mail), and how far it was read."""

    done_bytes: int
    mail: FileMail | None = None
    fault: Fault | None = None


def find(paths: Sequence[Path], stopped: Callable[[], bool] = lambda: False) -> tuple[list[Entry], list[Fault]]:
    """Return the files that may hold mails, in the order of their names, and what could not be looked into."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    for path in paths:
        try:
            # what a person names himself is meant, be it a link
            told = path.stat()
            if stat.S_ISDIR(told.st_mode):
                _look_into(os.fsdecode(path), (), entries, faults, stopped)
            elif stat.S_ISREG(told.st_mode):
                entries.append(Entry(os.path.realpath(path), told.st_size))
            else:
                faults.append(Fault.UNREADABLE)
        except (OSError, ValueError):
            faults.append(Fault.UNREADABLE)
    return entries, faults


def _look_into(
    folder: str,
    inside_of: tuple[str, ...],
    entries: list[Entry],
    faults: list[Fault],
    stopped: Callable[[], bool],
    depth: int = 0,
) -> None:
    if stopped():
        return
    if depth > MOST_DEPTH:
        faults.append(Fault.TOO_DEEP)
        return
    try:
        with os.scandir(folder) as found:
            inside = sorted((entry for entry in found if not entry.is_symlink()), key=lambda entry: entry.name)
        folders = [entry for entry in inside if entry.is_dir(follow_symlinks=False)]
        names = {entry.name for entry in folders}
        is_maildir = {"cur", "new"} <= names
        if not is_maildir:  # beside the folders of one lie the indexes of its server
            entries += [_entry(entry, inside_of) for entry in inside if entry.is_file(follow_symlinks=False)]
        for entry in folders:
            if is_maildir and entry.name in ("cur", "new"):
                _look_into_maildir(entry.path, inside_of, entries, is_new=entry.name == "new")
            elif not is_maildir or entry.name != "tmp":
                below = (*inside_of, *_folder_names(entry.name, in_maildir=is_maildir))
                _look_into(entry.path, below, entries, faults, stopped, depth + 1)
    except OSError:
        faults.append(Fault.UNREADABLE)


def _folder_names(name: str, *, in_maildir: bool) -> tuple[str, ...]:
    """Return the folders a directory stands for: those within a Maildir lie beside each other, named by all above."""
    if in_maildir and name.startswith("."):
        return tuple(part for part in name.split(".") if part)
    return (_without_ending(name),)


def _without_ending(name: str) -> str:
    """Return a name without what programs add to it: "Work.sbd" beside "Work", "Work.mbox"."""
    stem, dot, ending = name.rpartition(".")
    return stem if dot and stem and ending.lower() in _ENDINGS else name


def _look_into_maildir(folder: str, inside_of: tuple[str, ...], entries: list[Entry], *, is_new: bool) -> None:
    with os.scandir(folder) as found:
        entries += [
            _entry(entry, inside_of, is_new=is_new)
            for entry in sorted(found, key=lambda entry: entry.name)
            if entry.is_file(follow_symlinks=False) and not entry.name.startswith(".")
        ]


def _entry(found: os.DirEntry[str], inside_of: tuple[str, ...], *, is_new: bool | None = None) -> Entry:
    return Entry(found.path, found.stat(follow_symlinks=False).st_size, is_new, inside_of, holds_folder=True)


def _folder_of_mbox(entry: Entry) -> tuple[str, ...]:
    name = Path(entry.path).name
    # "Work.mbox" of some programs is a directory with one file "mbox" in it
    if not entry.holds_folder or name.lower() == "mbox":
        return entry.folder
    return (*entry.folder, _without_ending(name))


def read(entry: Entry, stopped: Callable[[], bool] = lambda: False) -> Iterator[Step]:
    """Yield what a file holds; never raises for what it is or does."""
    done = 0
    try:
        descriptor = os.open(entry.path, _FLAGS | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(descriptor, "rb") as file:
            told = os.fstat(descriptor)
            if not stat.S_ISREG(told.st_mode):  # it was another when it was found
                yield Step(0, fault=Fault.UNREADABLE)
                return
            changed_ms = told.st_mtime_ns // 1_000_000
            first = file.read(_LOOK_BYTES)
            file.seek(0)
            if entry.is_new is None and mbox.is_mbox(first):
                for step in _mbox(file, _folder_of_mbox(entry), changed_ms, stopped):
                    done = step.done_bytes
                    yield step
            elif entry.is_new is not None or _is_mail(entry.path, first):
                yield _single(file, entry, changed_ms)
            else:
                yield Step(entry.size_bytes)
    except OSError:
        yield Step(done, fault=Fault.UNREADABLE)


def _mbox(file: IO[bytes], folder: tuple[str, ...], changed_ms: int, stopped: Callable[[], bool]) -> Iterator[Step]:
    # as if the file ended: whoever wants no more asks again before he takes what comes
    lines = iter(lambda: b"" if stopped() else file.readline(_PIECE_BYTES), b"")
    for mail in mbox.mails(lines, partial(_peek, file), LARGEST_BYTES):
        if not mail.is_whole:
            yield Step(mail.end, fault=Fault.TOO_LARGE)
        elif mail.raw.strip():
            date_ms = changed_ms if mail.date_ms is None else mail.date_ms
            yield Step(mail.end, FileMail(mail.raw, file_marks.of_header(mail.raw), date_ms, folder))


def _peek(file: IO[bytes], at: int) -> bytes:
    here = file.tell()
    file.seek(max(at - 1, 0))
    around = file.read(_PEEK_BYTES)
    file.seek(here)
    return around


def _single(file: IO[bytes], entry: Entry, changed_ms: int) -> Step:
    raw = file.read(LARGEST_BYTES + 1)
    if len(raw) > LARGEST_BYTES:
        return Step(entry.size_bytes, fault=Fault.TOO_LARGE)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    if not raw.strip():
        return Step(entry.size_bytes)
    marks = Marks()
    if entry.is_new is not None:
        marks = file_marks.of_maildir_name(Path(entry.path).name, is_new=entry.is_new)
    flags = file_marks.of_header(raw) if marks.flags is None else marks.flags
    date_ms = changed_ms if marks.date_ms is None else marks.date_ms
    return Step(entry.size_bytes, FileMail(raw, flags, date_ms, entry.folder))


def _is_mail(path: str, first: bytes) -> bool:
    """Say whether a file is a mail by its name; any other by the fields it begins with."""
    if path.lower().endswith(".eml"):
        return True
    first = first.removeprefix(b"\xef\xbb\xbf")
    return header.begins(first) and len(header.fields(header.split(first)[0], _NAMES)) >= _LEAST_FIELDS
