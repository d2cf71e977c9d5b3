"""The window of waiting and failed operations follows the queue line by line."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.base import clock
from desktop.base.bus import Bus
from desktop.domain import events
from desktop.domain.mail.mail_account import WaitingOperation
from desktop.ui import dates
from desktop.ui.bridge import Bridge
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.window.operations_window import OperationsWindow
from tests.ui.mail.waiting import until


class Queue:
    """Stands for the service: a queue of so many operations."""

    def __init__(self, count: int) -> None:
        self.operations = tuple(
            WaitingOperation(
                key, 1, "jan@firm.example", "create-folder", "", f"Folder {key}", 0, key == 5, key == 5, 0, ""
            )
            for key in range(1, count + 1)
        )
        self.readings = 0

    def waiting(self) -> tuple[WaitingOperation, ...]:
        self.readings += 1
        return self.operations


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def bridge(bus: Bus) -> Iterator[Bridge]:
    made = Bridge(bus)
    yield made
    made.close()


def _shown(window: OperationsWindow) -> list[int]:
    column = window._column
    return [column.itemAt(at).widget().operation.key for at in range(column.count())]


async def test_lines_stay_while_the_queue_moves_on(tasks: Tasks, bridge: Bridge, bus: Bus, theme: Theme) -> None:
    queue = Queue(200)
    window = OperationsWindow(queue, tasks, bridge, theme)  # type: ignore[arg-type]
    window.show()
    window.activateWindow()
    await until(lambda: len(_shown(window)) == 200)
    assert _shown(window)[:3] == [5, 1, 2], "failed ones stand first"
    lines = dict(window._lines)
    lines[5].drop.setFocus(Qt.FocusReason.TabFocusReason)

    queue.operations = tuple(replace(o, problem="No room.") if o.key == 9 else o for o in queue.operations[1:])
    began = clock.monotonic()
    window.show_operations(queue.operations)
    took_ms = (clock.monotonic() - began) * 1000

    assert all(window._lines[key] is lines[key] for key in range(2, 201))
    assert 1 not in window._lines
    assert QApplication.focusWidget() is lines[5].drop
    assert took_ms < 200, "made anew they take 400 ms"
    window.close()


async def test_a_line_says_since_when_as_the_lists_do(tasks: Tasks, bridge: Bridge, theme: Theme) -> None:
    queue = Queue(1)
    made_ms = clock.now() - 400 * 86_400_000
    queue.operations = (replace(queue.operations[0], created_at_ms=made_ms),)
    window = OperationsWindow(queue, tasks, bridge, theme)  # type: ignore[arg-type]
    window.show()
    await until(lambda: _shown(window) == [1])

    said = dates.table_date(made_ms, clock.now(), dates.zone())

    assert window._lines[1]._about.text == f"jan@firm.example · {said}"
    window.close()


async def test_a_window_that_was_closed_hears_nothing_more(
    tasks: Tasks, bridge: Bridge, bus: Bus, theme: Theme, qtbot: QtBot
) -> None:
    failed: list[object] = []
    tasks.failed.connect(failed.append)
    queue = Queue(1)
    window = OperationsWindow(queue, tasks, bridge, theme)  # type: ignore[arg-type]
    window.show()
    await until(lambda: _shown(window) == [1])

    window.close()
    bus.publish(events.OperationsChanged(1))
    bridge.flush()
    await until(lambda: not isValid(window))
    readings = queue.readings
    with qtbot.captureExceptions() as raised:
        bus.publish(events.OperationsChanged(1))
        bridge.flush()
        await tasks.read(lambda: None)

    assert (raised, failed) == ([], [])
    assert queue.readings == readings == 1


async def test_a_stream_of_events_does_not_keep_the_window_from_following(
    tasks: Tasks, bridge: Bridge, bus: Bus, theme: Theme
) -> None:
    queue = Queue(3)
    window = OperationsWindow(queue, tasks, bridge, theme)  # type: ignore[arg-type]
    window.show()
    await until(lambda: _shown(window) == [1, 2, 3])
    shown = []

    for left in (2, 1):
        queue.operations = queue.operations[:left]
        for _ in range(20):
            bus.publish(events.OperationsChanged(1))
            bridge.flush()
            await asyncio.sleep(0)
        await until(lambda: len(_shown(window)) == left)  # noqa: B023 - awaited at once
        shown.append(_shown(window))

    assert shown == [[1, 2], [1]]
    window.close()
