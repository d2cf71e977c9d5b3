"""The program as a person meets it who does not see it: a process on a screen, its accessibility tree, and keys."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.app.conftest import passphrase_file, rapport
from tests.app.rapport import Rapport
from tests.corpora import missing
from tests.desk import mail
from tests.display import display, running
from tests.servers.dovecot import PASSWORD, Dovecot

__all__ = ["passphrase_file", "rapport"]

pytestmark = [pytest.mark.server, pytest.mark.display, pytest.mark.timeout(180)]

WITHIN_S = 60.0
SYSTEM_PYTHON = "/usr/bin/python3"
LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
READER_OF_TREES = Path(__file__).with_name("accessible.py")
COUNT = 12


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

    def find(self, name: str, *roles: str) -> Node | None:
        """Return the first node whose name begins so, of one of these roles."""
        return next((n for n in self.tree() if n.name.startswith(name) and (not roles or n.role in roles)), None)

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until it holds; fail with the names in sight."""
        deadline = time.monotonic() + WITHIN_S
        while not holds():
            assert self.program.poll() is None, self.program.communicate()
            assert time.monotonic() < deadline, (what, [(n.role, n.name) for n in self.tree() if n.name])
            time.sleep(0.05)

    def press(self, *keys: str) -> None:
        """Press keys as a keyboard would, in the window in front."""
        self._do("key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Type a text."""
        self._do("type", "--delay", "20", text)

    def focus(self, title: str) -> None:
        """Give a window the keyboard: there is no window manager here that would."""
        self.until(lambda: self._windows(title), f"a window called {title}")
        self._do("windowfocus", "--sync", self._windows(title)[-1])

    def act(self, node: Node | None) -> None:
        """Do what a node is for, as a screen reader does it."""
        assert node is not None
        assert self._ask(f"act {node.number}")

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
def _bus(environ: dict[str, str]) -> Iterator[str]:
    """Start a session bus and return its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--print-address"]
    with running(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()


@pytest.fixture
def screen(rapport: Rapport, dovecot: Dovecot, imap_user: str, tmp_path: Path) -> Iterator[Screen]:
    """The program with a mailbox of `COUNT` mails on a screen of its own."""
    _need()
    dovecot.deliver(imap_user, [mail(n, text=f"The zebra of day {n}.") for n in range(1, COUNT + 1)])
    server = f"127.0.0.1:{dovecot.imap_port}/plain"
    added = rapport(
        "mail-account", "add", "--address", imap_user, "--imap", server, "--password-stdin", stdin=f"{PASSWORD}\n"
    )
    assert added.returncode == 0, added
    with contextlib.ExitStack() as stack:
        (tmp_path / "run").mkdir(mode=0o700)
        environ = {**os.environ, "DISPLAY": stack.enter_context(display()), "XDG_RUNTIME_DIR": str(tmp_path / "run")}
        environ["DBUS_SESSION_BUS_ADDRESS"] = stack.enter_context(_bus(environ))
        quiet = subprocess.DEVNULL
        stack.enter_context(
            running([LAUNCHER, "--launch-immediately"], env=environ, stdin=quiet, stdout=quiet, stderr=quiet)
        )
        names = ("DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
        rapport.variables |= {name: environ[name] for name in names}
        rapport.variables |= {"QT_QPA_PLATFORM": "xcb", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        program = rapport.start()
        stack.callback(_end, program)
        pipe = subprocess.PIPE
        reader = stack.enter_context(
            running([SYSTEM_PYTHON, str(READER_OF_TREES)], env=environ, stdin=pipe, stdout=pipe)
        )
        made = Screen(environ, reader, program)
        made.until(lambda: made.find(f"Inbox, {COUNT} unread"), "the Inbox with its number")
        made.focus("^Rapport$")
        yield made


def _end(program: subprocess.Popen[str]) -> None:
    if program.poll() is None:
        program.send_signal(signal.SIGTERM)
    _out, words = program.communicate(timeout=WITHIN_S)
    assert "Traceback" not in words, words


def _mails(screen: Screen) -> list[str]:
    return [node.name for node in screen.tree() if node.role == "list item" and "Anna Keller" in node.name]


def _open_the_newest(screen: Screen) -> None:
    """Walk the panes until the list has the keyboard, and open the mail under its cursor."""
    for _ in range(4):
        if any(node.focused and node.role in ("list", "list item") for node in screen.tree()):
            break
        screen.press("F6")
    screen.press("Return")


def _nameless(screen: Screen) -> list[tuple[str, ...]]:
    """Return what can have the keyboard and says nothing of itself, with what lies above it."""
    path: list[Node] = []
    found = []
    for node in screen.tree():
        del path[node.depth :]
        path.append(node)
        if node.focusable and not node.name.strip():
            found.append(tuple(f"{above.role} {above.name}" for above in path[-4:]))
    return found


def test_a_mail_is_read_archived_and_found_by_keyboard_and_screen_reader(screen: Screen) -> None:
    screen.until(lambda: len(_mails(screen)) >= 5, "the list tells its mails")
    assert _mails(screen)[0].startswith(f"Unread mail, Anna Keller, Mail {COUNT},")

    _open_the_newest(screen)
    screen.until(lambda: screen.find("Text of the mail"), "the reader tells that there is a text")
    screen.until(lambda: screen.find(f"Inbox, {COUNT - 1} unread"), "what was looked at is read")

    screen.press("a")
    screen.until(lambda: not any(f"Mail {COUNT}," in name for name in _mails(screen)), "it left the list")
    screen.press("ctrl+z")
    screen.until(lambda: any(f"Mail {COUNT}," in name for name in _mails(screen)), "it is back")

    screen.press("ctrl+k")
    screen.type("subject:3")
    screen.until(lambda: len(_mails(screen)) == 1 and "Mail 3" in _mails(screen)[0], "the search found it")
    screen.press("Escape", "Escape", "Escape")
    screen.until(lambda: len(_mails(screen)) >= 5, "the folder is back")


def test_everything_that_takes_the_keyboard_has_a_name(screen: Screen) -> None:
    screen.until(lambda: len(_mails(screen)) >= 5, "the list tells its mails")
    _open_the_newest(screen)
    screen.until(lambda: screen.find("Text of the mail"), "a mail is open")
    in_the_window = _nameless(screen)

    screen.press("ctrl+f")
    screen.until(lambda: screen.find("Find in message"), "the find bar")
    screen.press("Escape", "ctrl+shift+k")
    screen.until(lambda: screen.find("Close the quick filter"), "the quick filter")
    in_the_bars = _nameless(screen)
    screen.press("Escape")
    screen.until(lambda: not screen.find("Close the quick filter"), "the quick filter is gone")

    screen.act(screen.find("Preferences", "push button", "button"))
    screen.focus("Preferences")
    screen.until(lambda: screen.find("Appearance"), "the preferences")
    in_preferences = _nameless(screen)
    screen.press("Escape")
    screen.until(lambda: not screen.find("Appearance"), "the preferences are closed")
    screen.focus("^Rapport$")
    screen.press("ctrl+u")
    screen.focus("Source of")
    in_source = _nameless(screen)

    assert in_the_window == []
    assert in_the_bars == []
    assert in_preferences == []
    assert in_source == []
