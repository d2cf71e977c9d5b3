"""What the tests of preferences and of the form of an account stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from desktop.app.core import Core, build_core
from desktop.base.paths import Profile
from desktop.ui.compose.signature_field import SignatureField
from desktop.ui.compose.speller import Speller
from desktop.ui.preferences.identity_fields import MakeEditor
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme

DEADLINE_S = 30


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    """A new profile whose vault has a passphrase."""
    made = build_core(Profile(tmp_path / "profile"), lambda _new: "a passphrase of tests")
    yield made
    made.close()


def signatures(theme: Theme, tasks: Tasks) -> MakeEditor:
    """Return what signatures are written in."""

    def make(name: str, parent: QWidget) -> tuple[SignatureField, QWidget]:
        speller = Speller(Path("no words"), tasks, parent, found=())
        made = SignatureField(theme, None, tasks, lambda: speller, name, parent)
        return made, made

    return make


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until `condition` holds; fails at the deadline."""
    for _ in range(DEADLINE_S * 100):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("the window did not come to this in time")
