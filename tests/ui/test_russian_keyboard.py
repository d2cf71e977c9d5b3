"""Letters of a Russian keyboard on a real display: they act in a list as the Latin ones do, and are text in fields."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.corpora import PROJECT, missing
from tests.display import display

ASK = """
import json, subprocess, time
from PySide6.QtWidgets import QApplication, QLineEdit, QListView, QVBoxLayout, QWidget
app = QApplication([])
from desktop.ui.actions import CATALOGUE, Actions
from desktop.ui.keymap import Keymap
from desktop.ui.theme import Theme
window, rows, field, fired = QWidget(), QListView(), QLineEdit(), []
column = QVBoxLayout(window)
column.addWidget(rows)
column.addWidget(field)
keymap = Keymap()
keymap.choose("gmail", "{}")
actions = Actions(window, Theme(), keymap)
actions.set_mails_chosen(True)
for spec in CATALOGUE:
    actions.connect(spec.name, lambda name=spec.name: fired.append(name.value))
window.show()

def press(*keys):
    # the window must hear of each letter while it is on the keyboard
    pressing = subprocess.Popen(["xdotool", "key", "--delay", "200", *keys])
    until(lambda: pressing.poll() is not None)

def until(there):
    end = time.monotonic() + 30
    while not there() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.01)

until(lambda: window.windowHandle().isExposed())
subprocess.run(["xdotool", "windowfocus", "--sync", str(int(window.winId()))], check=True, timeout=30)
until(window.isActiveWindow)
rows.setFocus()
press("Cyrillic_u", "Cyrillic_pe", "Cyrillic_sha", "Cyrillic_che")
until(lambda: len(fired) == 3)
field.setFocus()
press("Cyrillic_u", "Cyrillic_pe", "Cyrillic_sha")
until(lambda: len(field.text()) == 3)
print(json.dumps([fired, field.text()]))
"""


@pytest.mark.display
def test_cyrillic_letters_act_in_a_list_and_are_text_in_a_field() -> None:
    absent = [name for name in ("Xvfb", "xdotool") if shutil.which(name) is None]
    if absent:
        missing(f"without {', '.join(absent)} nobody presses keys of another keyboard")
    with display() as name:
        environ = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
        command = [sys.executable, "-c", ASK]
        done = subprocess.run(
            command, cwd=PROJECT, env=environ, capture_output=True, text=True, timeout=110, check=False
        )
    assert done.stdout, done.stderr[-2000:]
    assert json.loads(done.stdout) == [["archive", "go-inbox", "pick"], "упш"]
