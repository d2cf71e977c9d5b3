"""Which words of a text a dictionary is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail.spelling_words import Alphabet, alphabet_of, looked_up, words_in


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, world!", ["Hello", "world"]),
        ("don’t well-known o'clock", ["don’t", "well-known", "o'clock"]),
        ("see https://acme.example/x or jan@firm.example or C:\\x", ["see", "or", "or"]),
        ("NATO B2B v2 file.txt snake_case #tag a", []),
        ("Привет, мир: договор", ["Привет", "мир", "договор"]),
        ("Pусский 日本 שלום", []),
        ("(Hello) «мир» “words”", ["Hello", "мир", "words"]),
        ("x" * 200, []),
        ("one\u2028two", ["one", "two"]),
    ],
)
def test_words_of_prose_are_found(text: str, words: list[str]) -> None:
    assert [each.text for each in words_in(text)] == words


@given(st.text(max_size=300))
def test_every_word_stands_where_it_says(text: str) -> None:
    for each in words_in(text):
        assert text[each.start : each.end] == each.text
        assert alphabet_of(each.text) is each.alphabet


def test_alphabets_are_told_apart() -> None:
    assert alphabet_of("naïve") is Alphabet.LATIN
    assert alphabet_of("ёж") is Alphabet.CYRILLIC
    assert alphabet_of("aё") is None
    assert looked_up("don’t") == "don't"
