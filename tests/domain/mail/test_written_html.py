"""HTML of what a person writes: out, and safely in again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.mail.written import (
    Block,
    Listing,
    Paragraph,
    Picture,
    Run,
    Shape,
    Style,
    Table,
    canonical,
    is_plain,
    paragraphs,
    pictures,
)
from desktop.domain.mail.written_html import write
from desktop.domain.mail.written_reading import read
from tests.corpora import corpus
from tests.domain.mail.written_blocks import BLOCKS

_ALLOWED = re.compile(r"</?(p|br|b|i|u|s|a|ul|ol|li|blockquote|h[123]|img|table|tr|td|span)\b")


@given(BLOCKS)
@settings(max_examples=300, deadline=None)
def test_canonical_blocks_stay(blocks: list[Block]) -> None:
    once = canonical(blocks)
    assert canonical(once) == once


@given(BLOCKS)
@settings(max_examples=400, deadline=None)
def test_what_was_written_is_read_back(blocks: list[Block]) -> None:
    kept = canonical(blocks)
    html = write(kept)
    assert read(html) == kept
    assert write(read(html)) == html


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_html_comes_to_rest_after_one_reading(html: str) -> None:
    """C31: the editor's own subset is a fixed point, whatever came in."""
    once = write(read(html))
    assert write(read(once)) == once


def test_the_html_is_small_and_clean() -> None:
    blocks = (
        Paragraph((Run("Hi Anna,"),)),
        Paragraph((Run("Licence: "), Run("35,400 EUR", Style(bold=True))), lists=(Listing.NUMBERS,)),
        Paragraph((Run("Support"),), lists=(Listing.NUMBERS, Listing.BULLETS)),
        Paragraph((Run("Terms", Style(href="https://firm.example/")),), quote=1),
        Paragraph((Run("Prices"),), Shape.HEADING),
        Paragraph((Picture("p1@rapport", "Plan", 320), Run("red", Style(colour="#ff0000", size_px=18)))),
    )
    assert write(blocks) == (
        "<p>Hi Anna,</p><ol><li>Licence: <b>35,400 EUR</b><ul><li>Support</li></ul></li></ol>"
        '<blockquote><p><a href="https://firm.example/">Terms</a></p></blockquote><h2>Prices</h2>'
        '<p><img src="cid:p1@rapport" alt="Plan" width="320">'
        '<span style="color:#ff0000;font-size:18px">red</span></p>'
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a</p><script>x</script><p>b</p>", "<p>a</p><p>b</p>"),
        ("<div onclick=x>a<br>b</div>", "<p>a<br>b</p>"),
        ('<a href="javascript:alert(1)">a</a>', "<p>a</p>"),
        ('<img src="https://tracker.example/x.png" alt="logo">a', "<p>a</p>"),
        ('<img src="file:///etc/passwd">a', "<p>a</p>"),
        ('<p style="background:url(https://t.example/)">a</p>', "<p>a</p>"),
        ("<b style='font-weight:normal'>a <i>b</i></b>", "<p>a <i>b</i></p>"),
        ("<ul><li><p>a</p><p>b</p></li><li></li></ul>", "<ul><li>a<br>b</li></ul>"),
        ("<p>a   b\n c </p>", "<p>a b c</p>"),
        ("<p style='display:none'>kobold</p>a", "<p>a</p>"),
        ("<svg><style><img src=x onerror=alert(1)></style></svg>a", "<p>a</p>"),
        ("<form action=x><input name=q>a</form>", "<p>a</p>"),
        ("<pre>a\n  b</pre>", "<p>a<br>&nbsp; b</p>"),
        ("<div>a</div><div>b</div><div><br></div><div><div>c</div></div>", "<p>a<br>b</p><p>c</p>"),
        ("<div><br></div><div>a<br></div><p>b</p><div>c</div>", "<p><br></p><p>a</p><p>b</p><p>c</p>"),
        ("", "<p><br></p>"),
    ],
)
def test_what_is_not_ours_is_made_so(html: str, expected: str) -> None:
    """C31, C45: a colleague's draft and what was copied from the web are hostile input."""
    assert write(read(html)) == expected


def test_tables_in_tables_and_endless_depth_end_as_simple_ones() -> None:
    nested = (
        "<table><tr><td>a<table><tr><td>b</td><td>c</td></tr></table></td><th>d</th></tr><tr><td>e</td></tr></table>"
    )
    blocks = read(nested)
    table = blocks[1]
    assert isinstance(table, Table)
    assert [[[p.text for p in cell] for cell in row] for row in table.rows] == [[["a", "b", "c"], ["d"]], [["e"], [""]]]
    assert read("<div>" * 5000 + "deep")[-1] == Paragraph((Run("deep"),))


@pytest.mark.parametrize("name", ["word-paste-in.html", "excel-paste-in.html"])
def test_what_office_programs_copy_becomes_plain_structure(name: str) -> None:
    """C31, C45: the paste fixtures of nylas."""
    folder = corpus("nylas-mail") / "packages/client-app/spec/fixtures/paste"
    html = (folder / name).read_text(encoding="utf-8", errors="replace")
    blocks = read(html, foreign=True)
    out = write(blocks)
    assert any(p.text.strip() for p in paragraphs(blocks))
    assert not pictures(blocks)
    assert not re.search(r"<(?!/?(?:p|br|b|i|u|s|a|ul|ol|li|blockquote|h[123]|table|tr|td)\b)", out)
    assert "mso" not in out
    assert "<style" not in out
    assert read(out) == blocks


def test_pictures_of_pasted_html_go_where_the_caller_says() -> None:
    given: list[str] = []

    def keep(source: str) -> str | None:
        given.append(source)
        return "kept@rapport" if source.startswith("data:") else None

    blocks = read('<img src="data:image/png;base64,AAAA" alt="x"><img src="http://t.example/">', keep)
    assert pictures(blocks) == ("kept@rapport",)
    assert given == ["data:image/png;base64,AAAA", "http://t.example/"]


def test_plain_is_what_plain_text_can_say() -> None:
    assert is_plain(read("<p>a</p><blockquote><p>b<br>c</p></blockquote>"))
    for rich in (
        "<b>a</b>",
        "<ul><li>a</li></ul>",
        "<h1>a</h1>",
        "<table><tr><td>a</td></tr></table>",
        "<a href='http://a.example'>a</a>",
    ):
        assert not is_plain(read(rich))


def test_a_table_is_sent_as_wide_as_it_is_written_and_no_higher() -> None:
    cells = (Paragraph((Run("one"),)),), (Paragraph(),), (Paragraph((Run("a"),)), Paragraph((Run("b"),)))
    table = Table((cells, cells))

    assert table.width_percent == 75
    assert write(canonical([table])) == (
        '<p><br></p><table border="1" cellpadding="6" cellspacing="0" width="75%" style="border-collapse:collapse">'
        '<tr><td width="33%">one</td><td width="33%"><br></td><td width="33%"><p>a</p><p>b</p></td></tr>'
        "<tr><td>one</td><td><br></td><td><p>a</p><p>b</p></td></tr></table><p><br></p>"
    )
    assert read(write(canonical([table]))) == canonical([table])
    assert [Table((((Paragraph(),),) * n,)).width_percent for n in (1, 2, 4, 6)] == [25, 50, 100, 100]
