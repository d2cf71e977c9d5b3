"""What the search box offers at the cursor."""

from __future__ import annotations

import pytest

from desktop.domain.mail.address import Address
from desktop.domain.mail.search_suggestions import at_cursor, fixed, quoted


@pytest.mark.parametrize(
    ("text", "operator", "value", "start"),
    [
        ("", "", "", 0),
        ("fr", "", "fr", 0),
        ("offer fr", "", "fr", 6),
        ("offer ", "", "", 6),
        ("from:an", "from", "an", 0),
        ("offer -from:an", "from", "an", 7),
        ('x from:"anna ke', "from", "anna ke", 2),
        ('from:"anna keller" in:pro', "in", "pro", 19),
        ("(is:un", "is", "un", 1),
        ("http://x", "", "", 0),
    ],
)
def test_the_word_at_the_cursor(text: str, operator: str, value: str, start: int) -> None:
    place = at_cursor(text, len(text))

    assert (place.operator, place.value, place.start) == (operator, value, start)
    assert place.end == len(text)


def test_the_cursor_may_stand_inside() -> None:
    place = at_cursor("from:anna offer", 7)

    assert (place.value, place.start, place.end) == ("an", 0, 7)
    assert at_cursor("abc", 99).end == 3
    assert at_cursor("abc", -1).end == 0


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("fr", ["from:"]),
        ("is", ["is:unread", "is:starred", "is:answered"]),
        ("is:un", ["is:unread"]),
        ("before:las", ['before:"last week"', 'before:"last month"', 'before:"last year"']),
        ("larger:", ["larger:1M", "larger:5M", "larger:10M"]),
        ("in:tr", ["in:trash"]),
        ("offer -is:sta", ["is:starred"]),
    ],
)
def test_fixed_suggestions(text: str, offered: list[str]) -> None:
    assert [s.text for s in fixed(at_cursor(text, len(text)))] == offered


def test_people_are_offered_for_the_operator_typed() -> None:
    place = at_cursor("x to:ann", 8)
    (suggestion,) = place.people([Address("Anna", "anna@acme.example")])

    assert (suggestion.text, suggestion.note, suggestion.start, suggestion.end) == (
        "to:anna@acme.example",
        "Anna",
        2,
        8,
    )


def test_values_are_quoted_where_they_must_be() -> None:
    assert quoted("a b") == '"a b"'
    assert quoted("(a)") == '"(a)"'
    assert quoted('a"b') == '"a b"'
    assert quoted("ab") == "ab"
