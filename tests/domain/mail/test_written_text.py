"""The plain text of what a person wrote."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.mail.written import Block, canonical, is_plain
from desktop.domain.mail.written_reading import read
from desktop.domain.mail.written_text import blocks_of, text_of
from tests.domain.mail.written_blocks import BLOCKS


def test_structure_is_said_in_signs() -> None:
    html = (
        "<p>Hi Anna,</p><p>the split:</p><ol><li>Licence<ul><li>118 seats</li><li>two<br>years</li></ul></li>"
        "<li>Support</li></ol><blockquote><p>What about Linz?</p><p>Rolf</p></blockquote>"
        '<p>See <a href="https://firm.example/offer">the offer</a> or '
        '<a href="mailto:jan@firm.example">jan@firm.example</a>.</p>'
        "<table><tr><td>Seats</td><td>118</td></tr><tr><td>Linz</td><td>25</td></tr></table><p>Jan</p>"
    )
    assert text_of(read(html)) == (
        "Hi Anna,\n\nthe split:\n\n1. Licence\n  - 118 seats\n  - two\n    years\n2. Support\n\n"
        "> What about Linz?\n>\n> Rolf\n\nSee the offer <https://firm.example/offer> or jan@firm.example.\n\n"
        "Seats\t118\nLinz\t25\n\nJan"
    )


def test_plain_text_becomes_paragraphs_and_line_breaks() -> None:
    assert [block.text for block in blocks_of("a\nb\n\nc\r\n\r\n\r\nd")] == ["a\nb", "c", "", "d"]
    assert [block.text for block in blocks_of("")] == [""]


@given(st.lists(st.text("ab c", min_size=1).filter(lambda text: text == text.strip()), min_size=1, max_size=6))
@settings(deadline=None)
def test_plain_paragraphs_survive_as_text(lines: list[str]) -> None:
    blocks = canonical(blocks_of("\n\n".join(lines)))
    assert is_plain(blocks)
    assert canonical(blocks_of(text_of(blocks))) == blocks


@given(BLOCKS)
@settings(max_examples=100, deadline=None)
def test_there_is_a_text_of_anything(blocks: list[Block]) -> None:
    text = text_of(canonical(blocks))
    assert "\u00a0" not in text
    assert not text.endswith("\n")
