"""Opening a folder of 200,000 mails in the real window, flat and as conversations, and scrolling through it.

Opening is timed from the call a click on the folder makes until rows are painted: keys and first rows from the store
on a reader thread, model, frame. Scrolling is timed from a notch of the wheel until the frame is painted, through the
event loop, while rows of what comes into sight are read. Times in milliseconds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from desktop.domain.mail.folder import Unified
from tests.benchmarks import open_window, search_corpus
from tests.benchmarks.machine import percentile
from tests.benchmarks.open_window import DEADLINE_S, Open, PaintWatch, signal_of, until
from tests.benchmarks.options import Options

MAILS = 200_000
OPENED = 15
FRAMES = 600
STEP_PX = 72
"""One notch of a wheel."""


def measure(options: Options) -> dict[str, object]:
    """Open and scroll, and return the figures."""
    count = options.size(MAILS, quick=5_000)
    profile = search_corpus.profile(options.keep, count)
    times = options.size(OPENED, quick=3), options.size(FRAMES, quick=100)
    return {"mails": count, **open_window.measure(profile, lambda opened: _watch(opened, *times))}


async def _watch(opened: Open, times: int, frames: int) -> dict[str, object]:
    pane, view = opened.window.room.list, opened.window.room.list.view
    await until(lambda: pane.loader.wanted is not None and pane.model.query == pane.loader.wanted and pane.model.keys)
    watch = PaintWatch(view.viewport())
    bar = view.verticalScrollBar()
    figures: dict[str, object] = {}
    for name, conversations in (("flat", False), ("conversations", True)):
        pane.set_conversations(conversations)
        taken = []
        for _turn in range(times):
            # from another list, as a person comes
            await _painted(opened, watch, lambda: pane.show_list(Unified.SENT))
            began = time.perf_counter()
            await _painted(opened, watch, lambda: pane.show_list(search_corpus.list_of_everything(), "Everything"))
            taken.append((time.perf_counter() - began) * 1000)
        figures[name] = {"rows": len(pane.model.keys), **_summary(taken)}
        taken = []
        for _frame in range(frames):
            at = bar.value() + STEP_PX
            began = time.perf_counter()
            await signal_of(watch.painted, opened.loop, lambda at=at: bar.setValue(at))
            taken.append((time.perf_counter() - began) * 1000)
        figures[f"scroll_{name}"] = _summary(taken)
    return figures


async def _painted(opened: Open, watch: PaintWatch, act: Callable[[], object]) -> None:
    """Open a list and wait until its first rows are painted."""
    pane = opened.window.room.list
    act()
    deadline = time.monotonic() + DEADLINE_S
    while True:
        await signal_of(watch.painted, opened.loop, lambda: None)
        keys = pane.model.keys
        if pane.model.query == pane.loader.wanted and len(keys) and pane.model.row(keys[0]) is not None:
            return
        assert time.monotonic() < deadline, "the list was never painted"


def _summary(taken: list[float]) -> dict[str, float]:
    return {
        "p50_ms": round(statistics.median(taken), 1),
        "p99_ms": round(percentile(taken, 99), 1),
        "max_ms": round(max(taken), 1),
    }
