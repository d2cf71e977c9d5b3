"""A tray that starts after us, and one that is started anew, as a real desktop has them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpora import PROJECT, missing
from tests.display import display, running
from tests.servers.notifications import session_bus

pytestmark = [pytest.mark.display, pytest.mark.timeout(120)]

WATCHER = Path(__file__).parents[1] / "servers" / "status_watcher.py"
SCRIPT = """
from PySide6.QtWidgets import QApplication, QMenu
from desktop.ui import tray

tray.LOOK_MS = 100
app = QApplication([])
menu = QMenu()
icon = tray.Tray(menu)
icon.came.connect(lambda: print("came", flush=True))
icon.went.connect(lambda: print("went", flush=True))
print("shown" if icon.shown else "not shown", flush=True)
app.exec()
"""


def test_an_icon_comes_to_every_tray_that_comes() -> None:
    if shutil.which("Xvfb") is None:
        missing("Xvfb is not installed on this machine")
    with session_bus() as bus, display() as screen:
        environ = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"}
        pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
        program = [sys.executable, "-c", SCRIPT]
        with running(program, cwd=PROJECT, env=environ, stdout=pipe, stderr=quiet) as ours:
            assert ours.stdout is not None
            assert ours.stdout.readline() == "not shown\n"
            for _time in range(2):
                with running([sys.executable, str(WATCHER)], env=environ, stdout=pipe) as watcher:
                    assert watcher.stdout is not None
                    assert watcher.stdout.readline() == "ready\n"
                    assert watcher.stdout.readline() == "registered\n"
                    assert ours.stdout.readline() == "came\n"
                assert ours.stdout.readline() == "went\n"
