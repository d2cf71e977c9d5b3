"""Fixtures of the mail room."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.base import clock
from tests.ui.mail.room import Room, make_room
from tests.ui.mail.rows import NOW_MS


@pytest.fixture
def room(tmp_path: Path, qapp: object) -> Iterator[Room]:
    """A profile with one account; the clock stands still."""
    gc.collect()  # widgets of earlier tests that refer to each other go here, not on a reader thread of this one
    with clock.frozen(NOW_MS):
        made = make_room(tmp_path)
        yield made
        made.close()
    gc.collect()
