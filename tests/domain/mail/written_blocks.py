"""Strategies of hypothesis for what a person may have written."""

from __future__ import annotations

from hypothesis import strategies as st

from desktop.domain.mail.written import Block, Listing, Paragraph, Picture, Run, Shape, Style, Table

TEXTS = st.text(
    st.one_of(st.sampled_from(" \t\n<>&\"'a«é日😀\u00a0\u202e\u2028"), st.characters(exclude_categories=["Cs"])),
    max_size=12,
)
STYLES = st.builds(
    Style,
    bold=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    strike=st.booleans(),
    colour=st.sampled_from(["", "", "#c8322b", "#FFF", "red", "#00ff7f"]),
    size_px=st.sampled_from([0, 0, 9, 18, 500, -3]),
    href=st.sampled_from(["", "", "https://example.org/?a=1&b=2", "mailto:anna@acme.example"]),
)
PICTURES = st.builds(
    Picture,
    content_id=st.sampled_from(["", "a@rapport", 'x y"<>', "é"]),
    alt=TEXTS,
    width_px=st.sampled_from([0, 40, 1999, 99999]),
)
PARAGRAPHS = st.builds(
    Paragraph,
    spans=st.lists(st.one_of(st.builds(Run, TEXTS, STYLES), PICTURES), max_size=4).map(tuple),
    shape=st.sampled_from(Shape),
    lists=st.lists(st.sampled_from(Listing), max_size=3).map(tuple),
    quote=st.sampled_from([0, 0, 0, 1, 2]),
)
CELLS = st.lists(PARAGRAPHS, max_size=2).map(tuple)
TABLES = st.builds(Table, rows=st.lists(st.lists(CELLS, max_size=3).map(tuple), max_size=3).map(tuple))
BLOCKS: st.SearchStrategy[list[Block]] = st.lists(st.one_of(PARAGRAPHS, PARAGRAPHS, TABLES), max_size=6)
