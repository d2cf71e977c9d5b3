"""The guard in front of HTML parsers never takes a tree for flatter than it is (C13, C15)."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from desktop.domain.mail import html_text
from desktop.domain.mail.html_depth import is_deeper
from tests import corpora
from tests.proof import in_full

UNCOUNTED = {
    *("html", "head", "body", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup", "col"),
    *("p", "li", "dt", "dd", "option", "br", "hr", "img", "input", "-text", "-comment", "#text", "#document"),
}
TAGS = ("b", "i", "font", "a", "div", "span", "p", "li", "ul", "table", "tr", "td", "th", "caption", "object", "button")
WILD = ("select", "textarea", "title", "style", "svg", "desc", "math", "mi", "template", "x", "nobr", "h1", "form")
ODD = (
    "<!--",
    "-->",
    "--!>",
    "<!-->",
    "<!--->",
    "<![CDATA[",
    "<script>",
    "</script>",
    "<noscript>",
    "</noscript>",
    "<frameset>",
    "<svg><title>",
    "]]>",
    "<!x",
    "<?",
    "</ ",
    ">",
    "text",
    '<b title="</b>">',
    '<b ="x>y">',
    '<b a==">">',
    "<i x='",
    "</i x='>'>",
    "<div/></div>",
    "<font size=1>",
    "<font size=2>",
)


def depth_of_tree(html: str) -> int:
    """Return how deep counted elements nest in the tree a parser makes."""
    root = LexborHTMLParser(html).root
    deepest, waiting = 0, [(root, 0)] if root is not None else []
    while waiting:
        node, above = waiting.pop()
        here = above + (node.tag not in UNCOUNTED and node.tag is not None)
        deepest = max(deepest, here)
        child: LexborNode | None = node.child
        while child is not None:
            waiting.append((child, here))
            child = child.next
    return deepest


pieces = st.sampled_from(
    [*(f"<{tag}>" for tag in TAGS + WILD), *(f"</{tag}>" for tag in TAGS + WILD), *(f"<{tag}>" for tag in TAGS), *ODD]
)


@settings(max_examples=20_000 if in_full() else 1_000, deadline=None)
@given(st.lists(pieces, min_size=1, max_size=12).map("".join), st.integers(1, 8))
@example("<td><b><svg><tr><table>", 4)
def test_c13_no_tree_is_deeper_than_the_guard_says(unit: str, times: int) -> None:
    html = unit * times
    real = depth_of_tree(html)

    assert real == 0 or is_deeper(html, real - 1), (html, real)


@pytest.mark.parametrize(
    "unit",
    [
        "<b></x>",
        "<b><!--</b>-->",
        "<b><textarea></b></textarea>",
        '<b title="</b>"><i title=></i>',
        "<b><table><tr><td></b></td></tr></table>",
        "<div><table><td></div></table>",
        "<div><b><i></div>",
        "<b><svg><desc></b></desc></svg>",
        "<b><select></b></select>",
        "<table><b></table>",
    ],
)
def test_c13_closing_tags_that_close_nothing_are_not_believed(unit: str) -> None:
    began = time.process_time()

    assert html_text.hurts_parsers(unit * 20_000)
    html_text.to_text(unit * 20_000)

    assert time.process_time() - began < 5


@pytest.mark.parametrize("attributes", [999, 1_000, 1_001, 5_000])
def test_a_tag_of_many_attributes_is_a_tag_like_others(attributes: int) -> None:
    tag = "<b" + " x=y" * attributes + ">"

    assert is_deeper(tag * 3, 2)
    assert not is_deeper(tag * 3, 3)
    assert is_deeper(tag + "<b>" * 2 + "</b x='" + ">" * 3, 2)


@pytest.mark.parametrize("times", [300, 3_000])
def test_honest_nesting_is_no_depth(times: int) -> None:
    row = "<tr><td><div><b>Mail</b> and <a href=x>link</a><br><span>more</span></div></td><td><p>one<p>two</td></tr>"

    assert not is_deeper(f"<html><body><center><table>{row * times}</table></center></body></html>", 20)


@pytest.mark.parametrize(
    "unit", ["<p><div><div><div><div><p></div></div></div></div>", "<p><i><p></i>", "<li><a></a><p>"]
)
def test_lines_that_stay_open_take_no_time_in_the_square_of_their_number(unit: str) -> None:
    def seconds(times: int) -> float:
        began = time.process_time()
        is_deeper(unit * times, html_text.MAX_DEPTH)
        return time.process_time() - began

    once, twice = (min(seconds(times) for _ in range(3)) for times in (8_000, 16_000))

    assert twice < max(3 * once, 0.25)


def test_no_mail_of_the_corpora_is_kept_from_its_html_by_mistake() -> None:
    folder = corpora.corpus("caniemail-tests")
    pages = [path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.suffix in {".html", ".eml"}]

    assert pages
    assert not any(is_deeper(page, html_text.MAX_DEPTH) for page in pages)
