"""Ends of a process by signal, made orderly: a command unwinds, the worker finishes what it does."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# SIGHUP exists on POSIX only, SIGBREAK on Windows only
_NAMES = ("SIGTERM", "SIGHUP", "SIGBREAK")
_Handler = Callable[[int, FrameType | None], None]


class Terminated(KeyboardInterrupt):
    """The process was asked to end; like Ctrl+C it passes every `except Exception`."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextmanager
def unwinding() -> Iterator[None]:
    """Let a signal end the block by Terminated, so that locks and files are given back."""

    def unwind(number: int, _frame: FrameType | None) -> None:
        raise Terminated(number)

    with _handled(_NAMES, unwind):
        yield


@contextmanager
def setting(end: threading.Event) -> Iterator[None]:
    """Let a signal, Ctrl+C too, set the event."""
    with _handled((*_NAMES, "SIGINT"), lambda _number, _frame: end.set()):
        yield


@contextmanager
def _handled(names: tuple[str, ...], handler: _Handler) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    # a signal that is ignored from outside (nohup) stays ignored
    before = {number: signal.getsignal(number) for number in numbers}
    for number in numbers:
        if before[number] is not signal.SIG_IGN:
            signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
