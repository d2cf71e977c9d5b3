"""Runs `rapport` as a person's shell would: a process of its own, a profile, a passphrase file, no terminal."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.corpora import PROJECT

PASSPHRASE = "passphrase-of-the-test"
_DEADLINE_S = 60.0
Run = subprocess.CompletedProcess


@dataclass
class Rapport:
    """A profile and the environment its commands run in."""

    profile: Path
    passphrase_file: Path | None = None
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")
        environ = {name: value for name, value in os.environ.items() if name not in hidden}
        environ["PYTHONPATH"] = str(PROJECT)
        if self.passphrase_file is not None:
            environ["RAPPORT_VAULT_PASSPHRASE_FILE"] = str(self.passphrase_file)
        return environ | self.variables

    def command(self, *arguments: str | Path) -> list[str | Path]:
        return [sys.executable, "-m", "desktop", "--profile", self.profile, *arguments]

    def __call__(self, *arguments: str | Path, stdin: str = "", folder: Path | None = None) -> Run[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.command(*arguments),
            cwd=folder or self.profile.parent,
            env=self.environ,
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=_DEADLINE_S,
            check=False,
        )

    def json(self, *arguments: str | Path) -> Any:
        """Run a command that must succeed and return the JSON it printed."""
        done = self(*arguments, "--json")
        assert done.returncode == 0, done
        return json.loads(done.stdout)

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.profile.parent,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    @contextlib.contextmanager
    def worker(self) -> Iterator[subprocess.Popen[str]]:
        """A worker that takes calls; ended by SIGTERM, or dead already."""
        process = self.start("worker")
        try:
            wait_for(lambda: (self.profile / "remote").exists() or process.poll() is not None)
            assert process.poll() is None, process.communicate()
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.communicate(timeout=_DEADLINE_S)


def wait_for(holds: Callable[[], object]) -> None:
    """Wait until it holds; fail after a minute."""
    until = time.monotonic() + _DEADLINE_S
    while not holds():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.02)


def mail(number: int, *, to: str, body: str = "A zebra crosses the road.") -> bytes:
    """Return a small mail."""
    lines = (
        f"From: Anna Example <anna{number}@example.org>",
        f"To: <{to}>",
        f"Subject: Letter {number} о погоде",
        f"Message-ID: <{number}.{to}>",
        f"Date: Mon, 02 Nov 2026 10:{number % 60:02d}:00 +0000",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        body,
        "",
    )
    return "\r\n".join(lines).encode()
