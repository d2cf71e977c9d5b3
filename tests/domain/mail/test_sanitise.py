"""The sanitiser alone: what attacked others comes out without script, handler, frame or foreign scheme."""

from __future__ import annotations

import random
import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from desktop.domain.mail import inline_css, preparing, sanitise, styles
from desktop.domain.mail.document import Document
from tests.payloads import payloads
from tests.proof import rounds, seed

SCHEMES = ("http:", "https:", "mailto:", "cid:", "mail:", "data:image/")


def shown(html: str) -> Document:
    raw = b"From: a@x.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html.encode("utf-8", "replace")
    return preparing.prepare(raw)


def faults(html: str) -> list[str]:
    """Return what must not be in a page, found by parsing it again."""
    found = []
    for node in LexborHTMLParser(html).css("*"):
        if node.tag in {"html", "head", "body"} and not node.attributes:
            continue
        if node.tag not in sanitise.TAGS | {"details", "summary"}:
            found.append(f"element {node.tag}")
        for name, value in node.attributes.items():
            value = value or ""
            if name.startswith("on") or name in {"srcset", "background", "action", "formaction", "id", "name", "ping"}:
                found.append(f"attribute {name}")
            if name in {"href", "src"} and not value.lower().startswith(SCHEMES):
                found.append(f"{name}={value[:60]}")
            if name == "src" and value.lower().startswith(("http:", "https:")):
                found.append(f"remote {value[:60]}")
            if name == "style" and re.search(
                r"url|\\|expression|position|!|@|/\*|animation|z-index", value, re.IGNORECASE
            ):
                found.append(f"style {value[:60]}")
            if name == "class" and value not in {"part", "plain", "quote", "quoted", "signature"}:
                found.append(f"class {value[:60]}")
    return found


def test_c03_payloads_leave_nothing_that_runs() -> None:
    wrong, count = [], 0
    for name, html in payloads():
        count += 1
        wrong += [(name, each) for each in faults(shown(html).html)]
    assert count > 7000
    assert wrong == []


def test_c03_payloads_in_text_stay_text() -> None:
    for name, html in list(payloads())[:: rounds(10, 1)]:
        raw = b"From: a@x.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + html.encode("utf-8", "replace")
        assert faults(preparing.prepare(raw).html) == [], name


def test_c04_cleaning_again_changes_nothing() -> None:
    moved = []
    for name, html in payloads():
        once = sanitise.clean(inline_css.inlined(html), lambda source: source)
        if sanitise.clean(once, lambda source: source) != once:
            moved.append(name)
    assert moved == []


@pytest.mark.timeout(3600)
def test_c04_mutated_payloads_are_a_fixed_point_too() -> None:
    """Pieces of payloads put together anew: 100,000 of them in full."""
    chance = random.Random(seed())
    known = [html for _, html in payloads() if len(html) < 2000]
    moved = []
    for _ in range(rounds(1500, 100_000)):
        pieces = [chance.choice(known) for _ in range(chance.randint(1, 3))]
        html = "".join(each[: chance.randrange(len(each) + 1)] for each in pieces)
        if chance.random() < 0.3:
            html = chance.choice(WRAPPERS).format(html.replace("{", "").replace("}", ""))
        once = sanitise.clean(inline_css.inlined(html), sanitise.data_image)
        twice = sanitise.clean(once, sanitise.data_image)
        if tree(twice) != tree(once) or sanitise.clean(twice, sanitise.data_image) != twice or faults(once):
            moved.append(html)
    assert moved == []


@pytest.mark.parametrize(
    "html", ["<pre>\n\n\nx</pre>", "<pre title='<pre>\n'>\n\nx</pre>", "<p title='<pre>\n'>x<pre></pre>"]
)
def test_the_first_empty_lines_of_preformatted_text_stay(html: str) -> None:
    once = sanitise.clean(html, sanitise.data_image)

    assert sanitise.clean(once, sanitise.data_image) == once
    assert once.count("\n", once.rindex("<pre")) == html.count("\n", html.rindex("<pre"))


def tree(html: str) -> list[object]:
    """Return the elements of a page with their attributes in no order and their texts.

    The first line end inside `pre` counts for nothing: a browser drops it at every reading.
    """
    return [
        (
            node.tag,
            frozenset(node.attributes.items()),
            (node.text_content or "").lstrip("\n") if node.is_text_node else "",
        )
        for node in LexborHTMLParser(html).root.traverse(include_text=True)
        if not node.is_text_node or (node.text_content or "").strip()
    ]


WRAPPERS = (
    "<math><mtext>{}</math>",
    "<svg><style>{}",
    "<table><tr>{}</table>",
    "<select>{}</select>",
    "<noscript>{}</noscript>",
    "<template>{}",
    "<!--{}-->",
    "<a href='{}'>x</a>",
    "<img alt='{}'>",
    "<style>{}</style>",
    "<form><math><mtext></form>{}",
    '<p title="{}">',
)


@pytest.mark.parametrize(
    "style",
    [
        "position:fixed;top:0",
        "background:url(http://x.example/)",
        "background-image:image-set('x.png' 1x)",
        "width:99999px",
        "margin:-500px",
        "margin-left:calc(-1 * 500px)",
        "color:\\72 ed",
        "z-index:9",
        "animation:x 1s infinite",
        "transform:scale(9)",
        "font-size:900pt",
        "color:var(--x)",
        "background:u/**/rl(x)",
        "width:100vw",
        "overflow:scroll",
        "content:attr(x)",
        "color:expression(alert(1))",
        "line-height:4000",
    ],
)
def test_c06_no_style_leaves_its_place(style: str) -> None:
    assert styles.safe(style) == ""


def test_c06_ordinary_styles_stay() -> None:
    written = (
        "color: #333 !important; padding:0 10px 0 0;font:bold 12px/1.5 'Segoe UI', Arial;border:1px solid rgb(1, 2, 3)"
    )

    assert styles.safe(written) == (
        "color:#333;padding:0 10px 0 0;font:bold 12px/ 1.5 'Segoe UI', Arial;border:1px solid rgb(1, 2, 3)"
    )


def test_c05_cid_of_another_mail_is_dropped() -> None:
    assert "cid:" not in shown("<img src='cid:part1@x.example'>").html
