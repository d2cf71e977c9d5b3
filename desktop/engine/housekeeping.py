"""The timer thread: purges what is long gone, checks the database, keeps backups, tries unreadable mails again.

After a damaged database was replaced it also gathers the sources that no sync named again.
"""

from __future__ import annotations

import logging
import threading

from desktop.base.errors import Problem
from desktop.engine.mail.importer import Failure, ParserProcess, ParserUnavailable
from desktop.services.mail.strays import Strays
from desktop.services.mail.upkeep import Upkeep

log = logging.getLogger(__name__)

FIRST_AFTER_S = 30.0
EVERY_S = 3600.0


class Housekeeping:
    """Runs the upkeep of the profile: shortly after the start and every hour; mends the search index at once."""

    def __init__(self, upkeep: Upkeep, strays: Strays, parser: ParserProcess) -> None:
        self._upkeep = upkeep
        self._strays = strays
        self._parser = parser
        self._stop = threading.Event()
        self._index_is_damaged = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end and wait for it."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def mend_index(self) -> None:
        """Have the search index built anew; any thread."""
        self._index_is_damaged.set()
        self._wake.set()

    def _run(self) -> None:
        wait_s = FIRST_AFTER_S
        while True:
            self._wake.wait(wait_s)
            self._wake.clear()
            if self._stop.is_set():
                break
            wait_s = EVERY_S
            try:
                if self._index_is_damaged.is_set():
                    self._index_is_damaged.clear()
                    self._upkeep.mend_search()
                self._upkeep.run()
                self._read_again()
                self.gather_strays()
            except Problem as problem:
                log.warning("housekeeping: %s", problem.text)
            except Exception:
                log.exception("housekeeping failed")
        self._upkeep.close_thread()

    def gather_strays(self) -> None:
        """After a damaged database was replaced, make mails of the sources that no sync named again."""
        if not self._strays.are_due():
            return
        mails = 0
        for raw in self._strays.sources():
            if self._stop.is_set():
                return
            [message] = self._parser.parse([raw])
            mails += self._strays.take(raw, None if isinstance(message, Failure) else message)
        self._strays.done(mails)

    def _read_again(self) -> None:
        for key, raw in self._upkeep.unreadable():
            if self._stop.is_set():
                return
            try:
                [message] = self._parser.parse([raw])
            except ParserUnavailable:
                return
            self._upkeep.read_again(key, raw, None if isinstance(message, Failure) else message)
