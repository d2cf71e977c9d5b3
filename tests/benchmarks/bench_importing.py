"""How long the open window keeps an event waiting while a large mbox file is imported into it.

The real window is open with an empty mailbox; the file holds the whole corpus. The ticks are those of `bench_window`.
Times in milliseconds.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from desktop.domain.mail import mbox
from tests.benchmarks import corpus, open_window, program
from tests.benchmarks.bench_window import Ticks, watched
from tests.benchmarks.open_window import Open, signal_of, until
from tests.benchmarks.options import Options

_DATE_MS = 1_780_000_000_000


def measure(options: Options) -> dict[str, object]:
    """Import the mails while the window is open and return the figures."""
    paths = corpus.spread(corpus.mails(options.corpus), options.size(0, quick=600))
    with program.server_with(()) as (server, user), tempfile.TemporaryDirectory() as made:
        profile, box = Path(made) / "profile", Path(made) / "box"
        with box.open("wb") as file:
            file.writelines(mbox.boxed(path.read_bytes(), "", _DATE_MS) for path in paths)
        program.add_account(profile, server, user)
        return open_window.measure(profile, lambda opened: _import(opened, box, len(paths), options.why))


async def _import(opened: Open, box: Path, count: int, why: bool) -> dict[str, object]:
    pane, transfers = opened.window.room.list, opened.window.room.browser.transfers
    await until(lambda: pane.loader.wanted is not None and pane.model.query == pane.loader.wanted)
    opened.core.start()
    began = time.perf_counter()
    with watched(Ticks(), why) as ticks:
        await signal_of(transfers.told, opened.loop, lambda: transfers.import_files(None, [box]))
        seconds = time.perf_counter() - began
    return {"mails": count, "seconds": round(seconds, 2), **ticks.figures()}
