"""What the program's processes hold before and after a person has read 100 HTML mails in the real window.

The profile holds the whole corpus, fetched by `rapport sync` in another process, which leaves nothing here. Before the
first figure five plain mails were read, so that all but the browser is there. Proportional set size of this process
and all below it, in megabytes.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import psutil

from tests.benchmarks import open_window
from tests.benchmarks.machine import pss_mb
from tests.benchmarks.open_window import Open, signal_of, until
from tests.benchmarks.options import Options

PLAIN_MAILS = 5
HTML_MAILS = 100
_REST_S = 3.0


def measure(options: Options) -> dict[str, object]:
    """Read and return the figures."""
    html = options.size(HTML_MAILS, quick=10)
    with tempfile.TemporaryDirectory() as made:
        profile = Path(made) / "profile"
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            other.submit(_fetch, profile, options).result()
        # the server is gone and the engine is not started: nothing but reading goes on
        return open_window.measure(profile, lambda opened: _read(opened, html))


def _fetch(profile: Path, options: Options) -> None:
    from tests.benchmarks import corpus, program

    paths = corpus.spread(corpus.mails(options.corpus), options.size(0, quick=300))
    with program.server_with(paths) as (server, user):
        program.add_account(profile, server, user)
        program.run(profile, "sync")


async def _read(opened: Open, html_mails: int) -> dict[str, object]:
    room, process = opened.window.room, psutil.Process()
    await until(lambda: room.list.model.query == room.list.loader.wanted and len(room.list.model.keys))
    with sqlite3.connect(opened.core.profile.database) as database:
        plain, html = (
            [
                key
                for (key,) in database.execute(
                    "SELECT key FROM email WHERE has_html = ? ORDER BY key DESC LIMIT ?", (has_html, count)
                )
            ]
            for has_html, count in ((0, PLAIN_MAILS), (1, html_mails))
        )
    database.close()
    await asyncio.sleep(_REST_S)
    start_mb = pss_mb(process)
    for key in plain:
        await _show(opened, key)
    await asyncio.sleep(_REST_S)
    before_mb = pss_mb(process)
    for key in html:
        await _show(opened, key)
    await asyncio.sleep(_REST_S)
    after_mb = pss_mb(process)
    return {
        "html_mails": len(html),
        "start_mb": round(start_mb),
        "before_mb": round(before_mb),
        "after_mb": round(after_mb),
    }


async def _show(opened: Open, key: int) -> None:
    reader = opened.window.room.reader
    if reader.opened is None or reader.opened.letter.key != key:
        await signal_of(reader.painted, opened.loop, lambda: reader.show_message(key, conversations=False))
