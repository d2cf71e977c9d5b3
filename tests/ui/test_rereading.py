"""Reading until it is quiet: never twice at once, never starved, and the last answer is the newest."""

from __future__ import annotations

import asyncio

from desktop.base.errors import Problem
from desktop.ui.rereading import Rereading
from desktop.ui.tasks import Tasks
from tests.ui.mail.waiting import until


class Source:
    """Something that is read slowly; `gate` lets a reading end."""

    def __init__(self) -> None:
        self.value = 0
        self.shown: list[int] = []
        self.under_way = 0
        self.gate = asyncio.Event()
        self.broken = False

    async def read(self) -> None:
        self.under_way += 1
        assert self.under_way == 1, "two readings at once"
        found = self.value
        try:
            await self.gate.wait()
            if self.broken:
                raise Problem("It is gone.")
            self.shown.append(found)
        finally:
            self.under_way -= 1


async def test_many_events_during_a_reading_are_one_more_reading(tasks: Tasks) -> None:
    source = Source()
    reading = Rereading(tasks, source.read)
    reading.ask()
    await until(lambda: source.under_way)

    for value in range(1, 50):
        source.value = value
        reading.ask()
    source.gate.set()
    await until(lambda: len(source.shown) == 2)
    reading.ask()
    await until(lambda: len(source.shown) == 3)

    assert source.shown == [0, 49, 49]


async def test_a_stream_of_events_does_not_starve_it(tasks: Tasks) -> None:
    source = Source()
    source.gate.set()
    reading = Rereading(tasks, source.read)

    for value in range(20):
        source.value = value
        reading.ask()
        await asyncio.sleep(0)

    assert len(source.shown) > 2


async def test_what_changed_while_a_reading_failed_is_read_all_the_same(tasks: Tasks) -> None:
    source = Source()
    failures: list[object] = []
    tasks.failed.connect(failures.append)
    reading = Rereading(tasks, source.read)
    source.broken = True
    reading.ask()
    await until(lambda: source.under_way)

    source.value = 7
    reading.ask()
    source.gate.set()
    await until(lambda: failures)
    source.broken = False
    reading.ask()
    await until(lambda: source.shown)

    assert source.shown[-1] == 7


async def test_a_stopped_reading_shows_nothing_and_starts_no_other(tasks: Tasks) -> None:
    source = Source()
    reading = Rereading(tasks, source.read)
    reading.ask()
    await until(lambda: source.under_way)
    reading.ask()

    reading.stop()
    await until(lambda: not source.under_way)
    source.gate.set()
    await asyncio.sleep(0)

    assert source.shown == []
