"""What `bench_reader` measures: kept apart, so that the parsing process does not import a browser it never uses."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import psutil
from PySide6.QtWidgets import QApplication

from desktop.app.core import Core, build_core
from desktop.base import clock
from desktop.base.paths import Profile
from desktop.domain import settings
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
from desktop.services.mail.ingest import Fetched, Home
from desktop.ui.mail.private_files import PrivateFiles
from desktop.ui.mail.reader import Reader
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.web import chromium
from tests.ui.mail.room import make_room

HTML_MAILS = 100
DEADLINE_S = 30
SIZE = (700, 800)


def figures(paths: list[Path]) -> dict[str, float]:
    """Take the mails into a new profile, click through them and return the figures by name."""
    chromium.prepare()
    app = QApplication([])
    app.setQuitOnLastWindowClosed(False)
    import qasync

    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with tempfile.TemporaryDirectory() as folder:
        # in a process of its own: parsing them all would leave its memory here
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as other:
            keys = other.submit(take_in, Path(folder), paths).result()
        core = build_core(Profile(Path(folder) / "profile"), lambda _new: None)
        try:
            return loop.run_until_complete(measure(core, keys, loop))
        finally:
            core.close()


def take_in(folder: Path, paths: list[Path]) -> list[int]:
    """Put the mails into a new profile and return their keys."""
    room = make_room(folder)
    home = Home(room.account_key, room.keys["INBOX"], 1)
    keys: list[int] = []
    for uid, path in enumerate(paths, 1):
        raw = path.read_bytes()
        keys += room.ingest.take(home, [Fetched(uid, Flag.SEEN, clock.now(), len(raw), raw, parse(raw))])
    room.close()
    return keys


async def measure(core: Core, keys: list[int], loop: asyncio.AbstractEventLoop) -> dict[str, float]:
    """Click through the mails and return the figures by name."""
    tasks = Tasks(loop)
    services = core.services
    state = State(core.profile.root / "window.json")
    theme = Theme(settings.Theme.LIGHT)
    reader = Reader(
        theme, tasks, services.views, services.reading, services.settings, state, PrivateFiles(core.profile.cache)
    )
    reader.resize(*SIZE)
    reader.show()
    heads = {key: services.reading.head(key) for key in keys}
    plain = [key for key in keys if not heads[key].has_html]
    html = [key for key in keys if heads[key].has_html]
    for key in plain[:5]:
        await click(reader, key, loop)
    figures: dict[str, float] = {"pss_before_mb": pss_mb()}
    for key in html[:3]:  # the browser starts once, not with every mail
        await click(reader, key, loop)
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number, key in enumerate(html[:HTML_MAILS] + keys[: len(keys)]):
        at_ms = await click(reader, key, loop)
        opened = reader.opened
        taken[bool(opened and opened.document and opened.document.is_html)].append(at_ms)
        if number == HTML_MAILS - 1:
            figures["pss_after_100_html_mb"] = pss_mb()
    every = taken[True] + taken[False]
    for name, times in (("all", every), ("html", taken[True]), ("text", taken[False])):
        figures |= percentiles(name, times)
    figures["pss_end_mb"] = pss_mb()
    reader.close_browser()
    tasks.close()
    return {name: round(value, 1) for name, value in figures.items()}


async def click(reader: Reader, key: int, loop: asyncio.AbstractEventLoop) -> float:
    """Show a mail and return the milliseconds until it was painted."""
    done: asyncio.Future[None] = loop.create_future()

    def tell(_key: int) -> None:
        if not done.done():
            done.set_result(None)

    reader.painted.connect(tell)
    began = time.perf_counter()
    reader.show_message(key, conversations=False)
    if reader.opened is None or reader.opened.letter.key != key:
        await asyncio.wait_for(done, DEADLINE_S)
    taken_ms = (time.perf_counter() - began) * 1000
    reader.painted.disconnect(tell)
    return taken_ms


def percentiles(name: str, times: list[float]) -> dict[str, float]:
    """Return median, 95th percentile and maximum."""
    if len(times) < 2:
        return {}
    cuts = statistics.quantiles(times, n=100)
    return {
        f"{name}_p50_ms": cuts[49],
        f"{name}_p95_ms": cuts[94],
        f"{name}_max_ms": max(times),
        f"{name}_n": len(times),
    }


def pss_mb() -> float:
    """Return the proportional set size of this process and all below it."""
    own = psutil.Process()
    total = 0
    for process in [own, *own.children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total / 1e6
