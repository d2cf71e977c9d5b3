"""`rapport demo` as a process: pictures without a display, and no profile of somebody's own."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from desktop.app.arguments import ShowSample, parse
from desktop.app.gui import _explore_sample
from desktop.app.lock import holder
from desktop.base.paths import Profile
from tests.app.rapport import Rapport
from tests.corpora import PROJECT

SCREENS = ("first-run", "newsletter", "mail", "composer", "outbox", "preferences")


def test_the_tour_is_a_folder_from_where_one_stands(tmp_path: Path) -> None:
    assert parse(["demo"], tmp_path) == (None, ShowSample(None))
    assert parse(["demo", "--profile", "p", "--tour", "t"], tmp_path) == ("p", ShowSample(tmp_path / "t"))


def test_a_tour_writes_the_main_screens_light_and_dark(tmp_path: Path) -> None:
    rapport = Rapport(tmp_path / "sample")
    done = rapport("demo", "--tour", tmp_path / "tour")

    assert done.returncode == 0, done.stderr
    assert "went wrong" not in done.stderr
    pictures = {path.stem: QImage(str(path)) for path in (tmp_path / "tour").iterdir()}
    assert set(pictures) == {f"{screen}-{theme}" for screen in SCREENS for theme in ("light", "dark")}
    for screen in SCREENS:
        light, dark = (pictures[f"{screen}-{theme}"].pixelColor(2, 2).lightness() for theme in ("light", "dark"))
        assert light > 200 > 60 > dark


def test_a_profile_of_somebodys_own_is_left_alone(tmp_path: Path) -> None:
    rapport = Rapport(tmp_path / "own")
    assert rapport("mail-account", "list").returncode == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "own").iterdir() if path.name.startswith("rapport")}

    done = rapport("demo", "--tour", tmp_path / "tour")

    assert done.returncode == 1
    assert "no sample" in done.stderr
    assert before == {path: path.stat().st_mtime_ns for path in before}
    assert not (tmp_path / "tour").exists()


@pytest.mark.skipif("sys.platform != 'linux'", reason="elsewhere there always is a display")
def test_without_a_display_the_window_says_so(tmp_path: Path) -> None:
    done = Rapport(tmp_path / "sample")("demo")

    assert (done.returncode, (tmp_path / "sample").exists()) == (1, False)
    assert "graphical display" in done.stderr


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = Rapport(tmp_path / "sample")("demo", "--tour", tmp_path / "file" / "tour")

    assert done.returncode == 1
    assert "first-run-light.png cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif("sys.platform == 'win32'", reason="there are no such signals")
def test_it_ends_and_goes_when_the_system_asks_for_it(tmp_path: Path) -> None:
    rapport = Rapport(variables={"QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(tmp_path)}, profile=tmp_path / "unused")
    command = [word for word in rapport.command("demo") if word not in ("--profile", rapport.profile)]
    process = subprocess.Popen(command, cwd=PROJECT, env=rapport.environ, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not any(path.stat().st_size > 100_000 for path in tmp_path.glob("rapport-sample-*/profile/rapport.db-wal")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    _out, words = process.communicate(timeout=60)

    assert process.returncode == 0, words
    assert list(tmp_path.glob("rapport-sample-*")) == []


@pytest.mark.skipif("sys.platform == 'win32'", reason="there are no such signals")
def test_the_first_run_starts_it_as_a_program_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("RAPPORT_PROFILE", str(tmp_path / "own"))
    assert _explore_sample()

    deadline = time.monotonic() + 60
    while not (profiles := list(tmp_path.glob("rapport-sample-*/profile"))) or not holder(Profile(profiles[0])):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    its = holder(Profile(profiles[0]))
    assert its is not None
    while not (profiles[0] / "rapport.db").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.kill(its.pid, signal.SIGTERM)
    while list(tmp_path.glob("rapport-sample-*")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert not (tmp_path / "own").exists()
