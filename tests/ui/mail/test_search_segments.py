"""Operators in the text of a search: which list one names, and putting one in or taking it out."""

from __future__ import annotations

import pytest

from desktop.domain.mail.folder import Unified
from desktop.ui.mail.search_segments import has_operator, place_operator, segments, with_operator


@pytest.mark.parametrize(
    ("list_id", "path", "operator"),
    [
        (int(Unified.INBOX), "", "in:inbox"),
        (int(Unified.TRASH), "", "in:trash"),
        (int(Unified.ALL), "", ""),
        (7, "Projects/Kranich", "in:Projects/Kranich"),
        (7, "Projects/Helix pilot", 'in:"Projects/Helix pilot"'),
    ],
)
def test_a_list_has_an_operator(list_id: int, path: str, operator: str) -> None:
    assert place_operator(list_id, path) == operator
    assert not operator or len(segments(f"{operator} renewal")) == 1


@pytest.mark.parametrize("text", ["renewal", "from:anna renewal", "(a OR b) -is:unread"])
def test_what_is_put_in_comes_out_again(text: str) -> None:
    operator = 'in:"Projects/Helix pilot"'
    narrowed = with_operator(text, operator, True)

    assert has_operator(narrowed, operator)
    assert with_operator(narrowed, operator, True) == narrowed
    assert with_operator(narrowed, operator, False) == text
