"""Where a key stands in a list: found by bisection in order of date, by a map in any other order. Pure.

A list of 200,000 keys is asked this for every row that is read and every stretch that is selected.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping

from desktop.domain.mail.listing import ListQuery, ListSnapshot, SortBy
from desktop.ui.mail.key_diff import LARGE


def positions_in(snapshot: ListSnapshot) -> Mapping[int, int] | None:
    """Return the map of a list; None where it is in order of date. Takes 20 ms for 200,000 keys: a reader's work."""
    if snapshot.query.sort_by is SortBy.DATE:
        return None
    return {key: position for position, key in enumerate(snapshot.keys)}


def position_of(
    key: int, keys: array[int], query: ListQuery, known: Mapping[int, int] | None, back: int = 0
) -> int | None:
    """Return where a key stands; None when it is not there. So many as `back` stand first, in no order of date.

    While a list becomes another step by step, `known` is that of the last step.
    """
    if known is None:
        if back and key in keys[:back]:
            return keys.index(key)
        at = bisect_left(keys, -key, back, key=int.__neg__) if query.descending else bisect_left(keys, key, back)
        return at if at < len(keys) and keys[at] == key else None
    last = known.get(key)
    if last is None or (last < len(keys) and keys[last] == key):
        return last
    try:
        return keys.index(key, max(0, last - LARGE), last + LARGE)
    except ValueError:
        return None


def runs_in(keys: array[int], among: array[int], find: Callable[[int], int | None]) -> Iterator[tuple[int, int]]:
    """Yield the stretches of `among`, start and end, that hold these keys in this order; `find` gives the place of one.

    Keys that stayed together are compared as memory: of 200,000 of which some went, little more than those cost time.
    """
    at, count = 0, len(keys)
    while at < count:
        start = find(keys[at])
        if start is None:
            at += 1
            continue
        same, step = 1, 1
        while step:
            if keys[at + same : at + same + step] == among[start + same : start + same + step]:
                same = min(same + step, count - at, len(among) - start)
                step = 0 if same in (count - at, len(among) - start) else step * 2
            else:
                step //= 2
        yield start, start + same
        at += same
