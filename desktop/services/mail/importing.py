"""Import: mails of files a person has chosen come in through the one door, in batches, after a backup.

Idempotent: what is here already, or in the account they are for, is counted and left. Ended at any point, what was
taken stays, and the same import does the rest. Blocking, for minutes: on the thread of `engine.transfers`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail.message import Flag, Message
from desktop.services.mail import import_files, upload
from desktop.services.mail.folders import below
from desktop.services.mail.import_files import Entry, Fault, FileMail, Step
from desktop.services.mail.ingest import Fetched, Ingest
from desktop.store import backup
from desktop.store.database import Database, DiskFull
from desktop.store.space import Space

log = logging.getLogger(__name__)

BATCH_MAILS = 200
BATCH_BYTES = 8 << 20
_DAY_MS = 86_400_000


class NoRoom(Problem):
    """The disk is so full that nothing more is taken in."""

    remedy = Remedy.FREE_SPACE

    def __init__(self) -> None:
        text = _("The disk is full. Free some space, then import the same again: what is here already is left.")
        super().__init__(text)


class MailParser(Protocol):
    """The import process."""

    def begin(self, batch: Sequence[bytes]) -> Callable[[], list[Message | None]]:
        """Begin to parse; returns what waits for the facts of each mail, None where the parser gave up.

        Both raise Problem where it cannot run at all.
        """


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import or export is: octets of files, or mails; `total` is 0 as long as nobody knows."""

    done: int
    total: int
    mails: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import; a mail is counted once."""

    taken: int = 0
    known: int = 0
    """Were here already, or in the account they were for."""
    unreadable: int = 0
    """Of the taken: they cannot be shown, but their source is kept."""
    deleted: int = 0
    """Their program had marked them as deleted: they were left out."""
    faults: Mapping[Fault, int] = field(default_factory=lambda: MappingProxyType({}))
    cancelled: bool = False
    problem: Problem | None = None
    """Why the rest was left; None when all is done."""


class Importing:
    """Takes mails out of files."""

    def __init__(self, database: Database, ingest: Ingest, parser: MailParser, space: Space, backups: Path) -> None:
        self._database = database
        self._space = space
        self._ingest = ingest
        self._parser = parser
        self._backups = backups

    def run(
        self,
        paths: Sequence[Path],
        folder_key: int | None,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> Imported:
        """Import what is in files and folders, into a folder of a two-way account where one is given.

        What lies in folders there comes into folders of these names below it.

        Raises Problem (NoRoom, NoTarget) when nothing was taken; what goes wrong later is told by the result.
        """
        with self._database.read() as view:
            upload.account_of(view, folder_key)
        entries, faults = import_files.find(paths, stopped)
        total = sum(entry.size_bytes for entry in entries)
        run = _Run(self._database, self._ingest, self._parser, folder_key, faults=Counter(faults))
        if not total or stopped():
            return run.result(cancelled=stopped())
        progress(Progress(0, 0, 0))
        try:
            self._space.check(self._database.path.stat().st_size)
            backup.make(self._database.path, self._backups, why=backup.BEFORE_IMPORT)
            self._read(entries, total, run, progress, stopped)
        except Problem as met:
            problem = NoRoom() if isinstance(met, DiskFull) else met
            if not run.mails:
                raise problem from met
            log.warning("an import ends early: %s", problem.text)
            return run.result(problem=problem)
        return run.result(cancelled=stopped())

    def _read(
        self,
        entries: Sequence[Entry],
        total: int,
        run: _Run,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> None:
        done = 0
        progress(Progress(0, total, 0))
        for entry in entries:
            for step in import_files.read(entry, stopped):
                if stopped():
                    return
                if run.add(step):
                    self._space.check()
                    progress(Progress(min(done + step.done_bytes, total), total, run.mails))
            done += entry.size_bytes
        run.finish()
        progress(Progress(total, total, run.mails))


@dataclass(slots=True)
class _Run:
    """One import under way; what was added is a batch, which is parsed while the one before is stored."""

    database: Database
    ingest: Ingest
    parser: MailParser
    folder_key: int | None
    faults: Counter[Fault]
    batch: list[FileMail] = field(default_factory=list)
    batch_bytes: int = 0
    parsed: tuple[list[FileMail], Callable[[], list[Message | None]]] | None = None
    mails: int = 0
    """Stored."""
    taken: int = 0
    unreadable: int = 0
    deleted: int = 0
    made: dict[tuple[str, ...], int] = field(default_factory=dict)
    """Folders of the server by the names they had in the files."""

    def add(self, step: Step) -> bool:
        """Take what was read; returns whether a batch was stored."""
        if step.fault is not None:
            self.faults[step.fault] += 1
        if step.mail is None:
            return False
        if step.mail.flags is not None and step.mail.flags & Flag.DELETED:
            self.deleted += 1
            return False
        self.batch.append(step.mail)
        self.batch_bytes += len(step.mail.raw)
        if len(self.batch) < BATCH_MAILS and self.batch_bytes < BATCH_BYTES:
            return False
        return self._go_on()

    def finish(self) -> None:
        """Store all that was added."""
        self._go_on()
        self._go_on()

    def _go_on(self) -> bool:
        """Let the batch be parsed, and store the one before; returns whether there was one."""
        before, self.parsed = self.parsed, None
        if self.batch:
            self.parsed = (self.batch, self.parser.begin([mail.raw for mail in self.batch]))
            self.batch, self.batch_bytes = [], 0
        if before is None:
            return False
        mails, wait = before
        messages = wait()
        fetched: dict[int | None, list[Fetched]] = {}
        for mail, message in zip(mails, messages, strict=True):
            fetched.setdefault(self._folder(mail.folder), []).append(_fetched(mail, message))
        for folder_key, some in fetched.items():
            self.taken += self.ingest.take_files(some, folder_key)
        self.mails += len(mails)
        self.unreadable += sum(message is None for message in messages)
        return True

    def _folder(self, names: tuple[str, ...]) -> int | None:
        """Return the folder for mails that lay in folders of these names; it is made with the first of them."""
        if self.folder_key is None or not names:
            return self.folder_key
        if names not in self.made:
            with self.database.write() as work:
                self.made[names] = below(work, self.folder_key, names)
        return self.made[names]

    def result(self, *, cancelled: bool = False, problem: Problem | None = None) -> Imported:
        return Imported(
            self.taken,
            self.mails - self.taken,
            self.unreadable,
            self.deleted,
            MappingProxyType(dict(self.faults)),
            cancelled,
            problem,
        )


def _fetched(mail: FileMail, message: Message | None) -> Fetched:
    """Return a mail of a file as if it had come from a server: when its header says, where that can be."""
    sent_ms = message.date_ms if message is not None else None
    plausible = sent_ms is not None and 0 < sent_ms < clock.now() + _DAY_MS
    received_ms = sent_ms if plausible and sent_ms is not None else mail.date_ms
    # archives do not light up as new: unread is what its program called so
    flags = Flag.SEEN if mail.flags is None else mail.flags
    return Fetched(0, flags, max(received_ms, 0), len(mail.raw), mail.raw, message)
