"""Raw sources: compressed, content-addressed by SHA-256, apart from the main database.

Small ones lie in `raw/blobs.db`, large ones as files beside it. They are on the disk before the row that names them
is committed, so a crash, or the loss of power, leaves at most a blob nobody names, never a mail without its source.
Housekeeping finds such blobs and notes since when; whoever drops one must hold the write lock of the main database, as
does whoever keeps one. Damage met in use is noted beside the file: the next start mends it (`store.mail.blob_rescue`).
Any thread.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import logging
import os
import re
import sqlite3
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.paths import sync_folder, touch_private
from desktop.store import backup
from desktop.store.database import DatabaseDamaged, DiskFailed, problem_of
from desktop.store.readable import readable_uri

log = logging.getLogger(__name__)

FILE_NAME = "blobs.db"
LOST_NOTE = "blobs.lost"
"""Lies in the folder as long as sources may have been lost of which those who name them do not know."""
FILE_FROM_BYTES = 512 * 1024
"""Compressed sources from this size on are files of their own."""
FOLDERS = "[0-9a-f]" * 2
"""Matches the folders of these files."""

WHOLE = 1
"""The codec of a source that is all of its mail. Each is deflated."""
_PARTIAL = 2
CODECS = (WHOLE, _PARTIAL)
_STAGED = "staged-"
_PIECE_BYTES = 64 * 1024
_staged = itertools.count()
_STEP = 1000
_TABLES = (
    "CREATE TABLE IF NOT EXISTS blob (digest BLOB PRIMARY KEY, codec INTEGER, data BLOB) STRICT",
    "CREATE TABLE IF NOT EXISTS unnamed (digest BLOB PRIMARY KEY, since_ms INTEGER NOT NULL) STRICT",
)
_AS_DATA = ("PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON")


class SourceMissing(Problem):
    """The source of a mail is not in this profile."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("The source of this mail is not on this computer."))


def digest_of(raw: bytes) -> bytes:
    """Return the name of a source: its SHA-256, 32 octets."""
    return hashlib.sha256(raw).digest()


@dataclass(frozen=True, slots=True)
class Packed:
    """A source ready to be kept."""

    digest: bytes
    data: bytes
    partial: bool = False
    """It is the header and the text of a mail over the size limit, not all of it."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A source that was too large to be held: compressed in a file that `Blobs.keep` puts in its place."""

    digest: bytes
    size_bytes: int
    path: Path


def unpacked(data: bytes, digest: bytes) -> bytes | None:
    """Return the source, None where these octets are not that of this name."""
    try:
        raw = zlib.decompress(data)
    except zlib.error:
        return None
    return raw if digest_of(raw) == digest else None


def _pieces(open_packed: Callable[[], BinaryIO], digest: bytes) -> Iterator[bytes]:
    try:
        with open_packed() as packed:
            seen, unpacker = hashlib.sha256(), zlib.decompressobj()
            while data := unpacker.unconsumed_tail or packed.read(_PIECE_BYTES):
                piece = unpacker.decompress(data, _PIECE_BYTES)
                seen.update(piece)
                if piece:
                    yield piece
            if rest := unpacker.flush():
                seen.update(rest)
                yield rest
    except (OSError, zlib.error) as error:
        raise SourceMissing from error
    if seen.digest() != digest:
        raise SourceMissing


