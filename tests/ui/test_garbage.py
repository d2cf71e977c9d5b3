"""Cycles that hold Qt objects die on the GUI thread, whoever allocates."""

from __future__ import annotations

import gc
import threading
import weakref

from PySide6.QtCore import QObject, QTimer
from pytestqt.qtbot import QtBot

from desktop.ui.garbage import GarbageCollector


class Knot(QObject):
    """An object in a cycle, with a running timer."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self
        self.timer = QTimer(self)
        self.timer.start(1000)


def _allocate_elsewhere() -> None:
    """Have another thread make what lets the automatic collector begin."""

    def allocate() -> None:
        kept = [[number] for number in range(100_000)]
        kept.clear()

    thread = threading.Thread(target=allocate)
    thread.start()
    thread.join()


def test_a_cycle_survives_other_threads_and_dies_here(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    collector.start()
    died_on: list[threading.Thread] = []
    knot = Knot()
    weakref.finalize(knot, lambda: died_on.append(threading.current_thread()))
    del knot

    _allocate_elsewhere()
    before = list(died_on)
    kept = [[number] for number in range(2000)]
    qtbot.waitUntil(lambda: bool(died_on))
    collector.close()

    assert before == []
    assert died_on == [threading.main_thread()]
    assert kept


def test_threads_that_outlive_it_collect_nothing(qtbot: QtBot) -> None:
    collector = GarbageCollector()
    collector.start()
    died_on: list[threading.Thread] = []
    knot = Knot()
    weakref.finalize(knot, lambda: died_on.append(threading.current_thread()))
    del knot

    collector.close()
    _allocate_elsewhere()

    assert died_on == []
    assert not gc.isenabled()
    gc.collect()
    assert died_on == [threading.main_thread()]
