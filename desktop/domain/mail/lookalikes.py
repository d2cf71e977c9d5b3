"""Domains that pass for others at a glance: those of the person himself and of people he writes to. Pure.

Three kinds are found: letters that look the same (rapp0rt, rnail, Cyrillic ones), one slip of a long name (a letter
too many or too few, another one, two changed over), and a known name under another ending.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from desktop.domain.mail.links import readable, registrable

LEAST_SLIPPED = 7
"""Shorter names lie too close together for one letter to tell anything."""
LEAST_MOVED = 6
"""Shorter names are owned by several people under several endings."""

_SAME_LOOK = str.maketrans(
    {
        "0": "o",
        "1": "l",
        "5": "s",
        "i": "l",
        "|": "l",
        "\u0430": "a",
        "\u0435": "e",
        "\u043e": "o",
        "\u0440": "p",
        "\u0441": "c",
        "\u0443": "y",
        "\u0445": "x",
        "\u0456": "l",
        "\u0458": "j",
        "\u0455": "s",
        "\u04bb": "h",
        "\u0501": "d",
        "\u051b": "q",
        "\u051d": "w",
        "\u03bf": "o",
        "\u03b1": "a",
        "\u03bd": "v",
        "\u03c1": "p",
        "\u03b9": "l",
        "\u04cf": "l",
        "\u0131": "l",
    }
)
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("-", ""))


class KnownDomains:
    """Domains others may try to pass for; made once for many questions. May be used from any thread."""

    def __init__(self, domains: Iterable[str]) -> None:
        self._domains = frozenset(map(registrable, domains)) - {""}
        self._looks: dict[str, list[str]] = {}
        self._names: dict[str, list[str]] = {}
        self._lengths: dict[int, list[str]] = {}
        for each in self._domains:
            name = each.partition(".")[0]
            self._looks.setdefault(skeleton(each), []).append(each)
            self._names.setdefault(name, []).append(each)
            self._lengths.setdefault(len(name), []).append(each)

    def like(self, domain: str) -> tuple[str, ...]:
        """Return those that `domain` passes for; none where it is known itself."""
        own = registrable(domain)
        if not own or own in self._domains:
            return ()
        name = own.partition(".")[0]
        found = set(self._looks.get(skeleton(own), ()))
        if len(name) >= LEAST_MOVED:
            found.update(self._names.get(name, ()))
        if len(name) + 1 >= LEAST_SLIPPED:
            near = (self._lengths.get(len(name) + more, ()) for more in (-1, 0, 1))
            found.update(each for some in near for each in some if _is_slip(own, each))
        return tuple(sorted(found))

    def around(self, domain: str) -> tuple[str, ...]:
        """Return what one has to know to judge this domain: those that it passes for, or itself where it is known."""
        own = registrable(domain)
        return (own,) if own in self._domains else self.like(domain)


def skeleton(domain: str) -> str:
    """Return a domain reduced to how it looks at a glance."""
    text = unicodedata.normalize("NFKC", readable(domain).lower()).translate(_SAME_LOOK)
    for pair, single in _PAIRS:
        text = text.replace(pair, single)
    return text


def _is_slip(one: str, other: str) -> bool:
    """Say whether two domains of one ending, their names about as long, differ by one slip."""
    name, _, ending = one.partition(".")
    known, _, known_ending = other.partition(".")
    if ending != known_ending or len(known) < LEAST_SLIPPED:
        return False
    shorter, longer = sorted((name, known), key=len)
    at = next((i for i, letter in enumerate(shorter) if letter != longer[i]), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    left, right = shorter[at:], longer[at:]
    if left[1:] == right[1:]:
        # numbered servers and branches of one house: mail1, mail2
        return not (left[:1].isdigit() and right[:1].isdigit())
    return left[:2] == right[1::-1] and left[2:] == right[2:]
