"""A part of a mail, or a whole one, on its way to a file: chunk by chunk, decoded as it comes, whole or not there.

What is here of a part lies in the cache: the content so far, and a note of where it ends on the server. So a cut, a
kill or a restart of the program costs a few chunks, whatever name the part is then to be saved under (R11). What nobody
went on with for a week is forgotten, and at once what has filled the disk: mail needs the room more. On the errand
threads.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.paths import open_private, sync_folder
from desktop.domain.mail.transfer import Decoder
from desktop.net.connect import Stop
from desktop.store.space import SHORT_BYTES

NOTE_EVERY_BYTES = 4 << 20
"""What a kill or a power cut may cost."""
_FORGOTTEN_S = 7 * 24 * 3600
_COPY_BYTES = 1 << 20
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class NotKept(Problem):
    """The disk does not take the file."""

    remedy = Remedy.RETRY

    def __init__(self, error: OSError) -> None:
        sentence = _("The file could not be written: {reason}.")
        super().__init__(sentence.format(reason=error.strerror or error), details=str(error))


class NoRoom(NotKept):
    """A disk has no room for the file; what cannot be completed is not kept."""

    remedy = Remedy.FREE_SPACE

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.text = _("There is no room on the disk for the file. Free some space and try again.")


class Stopped(Exception):
    """The person has cancelled, or the program ends."""


@dataclass(frozen=True, slots=True)
class Source:
    """A part on a server."""

    name: tuple[object, ...]
    """What tells it from every other part of every server."""
    encoding: str
    size_bytes: int
    """As announced and encoded; what comes may be less or more (R16)."""
    chunk_bytes: int
    read: Callable[[int], bytes]
    """Return the octets from an offset on: `chunk_bytes` of them, fewer before the end, none behind it."""


@dataclass(frozen=True, slots=True)
class _Point:
    """How far a download came: octets taken from the server, octets in the file, and the decoder between them."""

    taken: int
    written: int
    decoder: Decoder


class Downloads:
    """Downloads parts by way of one folder, in which nothing else lies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._under_way: set[str] = set()

    def fetch(self, source: Source, to: Path, progress: Callable[[int, int], None], cancel: Stop) -> None:
        """Make `to` the decoded part; nothing lies there before it is whole.

        `progress` gets the octets taken and those announced.

        Raises Stopped, NotKept (also where `to` exists), NoRoom (also where it will not fit, before anything is read)
        and what `source.read` raises.
        """
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._forget_old()
            with self._begun_file(source) as path:
                _check_place(source, path, to)
                with _making_room(path):
                    _check_rest(source, path)
                    self._complete(source, path, progress, cancel)
                _put(path, to, cancel)
                _discard(path)
        except OSError as error:
            raise (NoRoom if error.errno in _NO_ROOM else NotKept)(error) from error

    def forget(self, source: Source) -> None:
        """Drop what is here of a part, unless another download works on it."""
        mark = _mark(source)
        with self._lock:
            if mark not in self._under_way:
                _discard(self._folder / mark)

    @contextlib.contextmanager
    def _begun_file(self, source: Source) -> Iterator[Path]:
        """Give the file that this download alone works on; a second one of the same part begins anew."""
        mark = _mark(source)
        with self._lock:
            alone = mark not in self._under_way
            self._under_way.add(mark)
        path = self._folder / mark if alone else self._folder / f"{mark}-{secrets.token_hex(4)}"
        try:
            yield path
        finally:
            if alone:
                with self._lock:
                    self._under_way.discard(mark)
            else:
                _discard(path)

    def _complete(self, source: Source, path: Path, progress: Callable[[int, int], None], cancel: Stop) -> None:
        """Bring the file of a part to its end."""
        point = _noted(path) or _Point(0, 0, Decoder(source.encoding))
        with open_private(path, "r+b" if path.exists() else "w+b") as file:
            if file.seek(0, os.SEEK_END) < point.written:
                point = _Point(0, 0, Decoder(source.encoding))
            file.truncate(point.written)
            file.seek(point.written)
            noted = point.taken
            try:
                while True:
                    if cancel.is_set():
                        raise Stopped
                    chunk = source.read(point.taken)
                    point = _take(chunk, point, file)
                    progress(point.taken, source.size_bytes)
                    if not chunk or (len(chunk) < source.chunk_bytes and point.taken >= source.size_bytes):
                        break
                    if point.taken - noted >= NOTE_EVERY_BYTES:
                        _note(path, file, point)
                        noted = point.taken
            except BaseException:
                # a disk that is full takes no note either; what went wrong first is what is said
                with contextlib.suppress(OSError):
                    _note(path, file, point)
                raise
            file.write(point.decoder.finish())
            file.flush()
            os.fsync(file.fileno())

    def _forget_old(self) -> None:
        now_s = clock.now() / 1000
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                if now_s - path.stat().st_mtime > _FORGOTTEN_S:
                    path.unlink()


