"""Keys of actions: the sets one chooses from, what a person changed of a set, and which keys follow. Pure.

Keys are written as Qt writes them: "Ctrl+Shift+R"; what is pressed one after the other, a chord, is "G, I".
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.base.i18n import _

MOST_KEYS = 6
"""An action has no more."""
MOST_STROKES = 2
_MOST_LETTERS = 60

_MOVING = frozenset(
    (
        *("Return", "Enter", "Tab", "Backtab", "Space", "Esc", "Left", "Right", "Up", "Down"),
        *("Home", "End", "PgUp", "PgDown", "Backspace", "Menu"),
    )
)
"""What one moves, opens and leaves with: with nothing or Shift held they are nobody's."""
_CLIPBOARD = frozenset(("Ctrl+C", "Ctrl+X", "Ctrl+V"))
_EDITING = frozenset(("Ctrl+A", "Ctrl+Z", "Ctrl+Y", "Ctrl+Shift+Z"))
"""What every text field does itself."""
_HOLDING = frozenset(("Ctrl", "Alt", "Meta"))

_LATIN = "QWERTYUIOP[]ASDFGHJKL;'ZXCVBNM#"
_CYRILLIC = "ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬ№"
_TWINS = {**dict(zip(_LATIN, _CYRILLIC, strict=True)), ":": "Shift+Ж", "/": ".", "?": ","}
_BACK = dict(zip(_CYRILLIC, _LATIN, strict=True))


class KeySet(StrEnum):
    """A set of keys for every action."""

    THUNDERBIRD = "thunderbird"
    GMAIL = "gmail"


@dataclass(frozen=True, slots=True)
class Declared:
    """One action: the name it is stored under, and its keys in the set that is chosen."""

    name: str
    keys: tuple[str, ...]
    while_writing: bool = False
    """Its window is one for writing, where letters are text."""


Changes = Mapping[str, tuple[str, ...]]
"""The keys of the actions a person changed, by name; none at all where they were taken away."""


def changes_of(stored: str, key_set: KeySet) -> dict[str, tuple[str, ...]]:
    """Return what was changed of a set; what is not to be understood is left out, so that the set holds there."""
    sets = _loaded(stored).get(key_set.value)
    if not isinstance(sets, dict):
        return {}
    return {name: tuple(keys) for name, keys in sets.items() if _are_keys(keys)}


def with_changes(stored: str, key_set: KeySet, changes: Changes) -> str:
    """Return what is to be stored once these are the changes of a set; those of the others stay."""
    sets = {name: kept for name, kept in _loaded(stored).items() if name in frozenset(KeySet)}
    sets[key_set.value] = {name: list(keys) for name, keys in sorted(changes.items())}
    return json.dumps({name: kept for name, kept in sets.items() if kept}, ensure_ascii=False)


def effective(declared: Sequence[Declared], changes: Changes) -> dict[str, tuple[str, ...]]:
    """Return the keys of each action of a window: as changed, else as declared less what a change took for another.

    No key is left that means two things, whatever was stored.
    """
    taken: list[str] = []
    found: dict[str, tuple[str, ...]] = {}
    changed = [one for one in declared if _counts(one, changes)]
    for one in (*changed, *(each for each in declared if each not in changed)):
        wanted = changes[one.name] if one in changed else one.keys
        found[one.name] = keys = tuple(key for key in wanted if not any(collide(key, other) for other in taken))
        taken += keys
    return {one.name: found[one.name] for one in declared}


def reassigned(
    declared: Sequence[Declared], changes: Changes, name: str, keys: tuple[str, ...]
) -> dict[str, tuple[str, ...]]:
    """Return the changes once an action has these keys; another that was changed before gives them up.

    Of one that was not, the key comes back by itself when this change is taken back. Keys as declared are no change.
    """
    wanted = dict(changes)
    for other in declared:
        if other.name in wanted and other.name != name:
            wanted[other.name] = tuple(
                key for key in wanted[other.name] if not any(collide(key, mine) for mine in keys)
            )
    own = next((one.keys for one in declared if one.name == name), ())
    wanted.pop(name, None)
    if effective(declared, wanted).get(name) != keys or own != keys:
        wanted[name] = keys
    return wanted


