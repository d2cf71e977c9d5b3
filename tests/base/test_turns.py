"""Writers take turns: whoever waits longest is next, and who gives up waiting keeps nobody out."""

from __future__ import annotations

import threading

from desktop.base.turns import Turns
from tests.desk import until


def _waiting(turns: Turns, number: int) -> None:
    until(lambda: len(turns._waiting) == number)


def test_whoever_waits_longest_is_next() -> None:
    turns = Turns()
    order: list[str] = []

    def enter(name: str) -> None:
        with turns:
            order.append(name)

    threads = [threading.Thread(target=enter, args=(name,)) for name in "abc"]
    with turns:
        for number, thread in enumerate(threads, 1):
            thread.start()
            _waiting(turns, number)
        order.append("first")
    # who comes back at once stands at the end of the line
    with turns:
        order.append("again")
    for thread in threads:
        thread.join()

    assert order == ["first", "a", "b", "c", "again"]


def test_who_gives_up_waiting_leaves_the_turn_to_the_others() -> None:
    turns = Turns()
    with turns:
        impatient = threading.Lock()
        impatient.acquire()
        turns._waiting.append(impatient)
        turns._leave(impatient)
        assert not turns._waiting
        turns._waiting.append(impatient)
    assert impatient.acquire(blocking=False), "the turn came"
    turns._leave(impatient)

    with turns:
        assert turns._taken
    assert not turns._taken
