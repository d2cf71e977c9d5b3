"""The panes in their splitters: layouts, narrow windows, and what is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.settings import Layout
from desktop.ui.state import State
from desktop.ui.theme import Theme
from desktop.ui.window.arrangement import Pane
from desktop.ui.window.panes import Panes


@pytest.fixture
def state(tmp_path: Path) -> State:
    return State(tmp_path / "window.json")


class Room:
    """Panes with four blank widgets."""

    def __init__(self, state: State, qtbot: QtBot) -> None:
        self.tree, self.head, self.list, self.reader = QWidget(), QWidget(), QWidget(), QWidget()
        self.panes = Panes(self.tree, self.head, self.list, self.reader, state)
        qtbot.addWidget(self.panes)
        self.panes.resize(1384, 800)
        self.panes.show()

    def visible(self) -> set[str]:
        return {name for name in ("tree", "list", "reader") if getattr(self, name).isVisible()}


@pytest.fixture
def room(state: State, qtbot: QtBot, theme: Theme) -> Room:
    return Room(state, qtbot)


def test_stands_as_designed(room: Room) -> None:
    assert (room.tree.width(), room.list.width()) == (224, 376)
    assert room.visible() == {"tree", "list", "reader"}


@pytest.mark.parametrize("layout", list(Layout))
def test_every_layout_shows_tree_and_list(room: Room, layout: Layout) -> None:
    room.panes.arrange(layout)
    assert room.visible() >= {"tree", "list"}
    assert room.head.isVisible()


def test_nothing_lies_on_the_panes(room: Room) -> None:
    assert [child.size() for child in room.panes.children() if isinstance(child, QWidget)] == [room.panes.size()]


def test_another_layout_leaves_the_keyboard_where_it_is(room: Room, qtbot: QtBot) -> None:
    room.list.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    room.panes.activateWindow()
    qtbot.waitUntil(room.panes.isActiveWindow)
    room.list.setFocus()

    for layout in Layout:
        room.panes.arrange(layout)
        assert QApplication.focusWidget() is room.list


def test_classic_puts_the_reader_below_the_list(room: Room) -> None:
    room.panes.arrange(Layout.CLASSIC)
    assert room.reader.mapTo(room.panes, room.reader.rect().topLeft()).y() >= room.list.height()
    assert room.reader.width() == room.list.width()


def test_wide_puts_the_reader_below_everything(room: Room) -> None:
    room.panes.arrange(Layout.WIDE)
    assert room.reader.width() == room.panes.width()


def test_narrow_window_shows_one_pane_with_a_way_back(room: Room, qtbot: QtBot) -> None:
    back: list[bool] = []
    room.panes.back_changed.connect(back.append)

    room.panes.resize(800, 600)
    assert room.visible() == {"list"}
    room.panes.go_to(Pane.READER)
    assert room.visible() == {"reader"}
    room.panes.go_back()
    room.panes.go_back()
    assert room.visible() == {"tree"}
    room.panes.resize(1384, 800)

    assert room.visible() == {"tree", "list", "reader"}
    assert back == [True, False]


def test_reading_pane_can_be_put_away(room: Room) -> None:
    room.panes.set_reading_pane(False)
    assert room.visible() == {"tree", "list"}
    room.panes.go_to(Pane.READER)
    assert room.visible() == {"tree", "reader"}
    room.panes.set_reading_pane(True)
    assert room.visible() == {"tree", "list", "reader"}


def test_places_are_remembered_per_layout(room: Room, state: State, qtbot: QtBot) -> None:
    outer = room.panes._outer
    assert outer is not None
    outer.setSizes([300, 1083])
    outer.splitterMoved.emit(300, 1)
    room.panes.arrange(Layout.CLASSIC)
    assert room.tree.width() == 224
    state.save()

    again = Room(state, qtbot)

    assert again.tree.width() == 300
