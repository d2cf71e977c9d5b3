"""Rules for text from outside."""

from __future__ import annotations

import pytest

from desktop.base import text


def test_one_line_folds_controls_and_white_space() -> None:
    assert text.one_line("  a\r\n\tb\x00c\u2028d\u00a0e\x9b ") == "a b c d e"


def test_direction_marks_go() -> None:
    assert text.without_direction_marks("invoice\u202egpj.exe") == "invoicegpj.exe"


def test_lone_surrogates_become_encodable() -> None:
    assert text.encodable("a\udcffb").encode() == "a\ufffdb".encode()


@pytest.mark.parametrize(
    ("limit", "expected"), [(10, "short text"), (9, "short te…"), (7, "short…"), (1, "…"), (0, "…")]
)
def test_elide(limit: int, expected: str) -> None:
    assert text.elide("short text", limit) == expected
