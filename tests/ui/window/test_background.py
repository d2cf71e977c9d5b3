"""A window that is hidden instead of closed, and always found again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QCloseEvent
from PySide6.QtWidgets import QApplication

from desktop.base import clock
from desktop.domain import settings
from desktop.domain.mail.folder import Unified
from desktop.domain.pause import HOUR_MS
from desktop.ui.actions import Do
from desktop.ui.widgets.menu import Menu
from desktop.ui.window import background
from desktop.ui.window.background import Background
from tests.ui.window.conftest import Desk
from tests.ui.window.telling import NotingDesktop, Panel, in_background

pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged", extend=True)


@pytest.fixture
def panel() -> Panel:
    return Panel()


@pytest.fixture
def desktop() -> NotingDesktop:
    return NotingDesktop()


@pytest.fixture
def behind(desk: Desk, desktop: NotingDesktop, panel: Panel) -> Iterator[Background]:
    """A window in front, with its tray."""
    made = in_background(desk, desktop, panel)
    yield made
    made.close()
    desk.window.quit()


@pytest.fixture
def closed(desk: Desk) -> list[bool]:
    """Grows when the window is closed for good."""
    found: list[bool] = []
    desk.window.closed.connect(lambda: found.append(True))
    return found


async def _open(desk: Desk) -> None:
    desk.window.restore()
    desk.window.show()
    desk.window.activateWindow()
    await desk.until(lambda: desk.window.isActiveWindow())


def _keep(desk: Desk) -> None:
    desk.core.services.settings.set(settings.CLOSE_TO_TRAY, True)


def _entry(behind: Background, text: str) -> QAction:
    menus = [behind.menu, *(action.menu() for action in behind.menu.actions() if action.menu())]
    return next(action for menu in menus for action in menu.actions() if action.text() == text)


async def test_closing_ends_the_program_unless_the_person_wants_it_to_stay(
    desk: Desk, behind: Background, closed: list[bool]
) -> None:
    await _open(desk)

    desk.window.close()

    assert closed == [True]
    assert not desk.window.isVisible()


async def test_closing_hides_the_window_and_says_so_once(
    desk: Desk, behind: Background, desktop: NotingDesktop, closed: list[bool]
) -> None:
    await _open(desk)
    _keep(desk)

    desk.window.close()
    assert not desk.window.isVisible()
    await desk.until(lambda: desktop.titles == ["Rapport is still running"])
    behind.tray.clicked.emit()
    assert desk.window.isVisible()
    desk.window.close()

    assert not desk.window.isVisible()
    assert closed == []
    assert len(desktop.calls) == 1
    assert desk.window._state.get("window.geometry", "") != ""


async def test_without_a_tray_closing_minimises(
    desk: Desk, behind: Background, panel: Panel, closed: list[bool]
) -> None:
    await _open(desk)
    _keep(desk)
    panel.there = False

    desk.window.close()

    assert desk.window.isMinimized()
    assert desk.window.isVisible()
    assert closed == []


async def test_a_hidden_window_comes_back_minimised_when_the_tray_goes(
    desk: Desk, behind: Background, panel: Panel
) -> None:
    await _open(desk)
    _keep(desk)
    desk.window.close()

    panel.there = False
    behind.tray.look()

    assert desk.window.isVisible()
    assert desk.window.isMinimized()


@pytest.mark.parametrize("hidden", [False, True])
async def test_quit_quits_whatever_would_keep_the_window(
    desk: Desk, behind: Background, closed: list[bool], hidden: bool
) -> None:
    await _open(desk)
    _keep(desk)
    if hidden:
        desk.window.close()

    _entry(behind, desk.window.actions_[Do.QUIT].text()).trigger()

    assert closed == [True]


async def test_the_end_of_the_session_is_not_held_up(
    desk: Desk, behind: Background, closed: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    await _open(desk)
    _keep(desk)
    monkeypatch.setattr(QApplication, "isSavingSession", lambda _app: True)

    event = QCloseEvent()
    QApplication.sendEvent(desk.window, event)

    assert event.isAccepted()
    assert closed == [True]


async def test_a_click_on_the_icon_hides_what_is_in_front_and_brings_what_is_not(
    desk: Desk, behind: Background
) -> None:
    await _open(desk)

    behind.tray.clicked.emit()
    assert not desk.window.isVisible()
    behind.tray.clicked.emit()
    assert desk.window.isVisible()
    desk.window.showMinimized()
    behind.tray.clicked.emit()
    assert not desk.window.isMinimized()


async def test_somebody_who_starts_rapport_again_finds_the_hidden_window(desk: Desk, behind: Background) -> None:
    await _open(desk)
    _keep(desk)
    desk.window.close()

    desk.window.called.emit(None)

    assert desk.window.isVisible()


async def test_the_icon_says_how_many_mails_of_the_inbox_are_unread(desk: Desk, behind: Background) -> None:
    await _open(desk)
    unread = desk.core.services.views.counts([Unified.INBOX])[Unified.INBOX].unread

    await desk.until(lambda: behind.tray.badge == str(unread))

    assert unread > 0


async def test_the_menu_offers_what_can_be_done_and_nothing_dead(desk: Desk, behind: Background) -> None:
    await _open(desk)

    shown = [action.text() for action in behind.menu.actions() if action.isVisible() and not action.isSeparator()]

    assert shown == ["Open Rapport", "New message", "Get mail of all accounts", "Pause notifications", "Quit"]
    desk.window.hide()
    _entry(behind, "Open Rapport").trigger()
    assert desk.window.isVisible()


async def test_who_has_no_tray_pauses_in_the_menu_of_the_window(desk: Desk, behind: Background) -> None:
    await _open(desk)

    desk.window._show_me(QPoint(10, 400))
    menu = desk.window.findChildren(Menu)[-1]
    [pause] = [action for action in menu.actions() if action.text() == "Pause notifications" and action.isVisible()]
    hour = next(action for action in pause.menu().actions() if action.text() == "For 1 hour")
    menu.close()
    hour.trigger()

    await desk.until(behind.notices.is_quiet)
    await desk.until(_entry(behind, "Resume notifications").isVisible)


async def test_a_pause_is_shown_and_ends_by_itself_or_by_hand(
    desk: Desk, behind: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _open(desk)
    resume = _entry(behind, "Resume notifications")
    assert not resume.isVisible()

    _entry(behind, "For 1 hour").trigger()
    await desk.until(resume.isVisible)
    assert "Notifications are paused until" in behind.tray._icon.toolTip()
    until_ms = desk.core.services.settings.get(settings.PAUSED_UNTIL_MS)
    assert 0 < until_ms - clock.now() <= HOUR_MS

    resume.trigger()
    await desk.until(lambda: not resume.isVisible())
    assert "paused" not in behind.tray._icon.toolTip()

    desk.core.services.settings.set(settings.PAUSED_UNTIL_MS, clock.now() + 300)
    await desk.until(resume.isVisible)
    await desk.until(lambda: not resume.isVisible())


async def test_until_tomorrow_is_the_next_morning_of_the_person(desk: Desk, behind: Background) -> None:
    await _open(desk)

    _entry(behind, "Until tomorrow").trigger()
    await desk.until(lambda: desk.core.services.settings.get(settings.PAUSED_UNTIL_MS) > 0)

    until = datetime.fromtimestamp(desk.core.services.settings.get(settings.PAUSED_UNTIL_MS) / 1000, UTC).astimezone()
    assert (until.hour, until.minute, until.second) == (8, 0, 0)
    assert 4 * HOUR_MS < until.timestamp() * 1000 - clock.now() < 30 * HOUR_MS


def test_a_pause_survives_a_start(desk: Desk, desktop: NotingDesktop, panel: Panel) -> None:
    desk.core.services.settings.set(settings.PAUSED_UNTIL_MS, clock.now() + HOUR_MS)

    behind = in_background(desk, desktop, panel)

    assert behind.notices.is_quiet()
    assert "Notifications are paused until" in behind.tray._icon.toolTip()
    behind.close()


def test_of_a_pause_it_is_said_when_it_ends(qapp: QApplication) -> None:
    noon = datetime(2026, 11, 26, 12, 0).astimezone()
    with clock.frozen(round(noon.timestamp() * 1000)):
        same_day = background._paused_words(clock.now() + HOUR_MS)
        next_day = background._paused_words(clock.now() + 20 * HOUR_MS)

    assert same_day.startswith("Notifications are paused until ")
    assert "tomorrow" not in same_day
    assert next_day.startswith("Notifications are paused until tomorrow, ")
