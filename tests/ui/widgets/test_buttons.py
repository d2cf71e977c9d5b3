"""Buttons have the measures of the design, names for screen readers, and follow their actions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import LARGE, SMALL, Button, IconButton, Kind
from desktop.ui.widgets.choices import CheckBox, FilterChip, Segment, Select
from desktop.ui.widgets.focus_ring import _Frame


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("height", [SMALL, 28, LARGE])
def test_height_and_room_for_the_words(theme: Theme, qtbot: QtBot, kind: Kind, height: int) -> None:
    button = Button(theme, "Move to another folder", kind, icon="folder", height=height)
    qtbot.addWidget(button)
    button.show()
    assert button.height() == height
    assert button.width() > button.fontMetrics().horizontalAdvance(button.text()) + 16
    assert not button.grab().isNull()


def test_an_icon_button_says_its_words(theme: Theme, qtbot: QtBot) -> None:
    button = IconButton(theme, "archive", "Archive", shortcut="A")
    qtbot.addWidget(button)
    assert (button.accessibleName(), button.toolTip()) == ("Archive", "Archive (A)")


def test_follows_its_action(theme: Theme, qtbot: QtBot) -> None:
    action = QAction("Archive")
    action.setShortcut(QKeySequence("A"))
    done: list[bool] = []
    action.triggered.connect(lambda: done.append(True))
    button = IconButton(theme, "archive", "")
    qtbot.addWidget(button)

    button.follow(action)
    button.click()
    action.setEnabled(False)

    assert len(done) == 1
    assert button.toolTip() == "Archive (A)"
    assert not button.isEnabled()


def test_ring_shows_only_for_the_keyboard(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    row = QHBoxLayout(window)
    edit, button = QLineEdit(), Button(theme, "Retry")
    row.addWidget(edit)
    row.addWidget(button)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    button.setFocus(Qt.FocusReason.MouseFocusReason)
    assert not _rings(window)
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_Tab)
    assert button.hasFocus()
    assert len(_rings(window)) == 1
    edit.setFocus()
    assert not _rings(window)


def _rings(window: QWidget) -> list[_Frame]:
    return [ring for ring in window.findChildren(_Frame) if ring.isVisible()]


def test_segment_tells_what_was_picked(theme: Theme, qtbot: QtBot) -> None:
    segment = Segment(theme, ["Light", "Dark"], "Theme")
    qtbot.addWidget(segment)
    picked: list[int] = []
    segment.chosen.connect(picked.append)
    segment.set_current(0)
    segment._group.button(1).click()
    assert (picked, segment.current) == ([1], 1)


def test_choices_draw_in_every_state(theme: Theme, qtbot: QtBot) -> None:
    select = Select(theme, "Security")
    select.addItems(["TLS", "STARTTLS"])
    for control in (FilterChip(theme, "Unread"), select):
        qtbot.addWidget(control)
        before = control.grab().toImage()
        control.setEnabled(False)
        assert control.accessibleName() or control.text()
        assert not before.isNull()


def test_the_ring_is_whole_where_its_control_has_no_margin_and_follows_when_scrolled(
    theme: Theme, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    outer = QVBoxLayout(window)
    scroll, page = QScrollArea(), QWidget()
    outer.addWidget(scroll)
    column = QVBoxLayout(page)
    column.setContentsMargins(20, 100, 20, 600)
    tight = QWidget()
    inside = QVBoxLayout(tight)
    inside.setContentsMargins(0, 0, 0, 0)
    box = CheckBox(theme, "Group mails")
    inside.addWidget(box)
    column.addWidget(tight)
    scroll.setWidget(page)
    window.resize(300, 300)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    box.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(lambda: len(_rings(window)) == 1)
    [ring] = _rings(window)
    whole = ring.visibleRegion().boundingRect()
    scroll.verticalScrollBar().setValue(50)

    assert whole == ring.rect()
    qtbot.waitUntil(lambda: ring.mapToGlobal(QPoint(3, 3)) == box.mapToGlobal(QPoint(0, 0)))
