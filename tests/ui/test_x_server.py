"""What an X server lacks, asked of real ones."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.corpora import PROJECT, missing
from tests.display import display

ASK = """
import os, sys
from desktop.ui import x_server
glx = x_server.lacks_glx(os.environ)
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication
app = QApplication([])
from desktop.ui.theme import Theme
from desktop.ui.widgets.menu import Menu
for choice in ("light", "dark"):
    theme = Theme(choice)
    menu = Menu(theme)
    menu.add("Open", lambda: None)
    menu.popup(app.primaryScreen().geometry().center())
    while not menu.windowHandle() or not menu.windowHandle().isExposed():
        app.processEvents()
    app.processEvents()
    drawn = app.primaryScreen().grabWindow(menu.winId()).toImage()
    print(glx, x_server.lacks_compositor(), drawn.pixelColor(0, 0) == theme.tokens.border)
    menu.close()
"""


@pytest.mark.display
@pytest.mark.parametrize(("options", "lacks"), [((), "False"), (("-extension", "GLX"), "True")])
def test_a_bare_display_has_no_compositor_and_menus_are_square_there(options: tuple[str, ...], lacks: str) -> None:
    if shutil.which("Xvfb") is None:
        missing("without Xvfb there is no display to ask")
    with display(*options) as name:
        environ = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
        command = [sys.executable, "-c", ASK]
        done = subprocess.run(
            command, cwd=PROJECT, env=environ, capture_output=True, text=True, timeout=60, check=False
        )
    assert done.stdout.split() == [lacks, "True", "True"] * 2, done.stderr[-2000:]
