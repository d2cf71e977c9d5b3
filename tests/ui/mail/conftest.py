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
    with clock.frozen(NOW_MS):
        made = make_room(tmp_path)
        yield made
        made.close()


@pytest.fixture(autouse=True)
def _garbage_goes_on_this_thread() -> Iterator[None]:
    """Collect widgets that refer to each other here: a reader thread that did it would destroy their timers."""
    yield
    gc.collect()
