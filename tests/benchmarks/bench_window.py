"""How long the open window keeps an event waiting while its mail account fetches a whole mailbox for the first time.

The real window is open on the Inbox, its engine syncs with a local Dovecot, and a timer on the GUI thread is due every
5 ms. Each tick says how late it was; because a long wait swallows the ticks that were due meanwhile, those are counted
with the wait each would have had, as any click or key in that time. Times in milliseconds.

With `why` a thread looks at what the GUI thread does whenever a tick is late, and the commonest places are printed to
stderr; that look costs time itself.
"""

from __future__ import annotations

import collections
import contextlib
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimerEvent

from desktop.domain.mail.mail_account import Activity
from tests.benchmarks import corpus, open_window, program
from tests.benchmarks.machine import percentile
from tests.benchmarks.open_window import Open, until
from tests.benchmarks.options import Options

TICK_MS = 5
_LATE_MS = 20
_FRAMES_SHOWN = 10
_STACKS_SHOWN = 25


class Ticks(QObject):
    """Counts how late a precise timer is."""

    def __init__(self) -> None:
        super().__init__()
        self.delays_ms: list[float] = []
        self.computed_ms: list[float] = []
        """What the GUI thread itself computed between two ticks: the part of a delay that is no wait for a core."""
        self.at = time.perf_counter()
        self._computed_at = time.thread_time()
        self._timer = 0

    def start(self) -> None:
        self.at = time.perf_counter()
        self._computed_at = time.thread_time()
        self._timer = self.startTimer(TICK_MS, Qt.TimerType.PreciseTimer)

    def end(self) -> None:
        self.killTimer(self._timer)

    def timerEvent(self, event: QTimerEvent) -> None:
        now, computed_at = time.perf_counter(), time.thread_time()
        self.delays_ms.append(max(0.0, (now - self.at) * 1000 - TICK_MS))
        self.computed_ms.append((computed_at - self._computed_at) * 1000)
        self.at, self._computed_at = now, computed_at

    def figures(self) -> dict[str, object]:
        """Return how late events were, and what the GUI thread itself computed between two ticks."""
        events = self.of_events()
        return {
            "ticks": len(self.delays_ms),
            "p50_ms": round(percentile(events, 50), 1),
            "p99_ms": round(percentile(events, 99), 1),
            "max_ms": round(max(events), 1),
            "p99_of_ticks_ms": round(percentile(self.delays_ms, 99), 1),
            "over_30_ms": sum(delay > 30 for delay in self.delays_ms),
            "over_100_ms": sum(delay > 100 for delay in self.delays_ms),
            "computed_p99_ms": round(percentile(self.computed_ms, 99), 1),
            "computed_max_ms": round(max(self.computed_ms), 1),
        }

    def of_events(self) -> list[float]:
        """Return the delay of an event every 5 ms, also of those that would have come while nothing was done."""
        every: list[float] = []
        for delay_ms in self.delays_ms:
            every.append(delay_ms)
            left_ms = delay_ms - TICK_MS
            while left_ms > 0:
                every.append(left_ms)
                left_ms -= TICK_MS
        return every


class Why(threading.Thread):
    """Looks at the stack of the GUI thread while a tick is late."""

    def __init__(self, ticks: Ticks) -> None:
        super().__init__(daemon=True)
        self._ticks, self._gui = ticks, threading.main_thread().ident or 0
        self.seen: collections.Counter[str] = collections.Counter()
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.004):
            if (time.perf_counter() - self._ticks.at) * 1000 > TICK_MS + _LATE_MS:
                places: list[str] = []
                frame = sys._current_frames().get(self._gui)
                while frame is not None and len(places) < _FRAMES_SHOWN:
                    _before, ours, name = frame.f_code.co_filename.rpartition("/desktop/")
                    if ours or not places:
                        places.append(f"{name}:{frame.f_lineno} {frame.f_code.co_name}")
                    frame = frame.f_back
                self.seen[" < ".join(places)] += 1


@contextlib.contextmanager
def watched(ticks: Ticks, why: bool) -> Iterator[Ticks]:
    """Let it tick while the block runs; with `why` the places that held it up are printed then."""
    looking = Why(ticks) if why else None
    ticks.start()
    if looking is not None:
        looking.start()
    yield ticks
    ticks.end()
    if looking is not None:
        looking.ended.set()
        for stack, times in looking.seen.most_common(_STACKS_SHOWN):
            print(f"{times} x {stack}", file=sys.stderr)


def measure(options: Options) -> dict[str, object]:
    """Sync the mails while the window is open and return the figures."""
    paths = corpus.spread(corpus.mails(options.corpus), options.size(0, quick=600))
    with program.server_with(paths) as (server, user), tempfile.TemporaryDirectory() as made:
        profile = Path(made) / "profile"
        program.add_account(profile, server, user)
        return open_window.measure(profile, lambda opened: _watch(opened, len(paths), options.why))


async def _watch(opened: Open, count: int, why: bool) -> dict[str, object]:
    accounts = opened.core.services.accounts
    [account] = accounts.fetched()
    pane = opened.window.room.list
    await until(lambda: pane.loader.wanted is not None and pane.model.query == pane.loader.wanted)
    began = time.perf_counter()

    def done() -> bool:
        if accounts.status(account.key).activity is not Activity.UP_TO_DATE:
            return False
        stored, _mark = accounts.mails_here(account.key)
        return stored >= count

    with watched(Ticks(), why) as ticks:
        opened.core.start()
        await until(done)
        seconds = time.perf_counter() - began
    return {"mails": count, "rows_shown": len(pane.model.keys), "seconds": round(seconds, 2), **ticks.figures()}
