"""Who a mail goes to, as people type and paste it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail.address import Address
from desktop.domain.mail.recipients import is_sendable, split


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


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example",
        "a.b+tag@b-c.example",
        '"a b"@c.example',
        "jürgen@müller.example",
        "a@localhost",
        "o'neil@x.example",
        "a@[127.0.0.1]",
    ],
)
def test_mail_can_go_there(address: str) -> None:
    assert is_sendable(Address("", address))


@pytest.mark.parametrize(
    "address",
    ["", "a", "@b.example", "a@", "a@b..example", "a@-b.example", "a@b-.example", "a b@c.example", "a@b c",
     ".a@b.example", "a..b@c.example", "a@b.example\r\nBcc: c@d.example", "a@b@c\x00", "a@" + "b" * 300],
)  # fmt: skip
def test_mail_cannot_go_there(address: str) -> None:
    """C25: nothing with a line end or a control character is an address."""
    assert not is_sendable(Address("", address))


@given(st.text(max_size=200))
def test_any_text_can_be_split(text: str) -> None:
    for each in split(text):
        assert each.name or each.address
        assert "\n" not in each.name + each.address
