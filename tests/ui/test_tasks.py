"""Services are called off the GUI thread, verbs in order, and errors are told in one place."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest
import qasync
from PySide6.QtWidgets import QApplication

from desktop.base.errors import Problem
from desktop.ui.tasks import Tasks


async def test_a_read_runs_elsewhere_and_its_result_arrives_here(tasks: Tasks) -> None:
    thread = await tasks.read(threading.current_thread)

    assert thread is not threading.main_thread()
    assert threading.current_thread() is threading.main_thread()


async def test_verbs_run_one_after_the_other_in_order(tasks: Tasks) -> None:
    done: list[int] = []
    await asyncio.gather(*(tasks.write(done.append, number) for number in range(50)))
    assert done == list(range(50))


async def test_an_error_reaches_who_awaits(tasks: Tasks) -> None:
    def fail() -> None:
        raise Problem("The disk is full.")

    with pytest.raises(Problem, match="disk is full"):
        await tasks.read(fail)


async def test_a_problem_nobody_awaits_is_told_and_is_no_crash(qloop: asyncio.AbstractEventLoop) -> None:
    crashes: list[BaseException] = []
    tasks = Tasks(qloop, crashes.append)
    told: list[object] = []
    tasks.failed.connect(told.append)

    async def fail() -> None:
        raise Problem("No.")

    task = tasks.run(fail())
    await asyncio.wait([task])
    await asyncio.sleep(0)

    assert [str(error) for error in told] == ["No."]
    assert crashes == []
    tasks.close()


async def test_an_error_of_ours_also_reaches_the_crash_hook(
    qloop: asyncio.AbstractEventLoop, caplog: pytest.LogCaptureFixture
) -> None:
    crashes: list[BaseException] = []
    tasks = Tasks(qloop, crashes.append)

    async def fail() -> None:
        raise KeyError("ours")

    await asyncio.wait([tasks.run(fail())])
    await asyncio.sleep(0)

    assert [type(error) for error in crashes] == [KeyError]
    tasks.close()


async def test_cancelling_an_errand_cancels_it_over_there(tasks: Tasks) -> None:
    over_there: Future[int] = Future()
    waiting = tasks.errand(over_there)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert over_there.cancelled()


async def test_no_read_outlives_close(qloop: asyncio.AbstractEventLoop) -> None:
    """What a reader holds last would die on its thread, widgets among it."""
    tasks = Tasks(qloop)
    begun, gate = threading.Event(), threading.Event()
    ended: list[str] = []

    def read() -> None:
        begun.set()
        gate.wait(5)
        ended.append("read")

    reading = tasks.read(read)
    assert begun.wait(5)
    threading.Timer(0.05, gate.set).start()
    tasks.close()

    assert ended == ["read"]
    await reading


def test_a_slot_that_comes_late_does_no_harm(qapp: QApplication) -> None:
    loop = qasync.QEventLoop(qapp, already_running=False)
    tasks = Tasks(loop)
    tasks.close()
    loop.close()

    async def call() -> None:
        pytest.fail("ran")

    assert tasks.run(call()).cancelled()
    assert tasks.read(len, "").cancelled()


async def test_nothing_runs_after_close_but_verbs_already_called(qloop: asyncio.AbstractEventLoop) -> None:
    tasks = Tasks(qloop)
    done: list[str] = []
    gate = threading.Event()
    tasks.write(gate.wait, 5)
    tasks.write(done.append, "called before")

    async def forever() -> None:
        await asyncio.Event().wait()
        done.append("never")

    waiting = tasks.run(forever())
    gate.set()
    tasks.close()
    late = tasks.write(done.append, "late")
    tasks.run(forever())
    await asyncio.wait([waiting])

    assert done == ["called before"]
    assert waiting.cancelled()
    assert late.cancelled()
