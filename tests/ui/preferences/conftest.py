"""What the tests of preferences and of the form of an account stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.app.core import Core, build_core
from desktop.base.paths import Profile

DEADLINE_S = 30


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    """A new profile whose vault has a passphrase."""
    made = build_core(Profile(tmp_path / "profile"), lambda _new: "a passphrase of tests")
    yield made
    made.close()


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until `condition` holds; fails at the deadline."""
    for _ in range(DEADLINE_S * 100):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("the window did not come to this in time")
