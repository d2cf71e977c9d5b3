"""Notices on the person's desktop. The window asks for them; the engine shows them on a thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from desktop.domain.notice import Heard, Notice, Shown


class Desktop(Protocol):
    """The engine's side of the bargain. Safe to use from any thread."""

    def listen(self, heard: Callable[[Heard], object]) -> None:
        """Call `heard`, on any thread, with what a person does to notices."""

    def show(self, notice: Notice) -> Future[Shown]:
        """Show a notice; NOT where this desktop shows none. Never raises for the desktop's faults."""

    def withdraw(self, tag: int) -> None:
        """Take a notice away; one that is gone already is no fault."""
