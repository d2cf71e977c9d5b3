"""The first moments of the command, before any window."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from desktop.app.display import has_display
from desktop.base.version import VERSION
from tests.corpora import PROJECT


def rapport(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environ = {name: value for name, value in os.environ.items() if name not in hidden} | variables
    command = [sys.executable, "-m", "desktop", *arguments]
    return subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False)


def test_the_version_is_said() -> None:
    done = rapport("--version")

    assert (done.returncode, done.stdout, done.stderr) == (0, f"rapport {VERSION}\n", "")


def test_wrong_usage_ends_with_2() -> None:
    assert rapport("--no-such-option").returncode == 2


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
def test_without_a_display_one_sentence_says_so() -> None:
    done = rapport()

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Rapport needs a graphical display to open its window, and there is none.\n"


def test_a_display_is_found_where_there_is_one() -> None:
    assert not has_display("linux", {})
    assert has_display("linux", {"DISPLAY": ":0"})
    assert has_display("linux", {"WAYLAND_DISPLAY": "wayland-0"})
    assert has_display("linux", {"QT_QPA_PLATFORM": "offscreen"})
    assert has_display("darwin", {})
