"""A second start raises the window that is open: two real processes, no screen."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.rapport import Rapport, mail, wait_for


@pytest.fixture
def offscreen(rapport: Rapport) -> Rapport:
    rapport.variables["QT_QPA_PLATFORM"] = "offscreen"
    rapport.variables["QT_QUICK_BACKEND"] = "software"
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        rapport.variables["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    return rapport


@pytest.fixture
def window(offscreen: Rapport) -> Iterator[int]:
    """The process id of an open window."""
    process = offscreen.start()
    try:
        wait_for(lambda: (offscreen.profile / "remote").exists() or process.poll() is not None)
        assert process.poll() is None, process.communicate()
        yield process.pid
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def test_r31_a_second_start_raises_the_first_window(offscreen: Rapport, window: int, tmp_path: Path) -> None:
    (tmp_path / "a mail.eml").write_bytes(mail(1, to="anna@example.org"))

    again = offscreen()
    with_file = offscreen("a mail.eml", folder=tmp_path)
    without = offscreen("no such mail.eml", folder=tmp_path)
    listed = offscreen.json("mail-account", "list")
    report = offscreen.json("doctor")

    assert (again.returncode, again.stderr) == (0, "")
    assert (with_file.returncode, with_file.stderr) == (0, "")
    assert without.returncode == 2
    assert listed == []
    assert report["in_use_by"] == {"pid": window, "kind": "window"}
