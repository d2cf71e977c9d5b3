"""What happens when Rapport itself fails: a report in the profile's log folder, and a sentence that says where.

A report holds the traceback and the last lines of the log, both without secrets and with addresses shortened, and never
the values of variables. It stays on the computer. Any thread.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import platform
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from desktop.base import clock
from desktop.base.i18n import _
from desktop.base.log import Ring, escape, redact
from desktop.base.paths import open_private, shown
from desktop.base.version import VERSION

log = logging.getLogger(__name__)

REPORTS_KEPT = 10
REPORT_CHARACTERS = 200_000
FATAL_NAME = "fatal.txt"

_folder: Path | None = None
_ring: Ring | None = None
_turn = threading.Lock()


def install(folder: Path | None = None, ring: Ring | None = None) -> None:
    """Catch what nobody caught, on every thread. `folder` takes the reports; without one they are only spoken of."""
    global _folder, _ring
    _folder, _ring = folder, ring
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable
    if folder is not None:
        _write_faults(folder)


def report(error: BaseException, where: str) -> Path | None:
    """Write a report of an error of ours and return its path; None when there is nowhere to write it."""
    text = _compose(error, where)
    log.critical("an error of Rapport in %s: %s", where, type(error).__name__, exc_info=error)
    if _folder is None:
        return None
    stamp = clock.to_datetime(clock.now()).strftime("%Y%m%d-%H%M%S")
    with _turn:
        try:
            path = _folder / f"crash-{stamp}-{os.getpid()}.txt"
            with open_private(path, "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
            for old in sorted(_folder.glob("crash-*.txt"))[:-REPORTS_KEPT]:
                old.unlink(missing_ok=True)
        except OSError:
            log.warning("no crash report could be written", exc_info=True)
            return None
    return path


def _compose(error: BaseException, where: str) -> str:
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    trace = redact("".join(lines)[-REPORT_CHARACTERS:], shorten_addresses=True)
    head = (
        f"Rapport {VERSION}, Python {platform.python_version()}, {platform.system()} {platform.release()}\n"
        f"{clock.to_datetime(clock.now()).isoformat()} in {where}\n\n"
    )
    recent = "\n".join(_ring.lines()) if _ring is not None else ""
    safe = "\n".join(map(escape, trace.splitlines()))
    return f"{head}{safe}\n\n{recent}\n"


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    _tell(error, report(error, "main thread"))


def _uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    error = args.exc_value
    if error is None or isinstance(error, SystemExit):
        return
    name = args.thread.name if args.thread is not None else "?"
    _tell(error, report(error, f"thread {name}"))


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    error = args.exc_value
    if error is not None:
        log.error("an error nobody could catch: %s", type(error).__name__, exc_info=error)


def _tell(error: BaseException, path: Path | None) -> None:
    if sys.stderr is None:
        return
    if path is not None:
        print(
            _("Something went wrong inside Rapport. A report without secrets is in {path}.").format(path=shown(path)),
            file=sys.stderr,
        )
        return
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    print(redact("".join(lines), shorten_addresses=True), file=sys.stderr)


def _write_faults(folder: Path) -> None:
    """Let crashes of libraries in C leave their Python stacks: names and lines, no values."""
    try:
        # faulthandler writes to the descriptor at the very end, so the file stays open as long as the process
        descriptor = os.open(folder / FATAL_NAME, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        return
    faulthandler.enable(descriptor)
