"""The icon beside the clock: its number, its words, and a tray that comes late or goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QIcon, QImage
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from desktop.ui import tray
from desktop.ui.tray import Tray
from desktop.ui.tray_icon import SIDES, badge_text, tray_icon

pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged", extend=True)
"""The platform of tests has no tray, and Qt says so once an icon is shown."""

RED = QColor("#dc2626")


class Panel:
    """A desktop with or without a tray."""

    def __init__(self, there: bool) -> None:
        self.there = there

    def __call__(self) -> bool:
        return self.there


@pytest.fixture
def panel() -> Panel:
    return Panel(True)


@pytest.fixture
def icon(qapp: QApplication, panel: Panel) -> Iterator[Tray]:
    menu = QMenu()
    made = Tray(menu, panel)
    yield made
    made.close()
    made.deleteLater()
    menu.deleteLater()


def _image(icon: QIcon, side: int) -> QImage:
    return icon.pixmap(side, side).toImage().convertToFormat(QImage.Format.Format_ARGB32)


def _share(image: QImage, colour: QColor) -> float:
    """Return the part of an image that has about this colour."""
    near = 0
    for x in range(image.width()):
        for y in range(image.height()):
            pixel = image.pixelColor(x, y)
            gaps = (pixel.red() - colour.red(), pixel.green() - colour.green(), pixel.blue() - colour.blue())
            near += pixel.alpha() > 200 and max(map(abs, gaps)) < 40
    return near / (image.width() * image.height())


@pytest.mark.parametrize(
    ("unread", "text"), [(-1, ""), (0, ""), (1, "1"), (42, "42"), (99, "99"), (100, "99+"), (12_345, "99+")]
)
def test_the_badge_counts_to_99(unread: int, text: str) -> None:
    assert badge_text(unread) == text


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("badge", ["1", "42", "99+"])
def test_a_badge_can_be_read_at_every_size_of_a_panel(qapp: QApplication, side: int, badge: str) -> None:
    plain, marked = _image(tray_icon(""), side), _image(tray_icon(badge), side)

    assert (marked.width(), marked.height()) == (side, side)
    assert _share(plain, RED) == 0.0
    assert 0.1 < _share(marked, RED) < 0.6
    lower = marked.copy(0, side // 2, side, side - side // 2)
    assert _share(lower, QColor("white")) > 0.04, "the digits are there"
    corner = marked.pixelColor(side // 2, 1)
    assert abs(corner.blue() - QColor("#4f46e5").blue()) < 30, "it is still the icon of the program"


def test_a_badge_stands_apart_from_the_icon_on_any_panel(qapp: QApplication) -> None:
    marked = _image(tray_icon("5"), 32)

    column = [marked.pixelColor(24, y).alpha() for y in range(32)]
    assert min(column[8:20]) < 128, "a gap lets the panel through"


def test_number_and_words_follow_the_unread_mails(icon: Tray) -> None:
    assert icon._icon.toolTip() == "Rapport\nNo unread mail"

    icon.set_unread(3)
    icon.set_paused("Notifications are paused until 14:30")

    assert icon.badge == "3"
    assert icon._icon.toolTip() == "Rapport\n3 unread mails\nNotifications are paused until 14:30"
    icon.set_unread(0)
    icon.set_paused("")
    assert icon.badge == ""
    assert icon._icon.toolTip() == "Rapport\nNo unread mail"


def test_the_icon_is_drawn_anew_only_when_it_says_something_else(icon: Tray, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(tray, "tray_icon", lambda badge: drawn.append(badge) or tray_icon(badge))

    for unread in (100, 150, 101, 99, 99):
        icon.set_unread(unread)

    assert drawn == ["99+", "99"]


def test_a_tray_that_comes_late_or_goes_is_noticed(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tray, "LOOK_MS", 5)
    menu, panel = QMenu(), Panel(False)
    icon = Tray(menu, panel)
    assert not icon.shown
    assert not icon.say("Anna", "Offer")

    with qtbot.waitSignal(icon.came):
        panel.there = True
    assert icon.shown
    with qtbot.waitSignal(icon.went):
        panel.there = False
    assert not icon.shown
    icon.close()
    icon.deleteLater()
    menu.deleteLater()


def test_a_click_is_told_and_a_call_of_the_menu_is_not(icon: Tray, qtbot: QtBot) -> None:
    clicks: list[bool] = []
    icon.clicked.connect(lambda: clicks.append(True))

    for reason in (QSystemTrayIcon.ActivationReason.Context, QSystemTrayIcon.ActivationReason.Trigger):
        icon._icon.activated.emit(reason)

    assert clicks == [True]
