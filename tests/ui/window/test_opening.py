"""While a large database is examined there is a window that says so; who will not wait may quit."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.app import gui
from desktop.base import clock
from desktop.base.paths import Profile
from desktop.store import restoration
from desktop.store.restoration import Restoration
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button
from desktop.ui.window import opening
from desktop.ui.window.opening import OpeningWindow, opened
from desktop.ui.window.restored_notice import RestoredNotice

WITHIN_S = 20


def on_screen() -> list[OpeningWindow]:
    windows = QApplication.topLevelWidgets()
    return [window for window in windows if isinstance(window, OpeningWindow) and window.isVisible()]


def press(window: QDialog, words: str) -> None:
    next(button for button in window.findChildren(Button) if button.text() == words).click()


@pytest.fixture
def when_shown() -> Iterator[Callable[[Callable[[OpeningWindow], object]], None]]:
    """Return a function that registers what is done with the window once it is there."""
    timer = QTimer(interval=5)

    def register(act: Callable[[OpeningWindow], object]) -> None:
        def look() -> None:
            for window in on_screen():
                timer.stop()
                act(window)

        timer.timeout.connect(look)
        timer.start()

    yield register
    timer.stop()


def test_what_is_done_at_once_shows_no_window(theme: Theme, when_shown: Callable[..., None]) -> None:
    seen: list[OpeningWindow] = []
    when_shown(seen.append)

    assert opened(theme, threading.Event(), lambda: threading.current_thread().name, after_crash=True) != "MainThread"
    assert seen == []


@pytest.mark.parametrize("after_crash", [True, False])
def test_what_takes_long_is_said_until_it_is_done(
    after_crash: bool, theme: Theme, when_shown: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "SHOW_AFTER_MS", 0)
    seen, wanted_no_more = threading.Event(), threading.Event()
    words: list[str] = []

    def look(window: OpeningWindow) -> None:
        words.extend(label.text() for label in window.findChildren(QLabel))
        seen.set()

    when_shown(look)

    assert opened(theme, wanted_no_more, lambda: seen.wait(WITHIN_S), after_crash=after_crash)
    assert ("Rapport examines its database…" in words) is after_crash
    assert any("did not end cleanly" in word for word in words) is after_crash
    assert any("after an update" in word for word in words) is not after_crash
    assert on_screen() == []
    assert not wanted_no_more.is_set()


@pytest.mark.parametrize("quit_it", [lambda window: press(window, "Quit"), QDialog.close], ids=["button", "frame"])
def test_who_will_not_wait_quits(
    quit_it: Callable[[OpeningWindow], object],
    theme: Theme,
    when_shown: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "SHOW_AFTER_MS", 0)
    wanted_no_more = threading.Event()
    when_shown(quit_it)

    assert opened(theme, wanted_no_more, lambda: wanted_no_more.wait(WITHIN_S), after_crash=True)


def test_what_fails_is_raised(theme: Theme) -> None:
    def fail() -> None:
        raise ValueError("it fails")

    with pytest.raises(ValueError, match="it fails"):
        opened(theme, threading.Event(), fail, after_crash=True)


def test_a_restoration_is_told_at_every_start_until_the_notice_is_closed(
    theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    profile = Profile(tmp_path)
    restoration.write(tmp_path, Restoration(clock.now(), "rapport-damaged-x.db", None, rescued=2))

    gui._tell_of_restoration(profile, theme, window)
    first = window.findChild(RestoredNotice)
    assert first is not None
    words = " ".join(label.text() for label in first.findChildren(QLabel))
    first.setParent(None)
    first.deleteLater()
    gui._tell_of_restoration(profile, theme, window)
    second = window.findChild(RestoredNotice)
    assert second is not None
    press(second, "Close")
    qtbot.waitUntil(lambda: window.findChild(RestoredNotice) is None)
    gui._tell_of_restoration(profile, theme, window)

    assert "no backup" in words
    assert "2 newer entries" in words
    assert str(tmp_path / "rapport-damaged-x.db") in words
    assert window.findChild(RestoredNotice) is None
