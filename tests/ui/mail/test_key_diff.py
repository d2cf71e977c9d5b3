"""Two answers to one list differ by few steps."""

from __future__ import annotations

import random
from array import array

from desktop.ui.mail.key_diff import Inserted, Removed, Step, steps_between
from tests.proof import rounds, seed


def applied(old: array[int], steps: tuple[Step, ...]) -> array[int]:
    keys = array("q", old)
    for step in steps:
        if isinstance(step, Removed):
            del keys[step.start : step.end]
        else:
            keys[step.start : step.start] = step.keys
    return keys


def test_equal_lists_need_nothing():
    assert steps_between(array("q", [3, 2, 1]), array("q", [3, 2, 1])) == ()


def test_a_new_mail_on_top_is_one_insertion():
    steps = steps_between(array("q", [3, 2, 1]), array("q", [4, 3, 2, 1]))

    assert steps == (Inserted(0, array("q", [4])),)


def test_another_order_sets_the_list_anew():
    assert steps_between(array("q", [3, 2, 1]), array("q", [1, 2, 3])) is None


def test_large_changes_set_the_list_anew():
    assert steps_between(array("q"), array("q", range(5_000))) is None


def test_a_change_in_200_000_keys_is_found():
    old = array("q", range(200_000, 0, -1))
    new = array("q", old)
    del new[1_000]
    new.insert(0, 200_001)

    steps = steps_between(old, new)

    assert steps is not None
    assert len(steps) == 2
    assert applied(old, steps) == new


def test_steps_always_lead_to_the_new_list():
    chance = random.Random(seed())
    for _round in range(rounds(300, 20_000)):
        old = array("q", sorted(chance.sample(range(40), chance.randrange(0, 30)), reverse=True))
        new = array("q", sorted(chance.sample(range(40), chance.randrange(0, 30)), reverse=True))
        steps = steps_between(old, new)
        if steps is not None:
            assert applied(old, steps) == new