class Blobs:
    """The folder `raw/` of a profile. Opened read-only it makes nothing; there must have been a writer before."""

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self._folder = folder
        self._read_only = read_only
        self._lock = threading.Lock()
        try:
            if read_only:
                uri = readable_uri(folder / FILE_NAME)
                self._connection = sqlite3.connect(uri, uri=True, timeout=10, check_same_thread=False)
                for pragma in _AS_DATA:
                    self._connection.execute(pragma)
                return
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            touch_private(folder / FILE_NAME)
            self._connection = sqlite3.connect(
                str(folder / FILE_NAME), timeout=10, isolation_level=None, check_same_thread=False
            )
            for statement in (
                "PRAGMA journal_mode = WAL",
                # FULL: the main database may reach the disk first otherwise
                "PRAGMA synchronous = FULL",
                *_AS_DATA,
            ):
                self._connection.execute(statement)
            self.make_tables(self._connection)
        except sqlite3.Error as error:
            raise problem_of(error, self._folder / FILE_NAME) or error from error

    @staticmethod
    def make_tables(connection: sqlite3.Connection) -> None:
        """Make the tables where there are none."""
        for statement in _TABLES:
            connection.execute(statement)

    @staticmethod
    def pack(sources: Iterable[tuple[bytes, bytes]], partial: AbstractSet[bytes] = frozenset()) -> list[Packed]:
        """Compress (digest, source) pairs; the slow half of keeping them, done without any lock.

        `partial` has the digests of those that are not whole.
        """
        # Level 1 is as fast as the disk and keeps 45 % of a typical mail.
        return [Packed(digest, zlib.compress(raw, 1), digest in partial) for digest, raw in sources]

    def stage(self, make: Callable[[Callable[[bytes], None]], object]) -> Staged:
        """Compress what `make` puts out piece by piece into a file, to be kept or left to housekeeping.

        Raises DiskFull, DiskFailed, and what `make` raises.
        """
        path = self._folder / f"{_STAGED}{os.getpid()}-{next(_staged)}"
        digest, packer = hashlib.sha256(), zlib.compressobj(1)
        size = 0
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:

                def put(piece: bytes) -> None:
                    nonlocal size
                    digest.update(piece)
                    size += len(piece)
                    file.write(packer.compress(piece))

                make(put)
                file.write(packer.flush())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise DiskFailed.of(error) from error
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Staged(digest.digest(), size, path)

    def keep(self, packed: Iterable[Packed | Staged]) -> None:
        """Keep sources for good; returns after commit. Raises DiskFull, DiskFailed.

        Called inside the unit of work that will name them, so that `forget_unnamed` cannot come between.
        """
        rows, named = [], []
        for source in packed:
            named.append(source.digest)
            if isinstance(source, Staged):
                if source.path.stat().st_size >= FILE_FROM_BYTES:
                    self._put_staged(source)
                    continue
                rows.append((source.digest, WHOLE, source.path.read_bytes()))
                source.path.unlink()
                continue
            # a file could not say that it is not whole
            if len(source.data) >= FILE_FROM_BYTES and not source.partial:
                self._put_file(source.digest, source.data)
            else:
                rows.append((source.digest, _PARTIAL if source.partial else WHOLE, source.data))
        if not named:
            return
        with self._transaction():
            self._connection.executemany("INSERT OR IGNORE INTO blob (digest, codec, data) VALUES (?, ?, ?)", rows)
            self._named(named)

    def get(self, digest: bytes) -> bytes:
        """Return a source. Raises SourceMissing, also when it was damaged on disk, and DatabaseDamaged.

        A damaged file is set aside, so that the source can be fetched again once the next start has noted its loss.
        """
        rows = self._column("SELECT data FROM blob WHERE digest = ?", (digest,))
        try:
            raw = unpacked(rows[0] if rows else self._path(digest).read_bytes(), digest)
        except OSError as error:
            raise SourceMissing from error
        if raw is None and not rows and not self._read_only:
            raw = self._set_aside(digest)
        if raw is None:
            raise SourceMissing
        return raw

    def pieces(self, digest: bytes) -> Iterator[bytes]:
        """Yield a source piece by piece, at most 64 KB each. Raises SourceMissing, also at the end where it is damaged.

        Whoever passes the pieces on must not take what came before for the whole.
        """
        rows = self._column("SELECT data FROM blob WHERE digest = ?", (digest,))
        yield from _pieces(lambda: io.BytesIO(rows[0]) if rows else self._path(digest).open("rb"), digest)

    def staged_pieces(self, staged: Staged) -> Iterator[bytes]:
        """Yield what was staged, likewise."""
        yield from _pieces(lambda: staged.path.open("rb"), staged.digest)

    def drop_staged(self, staged: Staged) -> None:
        """Forget what was staged and is not kept."""
        staged.path.unlink(missing_ok=True)

    def is_partial(self, digest: bytes) -> bool:
        """Say whether a source was kept as a part of its mail only."""
        return self._column("SELECT codec FROM blob WHERE digest = ?", (digest,)) == [_PARTIAL]

    def drop(self, digests: Sequence[bytes]) -> None:
        """Forget sources nobody names any more; unknown ones are passed over. Raises DiskFull."""
        sql = "DELETE FROM blob WHERE digest = ?"
        with self._transaction():
            in_files = [digest for digest in digests if not self._connection.execute(sql, (digest,)).rowcount]
            self._named(digests)
        for digest in in_files:
            self._path(digest).unlink(missing_ok=True)

    def walk(self) -> Iterator[list[bytes]]:
        """Yield the digests of all sources in batches; what is kept or dropped meanwhile may be among them."""
        last = b""
        while digests := self._column(
            "SELECT digest FROM blob WHERE digest > ? ORDER BY digest LIMIT ?", (last, _STEP)
        ):
            last = digests[-1]
            yield digests
        for folder in sorted(self._folder.glob(FOLDERS)):
            names = [folder.name + path.stem for path in folder.glob("*.z")]
            yield [bytes.fromhex(name) for name in names if re.fullmatch(r"[0-9a-f]{64}", name)]

    def note_unnamed(self, digests: Sequence[bytes], at_ms: int) -> None:
        """Note that nothing named these sources at a moment; the first such moment stays. Raises DiskFull."""
        if not digests:
            return
        with self._transaction():
            self._connection.executemany(
                "INSERT INTO unnamed (digest, since_ms) VALUES (?, ?) "
                "ON CONFLICT DO UPDATE SET since_ms = min(since_ms, excluded.since_ms)",
                [(digest, at_ms) for digest in digests],
            )

    def note_named(self, digests: Sequence[bytes]) -> None:
        """Forget that nothing named these sources. Raises DiskFull."""
        with self._transaction():
            self._named(digests)

    def _named(self, digests: Sequence[bytes]) -> None:
        self._connection.executemany("DELETE FROM unnamed WHERE digest = ?", [(digest,) for digest in digests])

    def unnamed_since(self, at_ms: int, most: int) -> list[bytes]:
        """Return sources noted as unnamed at `at_ms` or before; whether they still are the caller must see."""
        return self._column("SELECT digest FROM unnamed WHERE since_ms <= ? LIMIT ?", (at_ms, most))

    def clear_halves(self, before_ms: int) -> None:
        """Delete what a kill left half-written in files last changed before a moment."""
        for path in (*self._folder.glob(f"{FOLDERS}/*"), *self._folder.glob(f"{_STAGED}*")):
            try:
                if path.suffix != ".z" and path.stat().st_mtime * 1000 < before_ms:
                    path.unlink()
            except FileNotFoundError:
                continue  # it was finished just now

    def _column(self, sql: str, values: Sequence[Any]) -> list[Any]:
        with self._lock:
            try:
                return [row[0] for row in self._connection.execute(sql, values)]
            except sqlite3.Error as error:
                raise self._problem_of(error) or error from error

    def _problem_of(self, error: sqlite3.Error) -> Problem | None:
        problem = problem_of(error, self._folder / FILE_NAME)
        if isinstance(problem, DatabaseDamaged) and not self._read_only:
            backup.set_suspect(self._folder / FILE_NAME, suspect=True)
        return problem

    def is_suspect(self) -> bool:
        """Say whether damage was met: the next start mends it."""
        return backup.is_suspect(self._folder / FILE_NAME)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Commit what is done inside, or nothing of it. Raises DiskFull, DatabaseDamaged."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                yield
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                if self._connection.in_transaction:
                    with suppress(sqlite3.Error):
                        self._connection.execute("ROLLBACK")
                raise self._problem_of(error) or error from error

    def _path(self, digest: bytes) -> Path:
        name = digest.hex()
        return self._folder / name[:2] / f"{name[2:]}.z"

    def _set_aside(self, digest: bytes) -> bytes | None:
        """Take a damaged file out of the way; returns the source where it has come again since it was read."""
        path = self._path(digest)
        with self._lock, suppress(OSError):
            raw = unpacked(path.read_bytes(), digest)
            if raw is not None:
                return raw
            log.error("the file of a source is damaged")
            touch_private(self._folder / LOST_NOTE)
            sync_folder(self._folder)
            path.replace(self._folder / f"source-damaged-{digest.hex()}.z")
        return None

    def _put_staged(self, staged: Staged) -> None:
        path = self._path(staged.digest)
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            staged.path.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            raise DiskFailed.of(error) from error

    def _put_file(self, digest: bytes, data: bytes) -> None:
        path = self._path(digest)
        if path.exists():
            return
        half = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with self._lock:  # else who sets a damaged file aside could take this one
                half.replace(path)
            sync_folder(path.parent)
        except OSError as error:
            with suppress(OSError):
                half.unlink(missing_ok=True)
            raise DiskFailed.of(error) from error
