"""The first HTML mail changes nothing of the window: no flicker, no lost keyboard. On a display, by graphics card."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.corpora import PROJECT, missing
from tests.display import display

DEADLINE_S = 120


@pytest.mark.display
@pytest.mark.timeout(DEADLINE_S + 30)
@pytest.mark.parametrize(
    ("backend", "options"),
    [("", ()), ("software", ()), ("", ("-extension", "GLX"))],
    ids=["card", "software", "no-glx"],
)
def test_the_first_html_mail_leaves_the_window_as_it_is(backend: str, options: tuple[str, ...]) -> None:
    if shutil.which("Xvfb") is None:
        missing("without Xvfb there is no window that could be made anew")
    with display(*options) as name:
        environ = {**os.environ, "DISPLAY": name, "QT_QPA_PLATFORM": "xcb", "QT_QUICK_BACKEND": backend}
        done = subprocess.run(
            [sys.executable, "-m", "tests.ui.window.surface_probe"],
            cwd=PROJECT,
            env=environ,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )
    assert done.stdout.strip(), done.stderr[-3000:]
    assert json.loads(done.stdout.strip().splitlines()[-1]) == {
        "browser": [False, True],
        "had_focus": True,
        "same_window": True,
        "has_focus": True,
        "events": [],
    }