@contextlib.contextmanager
def _making_room(path: Path) -> Iterator[None]:
    """Discard the file of a part when there is no room for the rest of it."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            _discard(path)
        raise


def _check_rest(source: Source, path: Path) -> None:
    """Raise OSError where the rest of a part would take the room that mail needs."""
    rest_bytes = _plain_bytes(source) - (path.stat().st_size if path.exists() else 0)
    if rest_bytes > 0 and shutil.disk_usage(path.parent).free - rest_bytes < SHORT_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _check_place(source: Source, path: Path, to: Path) -> None:
    """Raise OSError where a part is to lie on another disk and does not fit there."""
    elsewhere = to.parent.stat().st_dev != path.parent.stat().st_dev
    if elsewhere and shutil.disk_usage(to.parent).free < _plain_bytes(source):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _plain_bytes(source: Source) -> int:
    """Return about how large a part is once decoded: base64 makes four octets of three, and more with its line ends."""
    return source.size_bytes * 3 // 4 if source.encoding == "base64" else source.size_bytes


def _mark(source: Source) -> str:
    """Return the name of the file of a part: what is gone on with must be of the very same part."""
    return hashlib.sha256(repr((source.name, source.encoding, source.size_bytes)).encode()).hexdigest()[:32]


def _take(chunk: bytes, point: _Point, file: IO[Any]) -> _Point:
    """Write a chunk and return the point behind it; the one before stays true when that fails."""
    decoder = replace(point.decoder)
    plain = decoder.feed(chunk)
    file.seek(point.written)
    file.write(plain)
    return _Point(point.taken + len(chunk), point.written + len(plain), decoder)


def _note_of(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _draft_of(path: Path) -> Path:
    return path.with_name(path.name + ".new")


def _note(path: Path, file: IO[Any], point: _Point) -> None:
    """Write down how far the file is good; the octets are on the disk before the note that speaks of them."""
    file.flush()
    os.fsync(file.fileno())
    decoder = point.decoder
    said = [point.taken, point.written, decoder.encoding, decoder.rest.hex(), decoder.ended, decoder.begun]
    fresh = _draft_of(path)
    with open_private(fresh) as note:
        note.write(json.dumps(said).encode())
    fresh.replace(_note_of(path))


def _noted(path: Path) -> _Point | None:
    """Return how far a file is good; None where nothing is begun, or the note is none."""
    try:
        taken, written, encoding, rest, ended, begun = json.loads(_note_of(path).read_bytes())
        point = _Point(int(taken), int(written), Decoder(str(encoding), bytes.fromhex(rest), bool(ended), bool(begun)))
    except (OSError, ValueError, TypeError):
        return None
    return point if path.exists() and min(point.taken, point.written) >= 0 else None


def _discard(path: Path) -> None:
    for each in (path, _note_of(path), _draft_of(path)):
        each.unlink(missing_ok=True)


def _put(path: Path, to: Path, cancel: Stop) -> None:
    """Give a whole file its name, over nothing that is there."""
    try:
        os.link(path, to)
    except FileExistsError:
        raise
    except OSError:
        # another file system, or one without links
        _copy(path, to, cancel)
    sync_folder(to.parent)


def _copy(path: Path, to: Path, cancel: Stop) -> None:
    draft = to.with_name(f".{to.name[:100]}.{secrets.token_hex(4)}")
    try:
        with path.open("rb") as source, open_private(draft, "xb") as file:
            while chunk := source.read(_COPY_BYTES):
                if cancel.is_set():
                    raise Stopped
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if to.exists():
            raise FileExistsError(to)
        draft.rename(to)
    finally:
        draft.unlink(missing_ok=True)
