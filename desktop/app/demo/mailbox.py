"""The mailbox of the sample server: folders, mails and flags in one SQLite file of its own. Any thread.

It stands for a mail server, so it is no part of the store: the program sees of it what IMAP tells.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from desktop.base.paths import touch_private

_SCHEMA = """
CREATE TABLE IF NOT EXISTS folder (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, use TEXT NOT NULL, uidnext INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS mail (
    folder INTEGER NOT NULL REFERENCES folder ON DELETE CASCADE, uid INTEGER NOT NULL, flags TEXT NOT NULL,
    received_ms INTEGER NOT NULL, raw BLOB NOT NULL, PRIMARY KEY (folder, uid)
);
"""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder; its number serves as UIDVALIDITY, and no later folder gets it again."""

    id: int
    name: str
    """As it stands on the wire."""
    use: str
    """Its attribute (RFC 6154), "" for none."""
    uidnext: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail without its octets."""

    uid: int
    flags: frozenset[str]
    received_ms: int
    size_bytes: int


class Mailbox:
    """One person's mail. Who is in `listeners` is called after each change, on the thread that made it."""

    def __init__(self, path: Path) -> None:
        touch_private(path)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.executescript(_SCHEMA)
        self._connection.execute("PRAGMA foreign_keys = ON")
        # a sample need not outlive a loss of power
        self._connection.execute("PRAGMA synchronous = OFF")
        self.listeners: set[Callable[[], None]] = set()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def folders(self) -> list[Folder]:
        """Return every folder."""
        with self._lock:
            rows = self._connection.execute("SELECT id, name, use, uidnext FROM folder ORDER BY id")
            return [Folder(*row) for row in rows]

    def folder(self, name: str) -> Folder | None:
        """Return a folder by name; INBOX has no case (RFC 3501, section 5.1)."""
        wanted = "INBOX" if name.upper() == "INBOX" else name
        return next((folder for folder in self.folders() if folder.name == wanted), None)

    def mails(self, folder: int) -> list[Mail]:
        """Return the mails of a folder, oldest first."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT uid, flags, received_ms, length(raw) FROM mail WHERE folder = ? ORDER BY uid", (folder,)
            )
            return [Mail(uid, frozenset(flags.split()), at, size) for uid, flags, at, size in rows]

    def raw(self, folder: int, uid: int) -> bytes:
        """Return the octets of a mail; none of one that is gone."""
        with self._lock:
            row = self._connection.execute("SELECT raw FROM mail WHERE folder = ? AND uid = ?", (folder, uid))
            return bytes((row.fetchone() or (b"",))[0])

    def create(self, name: str, use: str = "") -> bool:
        """Make a folder; False where there is one of that name."""
        with self._change() as connection:
            made = connection.execute("INSERT OR IGNORE INTO folder (name, use, uidnext) VALUES (?, ?, 1)", (name, use))
            return made.rowcount > 0

    def rename(self, folder: Folder, name: str) -> bool:
        """Rename a folder, its children with it; False where a name is taken."""
        below = [each for each in self.folders() if each.name.startswith(f"{folder.name}/")]
        try:
            with self._change() as connection:
                for each in (folder, *below):
                    new = name + each.name.removeprefix(folder.name)
                    connection.execute("UPDATE folder SET name = ? WHERE id = ?", (new, each.id))
        except sqlite3.IntegrityError:
            return False
        return True

    def delete(self, folder: Folder) -> None:
        """Delete a folder and its mails."""
        with self._change() as connection:
            connection.execute("DELETE FROM folder WHERE id = ?", (folder.id,))

    def add(self, folder: int, raw: bytes, received_ms: int, flags: Iterable[str] = ()) -> int:
        """Put a mail into a folder; returns its UID."""
        with self._change() as connection:
            [uid] = connection.execute("SELECT uidnext FROM folder WHERE id = ?", (folder,)).fetchone()
            connection.execute("UPDATE folder SET uidnext = uidnext + 1 WHERE id = ?", (folder,))
            row = (folder, uid, " ".join(sorted(flags)), received_ms, raw)
            connection.execute("INSERT INTO mail VALUES (?, ?, ?, ?, ?)", row)
            return int(uid)

    def set_flags(self, folder: int, uid: int, flags: Iterable[str]) -> None:
        """Replace the flags of a mail."""
        with self._change() as connection:
            row = (" ".join(sorted(flags)), folder, uid)
            connection.execute("UPDATE mail SET flags = ? WHERE folder = ? AND uid = ?", row)

    def remove(self, folder: int, uids: Iterable[int]) -> None:
        """Delete mails for good."""
        with self._change() as connection:
            connection.executemany("DELETE FROM mail WHERE folder = ? AND uid = ?", [(folder, uid) for uid in uids])

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
        for listener in tuple(self.listeners):
            listener()