def owner_of(keys: str, declared: Sequence[Declared], changes: Changes, but: str) -> str:
    """Return the name of the action that has these keys or begins with them, "" for none; `but` is not meant."""
    for name, has in effective(declared, changes).items():
        if name != but and any(collide(keys, key) for key in has):
            return name
    return ""


def refusal(keys: str, *, while_writing: bool) -> str:
    """Return why an action cannot have these keys, as a sentence; "" where it can."""
    first, *_more = strokes = strokes_of(keys)
    if len(strokes) > MOST_STROKES:
        return _("At most two keys can follow one another.")
    for stroke in strokes:
        if _key_of(stroke) in _MOVING and _holds(stroke).isdisjoint(_HOLDING):
            return _("{keys} is how one moves about in every window.").format(keys=stroke)
    if first in _CLIPBOARD:
        return _("{keys} copies and pastes everywhere.").format(keys=first)
    if while_writing:
        if first in _EDITING:
            return _("{keys} belongs to the text one writes.").format(keys=first)
        function = _key_of(first)[:1] == "F" and _key_of(first)[1:].isdigit()
        if _holds(first).isdisjoint(_HOLDING) and not function:
            return _("While one writes, a key alone is text. Hold Ctrl or Alt with it.")
    return ""


def strokes_of(keys: str) -> tuple[str, ...]:
    """Return what is pressed one after the other."""
    return tuple(keys.split(", "))


def collide(one: str, other: str) -> bool:
    """Return whether two keys cannot live in one window: they are the same, or one begins the other."""
    shorter, longer = sorted((strokes_of(one), strokes_of(other)), key=len)
    return longer[: len(shorter)] == shorter


def with_twins(keys: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the keys with those a Russian keyboard gives for the same places, where nothing else has these.

    With Ctrl or Alt held the system itself tells the Latin letter.
    """
    every = [key for has in keys.values() for key in has]
    added: dict[str, tuple[str, ...]] = {}
    for name, has in keys.items():
        twins = [twin for key in has if (twin := _twin(key))]
        added[name] = (*has, *(twin for twin in twins if not any(collide(twin, key) for key in every)))
    return added


def untwinned(keys: str) -> str:
    """Return the Latin keys in place of those a Russian keyboard gave."""
    return ", ".join(_with_key(stroke, _BACK.get(_key_of(stroke), _key_of(stroke))) for stroke in strokes_of(keys))


def _twin(keys: str) -> str:
    strokes = strokes_of(keys)
    if any(not _holds(stroke).isdisjoint(_HOLDING) or _key_of(stroke) not in _TWINS for stroke in strokes):
        return ""
    return ", ".join(_with_key(stroke, _TWINS[_key_of(stroke)]) for stroke in strokes)


def _key_of(stroke: str) -> str:
    return "+" if stroke.endswith("+") else stroke.rpartition("+")[2]


def _holds(stroke: str) -> frozenset[str]:
    return frozenset(stroke[: -len(_key_of(stroke))].split("+")) - {""}


def _with_key(stroke: str, key: str) -> str:
    return stroke[: -len(_key_of(stroke))] + key


def _counts(one: Declared, changes: Changes) -> bool:
    keys = changes.get(one.name)
    if keys is None:
        return False
    return all(key in one.keys or not refusal(key, while_writing=one.while_writing) for key in keys)


def _are_keys(keys: object) -> bool:
    return (
        isinstance(keys, list)
        and len(keys) <= MOST_KEYS
        and all(isinstance(key, str) and 0 < len(key) <= _MOST_LETTERS for key in keys)
    )


def _loaded(stored: str) -> dict[str, object]:
    try:
        sets = json.loads(stored)
    except (ValueError, RecursionError):
        return {}
    return sets if isinstance(sets, dict) else {}
