"""How a verb on a mail at Gmail is taken back: its labels are made what they were. Pure.

The places a verb moved may have become one with others, or be gone, by the time it is taken back: so what was is
compared with what is.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktop.domain.mail.folder import Role
from desktop.domain.mail.operation import Move
from desktop.domain.mail.state import Place

_BINS = (Role.TRASH, Role.JUNK)


def labels_back(before: Sequence[Place], now: Sequence[Place], all_key: int | None) -> tuple[list[Move], list[int]]:
    """Return moves that bring one mail back where it was, and the folders it must be given as labels besides.

    `before` and `now` are its places in one account, `all_key` is All Mail, None where Gmail does not show it.
    """
    was = {place.folder_key: place.role for place in before}
    there = {place.folder_key: place for place in now}
    lacks = [folder for folder in was if folder not in there]
    binned = [folder for folder in lacks if was[folder] in _BINS]
    if binned:
        return [_move(place, binned[0]) for place in list(there.values())[:1]], []
    labels = [folder for folder in lacks if was[folder] is not Role.ALL]
    more = [place for place in there.values() if place.folder_key not in was and place.role is not Role.ALL]
    moves = []
    for place in sorted(more, key=lambda place: place.role not in _BINS):
        target = labels.pop(0) if labels else all_key
        if target is not None:
            moves.append(_move(place, target))
    return moves, labels


def _move(place: Place, target: int) -> Move:
    return Move(place.account_key, place.folder_key, (place.key,), target)
