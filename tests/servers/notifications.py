"""A session bus of its own with a notification server on it: what tests of notices speak to."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.corpora import missing

SERVER = Path(__file__).with_name("notification_server.py")
ALL = ("actions", "body", "body-markup", "persistence")
WITHIN_S = 20.0


class NotificationDesk:
    """What a desktop shows. `calls` are the calls of the program, in order."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.calls: list[dict[str, Any]] = []
        self._said = 0
        threading.Thread(target=self._read, daemon=True).start()
        self.until(lambda: self.calls, "the server is there")
        self.calls.clear()

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The notices shown so far, also those that are gone."""
        return [call for call in self.calls if call["call"] == "notify"]

    @property
    def standing(self) -> list[dict[str, Any]]:
        """The notices on the screen, the latest form of each."""
        found: dict[int, dict[str, Any]] = {}
        for call in tuple(self.calls):
            if call["call"] == "notify":
                found[call["number"]] = call
            elif call["call"] == "close":
                found.pop(call["number"], None)
        return list(found.values())

    def say(self, *words: object) -> None:
        """Let the server do what a person does on it; it is on the bus then."""
        assert self._process.stdin is not None
        before = self._said
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()
        self.until(lambda: self._said > before, "it is said")

    def kill(self) -> None:
        """Let the server crash."""
        self._process.kill()
        self._process.wait()

    def until(self, holds: Any, what: str) -> None:
        deadline = time.monotonic() + WITHIN_S
        while not holds():
            assert time.monotonic() < deadline, (what, self.calls)
            time.sleep(0.01)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(ValueError):  # the end of the test closes what is read
            for line in self._process.stdout:
                call = json.loads(line)
                if call["call"] == "said":
                    self._said += 1
                else:
                    self.calls.append(call)


@contextlib.contextmanager
def session_bus() -> Iterator[str]:
    """Start a bus and return its address; where there is none to start the test is skipped, in CI it fails."""
    if sys.platform != "linux" or shutil.which("dbus-daemon") is None:
        missing("dbus-daemon is not installed on this machine")
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as bus:
        try:
            assert bus.stdout is not None
            address = bus.stdout.readline().strip()
            assert address, "dbus-daemon did not start"
            yield address
        finally:
            bus.terminate()


@contextlib.contextmanager
def notification_server(address: str, *capabilities: str) -> Iterator[NotificationDesk]:
    """Run a server with these capabilities on a bus."""
    command = [sys.executable, str(SERVER), *capabilities]
    pipe = subprocess.PIPE
    environ = {"DBUS_SESSION_BUS_ADDRESS": address}
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environ) as process:
        try:
            yield NotificationDesk(process)
        finally:
            process.kill()
