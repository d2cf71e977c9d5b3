"""Where panes stand at every width and layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.settings import Layout
from desktop.ui.window.arrangement import (
    LIST_LEAST_PX,
    LIST_SHARE,
    READER_LEAST_HIGH_PX,
    Pane,
    Shown,
    Widths,
    list_height,
    pane_before,
    placing,
    shown,
    widths,
)


def test_widths_of_the_design() -> None:
    assert widths(1440 - 56, 224, 376, narrow=False) == Widths(224, 376, 784)
    assert widths(1024 - 56, 224, 376, narrow=True) == Widths(188, 312, 468)


def test_the_gain_of_a_wide_window_goes_to_the_reader() -> None:
    assert widths(2500, 224, 376, narrow=False) == Widths(224, 376, 1900)


@given(st.integers(844, 4000), st.integers(140, 600), st.integers(280, 1500), st.booleans())
def test_reader_keeps_its_width_wherever_there_is_room(room: int, tree: int, list_: int, narrow: bool) -> None:
    shared = widths(room, tree, list_, narrow=narrow)
    assert shared.tree + shared.list + shared.reader == room
    assert shared.list >= LIST_LEAST_PX
    assert shared.reader >= 460 or room < 140 + LIST_LEAST_PX + 460


@pytest.mark.parametrize(
    ("layout", "width", "reading_pane", "current", "expected"),
    [
        (Layout.VERTICAL, 1440, True, Pane.LIST, Shown(True, True, True, False)),
        (Layout.VERTICAL, 1440, False, Pane.LIST, Shown(True, True, False, False)),
        (Layout.VERTICAL, 1440, False, Pane.READER, Shown(True, False, True, True)),
        (Layout.LIST, 1440, True, Pane.READER, Shown(True, False, True, True)),
        (Layout.WIDE, 899, True, Pane.TREE, Shown(True, False, False, False)),
        (Layout.WIDE, 899, True, Pane.LIST, Shown(False, True, False, True)),
        (Layout.WIDE, 899, True, Pane.READER, Shown(False, False, True, True)),
    ],
)
def test_what_is_shown(layout: Layout, width: int, reading_pane: bool, current: Pane, expected: Shown) -> None:
    assert shown(layout, width, reading_pane=reading_pane, current=current) == expected


def test_one_pane_at_a_time_stands_in_the_middle() -> None:
    assert placing(Layout.WIDE, 899, reading_pane=True) is Layout.VERTICAL
    assert placing(Layout.CLASSIC, 1440, reading_pane=False) is Layout.VERTICAL
    assert placing(Layout.CLASSIC, 1440, reading_pane=True) is Layout.CLASSIC


def test_back_leads_from_reader_to_list_to_tree() -> None:
    assert pane_before(Pane.READER) is Pane.LIST
    assert pane_before(Pane.LIST) is Pane.TREE


@given(st.integers(0, 4000), st.integers(0, 100))
def test_the_list_has_the_height_it_was_given_or_leaves_the_reader_what_it_needs(room: int, share: int) -> None:
    list_ = list_height(room, share)

    assert 0 <= list_ <= room
    if share:
        assert list_ == room * share // 100
    else:
        assert list_ == room * LIST_SHARE // 100 or list_ == 0 or room - list_ == READER_LEAST_HIGH_PX
