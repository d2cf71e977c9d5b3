"""Who a mail goes to, as people type and paste it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail.recipients import split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna@acme.example", [("", "anna@acme.example")]),
        (
            "Anna Keller <anna@acme.example>; rolf@acme.example",
            [("Anna Keller", "anna@acme.example"), ("", "rolf@acme.example")],
        ),
        (
            '"Keller, Anna" <anna@acme.example>,\nbo@trent.example\n',
            [("Keller, Anna", "anna@acme.example"), ("", "bo@trent.example")],
        ),
        ("Anna Keller", [("Anna Keller", "")]),
        ("mailto:anna@acme.example", [("", "anna@acme.example")]),
        ("", []),
        (" , ;\n", []),
    ],
)
def test_lists_are_split(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(each.name, each.address) for each in split(text)] == expected


@given(st.text(max_size=200))
def test_any_text_can_be_split(text: str) -> None:
    for each in split(text):
        assert each.name or each.address
        assert "\n" not in each.name + each.address
