"""Where keys stand, in any order and while a list changes; and what of a long selection is still there."""

from __future__ import annotations

import random
from array import array

import pytest

from desktop.domain.mail.listing import ListQuery, SortBy
from desktop.ui.mail.key_positions import position_of, positions_in, runs_in
from desktop.ui.mail.message_list_model import MessageListModel
from tests.proof import rounds, seed
from tests.ui.mail.rows import MINUTE, key, row, snapshot

ORDERS = [(SortBy.DATE, True), (SortBy.DATE, False), (SortBy.SENDER, False), (SortBy.SIZE, True)]


def ordered(keys: list[int], sort_by: SortBy, descending: bool) -> list[int]:
    """Return keys in order of date, or shuffled in a way that is the same for the same keys."""
    if sort_by is SortBy.DATE:
        return sorted(keys, reverse=descending)
    return sorted(keys, key=lambda of: hash((of, "sender")))


@pytest.mark.parametrize(("sort_by", "descending"), ORDERS)
def test_a_key_is_found_in_every_order(sort_by, descending):
    keys = ordered([key(n * MINUTE) for n in range(500)], sort_by, descending)
    shown = snapshot(keys, ListQuery(-1, sort_by=sort_by, descending=descending))
    known = positions_in(shown)

    assert [position_of(of, shown.keys, shown.query, known) for of in keys] == list(range(500))
    assert position_of(key(-MINUTE), shown.keys, shown.query, known) is None
    assert position_of(key(0, 1), shown.keys, shown.query, known) is None


@pytest.mark.parametrize(("sort_by", "descending"), ORDERS)
def test_keys_are_found_after_every_change_and_unfolded_conversations_stay(sort_by, descending):
    chance = random.Random(seed())
    every = [key(n * 37 * MINUTE) for n in range(120)]
    query = ListQuery(-1, sort_by=sort_by, descending=descending)
    model = MessageListModel()
    now = ordered(chance.sample(every, 80), sort_by, descending)
    model.open(snapshot(now, query), [row(of) for of in every])
    for _ in range(rounds(30, 1000)):
        for parent in chance.sample(now, 2):
            model.unfold(parent, [parent + 1, parent + 2])
        staying = {of for of in every if of not in now} | set(now)
        gone = set(chance.sample(every, chance.randrange(0, 9)))
        now = ordered([of for of in staying if of not in gone], sort_by, descending)
        model.update(snapshot(now, query))

        assert [model.position_of(of) for of in now] == list(range(len(now)))
        assert all(model.position_of(of) is None for of in gone)
        for of in now:
            number = model.line_of(of)
            assert number is not None
            assert model.key_at(number) == of
            if model.is_unfolded(of):
                assert [model.key_at(number + 1), model.key_at(number + 2)] == [of + 1, of + 2]


def test_runs_are_what_is_left_of_a_selection():
    chance = random.Random(seed())
    for _ in range(rounds(200, 5000)):
        among = array("q", chance.sample(range(60), chance.randrange(1, 60)))
        keys = array("q", [of for of in among if chance.random() < 0.8])
        for _ in range(chance.randrange(4)):
            keys.insert(chance.randrange(len(keys) + 1), 100 + chance.randrange(9))
        places = {of: at for at, of in enumerate(among)}

        runs = list(runs_in(keys, among, places.get))

        assert [among[at] for start, end in runs for at in range(start, end)] == [of for of in keys if of in places]
        assert all(start < end for start, end in runs)


def test_what_stayed_together_is_one_run():
    keys = array("q", range(100_000))
    asked = []

    def find(of: int) -> int:
        asked.append(of)
        return of - 50

    assert list(runs_in(keys[50:], keys[50:], find)) == [(0, 99_950)]
    assert asked == [50]
