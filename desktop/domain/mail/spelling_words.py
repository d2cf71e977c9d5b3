"""Which words of a text are looked up in a dictionary, and in one of which alphabet. Pure; linear."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

LONGEST_WORD = 40
"""What is longer is no word anybody misspelt."""

# what holds an @, a slash, a digit, a dot inside or an underscore is an address, a path, a number or a name of code
_PIECE = re.compile(r"[^\s\u2028\ufffc]+")
_NO_PROSE = re.compile(r"[@/\\\d_=#<>]|\w\.\w|::|^www\.|…\w", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’\-\u2010\u2011][^\W\d_]+)*")


class Alphabet(StrEnum):
    """An alphabet with dictionaries."""

    LATIN = "latin"
    CYRILLIC = "cyrillic"


@dataclass(frozen=True, slots=True)
class Word:
    """A word and where it stands, counted in characters."""

    text: str
    start: int
    alphabet: Alphabet

    @property
    def end(self) -> int:
        """The position after its last character."""
        return self.start + len(self.text)


def words_in(text: str) -> list[Word]:
    """Return the words a dictionary may know; addresses, numbers, abbreviations and mixed alphabets are left alone."""
    found: list[Word] = []
    for piece in _PIECE.finditer(text):
        if _NO_PROSE.search(piece[0]):
            continue
        for match in _WORD.finditer(piece[0]):
            word = match[0]
            alphabet = alphabet_of(word)
            if alphabet is not None and 1 < len(word) <= LONGEST_WORD and not word.isupper():
                found.append(Word(word, piece.start() + match.start(), alphabet))
    return found


def alphabet_of(word: str) -> Alphabet | None:
    """Return the alphabet all letters of a word belong to; None for others and for a mixture."""
    found: Alphabet | None = None
    for letter in word:
        if not letter.isalpha():
            continue
        if letter < "\u0250":
            mine = Alphabet.LATIN
        elif "\u0400" <= letter <= "\u052f":
            mine = Alphabet.CYRILLIC
        else:
            return None
        if found is not None and mine is not found:
            return None
        found = mine
    return found


def looked_up(word: str) -> str:
    """Return a word as dictionaries write it: straight apostrophes and hyphens."""
    return word.replace("’", "'").replace("\u2010", "-").replace("\u2011", "-")
