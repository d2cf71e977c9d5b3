"""What changed between two answers to the same list, as few inserted and removed stretches. Pure.

Most changes touch the head of a list: the common ends are found by comparing memory, so a list of 200,000 keys costs
well under a millisecond when a few mails come or go.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass

LARGE = 2_000
"""More keys than this between the common ends are no small change: the list is set anew."""
MANY = 24
"""More stretches than this cost more signals than setting the list anew."""


@dataclass(frozen=True, slots=True)
class Removed:
    """Positions `start` up to `end`, counted when this step is taken, go."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Inserted:
    """`keys` come before position `start`, counted when this step is taken."""

    start: int
    keys: array[int]


Step = Removed | Inserted


def steps_between(old: array[int], new: array[int]) -> tuple[Step, ...] | None:
    """Return the steps, in order, that turn `old` into `new`; None when setting the list anew is better.

    Equal lists give no steps. Keys that stay but change their order give None.
    """
    if old == new:
        return ()
    prefix = _common_prefix(old, new)
    suffix = _common_suffix(old, new, prefix)
    before, after = old[prefix : len(old) - suffix], new[prefix : len(new) - suffix]
    if max(len(before), len(after)) > LARGE:
        return None
    stays = set(before) & set(after)
    if [key for key in before if key in stays] != [key for key in after if key in stays]:
        return None
    removals = [Removed(prefix + start, prefix + end) for start, end in _runs(before, stays)]
    insertions = [Inserted(prefix + start, after[start:end]) for start, end in _runs(after, stays)]
    if len(removals) + len(insertions) > MANY:
        return None
    # removals from the end keep earlier positions true; insertions from the beginning find theirs already final
    return (*reversed(removals), *insertions)


def _runs(keys: array[int], stays: set[int]) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for position, key in enumerate(keys):
        if key in stays:
            if start is not None:
                yield start, position
            start = None
        elif start is None:
            start = position
    if start is not None:
        yield start, len(keys)


def _common_prefix(old: array[int], new: array[int]) -> int:
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_suffix(old: array[int], new: array[int], prefix: int) -> int:
    low, high = 0, min(len(old), len(new)) - prefix
    while low < high:
        middle = (low + high + 1) // 2
        if old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]:
            low = middle
        else:
            high = middle - 1
    return low
