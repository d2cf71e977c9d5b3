"""Long lines of plain text: where they are broken, and that they can be joined again."""

from __future__ import annotations

import pytest

from desktop.domain.mail import flowed, plain_html


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("a " * 60, [("a " * 36), ("a " * 23 + "a")]),
        ("> " + "a " * 60, ["> " + "a " * 35, "> " + "a " * 24 + "a"]),
        ("-- \nme", ["-- ", "me"]),
        ("From me", [" From me"]),
        (" indented", ["  indented"]),
        (">no quotation", [" >no quotation"]),
        ("> > twice", [">> twice"]),
        ("x" * 100, ["x" * 100]),
        ("trailing   ", ["trailing"]),
        ("-- " + "x" * 80, ["-- " + "x" * 80]),
        ("-- " + "x" * 80 + " y", ["-- " + "x" * 80 + " ", "y"]),
    ],
)
def test_long_lines_are_broken_so_that_they_can_be_joined(written: str, lines: list[str]) -> None:
    assert list(flowed.lines(written)) == lines
    assert plain_html.unflow("\n".join(lines)) == written.rstrip(" ").replace("> > ", ">> ")


def test_a_quotation_has_one_mark_more() -> None:
    assert flowed.quoted("a\n\n> b\n> > c\n>d\n-- \n  e") == "> a\n>\n>> b\n>>> c\n> >d\n> --\n>   e"
    assert flowed.quoted_by(">> > a") == (3, "a")
    assert flowed.quoted_by(">a") == (0, ">a")
    assert flowed.quoted_by(">") == (1, "")
