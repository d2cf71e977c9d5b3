"""A screen of its own for a program that is tested from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator


@contextlib.contextmanager
def running(command: list[str], **more: object) -> Iterator[subprocess.Popen[str]]:
    """Run a program as long as the block lasts."""
    process: subprocess.Popen[str] = subprocess.Popen(command, text=True, **more)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@contextlib.contextmanager
def display(*options: str) -> Iterator[str]:
    """Start a screen on a free number, with more options of Xvfb, and return its name."""
    told, tells = os.pipe()
    command = ["Xvfb", "-displayfd", str(tells), "-screen", "0", "1280x800x24", "-nolisten", "tcp", *options]
    quiet = subprocess.DEVNULL
    with running(command, pass_fds=(tells,), stdout=quiet, stderr=quiet), os.fdopen(told) as numbers:
        os.close(tells)
        number = numbers.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
