"""The program with its window, as a process: smoke picture, second start, the system's wish to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.app import lock, remote
from desktop.base.paths import Profile

ROOT = Path(__file__).resolve().parents[2]
LETTER = b"From: a@b.example\r\nSubject: From a file\r\nContent-Type: text/html\r\n\r\n<p>Hello <b>you</b></p>\r\n"
WITHIN_S = 90


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    made = tmp_path / "letter.eml"
    made.write_bytes(LETTER)
    return made


def _start(profile: Path, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "desktop", "--profile", str(profile), *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _is_png(path: Path) -> bool:
    return path.read_bytes().startswith(b"\x89PNG")


def test_smoke_picture_of_the_first_window(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    process = _start(tmp_path / "profile", RAPPORT_SMOKE=str(picture))
    _out, words = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 0, words
    assert _is_png(picture)


def test_smoke_picture_of_an_html_mail_from_a_file(tmp_path: Path, letter: Path) -> None:
    picture = tmp_path / "letter.png"
    process = _start(tmp_path / "profile", str(letter), RAPPORT_SMOKE=str(picture))
    _out, words = process.communicate(timeout=WITHIN_S)
    assert process.returncode == 0, words
    assert _is_png(picture)


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_a_window_whose_closing_hangs(tmp_path: Path, number: signal.Signals) -> None:
    profile = tmp_path / "profile"
    script = (
        "import sys, threading\n"
        "from desktop.app.core import Core\nfrom desktop.app.main import main\n"
        "def hang(core):\n    print('hangs', file=sys.stderr, flush=True)\n    threading.Event().wait()\n"
        "Core.end_work = hang\n"
        f"sys.exit(main(['--profile', {str(profile)!r}]))\n"
    )
    window = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        # whoever runs tests in the background of a shell has it ignored, and so would have the window
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with window:
        try:
            assert window.stderr is not None
            _wait_for(lambda: (profile / remote.FILE_NAME).exists())
            window.send_signal(number)
            while window.stderr.readline() not in ("hangs\n", ""):
                pass
            window.send_signal(number)
            code = window.wait(WITHIN_S)
        finally:
            window.kill()

    assert code == -number


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_second_start_ends_at_once_and_a_signal_closes_the_window_cleanly(tmp_path: Path, letter: Path) -> None:
    profile = tmp_path / "profile"
    first = _start(profile)
    try:
        _wait_for(lambda: (profile / remote.FILE_NAME).exists())
        second = _start(profile, str(letter))
        _out, words = second.communicate(timeout=WITHIN_S)
        still_runs = first.poll() is None
        first.send_signal(signal.SIGTERM)
        _out, first_words = first.communicate(timeout=WITHIN_S)
    finally:
        first.kill()
        first.wait()

    assert (second.returncode, still_runs) == (0, True), words
    assert first.returncode == 0, first_words
    taken = lock.acquire(Profile(profile), lock.Kind.COMMAND)
    assert taken is not None
    assert not taken.after_crash
    taken.release()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_signal_while_the_main_window_is_made_closes_it(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from desktop.app import gui\nfrom desktop.app.main import main\n"
        "show = gui._show\n"
        "def interrupted(*arguments):\n    os.kill(os.getpid(), signal.SIGTERM)\n    show(*arguments)\n"
        "gui._show = interrupted\n"
        f"sys.exit(main(['--profile', {str(tmp_path / 'profile')!r}]))\n"
    )
    window = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
        # whoever runs tests in the background of a shell has it ignored, and so would have the window
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with window:
        try:
            _out, words = window.communicate(timeout=WITHIN_S)
        finally:
            window.kill()

    assert window.returncode == 0, words


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGTERM)", "QTimer.singleShot(300, app.quit)"])
def test_a_window_that_stays_when_it_is_closed_ends_with_a_signal_and_with_the_session(
    tmp_path: Path, end: str
) -> None:
    script = (
        "import os, signal, sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from desktop.app import gui\nfrom desktop.app.main import main\n"
        "from desktop.domain import settings\n"
        "show = gui._show\n"
        "def ended(core, app, *more):\n"
        "    core.services.settings.set(settings.CLOSE_TO_TRAY, True)\n"
        f"    {end}\n"
        "    show(core, app, *more)\n"
        "gui._show = ended\n"
        f"sys.exit(main(['--profile', {str(tmp_path / 'profile')!r}]))\n"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as window:
        try:
            _out, words = window.communicate(timeout=WITHIN_S)
        finally:
            window.kill()

    assert window.returncode == 0, words
