"""How long the open window keeps an event waiting, and what memory grows by, while a mail with a large file is written.

In the real window a mail is begun, 25 MB are attached, text is typed, the draft is kept, the mail is handed over, made,
sent to an SMTP server and filed by IMAP, both servers processes of their own. The ticks are those of `bench_window`.
Memory is the resident set of this process and those it works with, looked at every 20 ms, the servers left out; what it
grew by is the highest of these over what was held when the composer was open. Times in milliseconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

import psutil

from tests.benchmarks import open_window, program
from tests.benchmarks.bench_window import Ticks, watched
from tests.benchmarks.open_window import Open, until, until_elsewhere
from tests.benchmarks.options import Options
from tests.servers.dovecot import PASSWORD

_TEXT = "the figures you asked for are in the file, and the plan for next year with them. " * 3
_KEY_EVERY_S = 0.02
_LOOK_EVERY_S = 0.02
_REST_S = 3.0
_REST_MB = 0.5


def measure(options: Options) -> dict[str, object]:
    """Write and send the mail, and return the figures."""
    size_bytes = options.size(25_000_000, quick=2_000_000)
    with (
        program.server_with(()) as (server, user),
        _receiving(user) as port,
        tempfile.TemporaryDirectory() as made,
    ):
        profile, file = Path(made) / "profile", Path(made) / "plan.pdf"
        file.write_bytes(os.urandom(size_bytes))
        program.add_account(profile, server, user, smtp=f"127.0.0.1:{port}/plain")
        servers = {process.pid for process in psutil.Process().children()}
        figures = open_window.measure(profile, lambda opened: _write(opened, file, servers, options.why))
        return {"size_bytes": size_bytes, **figures}


@contextlib.contextmanager
def _receiving(user: str) -> Iterator[int]:
    """Run an SMTP server in a process of its own; gives its port."""
    spawn = multiprocessing.get_context("spawn")
    told, over = spawn.Queue(), spawn.Event()
    process = spawn.Process(target=_receive, args=(user, told, over), daemon=True)
    process.start()
    try:
        yield told.get(timeout=60)
    finally:
        over.set()
        process.join(30)


def _receive(user: str, told: Queue[int], over: Event) -> None:
    from tests.servers.smtp_receiver import SmtpReceiver

    with SmtpReceiver(passwords={user: PASSWORD}) as receiver:
        told.put(receiver.port)
        over.wait()


class Memory(threading.Thread):
    """Looks again and again at what this process and those it works with hold."""

    def __init__(self, left_out: set[int]) -> None:
        super().__init__(daemon=True)
        self._left_out = left_out
        self._ended = threading.Event()
        self.highest_mb = self.now_mb()

    def now_mb(self) -> float:
        """Return the resident set of this moment."""
        own = psutil.Process()
        total = own.memory_info().rss
        for child in own.children():
            if child.pid not in self._left_out:
                with contextlib.suppress(psutil.NoSuchProcess):  # it ended while we counted
                    total += child.memory_info().rss
        return total / 1e6

    def run(self) -> None:
        while not self._ended.wait(_LOOK_EVERY_S):
            self.highest_mb = max(self.highest_mb, self.now_mb())

    def end(self) -> None:
        self._ended.set()
        self.join()


async def _at_rest(memory: Memory) -> float:
    """Wait until what the first words brought in (dictionaries, their process) is there; return what is held then."""
    before_mb = 0.0
    while abs(memory.now_mb() - before_mb) > _REST_MB:
        before_mb = memory.now_mb()
        await asyncio.sleep(_REST_S)
    memory.highest_mb = memory.now_mb()
    return memory.highest_mb


async def _write(opened: Open, file: Path, servers: set[int], why: bool) -> dict[str, object]:
    from PySide6.QtTest import QTest

    from desktop.domain.mail.address import Address
    from desktop.domain.mail.folder import Unified
    from desktop.domain.mail.listing import ListQuery
    from desktop.domain.mail.mail_account import Activity

    services, writing = opened.core.services, opened.window.writing
    [account] = services.accounts.fetched()
    opened.core.start()
    await until(lambda: services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    writing.new()
    await until(lambda: writing.windows and writing.windows[0].is_ready)
    composer = writing.windows[0]
    composer.head.to.add([Address("Bo", "bo@example.org")])
    composer.head.subject.setText("Plan")
    QTest.keyClicks(composer.editor, "Dear Bo, ")
    memory, ticks = Memory(servers), Ticks()
    before_mb = await _at_rest(memory)
    memory.start()
    with watched(ticks, why):
        composer.enclosing.attach([file])
        for letter in _TEXT:  # while the file is read
            QTest.keyClick(composer.editor, letter)
            await asyncio.sleep(_KEY_EVERY_S)
        await until(lambda: not composer.enclosing.pending)
        await composer.keeping.save()
        composer.sending.send()
        await until(lambda: not writing.windows)
        [waiting] = services.outbox.all()
        services.outbox.send_now(waiting.key)

        def filed() -> bool:
            return not services.outbox.all() and len(services.views.open_list(ListQuery(Unified.SENT)).keys) == 1

        await until_elsewhere(opened, filed)
        await asyncio.sleep(_REST_S)
        memory.end()
    return {**ticks.figures(), "before_mb": round(before_mb), "grew_mb": round(memory.highest_mb - before_mb)}
