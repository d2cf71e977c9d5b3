"""What is taken back, and done again."""

from __future__ import annotations

from desktop.ui.tasks import Tasks
from desktop.ui.undo import Entry, Undo
from tests.ui.mail.waiting import until


class Lamp:
    """Something that can be switched, and back."""

    def __init__(self) -> None:
        self.lit = True
        self.switched = 0

    def off(self) -> None:
        self.lit = False

    def on(self) -> object:
        self.lit = True
        self.switched += 1
        return self.off


async def test_what_was_taken_back_is_done_again_and_taken_back_again(tasks: Tasks) -> None:
    undo, lamp = Undo(tasks), Lamp()
    told: list[Entry] = []
    can_redo: list[bool] = []
    undo.pushed.connect(told.append)
    undo.redo_changed.connect(can_redo.append)
    undo.push("Lit", lamp.off, again=lamp.on)  # type: ignore[arg-type]

    for count in (2, 3):
        undo.undo()
        await until(lambda: not lamp.lit)
        undo.redo()
        await until(lambda count=count: len(told) == count)  # type: ignore[misc]

    assert lamp.switched == 2
    assert [entry.text for entry in told] == ["Lit"] * 3
    assert can_redo == [False, True, False, True, False]


async def test_something_else_done_ends_what_could_be_done_again(tasks: Tasks) -> None:
    undo, lamp = Undo(tasks), Lamp()
    undo.push("Lit", lamp.off, again=lamp.on)  # type: ignore[arg-type]
    undo.undo()
    await until(lambda: not lamp.lit)

    undo.push("Other", lambda: None)
    undo.redo()

    assert not lamp.lit
    assert lamp.switched == 0
