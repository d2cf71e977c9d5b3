"""Domains that are nearly others: those of the person himself and of people he writes to. Pure.

Two questions are asked about a domain. What does it pass for at a glance, when a mail comes from it: letters that look
the same (rapp0rt, rnail, Cyrillic ones), one slip of a long name (a letter too many or too few, another one, two
changed over), or a known name under another ending. And what was meant, when somebody types it: the same looks, one
slip of a name that need not be so long, or an ending that is itself a slip; whoever owns a name owns it under several
endings, and digits count things.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from desktop.domain.mail.links import readable, registrable

LEAST_SLIPPED = 7
"""Shorter names lie too close together for one letter to tell anything."""
LEAST_MOVED = 6
"""Shorter names are owned by several people under several endings."""

LEAST_MISTYPED = 5
"""Shorter names are one letter apart by chance."""
_ENDINGS = {
    "co": "com",
    "cm": "com",
    "om": "com",
    "con": "com",
    "cmo": "com",
    "comm": "com",
    "vom": "com",
    "xom": "com",
} | {
    "ne": "net",
    "nte": "net",
    "ten": "net",
    "ogr": "org",
    "or": "org",
    "rog": "org",
}
"""Endings that are mostly slips of the finger, and what was meant."""

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
        name, _dot, ending = own.partition(".")
        found = set(self._looks.get(skeleton(own), ()))
        if len(name) >= LEAST_MOVED:
            found.update(self._names.get(name, ()))
        for each, known, known_ending in self._near(name):
            slip = _slip(name, known)
            # numbered servers and branches of one house: mail1, mail2
            if slip is not None and ending == known_ending and len(known) >= LEAST_SLIPPED and not _counts(*slip):
                found.add(each)
        return tuple(sorted(found))

    def meant_by(self, domain: str) -> str:
        """Return the one that somebody who typed `domain` probably meant; "" for none, or where it is known itself."""
        own = registrable(domain)
        name, dot, ending = own.partition(".")
        if not dot or own in self._domains:
            return ""
        same = sorted(self._looks.get(skeleton(own), ()))
        if same:
            return same[0]
        found = {each for each in self._names.get(name, ()) if each.partition(".")[2] == _ENDINGS.get(ending)}
        for each, known, known_ending in self._near(name):
            slip = _slip(name, known)
            if slip is None or ending != known_ending or max(len(name), len(known)) < LEAST_MISTYPED:
                continue
            if not any(letters.isdigit() for letters in slip):
                found.add(each)
        return min(found, default="")

    def _near(self, name: str) -> Iterator[tuple[str, str, str]]:
        """Yield those whose names are about as long, each with its name and its ending."""
        for more in (-1, 0, 1):
            for each in self._lengths.get(len(name) + more, ()):
                known, _dot, ending = each.partition(".")
                yield each, known, ending

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


def _slip(one: str, other: str) -> tuple[str, str] | None:
    """Return what stands in the one and in the other where two texts differ by one slip; None where by more.

    That is one letter in place of another, one that the other has not, or two that changed places.
    """
    if abs(len(one) - len(other)) > 1 or one == other:
        return None
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    left, right = one[at:], other[at:]
    if len(left) > len(right):
        return (left[0], "") if left[1:] == right else None
    if len(left) < len(right):
        return ("", right[0]) if left == right[1:] else None
    if left[1:] == right[1:]:
        return left[0], right[0]
    return (left[:2], right[:2]) if left[:2] == right[1::-1] and left[2:] == right[2:] else None


def _counts(one: str, other: str) -> bool:
    """Say whether a digit stands in the place of another."""
    return one.isdigit() and other.isdigit()
