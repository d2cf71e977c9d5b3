"""The program as a process on a screen of its own, its accessibility tree, and the keys and clicks of a person."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.app.rapport import Rapport
from tests.corpora import missing
from tests.display import display, running
from tests.servers.notifications import session_bus

WITHIN_S = 60.0
SYSTEM_PYTHON = "/usr/bin/python3"
LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
CLOSER = Path(__file__).with_name("close_window.py")
READER_OF_TREES = Path(__file__).with_name("accessible.py")


@dataclass(frozen=True)
class Node:
    """What assistive technology is told of one thing in sight."""

    number: int
    depth: int
    role: str
    name: str
    focusable: bool
    focused: bool


@dataclass
class Screen:
    """A display with one program on it."""

    environ: dict[str, str]
    reader: subprocess.Popen[str]
    program: subprocess.Popen[str]

    def tree(self) -> list[Node]:
        """Return everything in sight, top down."""
        return [Node(**node) for node in self._ask("tree")]

    def last(self, name: str, *roles: str) -> Node | None:
        """Return the last such node: of the window opened last, in a form the row below."""
        return next(
            (n for n in reversed(self.tree()) if n.name.startswith(name) and (not roles or n.role in roles)), None
        )

    def find(self, name: str, *roles: str) -> Node | None:
        """Return the first node whose name begins so, of one of these roles."""
        return next((n for n in self.tree() if n.name.startswith(name) and (not roles or n.role in roles)), None)

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until it holds; fail with the names in sight."""
        deadline = time.monotonic() + WITHIN_S
        while not holds():
            assert self.program.poll() is None, self.program.communicate()
            assert time.monotonic() < deadline, (what, [(n.role, n.name) for n in self.tree() if n.name][-60:])
            time.sleep(0.05)

    def press(self, *keys: str) -> None:
        """Press keys as a keyboard would, in the window in front."""
        self._do("key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", "--delay", "20", text)

    def open_first_mail(self) -> None:
        """Walk the panes until the list has the keyboard, and open the mail under its cursor."""
        for _ in range(4):
            if any(node.focused and node.role in ("list", "list item") for node in self.tree()):
                break
            self.press("F6")
        self.press("Home", "Return")

    def focus(self, title: str) -> None:
        """Give a window the keyboard: there is no window manager here that would."""
        self.until(lambda: self._windows(title), f"a window called {title}")
        self._do("windowfocus", "--sync", self._windows(title)[-1])

    def shows(self, title: str) -> bool:
        """Say whether there is a window called so in sight."""
        return bool(self._windows(title))

    def close(self, title: str) -> None:
        """Ask a window to close, as the cross in its frame does."""
        self.until(lambda: self._windows(title), f"a window called {title}")
        environ = self.environ | {"QT_QPA_PLATFORM": "xcb"}
        command = [sys.executable, str(CLOSER), self._windows(title)[-1]]
        subprocess.run(command, env=environ, check=True, capture_output=True, timeout=WITHIN_S)

    def act(self, node: Node | None) -> None:
        """Do what a node is for, as a screen reader does it."""
        assert node is not None
        assert self._ask(f"act {node.number}")

    def put(self, node: Node | None, text: str) -> None:
        """Go into a field and write this instead of what is there."""
        assert node is not None
        assert self._ask(f"focus {node.number}")
        self.until(lambda: any(each.focused and each.name == node.name for each in self.tree()), f"in {node.name}")
        self.press("ctrl+a")
        self.type(text)

    def _windows(self, title: str) -> list[str]:
        done = subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--name", title],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout.split()

    def _do(self, *arguments: str) -> None:
        subprocess.run(["xdotool", *arguments], env=self.environ, check=True, capture_output=True, timeout=WITHIN_S)

    def _ask(self, command: str) -> list[dict[str, object]]:
        assert self.reader.stdin is not None
        assert self.reader.stdout is not None
        self.reader.stdin.write(f"{command}\n")
        self.reader.stdin.flush()
        return json.loads(self.reader.stdout.readline())  # type: ignore[no-any-return]


def _need() -> None:
    absent = [name for name in ("Xvfb", "xdotool", "dbus-daemon") if shutil.which(name) is None]
    absent += [path for path in (LAUNCHER, SYSTEM_PYTHON) if not Path(path).exists()]
    if not absent:
        probe = [SYSTEM_PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0'); from gi.repository import Atspi"]
        absent += ["gir1.2-atspi-2.0"] if subprocess.run(probe, capture_output=True, check=False).returncode else []
    if absent:
        missing(f"without {', '.join(absent)} nobody can ask the window what it tells screen readers")


@contextlib.contextmanager
def on_screen(rapport: Rapport, folder: Path) -> Iterator[Screen]:
    """Start the program on a screen and a session bus of their own; `folder` is for what the session keeps."""
    _need()
    with contextlib.ExitStack() as stack:
        (folder / "run").mkdir(mode=0o700)
        environ = {**os.environ, "DISPLAY": stack.enter_context(display()), "XDG_RUNTIME_DIR": str(folder / "run")}
        environ["DBUS_SESSION_BUS_ADDRESS"] = stack.enter_context(session_bus())
        quiet, pipe = subprocess.DEVNULL, subprocess.PIPE
        stack.enter_context(
            running([LAUNCHER, "--launch-immediately"], env=environ, stdin=quiet, stdout=quiet, stderr=quiet)
        )
        names = ("DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
        rapport.variables |= {name: environ[name] for name in names}
        rapport.variables |= {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        program = rapport.start()
        stack.callback(_end, program)
        reader = stack.enter_context(
            running([SYSTEM_PYTHON, str(READER_OF_TREES)], env=environ, stdin=pipe, stdout=pipe)
        )
        yield Screen(environ, reader, program)


def _end(program: subprocess.Popen[str]) -> None:
    if program.poll() is None:
        program.send_signal(signal.SIGTERM)
    _out, words = program.communicate(timeout=WITHIN_S)
    assert "Traceback" not in words, words
