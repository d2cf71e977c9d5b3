"""Waiting for what happens in the window, with a deadline and without sleeping blindly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from desktop.base import clock

DEADLINE_S = 15


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until a condition holds."""
    end = clock.monotonic() + DEADLINE_S
    while not condition():
        assert clock.monotonic() < end, "waited too long"
        await asyncio.sleep(0.005)
