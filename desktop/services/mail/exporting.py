"""Export: the sources of mails, exactly as they are, as one mbox file, EML files or a Maildir.

What is being written has another name beside its place and gets its own when it is whole; ended early it goes. A
Maildir carries what the person did to the mails, the others have no place for it. Blocking, for minutes: on the thread
of `engine.transfers`.
"""

from __future__ import annotations

import errno
import secrets
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from itertools import count
from pathlib import Path

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.paths import open_private, shown, sync_file
from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.file_marks import maildir_name
from desktop.domain.mail.listing import Row
from desktop.domain.mail.mbox import LATEST_MS, boxed
from desktop.domain.mail.message import Flag, Status
from desktop.domain.mail.names import name_of_mail, safe_name
from desktop.services.mail import making
from desktop.services.mail.importing import Progress
from desktop.store.database import Database
from desktop.store.mail.blobs import Blobs, SourceMissing
from desktop.store.mail.drafts import Drafts
from desktop.store.mail.messages import Messages, chunks
from desktop.store.mail.rows import Rows

_PORTION = 100
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class CannotWrite(Problem):
    """The system does not take what is exported."""

    remedy = Remedy.NONE

    def __init__(self, path: Path, error: OSError) -> None:
        if error.errno in _NO_ROOM:
            text = _("The disk is full, so nothing was exported to {path}.").format(path=shown(path))
        else:
            reason = error.strerror or str(error)
            text = _("Nothing could be exported to {path}: {reason}.").format(path=shown(path), reason=reason)
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Exported:
    """What came of an export."""

    path: Path
    """The file or folder that was written; there is none where it was cancelled."""
    mails: int = 0
    partial: int = 0
    """Of these: their attachments are on a server only, so they are not whole."""
    missing: int = 0
    """Their source is not here, or they were deleted meanwhile: left out."""
    cancelled: bool = False


class _Cancelled(Exception):
    """The person, or the end of the program, wants no more of it."""


class Exporting:
    """Writes mails into files."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    def run(
        self,
        keys: Sequence[int],
        form: ExportForm,
        to: Path,
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> Exported:
        """Write mails to a new file (mbox; what the person let be overwritten goes) or a new folder.

        A folder that is there already is left alone: the new one gets a number. Raises CannotWrite; then nothing is
        left of it.
        """
        found = Counter[str]()
        mails = self._mails(keys, found, progress, stopped)
        try:
            if form is ExportForm.MBOX:
                with _draft(to) as half:
                    _write_mbox(half, mails)
                    half.replace(to)
            else:
                to = _free(to)
                with _draft(to) as half:
                    half.mkdir(mode=0o700)
                    (_write_eml if form is ExportForm.EML else _write_maildir)(half, mails)
                    half.rename(to)
        except _Cancelled:
            return Exported(to, cancelled=True)
        except OSError as error:
            raise CannotWrite(to, error) from error
        return Exported(to, found["mails"], found["partial"], found["missing"])

    def _mails(
        self,
        keys: Sequence[int],
        found: Counter[str],
        progress: Callable[[Progress], None],
        stopped: Callable[[], bool],
    ) -> Iterator[tuple[Row, bytes]]:
        """Yield what lists show of mails and their sources, counting them."""
        done = 0
        for some in chunks(keys, _PORTION):
            progress(Progress(done, len(keys), found["mails"]))
            with self._database.read() as view:
                rows = Rows(view).rows(some, conversations=False)
                digests = {row.key: Messages(view).raw_digest(row.key) for row in rows}
                partial = set(Messages(view).partial(some))
                drafts = {key: Drafts(view).of_email(key) for key in Drafts(view).of_emails(list(partial))}
            found["missing"] += len(some) - len(rows)
            for row in rows:
                if stopped():
                    raise _Cancelled
                digest, draft = digests[row.key], drafts.get(row.key)
                try:
                    if draft is not None:  # its files lie beside its source
                        raw = making.whole_draft(draft, self._blobs)
                    else:
                        raw = self._blobs.get(digest) if digest else b""
                except SourceMissing:
                    raw = b""
                if not raw:
                    found["missing"] += 1
                    continue
                yield row, raw
                found["mails"] += 1
                found["partial"] += row.key in partial and draft is None
            done += len(some)


@contextmanager
def _draft(to: Path) -> Iterator[Path]:
    """Give the name of what is being written; where the block ends early it goes."""
    half = to.with_name(f".{to.name[:40]}.{secrets.token_hex(4)}.half")
    try:
        yield half
    finally:
        if half.is_dir():
            shutil.rmtree(half, ignore_errors=True)
        else:
            half.unlink(missing_ok=True)


def _free(to: Path) -> Path:
    """Return a path nobody has: "Inbox", "Inbox (2)"."""
    name = safe_name(to.name) or "mail"
    names = (to.with_name(f"{name} ({number})" if number > 1 else name) for number in count(1))
    return next(path for path in names if not path.exists() and not path.is_symlink())


def _write_mbox(path: Path, mails: Iterator[tuple[Row, bytes]]) -> None:
    with open_private(path, "xb") as file:
        for row, raw in mails:
            file.write(boxed(raw, row.sender_address, row.date_ms))
    sync_file(path)


def _write_eml(folder: Path, mails: Iterator[tuple[Row, bytes]]) -> None:
    taken, used = set[str](), Counter[str]()
    for row, raw in mails:
        day = clock.to_datetime(min(max(row.date_ms, 0), LATEST_MS)).astimezone(UTC)
        stem = f"{day:%Y-%m-%d} {name_of_mail(row.subject)}"
        # file systems differ in whether they tell "A" from "a"; a subject may end as our numbers do
        numbers = count(used[stem.casefold()] + 1)
        number, name = next(
            (n, name) for n in numbers if (name := f"{stem} ({n})" if n > 1 else stem).casefold() not in taken
        )
        used[stem.casefold()] = number
        taken.add(name.casefold())
        with open_private(folder / f"{name}.eml", "xb") as file:
            file.write(raw)


def _write_maildir(folder: Path, mails: Iterator[tuple[Row, bytes]]) -> None:
    for inside in ("cur", "new", "tmp"):
        (folder / inside).mkdir(mode=0o700)
    for number, (row, raw) in enumerate(mails, start=1):
        with open_private(folder / "cur" / maildir_name(number, row.date_ms, _flags(row)), "xb") as file:
            file.write(raw)


def _flags(row: Row) -> Flag:
    flags = Flag.NONE
    for on, flag in (
        (not row.unread, Flag.SEEN),
        (row.important, Flag.FLAGGED),
        (row.answered, Flag.ANSWERED),
        (row.forwarded, Flag.FORWARDED),
        (row.status is Status.DRAFT, Flag.DRAFT),
    ):
        flags |= flag if on else Flag.NONE
    return flags
